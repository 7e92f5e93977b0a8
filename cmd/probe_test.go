package cmd

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
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
