package fetch_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect/source"
)

func TestAnswersThatAreRefused(t *testing.T) {
	t.Parallel()
	far := to("https://keys.example.com/common/discovery/keys")
	down := to("http://login.microsoftonline.com/common/discovery/keys")
	round := to("/common/discovery/keys")
	tests := []struct {
		name    string
		answers []http.HandlerFunc
		cause   string
		hint    string
		asked   int
	}{
		{
			"a redirect to another host",
			[]http.HandlerFunc{far},
			"the answer is a redirect to another host, which is not followed",
			"pass the address that it leads to", 1,
		},
		{
			"a redirect to http",
			[]http.HandlerFunc{down},
			"the answer is a redirect to another host, which is not followed",
			"pass the address that it leads to", 1,
		},
		{
			"a redirect to loopback",
			[]http.HandlerFunc{to("https://127.0.0.1/common/discovery/keys")},
			"the answer is a redirect to another host, which is not followed",
			"pass the address that it leads to", 1,
		},
		{
			"a redirect to a file",
			[]http.HandlerFunc{to("file:///etc/passwd")},
			"the answer is a redirect to another host, which is not followed",
			"pass the address that it leads to", 1,
		},
		{
			"a redirect to the same host in full-width letters",
			[]http.HandlerFunc{to("https://login。microsoftonline.com/common/discovery/keys")},
			"the answer is a redirect to another host, which is not followed",
			"pass the address that it leads to", 1,
		},
		{
			"a redirect with a user",
			[]http.HandlerFunc{to("https://user:hunter2@login.microsoftonline.com/keys")},
			"the answer is a redirect with a user or a password, which is not followed",
			"key sets are public: is the address right?", 1,
		},
		{
			"redirects in a circle", repeat(round, 9), "the server redirects more than 3 times",
			"pass a key set that you have as a file (key-set-file)", 4,
		},
		{
			"a page",
			[]http.HandlerFunc{body("<html>Sign in</html>")},
			"the text is an HTML or XML page, not a key set",
			"the address answered a sign-in, proxy or error page; open it in a browser", 1,
		},
		{
			"nothing",
			[]http.HandlerFunc{body("")},
			"the text is empty",
			"was the file written? did the address answer?", 1,
		},
		{
			"more than a mebibyte",
			[]http.HandlerFunc{body(strings.Repeat(" ", 1<<20+1))},
			"the answer has more than 1 MiB", "that is too large for a key set; is the address " +
				"right?", 1,
		},
		{
			"an endless body",
			[]http.HandlerFunc{endless},
			"the answer has more than 1 MiB",
			"that is too large for a key set; is the address right?", 1,
		},
		{
			"little that unpacks to much",
			[]http.HandlerFunc{gzipBomb(t)},
			"the answer has more than 1 MiB", "that is too large for a key set; is the address " +
				"right?", 1,
		},
		{
			"no such tenant",
			[]http.HandlerFunc{status(400)},
			"the server answered 400 Bad Request", "is the tenant, or the address, right?", 1,
		},
		{
			"nothing there",
			[]http.HandlerFunc{status(404)},
			"the server answered 404 Not Found",
			"is the tenant, or the address, right?", 1,
		},
		{
			"not modified, though nothing was asked about that",
			[]http.HandlerFunc{status(304)},
			"the server answered 304 Not Modified",
			"pass a key set that you have as a file (key-set-file)", 1,
		},
		{
			"a server in trouble, three times", repeat(status(503), 3),
			"the server answered 503 Service Unavailable",
			"pass a key set that you have as a file (key-set-file)", 3,
		},
		{
			"too many requests, for long",
			[]http.HandlerFunc{status(429, "Retry-After", "60")},
			"the server answered 429 Too Many Requests", "the server asks to wait 1m0s", 1,
		},
		{
			"too many requests, until a date",
			[]http.HandlerFunc{
				status(429, "Retry-After", noon.Add(time.Hour).Format(http.TimeFormat)),
			},
			"the server answered 429 Too Many Requests", "the server asks to wait 1h0m0s", 1,
		},
		{
			"a connection that is closed, three times", repeat(hangUp, 3), "no connection: EOF",
			"pass a key set that you have as a file (key-set-file)", 3,
		},
		{
			"a body that is cut, three times", repeat(cut, 3),
			"the answer was cut off before its end",
			"pass a key set that you have as a file (key-set-file)", 3,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tn := newTenant(t, publicKey(t, 0, "one"))
			tn.fail(test.answers...)
			_, err := tn.source(newClock()).URL(context.Background(),
				loginHost+"common/discovery/keys")
			cause, hint := causeAndHint(t, err)
			if cause != test.cause || hint != test.hint {
				t.Errorf("got  %s; %s\nwant %s; %s", cause, hint, test.cause, test.hint)
			}
			if asked := tn.asked(); len(asked) != test.asked {
				t.Errorf("%d requests, want %d", len(asked), test.asked)
			}
		})
	}
}

