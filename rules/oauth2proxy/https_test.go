package oauth2proxy

import (
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

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
