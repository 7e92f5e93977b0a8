// Package network connects to hosts: it knows which addresses may be dialled, by who named them,
// and how TLS and proxies are set up. What is asked there, and what an answer means, it does not
// know.
package network

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// Trust says who named an address, and so how far it is trusted.
type Trust uint8

// The degrees of trust, the highest first.
const (
	ByUser     Trust = iota // the person who runs the program: any host, private ones too
	ByDocument              // a policy or a discovery document: public addresses only
	ByToken                 // the token itself: hosts of Entra only, and their public addresses
)

// Purpose says what a connection is for, so that the dialler can judge where it leads.
type Purpose struct {
	Address *url.URL // its host is in ASCII
	By      Trust

	// Insecure allows http to a host that is not this machine. The user alone can want that.
	Insecure bool
}

// For says what the connections of a request are for. Without it a request may go to public
// addresses only.
func For(ctx context.Context, p Purpose) context.Context {
	return context.WithValue(ctx, connectionKey{}, &connection{Purpose: p})
}

// Settings are what a transport may have of its own. The zero value is the usual ones.
type Settings struct {
	Roots *x509.CertPool // whose certificates are trusted; nil for those of the system

	// Certificate is what the program identifies itself with, where a host asks for it. Only
	// hosts that the user named get to see it.
	Certificate *tls.Certificate

	Proxy func(*http.Request) (*url.URL, error) // nil for the proxies of the environment
}

// NewTransport returns a transport. A proxy is for https alone: what goes over http, it could
// read. When a host's name is resolved and dialled, the transport refuses the private addresses
// that the user did not name. Behind a proxy only the proxy is dialled: it resolves the names, so
// it alone can judge the addresses behind them.
func NewTransport(settings Settings) *http.Transport {
	proxy := settings.Proxy
	if proxy == nil {
		proxy = ofEnvironment
	}
	return &http.Transport{
		Proxy:                  noted(proxy),
		DialContext:            dial,
		DisableKeepAlives:      true,
		ForceAttemptHTTP2:      true,
		TLSClientConfig:        settings.tls(),
		TLSHandshakeTimeout:    5 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,

		OnProxyConnectResponse: func(
			_ context.Context, proxy *url.URL, _ *http.Request, answer *http.Response,
		) error {
			if answer.StatusCode == http.StatusOK {
				return nil
			}
			return &ProxyError{Host: proxy.Host, Status: answer.StatusCode}
		},
	}
}

// Kept is a transport that asks a host again over the connection to it that is open, and the
// function that closes that: a new one takes three times as long as a request. All requests of the
// transport must have one purpose, for only the dialler looks at it.
func Kept(transport http.RoundTripper) (http.RoundTripper, func()) {
	single, ok := transport.(*http.Transport)
	if !ok {
		return transport, func() {}
	}
	kept := single.Clone()
	kept.DisableKeepAlives = false
	return kept, kept.CloseIdleConnections
}

// ProxyError says that a proxy refused to connect to a host. That host was not asked.
type ProxyError struct {
	Host   string
	Status int
}

func (e *ProxyError) Error() string {
	return fmt.Sprintf("the proxy %s answered %d %s", e.Host, e.Status, http.StatusText(e.Status))
}

func (s *Settings) tls() *tls.Config {
	config := &tls.Config{RootCAs: s.Roots, MinVersion: tls.VersionTLS12}
	if s.Certificate != nil {
		config.GetClientCertificate = func(
			asked *tls.CertificateRequestInfo,
		) (*tls.Certificate, error) {
			return s.shownTo(asked.Context())
		}
	}
	return config
}

// shownTo is the certificate for the host that a connection is to: none if the user did not name
// it.
func (s *Settings) shownTo(ctx context.Context) (*tls.Certificate, error) {
	c, known := ctx.Value(connectionKey{}).(*connection)
	if !known || c.By != ByUser {
		return &tls.Certificate{}, nil
	}
	return s.Certificate, nil
}

// connection is one that may be made.
type connection struct {
	Purpose
	proxy atomic.Pointer[string] // what is dialled in place of the address's host
}

type connectionKey struct{}

// ProxyVariableError says that a variable of the environment is not the address of a proxy. It
// does not show it: it may have a password.
type ProxyVariableError struct{ Name string }

func (e *ProxyVariableError) Error() string { return e.Name + " is not the address of a proxy" }

// ofEnvironment is the proxy that the environment names. Go passes over a variable that it can't
// read, and the request would go past the proxy.
func ofEnvironment(r *http.Request) (*url.URL, error) {
	for _, name := range [...]string{"HTTPS_PROXY", "https_proxy"} {
		if text := os.Getenv(name); text != "" {
			if !isProxy(text) && !IsLoopback(r.URL.Hostname()) {
				return nil, &ProxyVariableError{name}
			}
			break
		}
	}
	return http.ProxyFromEnvironment(r)
}

// isProxy reports whether a text is the address of a proxy: a URL, or a host alone.
func isProxy(text string) bool {
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	u, err := url.Parse(text)
	return err == nil && u.Hostname() != ""
}

// noted tells the dialler which proxy a request goes through: the environment named that host, and
// nobody else.
func noted(proxy func(*http.Request) (*url.URL, error)) func(*http.Request) (*url.URL, error) {
	return func(r *http.Request) (*url.URL, error) {
		if r.URL.Scheme == "http" {
			return nil, nil
		}
		u, err := proxy(r)
		if u == nil || err != nil {
			return nil, err
		}
		host, ok := ASCIIHost(u.Hostname())
		if !ok {
			return nil, &ProxyVariableError{"HTTPS_PROXY"}
		}
		u = WithHost(u, host)
		if c, known := r.Context().Value(connectionKey{}).(*connection); known {
			address := hostPort(u)
			c.proxy.Store(&address)
		}
		return u, nil
	}
}

// dial connects. It checks each address that a name resolves to before a byte is sent there, so a
// name that resolves to another address the second time (DNS rebinding) gains nothing.
func dial(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{Timeout: 5 * time.Second}
	c, known := ctx.Value(connectionKey{}).(*connection)
	if !known {
		c = &connection{Purpose: Purpose{Address: &url.URL{}, By: ByDocument}}
	}
	if proxy := c.proxy.Load(); proxy == nil || *proxy != address {
		d.Control = func(_, resolved string, _ syscall.RawConn) error {
			return c.allows(resolved)
		}
	}
	return d.DialContext(ctx, network, address)
}

// ForbiddenError says that an address must not be dialled. A second attempt would end the same.
type ForbiddenError struct{ Address string }

func (e *ForbiddenError) Error() string {
	return fmt.Sprintf("the host's address is %s, which is a private one", e.Address)
}

// allows checks an address that a name was resolved to.
func (p *Purpose) allows(resolved string) error {
	to, err := netip.ParseAddrPort(resolved)
	if err != nil {
		return err
	}
	ip := to.Addr().WithZone("").Unmap()
	overHTTP := p.Address.Scheme == "http" && !p.Insecure && !ip.IsLoopback()
	if overHTTP || p.By != ByUser && !isPublic(ip) {
		return &ForbiddenError{ip.String()}
	}
	return nil
}
