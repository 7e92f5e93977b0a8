package fetch_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/keys/fetch"
	"github.com/gatewhy/gatewhy/inspect/network"
	"github.com/gatewhy/gatewhy/testdata/mint"
)

const (
	tid         = mint.Tenant
	otherTenant = mint.OtherTenant
	claims      = mint.Plain
)

var noon = time.Date(2026, 5, 6, 12, 0, 0, 0, time.UTC)

// throwaway are the signing keys of the tests, made when the first test asks for them.
var throwaway = sync.OnceValues(func() (made [3]*mint.Key, err error) {
	for i := range made {
		if made[i], err = mint.NewKey("RS256"); err != nil {
			break
		}
	}
	return made, err
})

func throwawayKey(t testing.TB, n int) *mint.Key {
	t.Helper()
	made, err := throwaway()
	if err != nil {
		t.Fatal(err)
	}
	return made[n]
}

// publicKey returns a throwaway key as a member of a key set.
func publicKey(t testing.TB, n int, kid string) map[string]any {
	t.Helper()
	key := throwawayKey(t, n).JWK()
	key["kid"] = kid
	return key
}

// sign signs a header and claims with a throwaway key, as they are written.
func sign(t testing.TB, n int, header, claims string) *inspect.Token {
	t.Helper()
	token, err := throwawayKey(t, n).Sign("RS256", []byte(header), []byte(claims))
	if err != nil {
		t.Fatal(err)
	}
	return inspect.Parse(token)
}

func setOf(t testing.TB, list ...map[string]any) *keys.Set {
	t.Helper()
	text, err := json.Marshal(map[string]any{"keys": list})
	if err != nil {
		t.Fatal(err)
	}
	set, err := keys.Parse("keys.json", text)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// tenant is a tenant of our own: a TLS server that speaks Entra's discovery and key endpoints on
// every host of Entra, and that can be made to misbehave.
type tenant struct {
	server *httptest.Server
	roots  *x509.CertPool

	mu       sync.Mutex
	sets     [][]map[string]any // one a request for keys, the last one from then on
	apps     map[string][]map[string]any
	trouble  []http.HandlerFunc // each answers one request in place of the tenant
	always   http.HandlerFunc   // answers every request, if it is not nil
	maxAge   string
	metadata map[string]any // members that replace those of the discovery documents
	requests []string       // host, path and query of every request
}

const tenantDomain = "contoso.onmicrosoft.com"

// newTenant starts a tenant that serves a set.
func newTenant(t testing.TB, set ...map[string]any) *tenant {
	t.Helper()
	tn := &tenant{
		sets: [][]map[string]any{set}, apps: map[string][]map[string]any{},
		maxAge: "max-age=86400, private",
	}
	tn.server = httptest.NewUnstartedServer(tn)
	certificate := hostCertificate(t)
	tn.roots = x509.NewCertPool()
	tn.roots.AddCert(certificate.Leaf)
	tn.server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	tn.server.Config.ErrorLog = log.New(io.Discard, "", 0)
	tn.server.StartTLS()
	t.Cleanup(tn.server.Close)
	return tn
}

// hostCertificate makes a certificate for the hosts of Entra.
func hostCertificate(t testing.TB) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"*.b2clogin.com", "*.ciamlogin.com", "localhost", "keys.example.com"}
	for _, c := range entra.Clouds() {
		names = append(names, c.Host)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: names,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore:   time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true,
		BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

// transport is the program's own, but that it connects to the tenant whatever the host.
func (tn *tenant) transport() *http.Transport {
	transport := network.NewTransport(network.Settings{})
	transport.Proxy = nil
	transport.TLSClientConfig = &tls.Config{RootCAs: tn.roots}
	transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, network, tn.server.Listener.Addr().String())
	}
	return transport
}

// source returns a source of the tenant's keys with a clock that stands still. Pauses are noted,
// not slept.
func (tn *tenant) source(clock *clock) *fetch.Source {
	return &fetch.Source{Transport: tn.transport(), Now: clock.time, Sleep: clock.sleep}
}

