package cmd

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/network"
)

// apiBehind answers requests for keys as Entra does, and every other one as an API that the
// gateway has let the request through to.
type apiBehind struct{ keys http.RoundTripper }

func (a apiBehind) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.URL.Hostname() != "gateway.example" {
		return a.keys.RoundTrip(request)
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{}, Request: request,
		Body: io.NopCloser(strings.NewReader("{}")),
	}, nil
}

func TestWhatAProbeKeepsIsAPolicyTestThatFailsAsThePredictionDid(t *testing.T) {
	t.Parallel()
	keys, token := newEntra(t)
	dir := t.TempDir()
	policy := filepath.Join(dir, "policy.json")
	text, err := os.ReadFile("../testdata/rules/any-client-accepted/ok.json")
	if err != nil {
		t.Fatal(err)
	}
	text = []byte(strings.ReplaceAll(string(text), "api://orders-uat", "api://elsewhere"))
	if err := os.WriteFile(policy, text, 0o600); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := run(apiBehind{keys}, dir, token,
		"probe", "https://gateway.example/orders", "-p", policy, "-o", "json")
	var answer struct {
		Verdict struct {
			Outcome string
		}
		Probe struct {
			Outcome string
			Test    string
		}
	}
	if err := json.Unmarshal([]byte(stdout), &answer); err != nil {
		t.Fatalf("%v: %s%s", err, stdout, stderr)
	}
	if code != exitRejected || answer.Probe.Outcome != "differs" {
		t.Fatalf("exit code %d, outcome %q: %s", code, answer.Probe.Outcome, stdout)
	}
	for _, part := range strings.Split(token, ".") {
		if strings.Contains(stdout, part) {
			t.Error("a part of the token is printed")
		}
	}
	kept := filepath.Join(dir, "kept.yaml")
	test := strings.ReplaceAll(answer.Probe.Test, dir+"/", "")
	if err := os.WriteFile(kept, []byte(test), 0o600); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr = run(nil, dir, "", "test", kept)
	want := "outcome: expected accepted, got " + answer.Verdict.Outcome
	if code != exitRejected || !strings.Contains(stdout, want) {
		t.Errorf("exit code %d, want 1 and %q:\n%s%s\n%s", code, want, stdout, stderr, test)
	}
}

// oddly answers as a gateway of a test does, over plain loopback.
func oddly(t *testing.T, answer http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return server.URL
}

// An answer counts though its body is packed, is cut, or is another protocol, and a header is sent
// as it was predicted.
func TestAProbeReadsOddAnswers(t *testing.T) {
	t.Parallel()
	_, token := newEntra(t)
	keys := filepath.Join(t.TempDir(), "keys.json")
	writeFile(t, keys, `{"keys": [{"kty": "oct", "k": "AAAA", "kid": "k"}]}`)
	echo := func(r *http.Request) string { return r.Header.Get("Authorization") }
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		header string
		want   string // in the output
	}{
		"gzip that nobody asked for": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.WriteHeader(http.StatusUnauthorized)
			packed := gzip.NewWriter(w)
			_, _ = io.WriteString(packed, `it is `+echo(r)+`.`)
			_ = packed.Close()
		}, "X-Any: 1", `"body": "it is Bearer (token)."`},
		"a body that is cut": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1000")
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, "half of "+echo(r))
		}, "X-Any: 1", `"body_truncated": true`},
		"another protocol": {func(w http.ResponseWriter, _ *http.Request) {
			connection, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				_, _ = io.WriteString(connection, "HTTP/1.1 101 Switching\r\nUpgrade: h\r\n"+
					"Connection: upgrade\r\n\r\n") // and it stays open
			}
		}, "X-Any: 1", `"status": 101`},
		"another host": {func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "host "+r.Host)
		}, "Host: other.example", `"body": "host other.example"`},
		"no name of a program": {func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "agent "+r.UserAgent()+".")
		}, "User-Agent:", `"body": "agent ."`},
	} {
		_, stdout, stderr := run(network.NewTransport(network.Settings{}), t.TempDir(), token,
			"probe", oddly(t, test.answer), "-p", "../testdata/rules/any-client-accepted/ok.json",
			"--jwks", keys, "-H", test.header, "-o", "json")
		if !strings.Contains(stdout, test.want) || strings.Contains(stdout+stderr, token) {
			t.Errorf("%s: want %s in:\n%s%s", name, test.want, stdout, stderr)
		}
	}
}
