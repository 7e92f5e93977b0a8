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
