package envoygateway

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/testdata/requests"
)

// A policy that a template may or may not have attached to a route leaves the verdict open where
// it makes a difference, and only there.
func TestWhatATemplateLeavesOpen(t *testing.T) {
	t.Parallel()
	const hole = "{{ .Values.x }}"
	route := resourceOf(httpRoute, "api", "parentRefs: [{name: public}]")
	gateway := resourceOf(gatewayKind, "public", "listeners: [{name: http}]")
	onGateway := policyOn(gatewayKind, "public", jwt())
	changed := func(text string, oldnew ...string) string {
		return strings.NewReplacer(oldnew...).Replace(text)
	}
	selecting := func(by string) string {
		return changed(policyOn(httpRoute, "x", jwt()),
			"targetRefs: [{group: gateway.networking.k8s.io, kind: HTTPRoute, name: x}]",
			"targetSelectors: [{kind: HTTPRoute, "+by+"}]")
	}
	of := func(name string) string {
		return changed(onRoute(jwt()), "name: api}", "name: "+name+"}")
	}
	unknown := open(rules.NotModelled)
	refused := rejected(401, rules.TokenPresent)
	tests := []struct {
		name, text, place   string
		withToken, withNone decided
	}{
		{
			"a name", of(hole) + route, "targetRefs.name",
			accepted(), unknown,
		},
		{
			"a name in quotes", of(`"`+hole+`"`) + route, "targetRefs.name",
			accepted(), unknown,
		},
		{
			"a name beside the Gateway's policy", of(hole) + onGateway + route, "targetRefs.name",
			accepted(), refused,
		},
		{
			"the namespace of a policy",
			changed(onRoute(jwt()), "namespace: orders", "namespace: "+hole) + route,
			"metadata.namespace", accepted(), unknown,
		},
		{
			"the namespace of a route",
			onRoute(jwt()) + changed(route, "namespace: orders", "namespace: "+hole),
			"metadata.namespace", accepted(), unknown,
		},
		{
			"the name of a route",
			onRoute(jwt()) + changed(route, "name: api,", "name: "+hole+","),
			"metadata.name", accepted(), unknown,
		},
		{
			"a parent's name", onGateway + changed(route, "name: public", "name: "+hole),
			"parentRefs.name", accepted(), unknown,
		},
		{
			"a parent's namespace",
			onGateway + changed(route, "name: public", "name: public, namespace: "+hole),
			"parentRefs.namespace", accepted(), unknown,
		},
		{
			"a parent that a route's own policy does not need",
			onRoute(jwt()) + changed(route, "name: public", "name: "+hole), "",
			accepted(), refused,
		},
		{
			"a label of a selector", selecting("matchLabels: {of: "+hole+"}") + route,
			"targetSelectors.matchLabels.of", accepted(), unknown,
		},
		{
			"a label's name", selecting(`matchLabels: {"`+hole+`": api}`) + route,
			"a name in targetSelectors.matchLabels", accepted(), unknown,
		},
		{
			"all labels of a selector", selecting("matchLabels: "+hole) + route,
			"targetSelectors.matchLabels", accepted(), unknown,
		},
		{
			"a label of a route", selecting("matchLabels: {of: api}") +
				changed(route, "labels: {of: api}", "labels: {of: "+hole+"}"),
			"metadata.labels.of", accepted(), unknown,
		},
		{
			"a label of a route that is no text", selecting("matchLabels: {of: api}") +
				changed(route, "labels: {of: api}", "labels: {of: 1}"),
			"metadata.labels.of", accepted(), unknown,
		},
		{
			"a value of an expression", selecting("matchExpressions: [{key: of, operator: In, "+
				"values: [web, "+hole+"]}]") + route,
			"targetSelectors.matchExpressions.values", accepted(), unknown,
		},
		{
			"one beside the value that counts", selecting("matchExpressions: [{key: of, "+
				"operator: In, values: [api, "+hole+"]}]") + route, "", accepted(), refused,
		},
		{
			"a value that must not be", selecting("matchExpressions: [{key: of, operator: "+
				"NotIn, values: ["+hole+"]}]") + route,
			"targetSelectors.matchExpressions.values", accepted(), unknown,
		},
		{
			"the same mark on both sides", selecting("matchLabels: {of: "+hole+"}") +
				changed(route, "labels: {of: api}", "labels: {of: "+hole+"}"), "",
			accepted(), refused,
		},
		{
			"a selector of other namespaces",
			selecting("matchLabels: {of: api}, namespaces: {from: All}") + route,
			"looks at other namespaces", accepted(), unknown,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := configurationOf(t, rules.Options{}, "policies.yaml", test.text+gateway)
			var policies []*rules.Policy
			for _, p := range compile(behaviours(), c).Policies {
				if i := p.Entry.(*instance); i.route != nil {
					policies = append(policies, p)
				}
			}
			if got := short(rules.Evaluate(policies, requestOf(""))); got != test.withToken {
				t.Errorf("with a token: got %v, want %v", got, test.withToken)
			}
			v := rules.Evaluate(policies, tokenless())
			if got := short(v); got != test.withNone {
				t.Errorf("without: got %v, want %v", got, test.withNone)
			}
			if v.Outcome == rules.Undetermined && (v.Decided.Check.Pos.Line == 0 ||
				!strings.Contains(v.Why(), test.place) || v.Question().For == "") {
				t.Errorf("at %v: %s", v.Decided.Check.Pos, v.Why())
			}
			s := &rules.Subject{Policies: policies, Files: c.Files, Shared: map[any]any{}}
			for _, f := range policySelectsNothing().Check(s) {
				t.Errorf("found %s", f.Message)
			}
		})
	}
}

