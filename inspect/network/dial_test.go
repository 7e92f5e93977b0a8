package network

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"sync/atomic"
	"testing"
	"time"
)

// A name can stand for any address, and for another one the second time it is asked for (DNS
// rebinding). What counts is the address that is dialled.
func TestTheDiallerLooksAtTheAddressBehindTheName(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close() //nolint:errcheck // the test is over
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	tests := []struct {
		name    string
		ctx     context.Context
		refused bool
	}{
		{"the user named it", contextOf("https", port, ByUser), false},
		{"the user named it, over http", contextOf("http", port, ByUser), false},
		{"a document named it", contextOf("https", port, ByDocument), true},
		{"a token named it", contextOf("https", port, ByToken), true},
		{"no one knows who named it", context.Background(), true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			connection, err := dial(test.ctx, "tcp", "localhost:"+port)
			var forbidden *ForbiddenError
			if refused := errors.As(err, &forbidden); refused != test.refused ||
				(err == nil) == test.refused {
				t.Errorf("got %v, want refused %v", err, test.refused)
			}
			if connection != nil {
				_ = connection.Close()
			}
		})
	}
}

func contextOf(scheme, port string, by Trust) context.Context {
	address := &url.URL{Scheme: scheme, Host: "localhost:" + port}
	return For(context.Background(), Purpose{Address: address, By: by})
}

func TestAddressesOfTheInternetAtLarge(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"20.190.128.1": true, "2603:1036:303c::1": true, "::ffff:20.190.128.1": true,
		"64:ff9b::14be:8001": true,
		"127.0.0.1":          false, "127.255.255.255": false, "::1": false,
		"::ffff:127.0.0.1": false, "::127.0.0.1": false,
		"10.0.0.1": false, "172.16.0.1": false, "172.31.255.255": false, "192.168.0.1": false,
		"fd00::1": false, "fc00::1": false,
		"169.254.169.254": false, "fe80::1": false, "fe80::1%eth0": false, "fec0::1": false,
		"64:ff9b::7f00:1": false, "64:ff9b::a9fe:a9fe": false, "2002:7f00:1::": false,
		"2002:a9fe:a9fe::1": false,
		"0.0.0.0":           false, "::": false, "0.1.2.3": false, "100.64.0.1": false,
		"100.127.255.255": false,
		"192.0.0.1":       false, "192.0.2.1": false, "198.18.0.1": false, "198.51.100.1": false,
		"203.0.113.1": false,
		"224.0.0.1":   false, "239.1.2.3": false, "240.0.0.1": false, "255.255.255.255": false,
		"ff02::1":     false,
		"2001:db8::1": false, "100::1": false, "172.32.0.1": true, "100.128.0.1": true,
		"64:ff9b:1::1": false, "64:ff9b:1:ffff::1": false, "2001::1": false,
		"2001:0:4136:e378::1": false, "2001:1ff::1": false, "2001:200::1": true,
		"3fff::1": false, "3fff:fff::1": false, "3fff:1000::1": true, "5f00::1": false,
		"::ffff:0:7f00:1": false, "192.88.99.1": false, "4000::1": false,
	} {
		if got := isPublic(netip.MustParseAddr(address)); got != want {
			t.Errorf("isPublic(%s) = %v, want %v", address, got, want)
		}
	}
}

func TestHTTPIsForLoopbackOnlyWhateverTheNameStandsFor(t *testing.T) {
	t.Parallel()
	user := Purpose{Address: &url.URL{Scheme: "http", Host: "localhost"}}
	if err := user.allows("20.190.128.1:80"); err == nil {
		t.Error("localhost that stands for a public address: want an error")
	}
}

func TestAHostIsBroughtToASCIIOnce(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"keys.example.com":         "keys.example.com",
		"Keys.EXAMPLE.com.":        "keys.example.com",
		"my_keys.example.com":      "my_keys.example.com",
		"schlüssel.example":        "xn--schlssel-95a.example",
		"xn--schlssel-95a.example": "xn--schlssel-95a.example",
		"ｌｏｃａｌｈｏｓｔ":                "localhost",
		"127。0。0．1":                "127.0.0.1",
		"::FFFF:7f00:1":            "::ffff:127.0.0.1",
		"fe80::1%eth0":             "fe80::1%eth0",
	}
	for _, none := range []string{
		"", ".", "a..b", ".a", "a..", "a b", "a%b", "a℀b", "a：1", "a＠b", "a\\b", "::１",
		"xn--ü", "a<b",
	} {
		tests[none] = ""
	}
	for host, want := range tests {
		if got, ok := ASCIIHost(host); ok != (want != "") || ok && got != want {
			t.Errorf("ASCIIHost(%q) = %q, %v; want %q", host, got, ok, want)
		}
	}
}

