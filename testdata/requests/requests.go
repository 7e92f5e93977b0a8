// Package requests has what the tests of adapters share: requests with a token of one tenant, and
// verdicts in short. It knows no gateway.
package requests

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// The tenant, the app that tokens are for, the client that has them, and the tenant's issuers.
const (
	Tenant   = "5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11"
	App      = "9b7c2e10-4f6d-4a38-8e21-6c5d0b3a7f94"
	Client   = "1d9c2b6e-0a47-4f53-8d1e-2f6b7a3c5e80"
	V1Issuer = "https://sts.windows.net/" + Tenant + "/"
	V2Issuer = "https://login.microsoftonline.com/" + Tenant + "/v2.0"
)

// RS256 is the header of the usual token.
const RS256 = `{"alg":"RS256","kid":"k","typ":"JWT"}`

// At is the instant of every request, in Unix seconds 1778061600.
func At() time.Time { return time.Date(2026, 5, 6, 10, 0, 0, 0, time.UTC) }

// Claims are those of a v2.0 token for the app, with others over them, as name=JSON;name=JSON. An
// empty value takes a claim away.
func Claims(over string) string {
	all := map[string]string{
		"ver": `"2.0"`, "iss": `"` + V2Issuer + `"`, "tid": `"` + Tenant + `"`,
		"aud": `"` + App + `"`, "sub": `"subject"`, "iat": "1778061000", "nbf": "1778061000",
		"exp": "1778064600", "azp": `"` + Client + `"`,
	}
	for member := range strings.SplitSeq(over, ";") {
		if name, value, ok := strings.Cut(member, "="); ok {
			all[name] = value
		}
	}
	var members []string
	for name, value := range all {
		if value != "" {
			members = append(members, fmt.Sprintf("%q:%s", name, value))
		}
	}
	slices.Sort(members)
	return "{" + strings.Join(members, ",") + "}"
}

// Token is a token of this header and these claims. Nobody looks at its signature.
func Token(header, claims string) *inspect.Token {
	encode := base64.RawURLEncoding.EncodeToString
	return inspect.Parse(
		encode([]byte(header)) + "." + encode([]byte(claims)) + "." + encode([]byte("signature")),
	)
}

// With is a GET of /orders, of which everything is known, with a token that has these claims over
// the usual ones.
func With(over string) *rules.Request {
	return &rules.Request{
		Token: Token(RS256, Claims(over)), At: At(), Signatures: Signed(keys.Pass),
		Method: "GET", Path: "/orders", HeadersWhole: true, QueryWhole: true,
	}
}

// WithoutToken is such a request without a token.
func WithoutToken() *rules.Request {
	r := With("")
	r.Token = nil
	return r
}

// Signed is a Signatures that answers the same for every token.
type Signed keys.Outcome

// Verify answers for a token.
func (s Signed) Verify(*inspect.Token, *rules.Key) rules.SignatureResult {
	return rules.SignatureResult{
		Result: keys.Result{Outcome: keys.Outcome(s), Why: "as the test has it"},
	}
}

// Files reads files, given as their names and texts in turn.
func Files(t *testing.T, namesAndTexts ...string) []*source.File {
	t.Helper()
	var files []*source.File
	for i := 0; i < len(namesAndTexts); i += 2 {
		file, err := source.Read(namesAndTexts[i], []byte(namesAndTexts[i+1]))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}

// Decided is a verdict in short: its outcome, status and the check that decided.
type Decided struct {
	Outcome rules.Decision
	Status  int
	By      rules.ID
}

// Short is a verdict in short.
func Short(v rules.Verdict) Decided { return Decided{v.Outcome, v.Status, v.DecidedBy()} }

// Accepted is the verdict on a request that is let in.
func Accepted() Decided { return Decided{rules.Accepted, 200, ""} }

// Rejected is the verdict on a request that a check keeps out.
func Rejected(status int, by rules.ID) Decided { return Decided{rules.Rejected, status, by} }

// Open is the verdict on a request of which a check leaves the answer open.
func Open(by rules.ID) Decided { return Decided{rules.Undetermined, 0, by} }

// Found lists the names of the rules that policies break, each once.
func Found(t *testing.T, all []rules.Rule, policies []*rules.Policy) []string {
	t.Helper()
	s := &rules.Subject{Policies: policies}
	var found []string
	for _, rule := range all {
		for _, f := range rule.Check(s) {
			if f.Pos.Line == 0 || f.Message == "" {
				t.Errorf("%s: an incomplete finding: %+v", rule.Name, f)
			}
			if !slices.Contains(found, rule.Name) {
				found = append(found, rule.Name)
			}
		}
	}
	return found
}

// Known holds what is known of a template against what is so with each value in the place of its
// mark. It says how many outcomes are known, and the first one that a value contradicts.
func Known(
	text, mark string, values []string, outcomes func(string) []rules.Decision,
	differs func(is, got rules.Decision) bool,
) (known int, contradiction string) {
	of := outcomes(text)
	for _, is := range of {
		if is != rules.Undetermined {
			known++
		}
	}
	if known == 0 {
		return 0, ""
	}
	for _, value := range values {
		for i, got := range outcomes(strings.ReplaceAll(text, mark, value)) {
			if is := of[i]; is != rules.Undetermined && differs(is, got) {
				return known, fmt.Sprintf("%s, and with %s %s:\n%s", is, value, got, text)
			}
		}
	}
	return known, ""
}
