package mulesoft

import (
	"encoding/base64"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// at is the instant of every request, in Unix seconds 1778061600.
var at = time.Date(2026, 5, 6, 10, 0, 0, 0, time.UTC)

const (
	tenant = "5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11"
	client = "6f0e1c2a-8d4b-4c7e-9a53-2b1d0e9f8ac3"
	v1     = `"ver":"1.0","iss":"https://sts.windows.net/` + tenant + `/","tid":"` + tenant +
		`","appid":"` + client + `",` + times
	v2 = `"ver":"2.0","iss":"https://login.microsoftonline.com/` + tenant + `/v2.0","tid":"` +
		tenant + `","azp":"` + client + `",` + times
	times = `"iat":1778061000,"nbf":1778061000,"exp":1778064600`
)

// token is a token with these claims and this header algorithm. Its signature is never looked at:
// see signed.
func token(claims, alg string) *inspect.Token {
	encode := func(text string) string {
		return base64.RawURLEncoding.EncodeToString([]byte(text))
	}
	return inspect.Parse(
		encode(
			`{"alg":"`+alg+`","kid":"k","typ":"JWT"}`,
		) + "." + encode("{"+claims+"}") + "." + encode("signature"),
	)
}

// signed is a Signatures that answers the same for every token.
type signed keys.Outcome

func (s signed) Verify(*inspect.Token, *rules.Key) rules.SignatureResult {
	if keys.Outcome(s) == keys.Unknown {
		return rules.SignatureResult{Unknown: &rules.Unknown{Why: "no keys"}}
	}
	return rules.SignatureResult{
		Result: keys.Result{Outcome: keys.Outcome(s), Why: "as the test has it"},
	}
}

// request is a request with a well signed token of these claims.
func request(claims string) *rules.Request {
	return &rules.Request{Token: token(claims, "RS256"), At: at, Signatures: signed(keys.Pass)}
}

func read(t *testing.T, name, text string) *source.File {
	t.Helper()
	file, err := source.Read(name, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// configurationOf reads the policies of a file that must have some.
func configurationOf(t *testing.T, name, text string, options rules.Options) *rules.Configuration {
	t.Helper()
	c, err := new(parsedTexts).read([]*source.File{read(t, name, text)}, options)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// compiled compiles a file that must compile.
func compiled(t *testing.T, name, text string, options rules.Options) rules.Compilation {
	t.Helper()
	return compile(answerOf, configurationOf(t, name, text, options))
}

// policyOf is API Manager's form of a policy with this configuration.
func policyOf(asset, version, configuration string) string {
	return `{"assetId": "` + asset + `", "assetVersion": "` + version +
		`", "configurationData": {` + configuration + `}}`
}

// verdictOf runs one policy over a request.
func verdictOf(t *testing.T, policy string, r *rules.Request) rules.Verdict {
	t.Helper()
	return rules.Evaluate(compiled(t, "policy.json", policy, rules.Options{}).Policies, r)
}

// decided is a verdict in short: its outcome, status and the check that decided.
type decided struct {
	outcome rules.Decision
	status  int
	by      rules.ID
}

func short(v rules.Verdict) decided {
	return decided{v.Outcome, v.Status, v.DecidedBy()}
}
