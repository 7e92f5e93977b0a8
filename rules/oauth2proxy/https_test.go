package oauth2proxy

import (
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

func TestARequestOverHTTPIsRedirectedWhereHTTPSIsForced(t *testing.T) {
	t.Parallel()
	const (
		forced  = basic + "force_https = true\n"
		proxied = forced + "reverse_proxy = true\n"
	)
	for _, test := range []struct {
		name, text, proto string
		want              decided
	}{
		{"it is not forced", basic, "http", accepted()},
		{"nothing can come over https", forced, "", rejected(308, rules.Conditional)},
		{
			"a header is not believed without a proxy", forced, "https",
			rejected(308, rules.Conditional),
		},
		{
			"the program has a certificate",
			forced + "tls_cert_file = \"c.pem\"\ntls_key_file = \"k.pem\"\n", "http", accepted(),
		},
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
