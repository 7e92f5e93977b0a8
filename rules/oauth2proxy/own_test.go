package oauth2proxy

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// The program (7.15.6, run) answers whoever is let in with 404 where no upstream has the path, and
// with 301 where one has it with a slash at its end. Who is not let in is refused before.
func TestAPathThatNoUpstreamHasIsAnsweredByTheProgram(t *testing.T) {
	t.Parallel()
	const alpha = "upstreamConfig:\n  upstreams:\n  - {id: a, path: /api/, uri: \"http://a\"}\n"
	const rewritten = "upstreamConfig:\n  upstreams:\n" +
		"  - {id: a, path: ^/(.*)$, rewriteTarget: /$1, uri: \"http://a\"}\n"
	inFile := func(upstreams string) []string {
		return []string{"proxy.cfg", basic + "upstreams = " + upstreams + "\n"}
	}
	at := func(alpha string) []string {
		return []string{"alpha.yaml", alphaConfig + alpha, "proxy.cfg", core}
	}
	started := func(text string) []string {
		return []string{"run.sh", "oauth2-proxy --config=proxy.cfg\n", "proxy.cfg", text}
	}
	cased := []string{"alpha.yaml", strings.NewReplacer("providers:", "Providers:",
		"oidcConfig:", "OIDCConfig:").Replace(alphaConfig), "proxy.cfg", core}
	unserved := open(rules.Conditional)
	for _, of := range []struct {
		files      []string
		path, over string
		want       decided
	}{
		{inFile(`["http://a/api/"]`), "/api/x", "", accepted()},
		{inFile(`["http://a/api/"]`), "/other", "", unserved},
		{inFile(`["http://a/api/"]`), "/api", "", unserved},
		{inFile(`["http://a/api/"]`), "/other?a=/api/", "", unserved},
		{inFile(`["http://a/api"]`), "/api", "", accepted()},
		{inFile(`["http://a/api"]`), "/api/x", "", unserved},
		{inFile(`["http://a/api/", "http://b"]`), "/other", "", accepted()},
		{inFile(`["file:///www#/www/"]`), "/other", "", unserved},
		{inFile(`["static://202"]`), "/other", "", accepted()},
		{inFile(`["file:///dev/null"]`), "/other", "", unserved},
		{inFile(`["file:///dev/null"]`), "/oauth2/auth", "", accepted()},
		{inFile(`["file:///dev/null"]`), "", "", accepted()},
		{inFile(`["http://a/api/"]`), "/other", `aud="x"`, rejected(403, rules.Audience)},
		{inFile(`["http://a/api/"]`), "/oauth2/auth", "", accepted()},
		{inFile(`["http://a/api/"]`), "/a%70i/x", "", accepted()},
		{inFile(`["http://a/api/"]`), "/b%70i/x", "", unserved},
		{inFile(`["http://a/api/"]`), "/%zz", "", accepted()},
		{inFile(`["http://a/${BASE}/"]`), "/other", "", accepted()},
		{[]string{"proxy.cfg", basic}, "/other", "", accepted()}, // a flag may set one
		{started(basic), "/other", "", unserved},
		{started(basic), "/other", `aud="x"`, rejected(403, rules.Audience)},
		{started(basic), "/oauth2/auth", "", accepted()},
		{started(basic), "", "", accepted()},
		{started(basic + "upstreams = [\"http://a\"]\n"), "/other", "", accepted()},
		{at(alpha), "/api/x", "", accepted()},
		{at(alpha), "/other", "", unserved},
		{at(rewritten), "/other", "", accepted()},
		{at(strings.ToLower(alpha)), "/other", "", unserved},
		{cased, "/other", `aud="x"`, rejected(403, rules.Audience)},

		// A claim with a control character fits into no request to an upstream.
		{inFile(`["http://a/api/"]`), "/api/x", `sub="a\u0000"`, rejected(502, rules.CustomClaim)},
		{inFile(`["http://a/api/"]`), "/other", `sub="a\u0000"`, unserved},
		{inFile(`["static://202"]`), "/api/x", `sub="a\u0000"`, accepted()},
		{
			inFile(`["static://202", "http://a/api/"]`), "/", `sub="a\u0000"`,
			open(rules.CustomClaim),
		},
		{[]string{"proxy.cfg", basic}, "/", `sub="a\u0000"`, open(rules.CustomClaim)},
	} {
		r := requestOf(of.over)
		r.Method, r.Path = "GET", of.path
		v := rules.Evaluate(policiesOf(t, of.files...), r)
		if got := short(v); got != of.want {
			t.Errorf("%s %s: got %v, want %v: %s", of.files[1], of.path, got, of.want, v.Why())
		}
	}
}

