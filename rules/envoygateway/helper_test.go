package envoygateway

import (
	"encoding/base64"
	"encoding/json"
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
	keysURL  = "https://login.microsoftonline.com/" + tenant + "/discovery/v2.0/keys"
)

// requestOf is a GET of /orders with a v2.0 token for the app, with other claims over its own: an
// empty text takes one away.
func requestOf(over string) *rules.Request {
	claims := map[string]json.RawMessage{}
	own := `ver="2.0";iss="` + v2Issuer + `";tid="` + tenant + `";aud="` + app +
		`";sub="subject";iat=1778061000;nbf=1778061000;exp=1778064600;azp="` + client + `"`
	for one := range strings.SplitSeq(own+";"+over, ";") {
		name, value, _ := strings.Cut(one, "=")
		if claims[name] = json.RawMessage(value); value == "" {
			delete(claims, name)
		}
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		panic(err) // a test has written what is no JSON
	}
	text := ""
	for _, part := range []string{`{"alg":"RS256","kid":"k"}`, string(payload), "signature"} {
		text += "." + base64.RawURLEncoding.EncodeToString([]byte(part))
	}
	return &rules.Request{
		Token: inspect.Parse(text[1:]), At: at, Signatures: signed{}, Method: "GET",
		Path: "/orders", HeadersWhole: true, QueryWhole: true,
	}
}

// signed is a Signatures that calls every signature right.
type signed struct{}

func (signed) Verify(*inspect.Token, *rules.Key) rules.SignatureResult {
	return rules.SignatureResult{
		Result: keys.Result{Outcome: keys.Pass, Why: "as the test has it"},
	}
}

// tokenless is a request without a token.
func tokenless() *rules.Request {
	r := requestOf("")
	r.Token = nil
	return r
}

// policyOn is a SecurityPolicy on a target with these lines below its spec.
func policyOn(kind, name string, lines ...string) string {
	return `---
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: SecurityPolicy
metadata: {name: on-` + strings.ToLower(name) + `, namespace: orders}
spec:
  targetRefs: [{group: gateway.networking.k8s.io, kind: ` + kind + ", name: " + name + "}]\n  " +
		strings.Join(lines, "\n  ") + "\n"
}

// jwt is the part of a policy with one provider, of the tenant's v2.0 tokens for the app, and
// these fields beside it.
func jwt(beside ...string) string {
	return "jwt: {providers: [" + providerNamed("entra", v2Issuer, app) + "]" +
		strings.Join(append([]string{""}, beside...), ", ") + "}"
}

func providerNamed(name, issuer, audience string) string {
	of := "{name: " + name + ", remoteJWKS: {uri: " + keysURL + "}"
	if issuer != "" {
		of += ", issuer: " + issuer
	}
	if audience != "" {
		of += `, audiences: ["` + audience + `"]`
	}
	return of + "}"
}

// authorization is the part with these rules.
func authorization(defaultAction string, all ...string) string {
	text := "authorization: {rules: [" + strings.Join(all, ", ") + "]"
	if defaultAction != "" {
		text += ", defaultAction: " + defaultAction
	}
	return text + "}"
}

// ruleOf is a rule of an action about a token, with these fields of its jwt.
func ruleOf(action, fields string) string {
	return "{action: " + action + ", principal: {jwt: {provider: entra, " + fields + "}}}"
}

// claim is the claims of a rule: one, compared as a text or, with a type, as that.
func claim(name, kind string, values ...string) string {
	if kind != "" {
		kind = ", valueType: " + kind
	}
	return "claims: [{name: " + name + kind + `, values: ["` + strings.Join(values, `", "`) +
		`"]}]`
}

// onRoute is a policy on the route api, of these parts.
func onRoute(parts ...string) string { return policyOn(httpRoute, "api", parts...) }

// resourceOf is a resource of the Gateway API.
func resourceOf(kind, name, spec string) string {
	return "---\napiVersion: gateway.networking.k8s.io/v1\nkind: " + kind +
		"\nmetadata: {name: " + name + ", namespace: orders, labels: {of: " + name + "}}\n" +
		"spec: {" + spec + "}\n"
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
	return compile(behaviours(), configurationOf(t, options, "policies.yaml", text)).Policies
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
