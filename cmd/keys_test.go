package cmd

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
	"github.com/gatewhy/gatewhy/rules/issued"
	"github.com/gatewhy/gatewhy/testdata/mint"
)

// A tenant's keys are those for v1.0 and for v2.0 tokens, each once.
func TestKeysOfATenantAreThoseOfBothVersions(t *testing.T) {
	t.Parallel()
	v2 := "login.microsoftonline.com/" + mint.Tenant + "/v2.0/.well-known/openid-configuration"
	network := documents{}.
		issuer(v1Metadata, v1Issuer, keySet(t, "", "one", "two")).
		issuer(v2, "https://login.microsoftonline.com/"+mint.Tenant+"/v2.0", keySet(t,
			`"issuer":"https://login.microsoftonline.com/{tenantid}/v2.0",`, "two", "three"))
	code, stdout, stderr := run(network, t.TempDir(), "", "keys", "--tenant", mint.Tenant)
	if code != exitOK || !strings.Contains(stdout, "  3 keys,") || !strings.Contains(stdout,
		"2 keys  https://login.microsoftonline.com/{tenantid}/v2.0") {
		t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
	}
}

func TestKeysOfACloudAreThoseOfCommon(t *testing.T) {
	t.Parallel()
	const base, host = "/.well-known/openid-configuration", "login.partner.microsoftonline.cn"
	network := documents{}.
		issuer(host+"/common"+base, "https://sts.chinacloudapi.cn/{tenantid}/", keySet(t, "",
			"one")).
		issuer(host+"/common/v2.0"+base, "https://"+host+"/{tenantid}/v2.0", keySet(t, "", "one"))
	code, stdout, stderr := run(network, t.TempDir(), "", "keys", "--cloud", "china")
	if code != exitOK || !strings.Contains(stdout, "  1 key,") {
		t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
	}
}

// cloud adds the common documents of a cloud, for tokens of both versions.
func (d documents) cloud(host, keySet string) documents {
	const base = "/.well-known/openid-configuration"
	return d.issuer(host+"/common"+base, "https://sts.windows.net/{tenantid}/", keySet).
		issuer(host+"/common/v2.0"+base, "https://"+host+"/{tenantid}/v2.0", keySet)
}

// Which clouds list a key is what their key sets say, and what is not known of a cloud is said.
func TestKeysSaysWhichCloudsListAKey(t *testing.T) {
	t.Parallel()
	network := documents{}.
		cloud("login.microsoftonline.com", keySet(t,
			`"cloud_instance_name":"microsoftonline.us",`, "one", "two")).
		cloud("login.microsoftonline.us", keySet(t,
			`"cloud_instance_name":"microsoftonline.us",`, "two")).
		cloud("login.partner.microsoftonline.cn", keySet(t, "", "three"))
	cache, file := t.TempDir(), filepath.Join(t.TempDir(), "keys.json")
	writeFile(t, file, keySet(t, `"cloud_instance_name":"microsoftonline.us",`, "two"))
	tests := []struct {
		name string
		args []string
		says []string
	}{
		{
			"every key of every cloud",
			[]string{"--clouds"},
			[]string{
				"3 keys, the common keys of public, usgov, china", " usgov public, usgov ",
				" usgov public ", " - china ", "belongs to usgov, and public lists it too",
				" bleu not known: the server " +
					"answered 404",
				" usgov 1 key ",
			},
		},
		{
			"the keys of a file",
			[]string{file, "--clouds"},
			[]string{"1 key, ", " usgov public, usgov "},
		},
		{
			"offline, from the cache",
			[]string{"--cloud", "usgov", "--clouds", "--offline"},
			[]string{
				" usgov public, usgov ", "public 2 keys, from the cache", "bleu not known: " +
					"offline, and no key set of this address is in the cache",
			},
		},
		{"and without asking, what the key says of itself", []string{file, "-v"}, []string{
			"RSA 2048 sig - - usgov cloud: what the key itself says (cloud_instance_name). " +
				"--clouds asks which clouds list it.",
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			code, stdout, stderr := run(
				network, cache, "",
				append([]string{"keys"}, test.args...)...)
			unwrapped := strings.Join(strings.Fields(stdout), " ")
			for _, says := range test.says {
				if code != exitOK || !strings.Contains(unwrapped, says) {
					t.Errorf("exit code %d, want %q:\n%s%s", code, says, stdout, stderr)
				}
			}
		})
	}
}

