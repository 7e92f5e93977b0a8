package keys

import (
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

	"github.com/gatewhy/gatewhy/inspect/source"
)

// attempts is how often a document is asked for, and longestPause how long a server may have us wait in between.
const (
	attempts     = 3
	longestPause = 3 * time.Second
)

// failure is why one attempt brought no document.
type failure struct {
	err     error         // of the connection
	status  int           // of the answer
	retry   time.Duration // what the server asks to wait; 0 where it does not say
	tooLong bool
}

// retryAfter says how long to wait before the next attempt, where another one makes sense.
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
	var forbidden *forbiddenError
	var certificate *tls.CertificateVerificationError
	var unknown *net.DNSError
	return errors.As(f.err, &forbidden) || errors.As(f.err, &certificate) || errors.Is(f.err, errOtherHost) ||
		errors.Is(f.err, context.Canceled) || errors.Is(f.err, context.DeadlineExceeded) ||
		errors.As(f.err, &unknown) && unknown.IsNotFound || errors.Is(f.err, errManyRedirects)
}

// explain makes the error that a person reads.
func (f *failure) explain(ctx context.Context, t target, timeout time.Duration) error {
	cause := f.cause()
	hint := source.Ask(source.NeedKeySetFile, "pass a key set that you have as a file")
	var forbidden *forbiddenError
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		cause = "the request was cancelled"
	case errors.Is(f.err, context.DeadlineExceeded) || ctx.Err() != nil:
		cause = fmt.Sprintf("no answer within %s", timeout)
	case f.tooLong:
		cause = "the answer has more than 1 MiB"
		hint = source.Hint{Text: "that is no key set; is the address right?"}
	case errors.As(f.err, &forbidden):
		cause = forbidden.Error()
		hint = source.Ask(source.NeedKeySetURL, "if it is meant, pass the address yourself")
	case errors.Is(f.err, errOtherHost):
		cause = "the answer is a redirect to another host, which is not followed"
		hint = source.Hint{Text: "pass the address that it leads to"}
	case f.status == http.StatusBadRequest, f.status == http.StatusNotFound:
		hint = source.Hint{Text: "is the tenant, or the address, right?"}
	case f.retry > longestPause:
		hint = source.Hint{Text: fmt.Sprintf("the server asks to wait %s", f.retry)}
	}
	return wanting(t.String(), cause, hint)
}

// cause is the plain reason. The text of a connection's error is Go's, and names the address again.
func (f *failure) cause() string {
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	switch {
	case f.err == nil:
		return fmt.Sprintf("the server answered %d %s", f.status, http.StatusText(f.status))
	case errors.As(f.err, &dns):
		return "the host's name can't be resolved"
	case errors.As(f.err, &certificate):
		return "the server's certificate is not trusted: " + certificate.Err.Error()
	case errors.Is(f.err, io.ErrUnexpectedEOF):
		return "the answer was cut off before its end"
	case errors.Is(f.err, errManyRedirects):
		return "the server redirects again and again"
	}
	text := f.err.Error()
	if at := strings.Index(text, "\": "); at >= 0 {
		text = text[at+3:]
	}
	return "no connection: " + text
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

// maxAge reads max-age of Cache-Control (RFC 9111, section 5.2.2.1). What must not be stored has none.
func maxAge(header string) time.Duration {
	for directive := range strings.SplitSeq(header, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
		if n, err := strconv.Atoi(strings.Trim(value, `"`)); err == nil && strings.EqualFold(name, "max-age") {
			return time.Duration(max(0, min(n, 1<<30))) * time.Second
		}
	}
	return 0
}
