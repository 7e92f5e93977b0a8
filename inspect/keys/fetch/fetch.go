package fetch

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/inspect/network"
	"github.com/gatewhy/gatewhy/inspect/source"
)

const (
	mostBytes      = 1 << 20
	mostRedirects  = 3
	defaultTimeout = 10 * time.Second
	attempts       = 3               // how often a document is asked for
	longestPause   = 3 * time.Second // that a server may have us wait in between
)

// answer is a document as it was fetched.
type answer struct {
	text   []byte
	maxAge time.Duration // of Cache-Control; 0 if the answer has none
}

// fetch asks for a document. It tries again if a server or a network is in trouble.
func (s *Source) fetch(ctx context.Context, t target) (answer, error) {
	for attempt := 0; ; attempt++ {
		a, f := s.attempt(ctx, t)
		if f == nil {
			return a, nil
		}
		pause, again := f.retryAfter(attempt)
		if s.once || !again || s.pause(ctx, pause) != nil {
			return a, f.explain(ctx, t, s.timeout())
		}
	}
}

func (s *Source) timeout() time.Duration { return cmp.Or(s.Timeout, defaultTimeout) }

func (s *Source) pause(ctx context.Context, d time.Duration) error {
	if s.Sleep != nil {
		return s.Sleep(ctx, d)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

func (s *Source) attempt(ctx context.Context, t target) (answer, *failure) {
	address := t.address.String()
	ctx = network.For(ctx, network.Purpose{Address: t.address, By: t.trust})
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return answer{}, &failure{err: err}
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", "gatewhy")
	client := http.Client{Transport: s.transport(), CheckRedirect: sameHost}
	response, err := client.Do(request)
	if err != nil {
		return answer{}, &failure{err: err}
	}
	defer func() { _ = response.Body.Close() }() // closing what was read loses nothing
	if response.StatusCode != http.StatusOK {
		retry := seconds(response.Header.Get("Retry-After"), s.now())
		return answer{}, &failure{status: response.StatusCode, retry: retry}
	}
	// The limit holds for the unpacked text.
	text, err := io.ReadAll(io.LimitReader(response.Body, mostBytes+1))
	switch {
	case err != nil:
		return answer{}, &failure{err: err}
	case len(text) > mostBytes:
		return answer{}, &failure{tooLong: true}
	}
	return answer{text: text, maxAge: maxAge(response.Header.Get("Cache-Control"))}, nil
}

func (s *Source) transport() http.RoundTripper {
	if s.Transport == nil {
		return network.NewTransport(network.Settings{})
	}
	return s.Transport
}

var (
	errOtherHost     = errors.New("redirect to another host")
	errNamesUser     = errors.New("redirect with a user")
	errManyRedirects = errors.New("too many redirects")
)

func sameHost(next *http.Request, before []*http.Request) error {
	if len(before) > mostRedirects {
		return errManyRedirects
	}
	if first := before[0].URL; next.URL.Scheme != first.Scheme || next.URL.Host != first.Host {
		return errOtherHost
	}
	if next.URL.User != nil {
		return errNamesUser
	}
	return nil
}

// seconds reads Retry-After, which is a number of seconds or a date (RFC 9110, section 10.2.3).
func seconds(value string, now time.Time) time.Duration {
	if n, err := strconv.Atoi(value); err == nil {
		return time.Duration(max(0, min(n, 1<<20))) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

// maxAge reads max-age of Cache-Control (RFC 9111, section 5.2.2.1). An answer that must not be
// stored has none.
func maxAge(header string) time.Duration {
	for directive := range strings.SplitSeq(header, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
		n, err := strconv.Atoi(strings.Trim(value, `"`))
		if err == nil && strings.EqualFold(name, "max-age") {
			return time.Duration(max(0, min(n, 1<<30))) * time.Second
		}
	}
	return 0
}

// failure is why one attempt brought no document.
type failure struct {
	err     error         // of the connection
	status  int           // of the answer
	retry   time.Duration // what the server asks to wait; 0 if it does not say
	tooLong bool
}

// retryAfter says how long to wait before the next attempt, if another one makes sense.
func (f *failure) retryAfter(attempt int) (time.Duration, bool) {
	if attempt+1 >= attempts || f.tooLong || f.retry > longestPause || f.isFinal() {
		return 0, false
	}
	if f.retry > 0 {
		return f.retry, true
	}
	return 200 * time.Millisecond << (2 * attempt), true
}

// isFinal reports whether the next attempt would end as this one did.
func (f *failure) isFinal() bool {
	if f.err == nil {
		return f.status < http.StatusInternalServerError && f.status != http.StatusTooManyRequests
	}
	var forbidden *network.ForbiddenError
	var certificate *tls.CertificateVerificationError
	var unknown *net.DNSError
	var refused *network.ProxyError
	var variable *network.ProxyVariableError
	return errors.As(f.err, &forbidden) || errors.As(f.err, &variable) ||
		errors.As(f.err, &certificate) ||
		errors.As(f.err, &refused) && refused.Status < http.StatusInternalServerError ||
		errors.Is(f.err, errOtherHost) || errors.Is(f.err, errNamesUser) ||
		errors.Is(f.err, errManyRedirects) ||
		errors.Is(f.err, context.Canceled) || errors.Is(f.err, context.DeadlineExceeded) ||
		errors.As(f.err, &unknown) && unknown.IsNotFound
}

// explain makes the error that a person reads.
func (f *failure) explain(ctx context.Context, t target, timeout time.Duration) error {
	cause := f.cause()
	hint := source.Ask(source.NeedKeySetFile, "pass a key set that you have as a file")
	var forbidden *network.ForbiddenError
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		cause = "the request was cancelled"
	case errors.Is(f.err, context.DeadlineExceeded) || ctx.Err() != nil:
		cause = fmt.Sprintf("no answer within %s", timeout)
	case f.tooLong:
		cause = fmt.Sprintf("the answer has more than %d MiB", mostBytes>>20)
		hint = source.Hint{Text: "that is too large for a key set; is the address right?"}
	case errors.As(f.err, &forbidden):
		cause = forbidden.Error()
		hint = source.Ask(source.NeedKeySetURL, "to use it, pass the address yourself")
	case errors.Is(f.err, errOtherHost):
		cause = "the answer is a redirect to another host, which is not followed"
		hint = source.Hint{Text: "pass the address that it leads to"}
	case errors.Is(f.err, errNamesUser):
		cause = "the answer is a redirect with a user or a password, which is not followed"
		hint = source.Hint{Text: "key sets are public: is the address right?"}
	case f.status == http.StatusBadRequest, f.status == http.StatusNotFound:
		hint = source.Hint{Text: "is the tenant, or the address, right?"}
	case f.retry > longestPause:
		hint = source.Hint{Text: fmt.Sprintf("the server asks to wait %s", f.retry)}
	}
	hints := []source.Hint{hint}
	if text := network.ProxyHint(f.err); text != "" {
		hints = []source.Hint{{Text: text}, hint}
	} else if network.Untrusted(f.err) {
		hints = []source.Hint{
			source.Ask(source.NeedAuthority, "trust the authority of its certificate too"), hint,
		}
	}
	return wanting(t.String(), cause, hints...)
}

// cause is the plain reason.
func (f *failure) cause() string {
	switch {
	case f.err == nil:
		return fmt.Sprintf("the server answered %d %s", f.status, http.StatusText(f.status))
	case errors.Is(f.err, errManyRedirects):
		return fmt.Sprintf("the server redirects more than %d times", mostRedirects)
	}
	return network.Cause(f.err)
}
