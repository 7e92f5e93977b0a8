package istio

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

// at is the instant of every request, in Unix seconds 1778061600.
var at = time.Date(2026, 5, 6, 10, 0, 0, 0, time.UTC)

const (
	tenant   = "5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11"
	app      = "9b7c2e10-4f6d-4a38-8e21-6c5d0b3a7f94"
	client   = "1d9c2b6e-0a47-4f53-8d1e-2f6b7a3c5e80"
	v1Issuer = "https://sts.windows.net/" + tenant + "/"
	v2Issuer = "https://login.microsoftonline.com/" + tenant + "/v2.0"
)

// claims are those of a v2.0 token for the app, with others over them: an empty text takes one
// away.
func claims(over string) string {
	all := map[string]string{
		"ver": `"2.0"`, "iss": `"` + v2Issuer + `"`, "tid": `"` + tenant + `"`,
		"aud": `"` + app + `"`, "sub": `"subject"`, "iat": "1778061000", "nbf": "1778061000",
		"exp": "1778064600", "azp": `"` + client + `"`,
	}
	for member := range strings.SplitSeq(over, ";") {
		if name, value, ok := strings.Cut(member, "="); ok {
			all[name] = value
		}
	}
	members := make([]string, 0, len(all))
	for name, value := range all {
		if value != "" {
			members = append(members, fmt.Sprintf("%q:%s", name, value))
		}
	}
	slices.Sort(members)
	return "{" + strings.Join(members, ",") + "}"
}

func tokenOf(header, payload string) *inspect.Token {
	encode := base64.RawURLEncoding.EncodeToString
	return inspect.Parse(
		encode([]byte(header)) + "." + encode([]byte(payload)) + "." + encode([]byte("signature")),
	)
}

const rs256 = `{"alg":"RS256","kid":"k","typ":"JWT"}`

// signed is a Signatures that calls every signature right.
type signed struct{}

func (signed) Verify(*inspect.Token, *rules.Key) rules.SignatureResult {
	return rules.SignatureResult{
		Result: keys.Result{Outcome: keys.Pass, Why: "as the test has it"},
	}
}

// unsigned is a Signatures that calls every signature wrong.
type unsigned struct{}

func (unsigned) Verify(*inspect.Token, *rules.Key) rules.SignatureResult {
	return rules.SignatureResult{
		Result: keys.Result{Outcome: keys.Fail, Why: "as the test has it"},
	}
}

func requestOf(over string) *rules.Request {
	return &rules.Request{
		Token: tokenOf(rs256, claims(over)), At: at, Signatures: signed{},
		Method: "GET", Path: "/orders", HeadersWhole: true, QueryWhole: true,
	}
}

// tokenless is a request without a token.
func tokenless() *rules.Request {
	r := requestOf("")
	r.Token = nil
	return r
}

// authentication is a RequestAuthentication with these lines in its one rule.
func authentication(lines ...string) string {
	return `apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: entra, namespace: orders}
spec:
  jwtRules:
  - ` + strings.Join(lines, "\n    ") + "\n"
}

// ofTenant is the rule for the tenant's v2.0 tokens for the app.
func ofTenant() string {
	return authentication("issuer: "+v2Issuer, "audiences: ["+app+"]")
}

// policy is an AuthorizationPolicy of that action with these lines below its spec.
func policy(action string, lines ...string) string {
	return `---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: callers, namespace: orders}
spec:
  action: ` + action + "\n  " + strings.Join(lines, "\n  ") + "\n"
}

// renamed is a policy with another name, so that it is another one.
func renamed(policy string) string {
	return strings.Replace(policy, "name: callers", "name: others", 1)
}

// filesOf reads files, given as their names and texts in turn.
func filesOf(t *testing.T, namesAndTexts ...string) []*source.File {
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

func configurationOf(
	t *testing.T, options rules.Options, namesAndTexts ...string,
) *rules.Configuration {
	t.Helper()
	c, err := read(filesOf(t, namesAndTexts...), options)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// policiesOf are the policies of one file.
func policiesOf(t *testing.T, options rules.Options, text string) []*rules.Policy {
	t.Helper()
	return compile(behaviours(), configurationOf(t, options, "istio.yaml", text)).Policies
}

// answered is what a request gets from the one workload of a file.
func answered(t *testing.T, text string, r *rules.Request) rules.Verdict {
	t.Helper()
	return rules.Evaluate(policiesOf(t, rules.Options{}, text), r)
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

func accepted() decided { return decided{rules.Accepted, 200, ""} }

func rejected(status int, by rules.ID) decided { return decided{rules.Rejected, status, by} }

func open(by rules.ID) decided { return decided{rules.Undetermined, 0, by} }
