package network

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// Answer is what a host answered.
type Answer struct {
	Status  int
	Headers http.Header
	Body    []byte // at most as much as was asked for
	Cut     bool   // the body goes on, or did not come to its end
}

// Limits bound an exchange.
type Limits struct {
	Body int           // the most bytes of a body that are read
	Time time.Duration // for everything
}

// Send sends a request once and reads the answer. It follows no redirect: that is an answer too.
// The error is of the connection; [Cause] words it. Where only the body did not come to its end,
// the answer is there beside the error, as far as it came.
func Send(
	transport http.RoundTripper, request *http.Request, purpose Purpose, limits Limits,
) (*Answer, error) {
	ctx, cancel := context.WithTimeout(request.Context(), limits.Time)
	defer cancel()
	client := http.Client{Transport: transport}
	client.CheckRedirect = func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}
	response, err := client.Do(request.WithContext(For(ctx, purpose)))
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }() // closing what was read loses nothing
	a := &Answer{Status: response.StatusCode, Headers: response.Header}
	if a.Status == http.StatusSwitchingProtocols {
		return a, nil // what comes next is another protocol, and no deadline would end it
	}
	a.Body, err = io.ReadAll(io.LimitReader(response.Body, int64(limits.Body)+1))
	a.Cut = err != nil
	if len(a.Body) > limits.Body {
		a.Body, a.Cut = a.Body[:limits.Body], true
	}
	return a, err
}

// Cause is why a connection brought no answer, in plain words. Of Go's texts it leaves out the
// address, which the caller names.
func Cause(err error) string {
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	var name x509.HostnameError
	var forbidden *ForbiddenError
	var refused *ProxyError
	var variable *ProxyVariableError
	switch {
	case errors.As(err, &variable):
		return variable.Error()
	case errors.As(err, &forbidden):
		return forbidden.Error()
	case errors.As(err, &refused):
		return refused.Error()
	case proxyFault(err) != nil:
		return "the proxy that HTTPS_PROXY names: " + Cause(proxyFault(err))
	case errors.As(err, &dns):
		return "the host's name can't be resolved"
	case errors.As(err, &name):
		return "the server's certificate is for another name: " + name.Error()
	case errors.As(err, &certificate):
		return "the server's certificate is not trusted: " + certificate.Err.Error()
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "the answer was cut off before its end"
	}
	text := err.Error()
	if at := strings.Index(text, "\": "); at >= 0 {
		text = text[at+3:]
	}
	return "no connection: " + text
}

// proxyFault is why the proxy could not be reached; nil where it could, or where there is none.
func proxyFault(err error) error {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "proxyconnect" {
		return op.Err
	}
	return nil
}

// ProxyHint says what to do where the proxy is at fault; empty where it is not.
func ProxyHint(err error) string {
	var refused *ProxyError
	var variable *ProxyVariableError
	switch {
	case errors.As(err, &variable):
		return "write it as http://HOST:PORT, or unset it to go without a proxy"
	case errors.As(err, &refused) && refused.Status == http.StatusProxyAuthRequired:
		return "put the proxy's user and password into HTTPS_PROXY, in front of its host"
	case refused != nil, proxyFault(err) != nil && !Untrusted(err):
		return "is HTTPS_PROXY right? NO_PROXY lists the hosts that need no proxy"
	}
	return ""
}

// Untrusted reports whether another certificate authority would help: the server's certificate is
// of one that is not trusted.
func Untrusted(err error) bool {
	var certificate *tls.CertificateVerificationError
	var name x509.HostnameError
	return errors.As(err, &certificate) && !errors.As(err, &name)
}

// Explain is Cause, with the time where that was over.
func (l Limits) Explain(err error) string {
	var timeout net.Error
	if errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout() {
		return fmt.Sprintf("no answer within %s", l.Time)
	}
	return Cause(err)
}
