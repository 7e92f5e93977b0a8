package network

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"
)

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