func TestKeysTellsTheCloudsInJSON(t *testing.T) {
	t.Parallel()
	network := documents{}.cloud("login.microsoftonline.com", keySet(t, "", "one"))
	code, stdout, stderr := run(network, t.TempDir(), "", "keys", "--clouds", "-o", "json")
	validate(t, "keys", stdout)
	for _, says := range []string{
		`"listed_by": [` + "\n        \"public\"", `"id": "usgov"`,
		`"fault": "https://login.microsoftonline.us/`,
	} {
		if code != exitOK || !strings.Contains(stdout, says) {
			t.Errorf("exit code %d, want %q:\n%s%s", code, says, stdout, stderr)
		}
	}
}

// API Manager never gives a textKey back, and the console fills in an example: a key that is not
// in the file verifies nothing, for nobody knows what it is (MuleSoft documentation, JWT
// Validation policy). A key set that was given does not stand in for it, and matrix says the same.
func TestAKeyThatIsNotInTheFileIsNotKnown(t *testing.T) {
	t.Parallel()
	m := newMinter(t)
	token := m.sign(t, readSourceText(t, `{"ver": "1.0", "aud": "api://orders-uat", "iss": `+
		`"https://sts.windows.net/`+holesTenant+`/", "tid": "`+holesTenant+`", "appid": "`+
		holesClient+`", "exp": 4000000000}`), false)
	from := func(method, key string) string {
		return `{"assetId": "jwt-validation", "assetVersion": "1.4.0", "configurationData": ` +
			`{"jwtKeyOrigin": "text", "skipClientIdValidation": true, "signingMethod": "` +
			method + `"` + key + `}}`
	}
	const console = "your-(256|384|512)-bit-secret"
	for name, row := range map[string]struct {
		text string
		want rules.Decision
	}{
		"a key that is absent": {from("rsa", ""), rules.Undetermined},
		"one that is null":     {from("rsa", `, "textKey": null`), rules.Undetermined},
		"one that is empty":    {from("rsa", `, "textKey": ""`), rules.Undetermined},
		"the console's example": {
			from("rsa", `, "textKey": "`+console+`"`), rules.Undetermined,
		},
		"the example in a longer text": {
			from("rsa", `, "textKey": "`+console+` x"`), rules.Undetermined,
		},
		"a variable":               {from("rsa", `, "textKey": "${KEY}"`), rules.Undetermined},
		"another tool's mark":      {from("rsa", `, "textKey": "#{Key}#"`), rules.Undetermined},
		"a secret that is absent":  {from("hmac", ""), rules.Rejected},
		"no signature is verified": {from("none", ""), rules.Accepted},
	} {
		t.Run(name, func(t *testing.T) {
			file, policies := mulePolicies(t, row.text)
			got := rules.Evaluate(policies, &rules.Request{
				Token: token, At: clock, Signatures: &report.Signatures{Given: m.set},
			})
			if got.Outcome != row.want {
				t.Errorf("explain says %s: %s, want %s", got.Outcome, got.Why(), row.want)
			}
			uat := registrations(t, strings.Replace(holesUAT, "VERSION", "1", 1), holesPrincipal)
			p := pair{name: name, file: file, policies: policies, apps: uat}
			_, matrix := p.matrix(t)
			if best := bestOfOwn(matrix); best != row.want {
				t.Errorf("matrix says %s, want %s", best, row.want)
			}
		})
	}
}

// bestOfOwn is how far a token of the environment's own gets.
func bestOfOwn(matrix *environments.Matrix) rules.Decision {
	best := rules.Rejected
	for r, row := range matrix.Rows {
		cell := matrix.Cell(r, 0)
		if row.Home == matrix.Gateways[0] && issued.Further(cell.Outcome, best) {
			best = cell.Outcome
		}
	}
	return best
}

func readSourceText(t *testing.T, text string) *source.Value {
	t.Helper()
	file, err := source.Read("claims.json", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return file.Documents[0]
}
