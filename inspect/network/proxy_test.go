package network

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// tunnel is a proxy that connects to whatever it is asked for, and keeps what it could read.
func tunnel(t *testing.T) (address *url.URL, read func() string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	var mu sync.Mutex
	var seen strings.Builder
	keep := func(text []byte) (int, error) {
		mu.Lock()
		defer mu.Unlock()
		return seen.Write(text)
	}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go pass(client, writerFunc(keep))
		}
	}()
	return &url.URL{Scheme: "http", Host: listener.Addr().String()}, func() string {
		mu.Lock()
		defer mu.Unlock()
		return seen.String()
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(text []byte) (int, error) { return f(text) }

// pass connects a client with the host that it asks for.
func pass(client net.Conn, seen io.Writer) {
	defer client.Close() //nolint:errcheck // the test sees what the client sees
	from := bufio.NewReader(io.TeeReader(client, seen))
	request, err := http.ReadRequest(from)
	if err != nil {
		return
	}
	server, err := net.Dial("tcp", request.Host)
	if err != nil {
		return
	}
	defer server.Close() //nolint:errcheck // as above
	_, _ = io.WriteString(client, "HTTP/1.1 200 OK\r\n\r\n")
	go func() { _, _ = io.Copy(server, from) }()
	_, _ = io.Copy(client, server)
}

// Behind a company's proxy a request goes through a tunnel that the proxy can't look into. Over
// http it could, so http goes past it.
func TestAProxyReadsNoToken(t *testing.T) {
	t.Parallel()
	const token = "Bearer secret-of-the-request"
	got := ""
	handler := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got = r.Header.Get("Authorization")
	})
	for _, server := range []*httptest.Server{
		httptest.NewTLSServer(handler), httptest.NewServer(handler),
	} {
		defer server.Close()
		proxy, read := tunnel(t)
		settings := Settings{Proxy: http.ProxyURL(proxy)}
		if server.Certificate() != nil {
			settings.Roots = server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
		}
		address, err := url.Parse(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", token)
		got = ""
		_, err = Send(NewTransport(settings), request, Purpose{Address: address},
			Limits{Body: 10, Time: time.Minute})
		if err != nil || got != token {
			t.Errorf("%s: %v, and the server got %q", server.URL, err, got)
		}
		if seen := read(); strings.Contains(seen, "secret-of-the-request") ||
			strings.Contains(seen, "CONNECT ") != (address.Scheme == "https") {
			t.Errorf("%s: the proxy read %q", server.URL, seen)
		}
	}
}

func TestAProxyThatFailsIsNamed(t *testing.T) {
	t.Parallel()
	refusing := func(status int) *url.URL {
		refuse := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
		server := httptest.NewServer(http.HandlerFunc(refuse))
		t.Cleanup(server.Close)
		u, _ := url.Parse(server.URL)
		u.User = url.UserPassword("clerk", "secret")
		return u
	}
	untrusted := httptest.NewTLSServer(nil)
	t.Cleanup(untrusted.Close)
	overTLS, _ := url.Parse(untrusted.URL)
	for _, test := range []struct {
		fact        string
		proxy       *url.URL
		cause, hint string
	}{
		{
			"a proxy that wants to know its user", refusing(http.StatusProxyAuthRequired),
			"answered 407 Proxy Authentication Required", "user and password",
		},
		{
			"a proxy that blocks the host", refusing(http.StatusForbidden),
			"answered 403 Forbidden", "NO_PROXY",
		},
		{
			"a proxy whose name is not known", &url.URL{Scheme: "http", Host: "proxy.invalid:80"},
			"the proxy that HTTPS_PROXY names: the host's name can't be resolved", "NO_PROXY",
		},
		{
			"a proxy whose certificate is not trusted", overTLS,
			"the proxy that HTTPS_PROXY names: the server's certificate is not trusted", "",
		},
	} {
		t.Run(test.fact, func(t *testing.T) {
			t.Parallel()
			request, err := http.NewRequestWithContext(
				t.Context(), http.MethodGet, "https://api.example.com/", nil)
			if err != nil {
				t.Fatal(err)
			}
			transport := NewTransport(Settings{Proxy: http.ProxyURL(test.proxy)})
			_, err = Send(transport, request, Purpose{Address: request.URL},
				Limits{Body: 10, Time: time.Minute})
			cause, hint := Cause(err), ProxyHint(err)
			if !strings.Contains(cause, test.cause) || !strings.Contains(hint, test.hint) {
				t.Errorf("%s; %s", cause, hint)
			}
			if strings.Contains(cause, "secret") {
				t.Errorf("the password is shown: %s", cause)
			}
		})
	}
}

func TestAProxyVariableThatIsNoAddressIsNamed(t *testing.T) {
	for variable, text := range map[string]string{
		"HTTPS_PROXY": "http://clerk:secret@[bad",
		"https_proxy": "%zz-secret",
	} {
		t.Run(variable, func(t *testing.T) {
			t.Setenv("HTTPS_PROXY", "")
			t.Setenv(variable, text)
			request, err := http.NewRequestWithContext(
				t.Context(), http.MethodGet, "https://api.invalid/", nil)
			if err != nil {
				t.Fatal(err)
			}
			_, err = Send(NewTransport(Settings{}), request, Purpose{Address: request.URL},
				Limits{Body: 10, Time: time.Minute})
			cause, hint := Cause(err), ProxyHint(err)
			want := variable + " is not the address of a proxy"
			if !strings.EqualFold(cause, want) || // Windows knows one variable
				!strings.Contains(hint, "http://HOST:PORT") {
				t.Errorf("%s; %s", cause, hint)
			}
		})
	}
}

func TestAProxyIsAURLOrAHostAlone(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"http://proxy:8080": true, "socks5://u:p@[::1]:1080": true, "proxy": true,
		"proxy:8080": true, "u:p@proxy:8080": true, "[::1]:8080": true,
		"%zz": false, ":::bad": false, "http://": false, "http:proxy:8080": false,
		"http://u:%zz@proxy": false, "http://[bad": false, " ": false,
	} {
		if isProxy(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}