// clock stands still until it is moved.
type clock struct {
	now    time.Time
	pauses []time.Duration
}

func newClock() *clock { return &clock{now: noon} }

func (c *clock) time() time.Time { return c.now }

func (c *clock) sleep(_ context.Context, d time.Duration) error {
	c.pauses = append(c.pauses, d)
	return nil
}

// asked returns the requests since the last call.
func (tn *tenant) asked() []string {
	tn.mu.Lock()
	defer tn.mu.Unlock()
	asked := tn.requests
	tn.requests = nil
	return asked
}

func (tn *tenant) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	tn.mu.Lock()
	tn.requests = append(tn.requests, r.Host+r.URL.RequestURI())
	instead := tn.always
	if len(tn.trouble) > 0 {
		instead, tn.trouble = tn.trouble[0], tn.trouble[1:]
	}
	tn.mu.Unlock()
	if instead != nil {
		instead(w, r)
		return
	}
	tn.answer(w, r)
}

func (tn *tenant) answer(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasSuffix(r.URL.Path, "/.well-known/openid-configuration"):
		tn.write(w, tn.discovery(r))
	case strings.Contains(r.URL.Path, "/discovery/"):
		tn.write(w, map[string]any{"keys": tn.keys(r.URL.Query().Get("appid"))})
	default:
		http.NotFound(w, r)
	}
}

func (tn *tenant) write(w http.ResponseWriter, document any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", tn.maxAge)
	_ = json.NewEncoder(w).Encode(document)
}

func (tn *tenant) keys(app string) []map[string]any {
	tn.mu.Lock()
	defer tn.mu.Unlock()
	if app != "" {
		return tn.apps[app]
	}
	set := tn.sets[0]
	if len(tn.sets) > 1 {
		tn.sets = tn.sets[1:]
	}
	return set
}

// discovery answers as Entra does: the issuer has the tenant's id whatever the path says, and the
// template for common.
func (tn *tenant) discovery(r *http.Request) map[string]any {
	path := strings.TrimSuffix(r.URL.Path, "/.well-known/openid-configuration")
	base, query := "https://"+r.Host, ""
	if r.URL.RawQuery != "" {
		query = "?" + r.URL.RawQuery
	}
	name, isV2 := strings.CutSuffix(strings.TrimPrefix(path, "/"), "/v2.0")
	id := tid
	if name == "common" || name == "organizations" {
		id = entra.TenantTemplate
	}
	document := map[string]any{
		"issuer":              "https://sts.windows.net/" + id + "/",
		"jwks_uri":            base + "/" + name + "/discovery/keys" + query,
		"cloud_instance_name": "microsoftonline.com",
	}
	switch {
	case strings.HasPrefix(name, "tfp/"):
		document["issuer"], document["jwks_uri"] = base+"/"+name+"/v2.0/",
			base+"/"+name+"/discovery/v2.0/keys"
	case isV2:
		document["issuer"], document["jwks_uri"] = base+"/"+id+"/v2.0",
			base+"/"+name+"/discovery/v2.0/keys"+query
	}
	for member, value := range tn.metadata {
		document[member] = value
	}
	return document
}

// roll makes the tenant serve these sets from now on, one a request, the last one for good.
func (tn *tenant) roll(sets ...[]map[string]any) {
	tn.mu.Lock()
	defer tn.mu.Unlock()
	tn.sets = sets
}

// fail makes the next requests be answered by these.
func (tn *tenant) fail(handlers ...http.HandlerFunc) {
	tn.mu.Lock()
	defer tn.mu.Unlock()
	tn.trouble = handlers
}

// status answers with a status and headers in pairs.
func status(code int, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(code)
	}
}

// body answers with a text.
func body(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(text)) }
}

// cut closes the connection in the middle of the body.
func cut(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "1000")
	_, _ = w.Write([]byte(`{"keys":[`))
}

// hangUp closes the connection without an answer.
func hangUp(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// late does not answer until the client has given up.
func late(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
