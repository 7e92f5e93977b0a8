package fetch_test

import (
	"context"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/keys/fetch"
	"github.com/gatewhy/gatewhy/inspect/network"
	"github.com/gatewhy/gatewhy/testdata/measure"
	"github.com/gatewhy/gatewhy/testdata/mint"
)

// privateHosts is private hosts as somebody could spell them to get past a check.
var privateHosts = []string{
	"127.0.0.1", "127.0.0.1.", "127.1", "2130706433", "017700000001", "0x7f000001", "0x7f.1",
	"0177.0.0.1", "localhost", "LOCALHOST", "localhost.", "a.localhost", "localhost.localdomain",
	"ip6-localhost", "0.0.0.0", "0", "10.0.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
	"metadata.google.internal", "router.local", "keycloak", "keycloak.svc.cluster.local",
	"printer.home.arpa",
	// UTS #46 makes ASCII of these.
	"ｌｏｃａｌｈｏｓｔ", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "𝐥𝐨𝐜𝐚𝐥𝐡𝐨𝐬𝐭", "ｌocalhost。", "loc\u00adalhost", "%EF%BD%8Cocalhost",
	"１２７.0.0.1", "127。0。0。1", "127．0．0．1", "127｡0｡0｡1", "⑫⑦.⓪.⓪.①", "２１３０７０６４３３", "０x7f.1",
	"ｒouter.local",
	"[::1]", "[0:0:0:0:0:0:0:1]", "[::]", "[::127.0.0.1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
	"[::ffff:0:7f00:1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]",
	"[2001:0:7f00:1::]", "[3fff::1]", "[fd00::1]", "[fe80::1%25lo]", "[ff02::1]", "[100::1]",
}

// noHosts are texts that some programs take for a private host and that are none.
var noHosts = []string{
	"127.0.0.1..", "localhost..", "127..1", "[::１]", "localhost\u200b.", "loc%00alhost",
	"evil.example\\@localhost", "127.0.0.1％00.example.com", "[::1",
}

// onlyTheDocument lets requests to one host through to the tenant, and leaves the others to the
// program's own transport.
type onlyTheDocument struct {
	tenant, own http.RoundTripper
	asked       atomic.Int32 // of the others
}

func (o *onlyTheDocument) RoundTrip(r *http.Request) (*http.Response, error) {
	if host := r.URL.Hostname(); host == "keys.example.com" || entra.IsEntraHost(host) {
		return o.tenant.RoundTrip(r)
	}
	o.asked.Add(1)
	return o.own.RoundTrip(r)
}

func TestNoSpellingOfAPrivateHostIsConnectedTo(t *testing.T) {
	t.Parallel()
	listener, connected := measure.Connections(t)
	_, port, err := net.SplitHostPort(listener)
	if err != nil {
		t.Fatal(err)
	}
	tn := newTenant(t, publicKey(t, 0, "one"))
	own := network.NewTransport(network.Settings{})
	transport := &onlyTheDocument{tenant: tn.transport(), own: own}
	s := &fetch.Source{Transport: transport, Sleep: newClock().sleep}
	ctx := context.Background()
	check := func(where, address string, err error) {
		t.Helper()
		switch {
		case err == nil:
			t.Errorf("%s: %s is fetched", where, address)
		case strings.Contains(err.Error(), "private"),
			strings.Contains(err.Error(), "not an address"),
			strings.Contains(err.Error(), "not an Entra host"),
			strings.Contains(err.Error(), "not one of Entra's"):
		default:
			t.Errorf("%s: %s: %v", where, address, err)
		}
	}
	hosts := append(append([]string(nil), privateHosts...), noHosts...)
	for _, host := range hosts {
		address := "https://" + host + ":" + port + "/keys"
		_, err := s.PolicyURL(ctx, address)
		check("a policy", address, err)

		tn.metadata = map[string]any{"issuer": "https://keys.example.com", "jwks_uri": address}
		_, err = s.Issuer(ctx, "https://keys.example.com")
		check("the document of an issuer", address, err)

		tn.metadata = map[string]any{"jwks_uri": address}
		_, err = s.Tenant(ctx, cloud(t, "public"), tid, entra.V2, "")
		check("the document of a tenant", address, err)

		_, err = s.TokenIssuer(ctx, issuerOf(t, mint.V2Issuer(tid)), "")
		check("the document of a token's issuer", address, err)
	}
	if n := connected.Load(); n > 0 || transport.asked.Load() > 0 {
		t.Errorf("%d connections to loopback, %d requests", n, transport.asked.Load())
	}
	t.Logf("%d spellings of private hosts and %d texts that are not hosts", len(privateHosts),
		len(noHosts))
}

func TestTheKeysOfTheWrongIssuerAreNotFetched(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, publicKey(t, 0, "one"))
	s := tn.source(newClock())
	ctx := context.Background()
	const other = "https://other.example.com"
	tn.metadata = map[string]any{"issuer": other}
	_, first := s.Issuer(ctx, "https://keys.example.com")
	_, second := s.Tenant(ctx, cloud(t, "public"), tid, entra.V2, "")
	_, third := s.TokenIssuer(ctx, issuerOf(t, mint.V1Issuer(tid)), "")
	for i, err := range []error{first, second, third} {
		if cause, _ := causeAndHint(t, err); !strings.Contains(cause, other) {
			t.Errorf("%d: %v", i, err)
		}
	}
	for _, asked := range tn.asked() {
		if !strings.HasSuffix(asked, "/.well-known/openid-configuration") {
			t.Errorf("asked for %s", asked)
		}
	}
}

// Issuers with and without a slash at the end have the same document.
func TestACachedSetOfAnotherIssuerIsRefused(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, publicKey(t, 0, "one"))
	s, _ := cachedSource(t, tn)
	tn.metadata = map[string]any{
		"issuer":   "https://keys.example.com",
		"jwks_uri": "https://keys.example.com/discovery/keys",
	}
	if _, err := s.Issuer(context.Background(), "https://keys.example.com"); err != nil {
		t.Fatal(err)
	}
	if set, err := s.Issuer(context.Background(), "https://keys.example.com/"); err == nil {
		t.Errorf("got %v, want an error", set)
	}
}
