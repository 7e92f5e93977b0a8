package istio

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
)

// newest is of the newest version, which is before none.
func newest(int) bool { return false }

func requestOf(over string) *rules.Request { return requests.With(over) }

func tokenless() *rules.Request { return requests.WithoutToken() }

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
	return compile(behaviours(), configurationOf(t, options, "istio.yaml", text)).Policies
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
