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