// The environment may name a proxy; a document can't make its own host pass for one.
func TestOnlyTheProxyItselfIsDialledUnchecked(t *testing.T) {
	t.Parallel()
	p := httptest.NewServer(http.NotFoundHandler())
	defer p.Close()
	address, err := url.Parse(p.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, next := range []*url.URL{nil, address} {
		ctx := For(context.Background(), Purpose{
			Address: &url.URL{Scheme: "https", Host: "keys.example.com"}, By: ByDocument,
		})
		request, err := http.NewRequestWithContext(ctx, http.MethodGet,
			"https://keys.example.com", nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := noted(http.ProxyURL(next))(request); err != nil {
			t.Fatal(err)
		}
		connection, err := dial(ctx, "tcp", address.Host)
		if (err == nil) != (next != nil) {
			t.Errorf("proxy %v: %v", next, err)
		}
		if connection != nil {
			_ = connection.Close()
		}
	}
}

// A host that asks for a certificate gets one only if the user named that host.
func TestACertificateIsShownToHostsThatTheUserNamed(t *testing.T) {
	t.Parallel()
	shown := 0
	server := httptest.NewUnstartedServer(http.HandlerFunc(
		func(_ http.ResponseWriter, r *http.Request) { shown = len(r.TLS.PeerCertificates) }))
	server.TLS = &tls.Config{ClientAuth: tls.RequestClientCert}
	server.StartTLS()
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	transport := NewTransport(Settings{
		Roots: roots, Certificate: &server.TLS.Certificates[0],
	})
	address, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		by   Trust
		want int
	}{{ByUser, 1}, {ByDocument, 0}, {ByToken, 0}} {
		shown = -1
		purpose := Purpose{Address: address, By: test.by}
		if test.by != ByUser { // loopback is not public: only the handshake is looked at
			got, err := (&Settings{Certificate: &server.TLS.Certificates[0]}).shownTo(
				For(t.Context(), purpose))
			if err != nil || len(got.Certificate) != test.want {
				t.Errorf("trust %d: %d certificates, %v", test.by, len(got.Certificate), err)
			}
			continue
		}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Send(transport, request, purpose, Limits{1, time.Minute}); err != nil {
			t.Fatal(err)
		}
		if shown != test.want {
			t.Errorf("trust %d: %d certificates, want %d", test.by, shown, test.want)
		}
	}
}

// To trust another authority does not help where the certificate is of another host.
func TestACertificateOfAnotherNameIsNotCalledUntrusted(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	address, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	address.Host = "localhost:" + address.Port()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address.String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Send(NewTransport(Settings{Roots: roots}), request,
		Purpose{Address: address, By: ByUser}, Limits{1, time.Minute})
	const want = "the server's certificate is for another name: x509: certificate is valid for " +
		"example.com, *.example.com, not localhost"
	if err == nil || Cause(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// A pull asks one host thousands of times.
func TestAKeptTransportAsksAgainOverTheOpenConnection(t *testing.T) {
	t.Parallel()
	var connections atomic.Int64
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	address, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	once := NewTransport(Settings{})
	kept, disconnect := Kept(once)
	for _, c := range []struct {
		transport http.RoundTripper
		want      int64
	}{{kept, 1}, {once, 1 + 3}} {
		for range 3 {
			request, _ := http.NewRequest(http.MethodGet, server.URL, nil)
			limits := Limits{Body: 1 << 10, Time: time.Minute}
			_, err := Send(c.transport, request, Purpose{Address: address}, limits)
			if err != nil {
				t.Fatal(err)
			}
		}
		if got := connections.Load(); got != c.want {
			t.Errorf("%d connections in all, want %d", got, c.want)
		}
		disconnect()
	}
}
