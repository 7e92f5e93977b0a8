package cmd

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/inspect/network"
	"github.com/gatewhy/gatewhy/testdata/mint"
)

// entraNetwork answers as Entra ID does to requests for the metadata and the keys of one tenant,
// by its id or its domain, and counts the requests. Nothing of it touches the network.
type entraNetwork struct {
	keys     []byte
	requests int
}

func (n *entraNetwork) RoundTrip(request *http.Request) (*http.Response, error) {
	n.requests++
	body, status := n.answer(request.URL.Host, request.URL.Path)
	return &http.Response{
		StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: request,
		Header: http.Header{
			"Content-Type": {"application/json"},
		}, Body: io.NopCloser(strings.NewReader(body)),
	}, nil
}

func (n *entraNetwork) answer(host, path string) (string, int) {
	const base = "https://login.microsoftonline.com/" + mint.Tenant
	if host != "login.microsoftonline.com" {
		return "", http.StatusNotFound
	}
	switch path {
	case "/" + mint.Tenant + "/.well-known/openid-configuration",
		"/contoso.example/.well-known/openid-configuration":
		return `{"issuer":"https://sts.windows.net/` + mint.Tenant + `/",` +
			`"jwks_uri":"` + base + `/discovery/keys"}`, http.StatusOK
	case "/" + mint.Tenant + "/discovery/keys":
		return string(n.keys), http.StatusOK
	}
	return "", http.StatusNotFound
}

// newEntra returns a tenant, and a v1.0 token that its key signed.
func newEntra(t *testing.T) (network *entraNetwork, token string) {
	t.Helper()
	key, set := signingKey(t)
	claims, err := mint.Claims("v1", clock)
	if err != nil {
		t.Fatal(err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	token, err = key.Sign(
		"RS256", []byte(`{"typ":"JWT","alg":"RS256","kid":"`+key.ID+`"}`), payload,
	)
	if err != nil {
		t.Fatal(err)
	}
	return &entraNetwork{keys: set}, token
}

// run runs the program with a token on standard input.
func run(
	network http.RoundTripper, cache, token string, args ...string,
) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	code = Main(Env{
		Gateways: everyGateway(),
		Args:     args, Stdin: strings.NewReader(token), Stdout: &out, Stderr: &err,
		Now:       func() time.Time { return clock },
		Connect:   always(network),
		LookupEnv: environment(nil),
		CacheDir:  func() (string, error) { return cache, nil },
	})
	return code, out.String(), err.String()
}

// always is a Connect that gives one transport, whatever the settings.
func always(transport http.RoundTripper) func(network.Settings) http.RoundTripper {
	return func(network.Settings) http.RoundTripper { return transport }
}

func TestVerifyAsksTheTenant(t *testing.T) {
	t.Parallel()
	const other = "11111111-3b0d-4a55-9c3e-7f0e2b6d9a11"
	tests := []struct {
		name string
		args []string
		code int
		says string
	}{
		{"by its id", []string{"--tenant", mint.Tenant}, exitOK, "  verified\n"},
		{
			"by its domain, which is resolved to the id",
			[]string{"--tenant", "contoso.example", "-v"},
			exitOK, "ok tenant        " + mint.Tenant,
		},
		{
			"by its issuer",
			[]string{"--issuer", "https://sts.windows.net/" + mint.Tenant + "/"},
			exitOK, "  verified\n",
		},
		{
			"by the token's own issuer, where nobody says whose token it must be", nil,
			exitOK, "verified, by keys that the token itself chose",
		},
		{"and fails where there is no such tenant", []string{"--tenant", other}, exitUsage, "404"},
		{
			"and fails where the tenant is no tenant",
			[]string{"--tenant", "a b"},
			exitUsage,
			"this is not a tenant",
		},
		{
			"and fails so offline too",
			[]string{"--tenant", "contoso", "--offline"},
			exitUsage,
			"this is not a tenant",
		},
		{
			"and is undetermined offline",
			[]string{"--tenant", mint.Tenant, "--offline"},
			exitUndetermined, "no key set of this address",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			network, token := newEntra(t)
			code, stdout, stderr := run(
				network, t.TempDir(), token, append([]string{"verify"}, test.args...)...,
			)
			if code != test.code || !strings.Contains(stdout+stderr, test.says) {
				t.Errorf(
					"exit code %d, want %d and %q:\n%s%s", code, test.code, test.says, stdout,
					stderr,
				)
			}
		})
	}
}

func TestVerifyKeepsTheKeysAndCanDoWithoutTheNetwork(t *testing.T) {
	t.Parallel()
	network, token := newEntra(t)
	cache := t.TempDir()
	if code, stdout, stderr := run(
		network, cache, token, "verify", "--tenant", mint.Tenant,
	); code != exitOK {
		t.Fatalf("first run: exit code %d\n%s%s", code, stdout, stderr)
	}
	asked := network.requests
	code, stdout, stderr := run(network, cache, token, "verify", "--tenant", mint.Tenant,
		"--offline")
	if code != exitOK || network.requests != asked || !strings.Contains(stdout, "from the cache") {
		t.Errorf(
			"exit code %d, %d more requests:\n%s%s", code, network.requests-asked, stdout, stderr,
		)
	}
	run(network, cache, token, "verify", "--tenant", mint.Tenant, "--no-cache")
	if network.requests == asked {
		t.Error("--no-cache took the keys from the cache")
	}
}

// A token that can't be read fails for that, whether its keys are to be had or not; where they
// are, its signature is looked at.
func TestVerifySaysOfWhatIsNoTokenWhetherItWasSigned(t *testing.T) {
	t.Parallel()
	network, _ := newEntra(t)
	key, _ := signingKey(t)
	list, err := key.Sign("RS256", []byte(`{"alg":"RS256","kid":"`+key.ID+`"}`), []byte(`["a"]`))
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		network http.RoundTripper
		says    string
	}{
		"with the keys":           {network, "ok signature     by key"},
		"where there are no keys": {documents{}, "?? signature"},
	} {
		code, stdout, stderr := run(
			test.network, t.TempDir(), list, "verify", "--issuer", v1Issuer, "-v",
		)
		if code != exitRejected || !strings.Contains(stdout,
			"The payload is a list, not an object.") || !strings.Contains(stdout, test.says) {
			t.Errorf("%s: exit code %d, want %q:\n%s%s", name, code, test.says, stdout, stderr)
		}
	}
}

func TestVerifyNeverSendsTheToken(t *testing.T) {
	t.Parallel()
	network, token := newEntra(t)
	spy := &spyingTransport{next: network}
	run(spy, t.TempDir(), token, "verify")
	if network.requests == 0 {
		t.Fatal("nothing was asked, so nothing was seen")
	}
	for _, part := range strings.Split(strings.TrimSpace(token), ".") {
		if strings.Contains(spy.seen.String(), part) {
			t.Error("a part of the token was sent")
		}
	}
}

// spyingTransport keeps all that is sent.
type spyingTransport struct {
	next http.RoundTripper
	seen bytes.Buffer
}

func (s *spyingTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	if err := request.Write(&s.seen); err != nil {
		return nil, err
	}
	return s.next.RoundTrip(request)
}