// Where the route's policy is merged with that of a Gateway whose name is open, both are looked at
// both ways.
func TestAMergeThatATemplateLeavesOpen(t *testing.T) {
	t.Parallel()
	text := policyOn(gatewayKind, "public", jwt()) + onRoute("mergeType: StrategicMerge",
		"cors: {}") + resourceOf(httpRoute, "api", `parentRefs: [{name: "{{ .gateway }}"}]`)
	policies := policiesOf(t, rules.Options{Runtime: "1.9", API: "orders/api"}, text)
	if got := short(rules.Evaluate(policies, requestOf(""))); got != accepted() {
		t.Errorf("with a token: got %v", got)
	}
	if got := short(rules.Evaluate(policies, tokenless())); got != open(rules.NotModelled) {
		t.Errorf("without: got %v", got)
	}
}

// A rule of a route that has a policy of its own only where a template says so has else that of
// the route.
func TestARuleOfARouteThatATemplateLeavesOpen(t *testing.T) {
	t.Parallel()
	onRule := strings.NewReplacer("name: api}]", "name: api, sectionName: {{ .rule }}}]",
		"on-api", "on-rule").Replace(onRoute("cors: {}"))
	text := onRule + onRoute(jwt()) + resourceOf(httpRoute, "api",
		"parentRefs: [{name: public}], rules: [{name: one}, {name: two}]")
	for _, name := range []string{"orders/api/one", "orders/api/two"} {
		policies := policiesOf(t, rules.Options{Runtime: "1.9", API: name}, text)
		if got := short(rules.Evaluate(policies, requestOf(""))); got != accepted() {
			t.Errorf("%s with a token: got %v", name, got)
		}
		if got := short(rules.Evaluate(policies, tokenless())); got != open(rules.NotModelled) {
			t.Errorf("%s without: got %v", name, got)
		}
	}
}

// What is known of a template is so whatever its deployment writes in the place of its mark.
func TestWhatIsKnownOfATemplateHoldsForEachOfItsValues(t *testing.T) {
	t.Parallel()
	const mark = "{{ .x }}"
	r := rand.New(rand.NewPCG(7, 7))
	pick := func(from ...string) string { return from[r.IntN(len(from))] }
	text := func(from ...string) string { return `"` + pick(append(from, mark)...) + `"` }
	resource := func(kind, name, spec string) string {
		return fmt.Sprintf("---\napiVersion: gateway.networking.k8s.io/v1\nkind: %s\nmetadata: "+
			"{name: %s, namespace: %s, labels: {of: %s}}\nspec: {%s}\n", kind, name,
			text("a", "a"), text("api", "web"), spec)
	}
	attached := func() string {
		return pick(
			"targetRefs: [{group: gateway.networking.k8s.io, kind: HTTPRoute, name: "+
				text("api", "api", "web")+"}]",
			"targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: "+
				text("public")+"}]",
			"targetRefs: [{group: gateway.networking.k8s.io, kind: HTTPRoute, name: api, "+
				"sectionName: "+text("one", "two")+"}]",
			"targetSelectors: [{kind: "+pick(httpRoute, gatewayKind)+", matchLabels: {of: "+
				text("api", "web")+"}}]",
			"targetSelectors: [{kind: HTTPRoute, matchExpressions: [{key: of, operator: "+
				pick("In", "NotIn")+", values: ["+text("api", "web")+"]}]}]",
		)
	}
	known := 0
	for n := range randomTemplates {
		cluster := resource(gatewayKind, "public", "listeners: [{name: http}]") +
			resource(httpRoute, "api", "parentRefs: [{name: "+text("public", "public", "inner")+
				"}], rules: [{name: one}, {name: "+text("two")+"}]")
		for i := range 1 + r.IntN(3) {
			cluster += fmt.Sprintf("---\napiVersion: gateway.envoyproxy.io/v1alpha1\nkind: "+
				"SecurityPolicy\nmetadata: {name: p%d, namespace: %s, creationTimestamp: "+
				"'2026-01-0%dT00:00:00Z'}\nspec:\n  %s\n  %s\n  %s\n", i, text("a", "a"),
				1+r.IntN(3), attached(), pick(jwt(), "cors: {}"),
				pick("", "mergeType: StrategicMerge"))
		}
		asked := []*rules.Request{requestOf(""), tokenless()}
		outcomes := func(text string) (all []rules.Decision) {
			var of []*rules.Policy
			covered := false // by policies on its rules
			for _, p := range policiesOf(t, rules.Options{Runtime: "1.9"}, text) {
				i := p.Entry.(*instance)
				covered = covered || i.route != nil && i.of.section != ""
				if i.route != nil && i.of.section == "" {
					of = append(of, p)
				}
			}
			for _, r := range asked {
				if len(of) == 0 && covered {
					all = append(all, rules.Undetermined)
				} else {
					all = append(all, rules.Evaluate(of, r).Outcome)
				}
			}
			return all
		}
		differs := func(is, got rules.Decision) bool {
			return got != rules.Undetermined && got != is
		}
		is, contradiction := requests.Known(
			cluster, mark, []string{"api", "web", "public", "a", "two", "other"},
			outcomes, differs,
		)
		if known += is; contradiction != "" {
			t.Errorf("%d: %s", n, contradiction)
		}
	}
	if known < randomTemplates*2/3 {
		t.Errorf("only %d are known", known)
	}
}
