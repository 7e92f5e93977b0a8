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

// A v1.0 issuer may be of two clouds, and the keys say which. Azure AD B2C and External ID list
// their keys on hosts of their own (entra.md).
func TestARepairOfTheKeysStaysInTheCloudAndWithTheProductOfTheFile(t *testing.T) {
	t.Parallel()
	const id = "11111111-1111-4111-8111-111111111111"
	const metadata = "/.well-known/openid-configuration"
	const b2c = "https://a.b2clogin.com/" + id
	const v1Issuer = "https://sts.windows.net/" + id + "/"
	public, gov := "https://login.microsoftonline.com/"+id, "https://login.microsoftonline.us/"+id
	for name, row := range map[string]struct{ url, issuer, tenant, want string }{
		"public, v1.0":           {public + metadata, v1Issuer, "", public},
		"US Government, v1.0":    {gov + metadata, v1Issuer, "", gov},
		"US Government, v2.0":    {gov + metadata, gov + "/v2.0", "", gov},
		"by the issuer":          {"", gov + "/v2.0", id, gov},
		"by the keys":            {gov + metadata, "", id, gov},
		"a slash at its end":     {gov + metadata, gov + "/v2.0/", "", gov},
		"neither of them":        {"", "", id, public},
		"of two clouds":          {public + metadata, gov + "/v2.0", id, ""},
		"B2C":                    {b2c + "/b2c_1_a" + metadata, "", id, ""},
		"B2C, by the issuer":     {"", b2c + "/v2.0/", "", ""},
		"External ID":            {"https://a.ciamlogin.com/" + id + metadata, "", id, ""},
		"External ID, as issuer": {"", "https://a.ciamlogin.com/" + id + "/v2.0", "", ""},
	} {
		config := `"jwtKeyOrigin":"jwks","jwksUrl":"` + row.url + `","validateCustomClaim":true,` +
			`"mandatoryCustomClaims":[{"key":"iss","value":"` + row.issuer + `"}]`
		text := policyOf(jwtValidation, "1.4.0", config)
		c := configurationOf(t, "p.json", text, rules.Options{})
		f := rules.Finding{
			Rule: "keys-url-is-discovery-document", Policy: compile(answerOf, c).Policies[0],
		}
		facts := rules.Facts{Tenant: row.tenant}
		change := repairFinding(c, rules.Goal{Finding: &f, Facts: facts})
		got := ""
		for _, field := range change.Fields {
			got = strings.TrimSuffix(field.To, "/discovery/keys")
		}
		if got != row.want {
			t.Errorf("%s: %q, want %q (%s)", name, got, row.want, change.Refused)
		}
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
