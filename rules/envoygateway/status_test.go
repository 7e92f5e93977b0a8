package envoygateway

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// condition is Accepted in the status of a resource, of the generation that was seen.
func condition(status, message string, seen int) string {
	return "{type: Accepted, status: '" + status + "', reason: x, message: '" + message +
		"', observedGeneration: " + string(rune('0'+seen)) + "}"
}

// inCluster is a resource of the second generation, with a status.
func inCluster(text, status string) string {
	return strings.Replace(text, "namespace: orders", "namespace: orders, generation: 2", 1) +
		"status: " + status + "\n"
}

func TestAPolicyThatTheClusterDoesNotAccept(t *testing.T) {
	t.Parallel()
	policy := onRoute(jwt(), authorization("", "{action: Deny, principal: {headers: "+
		"[{name: x-team, values: [blue]}]}}",
		"{action: Allow, principal: {jwt: {provider: entra, claims: [{name: azp, values: ["+
			client+"]}]}}}"))
	located := strings.Replace(policy, "headers: [{name: x-team, values: [blue]}]",
		"clientIPGeoLocations: [{country: SE}]", 1)
	first := strings.Replace(located, "rules: [", "rules: [{action: Allow, principal: {jwt: "+
		"{provider: entra, claims: [{name: azp, values: ["+client+"]}]}}}, ", 1)
	of := func(all ...string) string {
		return "{ancestors: [{ancestorRef: {name: public}, conditions: [" +
			strings.Join(all, "]}, {ancestorRef: {name: inner}, conditions: [") + "]}]}"
	}
	no := condition("False", "JWT: service orders/keys not found.", 2)
	earlier := of(condition("False", "JWT: service orders/keys not found.", 1))
	yes := condition("True", "Policy has been accepted.", 2)
	notKnown := open(rules.NotModelled)
	for name, test := range map[string]struct {
		text string
		want decided
	}{
		"it has no status":           {policy, accepted()},
		"it is accepted":             {inCluster(policy, of(yes)), accepted()},
		"it is not":                  {inCluster(policy, of(no)), notKnown},
		"it is not at one of two":    {inCluster(policy, of(yes, no)), notKnown},
		"an earlier version was not": {inCluster(policy, earlier), accepted()},
		"a place needs settings":     {first, notKnown},
		"which the cluster has":      {inCluster(first, of(yes)), accepted()},
		"a place that decides":       {inCluster(located, of(yes)), open(rules.Authorization)},
	} {
		r := requestOf("")
		r.HeadersWhole = true
		policies := policiesOf(t, rules.Options{Runtime: "1.9"}, test.text)
		if got := short(rules.Evaluate(policies, r)); got != test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}

func TestLintSaysThatAPolicyIsNotAccepted(t *testing.T) {
	t.Parallel()
	text := inCluster(onRoute(jwt()), "{ancestors: [{conditions: ["+
		condition("False", "JWT: service orders/keys not found.", 2)+"]}]}")
	if got := foundIn(t, "1.9", text); !slices.Equal(got, []string{"policy-with-an-error"}) {
		t.Errorf("got %q", got)
	}
}

func TestARouteThatTheClusterDoesNotAccept(t *testing.T) {
	t.Parallel()
	route := resourceOf(httpRoute, "api", "parentRefs: [{name: public}]")
	of := func(condition string) string {
		return "{parents: [{controllerName: x, parentRef: {name: public}, conditions: [" +
			condition + "]}]}"
	}
	no := condition("False", "There is no listener for it.", 2)
	yes, earlier := condition("True", "", 2), condition("False", "No listener.", 1)
	for name, test := range map[string]struct {
		text string
		want decided
	}{
		"it has no status":     {route, accepted()},
		"it is accepted":       {inCluster(route, of(yes)), accepted()},
		"it is not":            {inCluster(route, of(no)), open(rules.NotModelled)},
		"an earlier version's": {inCluster(route, of(earlier)), accepted()},
	} {
		if got := short(answered(t, onRoute(jwt())+test.text, requestOf(""))); got != test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}