func to(address string) http.HandlerFunc {
	return http.RedirectHandler(address, http.StatusFound).ServeHTTP
}

func repeat(h http.HandlerFunc, n int) []http.HandlerFunc {
	list := make([]http.HandlerFunc, n)
	for i := range list {
		list[i] = h
	}
	return list
}

// endless writes until the client hangs up.
func endless(w http.ResponseWriter, _ *http.Request) {
	for {
		if _, err := w.Write(make([]byte, 1<<16)); err != nil {
			return
		}
	}
}

func gzipBomb(t *testing.T) http.HandlerFunc {
	t.Helper()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	for range 100 {
		if _, err := z.Write(make([]byte, 1<<20)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(packed.Bytes())
	}
}

func TestTroubleThatPassesIsWaitedFor(t *testing.T) {
	t.Parallel()
	near := to("/organizations/discovery/keys")
	tests := []struct {
		name    string
		answers []http.HandlerFunc
		pauses  []time.Duration
	}{
		{
			"a server in trouble",
			[]http.HandlerFunc{status(503)},
			[]time.Duration{200 * time.Millisecond},
		},
		{
			"a server in trouble twice",
			[]http.HandlerFunc{status(500), status(502)},
			[]time.Duration{200 * time.Millisecond, 800 * time.Millisecond},
		},
		{
			"a server that says how long",
			[]http.HandlerFunc{status(503, "Retry-After", "2")},
			[]time.Duration{2 * time.Second},
		},
		{
			"too many requests",
			[]http.HandlerFunc{status(429, "Retry-After", "1")},
			[]time.Duration{time.Second},
		},
		{
			"a connection that is closed",
			[]http.HandlerFunc{hangUp},
			[]time.Duration{200 * time.Millisecond},
		},
		{"a body that is cut", []http.HandlerFunc{cut}, []time.Duration{200 * time.Millisecond}},
		{"a redirect on the same host", []http.HandlerFunc{near}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tn := newTenant(t, publicKey(t, 0, "one"))
			tn.fail(test.answers...)
			clock := newClock()
			set, err := tn.source(clock).URL(context.Background(),
				loginHost+"common/discovery/keys")
			if err != nil || len(set.Keys) != 1 {
				t.Fatal(set, err)
			}
			if diff := cmp.Diff(test.pauses, clock.pauses); diff != "" {
				t.Errorf("pauses (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAServerThatDoesNotAnswerIsGivenUp(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	tn.fail(late)
	s := tn.source(newClock())
	s.Timeout = 20 * time.Millisecond
	_, err := s.URL(context.Background(), loginHost+"common/discovery/keys")
	if cause, _ := causeAndHint(t, err); cause != "no answer within 20ms" {
		t.Error(cause)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = s.URL(ctx, loginHost+"common/discovery/keys")
	if cause, _ := causeAndHint(t, err); cause != "the request was cancelled" {
		t.Error(cause)
	}
}

func TestACertificateThatIsNotTrustedIsNoReasonToTryAgain(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	s := tn.source(newClock())
	transport := tn.transport()
	transport.TLSClientConfig = nil
	s.Transport = transport
	_, err := s.URL(context.Background(), loginHost+"common/discovery/keys")
	var e *source.Error
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
	if !strings.HasPrefix(e.Cause, "the server's certificate is not trusted: x509:") {
		t.Error(e.Cause)
	}
	var needs []source.Input
	for _, hint := range e.Hints {
		needs = append(needs, hint.Need.Input)
	}
	if want := []source.Input{source.NeedAuthority, source.NeedKeySetFile}; !slices.Equal(
		needs, want) {
		t.Errorf("the hints ask for %q, want %q", needs, want)
	}
}
