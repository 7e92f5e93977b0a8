package envoygateway

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/testdata/requests"
)

const (
	tenant   = requests.Tenant
	app      = requests.App
	client   = requests.Client
	v1Issuer = requests.V1Issuer
	v2Issuer = requests.V2Issuer
	keysURL  = "https://login.microsoftonline.com/" + tenant + "/discovery/v2.0/keys"
)

func requestOf(over string) *rules.Request { return requests.With(over) }

func tokenless() *rules.Request { return requests.WithoutToken() }

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

func configurationOf(
	t *testing.T, options rules.Options, namesAndTexts ...string,
) *rules.Configuration {
	t.Helper()
	c, err := read(requests.Files(t, namesAndTexts...), options)
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

// decided is a verdict in short.
type decided = requests.Decided

func short(v rules.Verdict) decided { return requests.Short(v) }

func accepted() decided { return requests.Accepted() }

func rejected(status int, by rules.ID) decided { return requests.Rejected(status, by) }

func open(by rules.ID) decided { return requests.Open(by) }
