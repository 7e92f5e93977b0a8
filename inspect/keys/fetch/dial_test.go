package fetch

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/inspect/network"
)

// proxy is a proxy on loopback that lets nothing through.
type proxy struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string // each once: a refusal of the proxy's is no reason to give up
}

func newProxy(t *testing.T) *proxy {
	t.Helper()
	p := &proxy{}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		if asked := r.Method + " " + r.Host; !slices.Contains(p.asked, asked) {
			p.asked = append(p.asked, asked)
		}
		p.mu.Unlock()
		w.WriteHeader(http.StatusForbidden)
	}))
	t.Cleanup(p.Close)
	return p
}

// Behind a proxy the dialler sees the proxy alone, which is on a private address as a rule. A host
// that is private by its name or its number is refused all the same. What another name stands for
// is for the proxy to judge.
func TestWhatHoldsBehindAProxy(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		address string
		by      network.Trust
		asked   []string // of the proxy
	}{
		{
			"https://keys.example.com/keys", network.ByDocument,
			[]string{"CONNECT keys.example.com:443"},
		},
		{
			"https://ｋeys.example.com/keys", network.ByDocument,
			[]string{"CONNECT keys.example.com:443"},
		},
		{"https://10.0.0.1/keys", network.ByUser, []string{"CONNECT 10.0.0.1:443"}},
		{"https://10.0.0.1/keys", network.ByDocument, nil},
		{"https://metadata.google.internal/keys", network.ByDocument, nil},
		{"https://keycloak/keys", network.ByDocument, nil},
		{"https://evil.example/keys", network.ByToken, nil},
	} {
		p := newProxy(t)
		address, err := url.Parse(p.URL)
		if err != nil {
			t.Fatal(err)
		}
		s := &Source{
			Transport: network.NewTransport(network.Settings{Proxy: http.ProxyURL(address)}),
			Sleep:     func(context.Context, time.Duration) error { return nil },
		}
		_, err = s.keysAt(context.Background(), test.address, test.by)
		if err == nil || !slices.Equal(p.asked, test.asked) {
			t.Errorf("%s: the proxy was asked for %q; error %v", test.address, p.asked, err)
		}
	}
}

// Go reads the proxy of the environment once, so this takes a process of its own.
func TestTheProxyOfTheEnvironmentIsTaken(t *testing.T) {
	t.Parallel()
	if address := os.Getenv("GATEWHY_TEST_BEHIND_PROXY"); address != "" {
		_, err := new(Source).PolicyURL(context.Background(), address)
		t.Fatal(err)
	}
	for address, want := range map[string][]string{
		"https://keys.example.com/keys": {"CONNECT keys.example.com:443"},
		"https://127。0。0。1/keys":        nil,
		"https://169.254.169.254/keys":  nil,
	} {
		p := newProxy(t)
		process := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		process.Env = append(os.Environ(), "GATEWHY_TEST_BEHIND_PROXY="+address,
			"HTTPS_PROXY="+strings.Replace(p.URL, "127.0.0.1", "localhost", 1), "NO_PROXY=")
		if said, err := process.CombinedOutput(); err == nil || !slices.Equal(p.asked, want) {
			t.Errorf("%s: the proxy was asked for %q: %v\n%s", address, p.asked, err, said)
		}
	}
}
