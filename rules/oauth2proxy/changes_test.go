package oauth2proxy

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// An option is set where the instance's others are, also in a text that holds its configuration.
func TestAnOptionIsSetBesideTheOthers(t *testing.T) {
	t.Parallel()
	const (
		flags = "--provider=oidc --oidc-issuer-url=" + v2Issuer + " --client-id=" + app +
			" --email-domain=* --skip-jwt-bearer-tokens"
		variables = "services:\n  proxy:\n    image: oauth2-proxy\n    environment:\n"
		listed    = "      - OAUTH2_PROXY_CLIENT_ID=" + app +
			"\n      - OAUTH2_PROXY_SKIP_JWT_BEARER_TOKENS=true\n"
		noPlace = "no place is known where the option could be set; change it by hand"
	)
	inMap := proxy("configMap: {name: conf}") + configMap("conf", "uat", "proxy.cfg", true)
	const chart = "config:\n  clientID: " + app + "\n"
	for _, test := range []struct {
		name, file, text string
		with, refused    string
	}{
		{"in a file", "proxy.cfg", basic, "\nbearer_token_login_fallback = false\n", ""},
		{
			"in a text of a ConfigMap", "d.yaml", inMap,
			"\n    bearer_token_login_fallback = false\n", "",
		},
		{
			"in a text of a chart", "values.yaml",
			chart + "  configFile: |-\n" + indented(basic, "    "),
			"\n    bearer_token_login_fallback = false", "",
		},
		{
			"among the arguments of a chart", "values.yaml",
			chart + "extraArgs:\n  skip-jwt-bearer-tokens: true\n",
			"\n  bearer-token-login-fallback: \"false\"\n", "",
		},
		{
			"in a command line of Compose", "compose.yaml",
			"services:\n  proxy:\n    image: oauth2-proxy\n    command: " + flags + "\n",
			"--skip-jwt-bearer-tokens --bearer-token-login-fallback=false", "",
		},
		{
			"among variables", "compose.yaml",
			variables + strings.NewReplacer("- ", "", "=", ": ").Replace(listed),
			"\n      OAUTH2_PROXY_BEARER_TOKEN_LOGIN_FALLBACK: \"false\"\n", "",
		},
		{"not in a list of variables", "compose.yaml", variables + listed, "", noPlace},
		{
			"not among a container's variables", "d.yaml", strings.NewReplacer(
				"args: [--config=/etc/proxy/proxy.cfg]",
				"env: [{name: OAUTH2_PROXY_CLIENT_ID, value: x}]",
			).Replace(proxy("emptyDir: {}")), "",
			"the variables are a list; add OAUTH2_PROXY_BEARER_TOKEN_LOGIN_FALLBACK by hand",
		},
	} {
		c := configurationOf(t, test.file, test.text)
		f := rules.Finding{Rule: "login-fallback", Policy: compile(c).Policies[0]}
		all := Adapter().Changes(c, rules.Goal{Finding: &f})
		switch {
		case len(all) != 1 || !strings.HasSuffix(all[0].Refused, test.refused) ||
			(all[0].Edited == nil) != (test.refused != ""):
			t.Errorf("%s: got %+v", test.name, all)
		case test.refused != "":
		case !strings.Contains(string(all[0].Edited.Files[0].Text), test.with):
			t.Errorf("%s:\n%s", test.name, all[0].Edited.Files[0].Text)
		case !compile(all[0].Edited).Policies[0].Entry.(*entry).
			get("bearer_token_login_fallback").off():
			t.Errorf("%s: the option is not off", test.name)
		}
	}
}
