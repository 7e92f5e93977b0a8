package cmd

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
	"github.com/gatewhy/gatewhy/rules/issued"
)

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
			p := pair{name, file, policies, uat, nil}
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