func TestAnAlphaConfigurationMayTellTheUpstreamWhatNoHeaderHolds(t *testing.T) {
	t.Parallel()
	const tells = "injectRequestHeaders: [{name: A, values: [{claimSource: {claim: user}}]}]\n"
	for alpha, want := range map[string]decided{
		alphaConfig:         accepted(),
		alphaConfig + tells: open(rules.CustomClaim),

		alphaConfig + strings.ToUpper(tells[:1]) + tells[1:]: open(rules.CustomClaim),
	} {
		policies := policiesOf(t, "alpha.yaml", alpha, "proxy.cfg", core)
		if got := short(rules.Evaluate(policies, requestOf(`sub="a\nb"`))); got != want {
			t.Errorf("%s: got %v, want %v", alpha, got, want)
		}
		if got := short(rules.Evaluate(policies, requestOf(""))); got != accepted() {
			t.Errorf("%s: a plain sub: got %v", alpha, got)
		}
	}
}

func TestARequestOverHTTPIsRedirectedWhereHTTPSIsForced(t *testing.T) {
	t.Parallel()
	const (
		bare    = basic + "force_https = true\n"
		forced  = bare + "tls_cert_file = \"c.pem\"\ntls_key_file = \"k.pem\"\n"
		proxied = forced + "reverse_proxy = true\n"
	)
	for _, test := range []struct {
		name, text, proto string
		want              decided
	}{
		{"it is not forced", basic, "http", accepted()},
		{"it does not start without a certificate", bare, "", open(rules.TokenPresent)},
		{
			"nor does it behind a proxy that has one", bare + "reverse_proxy = true\n", "https",
			open(rules.TokenPresent),
		},
		{"a header is not believed without a proxy", forced, "http", accepted()},
		{"a proxy may say it: taken for https", proxied, "", accepted()},
		{"a proxy says https, in any case", proxied, "HTTPS", accepted()},
		{"a proxy says http", proxied, "http", open(rules.Conditional)},
		{
			"a proxy says http where https is not forced",
			basic + "reverse_proxy = true\n", "http", accepted(),
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := requestOf("")
			if test.proto != "" {
				r.Headers = map[string]string{forwardedProto: test.proto}
			}
			v := rules.Evaluate(policiesOf(t, "oauth2-proxy.cfg", test.text), r)
			if got := short(v); got != test.want {
				t.Errorf("got %+v, want %+v: %s", got, test.want, v.Why())
			}
		})
	}
}

// In the alpha configuration the address for https is one of the server's.
func TestHTTPSIsForcedWithTheServersAddress(t *testing.T) {
	t.Parallel()
	const run = "oauth2-proxy --alpha-config=a.yaml --skip-jwt-bearer-tokens --force-https " +
		"--email-domain=* --cookie-secret=0123456789abcdef\n"
	const providers = "providers:\n- id: a\n  clientID: " + app + "\n  provider: oidc\n" +
		"  oidcConfig: {issuerURL: \"" + v2Issuer + "\"}\n"
	for server, want := range map[string]decided{
		"server: {bindAddress: \":80\"}\n":        open(rules.TokenPresent),
		"server: {secureBindAddress: \":443\"}\n": accepted(),
	} {
		policies := policiesOf(t, "run.sh", run, "a.yaml", server+providers)
		if got := short(rules.Evaluate(policies, requestOf(""))); got != want {
			t.Errorf("%s: got %v, want %v", server, got, want)
		}
	}
}
