package keys

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"
)

const (
	mostBytes      = 1 << 20
	defaultTimeout = 10 * time.Second
	mostRedirects  = 3
)

// answer is a document as it was fetched.
type answer struct {
	text   []byte
	maxAge time.Duration // of Cache-Control; 0 where there is none
}

// fetch asks for a document, with two more attempts where the first meets a server or a network in trouble.
func (s *Source) fetch(ctx context.Context, t target) (answer, error) {
	for attempt := 0; ; attempt++ {
		a, f := s.attempt(ctx, t)
		if f == nil {
			return a, nil
		}
		if pause, again := f.retryAfter(attempt); !again || s.pause(ctx, pause) != nil {
			return a, f.explain(ctx, t, s.timeout())
		}
	}
}

func (s *Source) timeout() time.Duration {
	if s.Timeout == 0 {
		return defaultTimeout
	}
	return s.Timeout
}

func (s *Source) attempt(ctx context.Context, t target) (answer, *failure) {
	request, err := http.NewRequestWithContext(withTarget(ctx, t), http.MethodGet, t.address.String(), nil)
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
	defer response.Body.Close() //nolint:errcheck // nothing is lost where closing what was read fails
	if response.StatusCode != http.StatusOK {
		return answer{}, &failure{status: response.StatusCode, retry: seconds(response.Header.Get("Retry-After"), s.now())}
	}
	return read(response)
}

// read reads what the limit allows. What was compressed counts as it is unpacked.
func read(response *http.Response) (answer, *failure) {
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
		return NewTransport()
	}
	return s.Transport
}

var (
	errOtherHost     = errors.New("redirect to another host")
	errManyRedirects = errors.New("too many redirects")
)

func sameHost(next *http.Request, before []*http.Request) error {
	if len(before) > mostRedirects {
		return errManyRedirects
	}
	if first := before[0].URL; next.URL.Scheme != first.Scheme || next.URL.Host != first.Host {
		return errOtherHost
	}
	return nil
}

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
