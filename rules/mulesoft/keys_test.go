package mulesoft

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// Flex Gateway (0.x) takes a list of addresses, Mule Gateway (1.x) one (MuleSoft
// documentation, JWT Validation policy; mulesoft.md, 1.2).
func TestAGatewayThatCanFetchNoKeysAcceptsNobody(t *testing.T) {
	t.Parallel()
	const good, bare = "https://keys.example/keys", "keys.example/keys"
	none := unknown(rules.Signature)
	for name, row := range map[string]struct {
		url        string
		mule, flex decided
	}{
		"one address":            {good, accepted(), accepted()},
		"no address":             {"", none, none},
		"blanks":                 {"  ", none, none},
		"no scheme":              {bare, none, none},
		"a list":                 {good + "," + good + "/2", none, accepted()},
		"a list, one of it bare": {bare + ", " + good, none, accepted()},
		"a list of bare ones":    {bare + "," + bare, none, none},
		"the console's example": {
			"http://your-jwks-service.example:80/base/path", none, none,
		},
		"a list with the example": {
			"http://your-jwks-service.example:80/base/path," + good, none, accepted(),
		},
		"the metadata": {
			"https://login.microsoftonline.com/common/.well-known/openid-configuration", none,
			none,
		},
		"a variable, where a key set stands in for it": {"${jwks}", accepted(), accepted()},
	} {
		config := strings.Replace(base+skip, good, row.url, 1)
		for version, want := range map[string]decided{"1.4.0": row.mule, "0.12.0": row.flex} {
			text := policyOf(jwtValidation, version, config)
			if got := short(verdictOf(t, text, request(v1))); got != want {
				t.Errorf("%s in version %s: %v, want %v", name, version, got, want)
			}
		}
	}
	absent := strings.Replace(base+skip, `,"jwksUrl":"`+good+`"`, "", 1)
	text := policyOf(jwtValidation, "1.4.0", absent)
	if got := short(verdictOf(t, text, request(v1))); got != none {
		t.Errorf("without the field: %v", got)
	}
}

func TestKeysThatTheFileLeavesOutAreAFinding(t *testing.T) {
	t.Parallel()
	const url, origin = `,"jwksUrl":"https://keys.example/keys"`, `,"jwtKeyOrigin":"jwks"`
	const signed = `"signingMethod":"rsa","signingKeyLength":256` + origin
	for name, row := range map[string]struct {
		without, with, version string
		want                   string // the field; empty where nothing is found
	}{
		"no address":                         {url, "", "1.4.0", "jwksUrl"},
		"null for one":                       {url, `,"jwksUrl":null`, "1.4.0", "jwksUrl"},
		"no origin":                          {origin, "", "1.4.0", "jwtKeyOrigin"},
		"Flex Gateway's default is the text": {origin, "", "0.12.0", "textKey"},
		"which it has":                       {origin, `,"textKey":"a"`, "0.12.0", ""},
		"a text that the file does not have": {`"jwks",`, `"text",`, "1.4.0", "textKey"},
		"no signature is verified":           {signed, `"signingMethod":"none"`, "1.4.0", ""},
		"all is there":                       {url, url, "1.4.0", ""},
	} {
		config := strings.Replace(base+skip, row.without, row.with, 1)
		c := compiled(t, "p.json", policyOf(jwtValidation, row.version, config), rules.Options{})
		got := ""
		for _, f := range c.Findings {
			if f.Rule == notShown {
				got += f.Field
			}
		}
		if got != row.want {
			t.Errorf("%s: %q, want %q", name, got, row.want)
		}
	}
}
