package istio

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/testdata/requests"
)

// web is a workload with these labels, in the namespace of the policies or another.
func web(namespace, labels string) string {
	return "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: " +
		namespace + "}\nspec: {template: {metadata: {labels: " + labels + "}}}\n"
}

// A policy that a template may or may not have select the workload leaves the verdict open where
// it makes a difference, and only there.
func TestWhatATemplateLeavesOpen(t *testing.T) {
	t.Parallel()
	const (
		hole     = `{app: "{{ .Values.app }}"}`
		selector = "selector: {matchLabels: " + hole + "}"
		anyone   = `rules: [{from: [{source: {requestPrincipals: ["*"]}}]}]`
		nobody   = `rules: [{from: [{source: {notRequestPrincipals: ["*"]}}]}]`
		shown    = `{app: web}`
	)
	ofRoot := func(text string) string {
		return strings.Replace(text, "namespace: orders", "namespace: istio-system", 1)
	}
	denied := rejected(403, rules.Authorization)
	unknown := open(rules.NotModelled)
	tests := []struct {
		name, text          string
		withToken, withNone decided
	}{
		{
			"an ALLOW policy", ofTenant() + policy("ALLOW", selector, anyone) +
				web("orders", shown), accepted(), unknown,
		},
		{
			"a DENY policy", ofTenant() + policy("DENY", selector, nobody) + web("orders", shown),
			accepted(), unknown,
		},
		{
			"a DENY policy beside one that surely denies", ofTenant() +
				policy("DENY", selector, nobody) + renamed(policy("DENY", nobody)) +
				web("orders", shown), accepted(), denied,
		},
		{
			"another ALLOW policy that surely holds", ofTenant() +
				policy("ALLOW", selector, "rules: [{}]") + renamed(policy("ALLOW", anyone)) +
				web("orders", shown), accepted(), unknown,
		},
		{
			"a workload's label", ofTenant() + policy("DENY",
				"selector: {matchLabels: {app: orders}}", nobody) + web("orders", hole),
			accepted(), unknown,
		},
		{
			"the same mark in both", ofTenant() + policy("DENY", selector, nobody) +
				web("orders", hole), accepted(), denied,
		},
		{
			"a label that surely differs", ofTenant() + policy("DENY",
				`selector: {matchLabels: {app: "{{ .Values.app }}", tier: front}}`, nobody) +
				web("orders", "{app: web, tier: back}"), accepted(), accepted(),
		},
		{
			"a name of a label", ofTenant() + policy("DENY",
				`selector: {matchLabels: {"{{ .Values.key }}": web}}`, nobody) +
				web("orders", shown), accepted(), unknown,
		},
		{
			"the whole selector", ofTenant() + policy("DENY", "selector: {{ .Values.selector }}",
				nobody) + web("orders", shown), accepted(), unknown,
		},
		{
			"all labels of a workload", ofTenant() + policy("DENY",
				"selector: {matchLabels: {app: orders}}", nobody) +
				web("orders", "{{ .Values.labels }}"), accepted(), unknown,
		},
		{
			"a label of a workload that is no text", ofTenant() + policy("DENY",
				"selector: {matchLabels: {app: orders}}", nobody) +
				web("orders", "{app: web, version: 1}"), accepted(), unknown,
		},
		{
			"the RequestAuthentication", strings.Replace(ofTenant(), "spec:", "spec:\n  "+
				selector, 1) + policy("ALLOW", anyone) + web("orders", shown), unknown,
			rejected(403, rules.TokenPresent),
		},
		{
			"both, which are selected together", strings.Replace(ofTenant(), "spec:", "spec:\n  "+
				selector, 1) + policy("ALLOW", selector, anyone) + web("orders", shown),
			accepted(), unknown,
		},
		{
			"a namespace of a policy", ofTenant() + strings.Replace(policy("DENY", nobody),
				"namespace: orders", `namespace: "{{ .Release.Namespace }}"`, 1) +
				web("orders", shown), accepted(), unknown,
		},
		{
			"the namespace of the workload", ofRoot(ofTenant()) + policy("DENY", nobody) +
				web("{{ .Release.Namespace }}", shown), accepted(), unknown,
		},
		{
			"more marks than are looked at both ways", ofTenant() + policy("ALLOW", anyone) +
				web("orders", shown) + resourceOf(authorizationPolicy, "orders", "a",
				"selector: {matchLabels: {app: '${A}'}}", anyone) +
				resourceOf(authorizationPolicy, "orders", "b",
					"selector: {matchLabels: {app: '${B}'}}", anyone) +
				resourceOf(authorizationPolicy, "orders", "c",
					"selector: {matchLabels: {app: '${C}'}}", anyone) +
				resourceOf(authorizationPolicy, "orders", "d",
					"selector: {matchLabels: {app: '${D}'}}", anyone), unknown, unknown,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := configurationOf(t, rules.Options{}, "all.yaml", test.text)
			var policies []*rules.Policy
			for _, p := range compile(behaviours(), c).Policies {
				if strings.HasSuffix(p.API, "/web") {
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
				!strings.Contains(v.Why(), "orders/web is not known: ") &&
					!strings.Contains(v.Why(), "}}/web is not known: ")) {
				t.Errorf("at %v: %s", v.Decided.Check.Pos, v.Why())
			}
			if got := foundIn(t, test.text); strings.Contains(strings.Join(got, " "),
				"selects-nothing") && test.name != "a label that surely differs" {
				t.Errorf("found %q", got)
			}
		})
	}
}

// What to pass is the manifest as a chart's template prints it, with the label that is open.
func TestTheNeedNamesTheLabel(t *testing.T) {
	t.Parallel()
	text := ofTenant() + policy("DENY", `selector: {matchLabels: {app: "{{ .Values.app }}"}}`,
		"rules: [{}]") + web("orders", "{app: web}")
	for _, name := range []string{"orders/web", "orders/app=web"} {
		v := rules.Evaluate(policiesOf(t, rules.Options{API: name}, text), tokenless())
		const want = "the manifest as it is applied, with its selector.matchLabels.app; " +
			"helm template prints that of a chart"
		if got := v.Question().For; got != want {
			t.Errorf("%s: got %q", name, got)
		}
		if why := v.Why(); !strings.HasPrefix(why, "whether AuthorizationPolicy orders/callers "+
			"holds for "+name+" is not known: selector.matchLabels.app is {{ .Values.app }}") {
			t.Errorf("%s: %s", name, why)
		}
	}
}

// Of a gateway whose class, or of a target whose name, a template leaves open it is not known
// which policies it has.
func TestTargetsThatATemplateLeavesOpen(t *testing.T) {
	t.Parallel()
	gateway := func(class string) string {
		return "---\nkind: Gateway\nmetadata: {name: g, namespace: a}\nspec: {gatewayClassName: " +
			class + "}\n"
	}
	to := func(name, target string) string {
		return resourceOf(authorizationPolicy, "a", name, "targetRefs: [{kind: Gateway, group: "+
			"gateway.networking.k8s.io, name: "+target+"}]", "rules: [{}]", "action: DENY")
	}
	wide := resourceOf(authorizationPolicy, "a", "all", "rules: []")
	own := resourceOf(requestAuthentication, "a", "r", "targetRefs: [{kind: Gateway, group: "+
		"gateway.networking.k8s.io, name: g}]")
	for name, text := range map[string]string{
		"a class":            gateway("{{ .Values.class }}") + wide + to("other", "g"),
		"a target":           gateway("istio") + own + to("one", "{{ .Values.gateway }}"),
		"a target in quotes": gateway("istio") + own + to("one", `"{{ .Values.gateway }}"`),
	} {
		policies := policiesOf(t, rules.Options{API: "a/gateway:g"}, text)
		if got := short(rules.Evaluate(policies, tokenless())); got != open(rules.NotModelled) {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

// What is known of a template is so whatever its deployment writes in the place of its mark.
func TestWhatIsKnownOfATemplateHoldsForEachOfItsValues(t *testing.T) {
	t.Parallel()
	const mark = "{{ .x }}"
	r := rand.New(rand.NewPCG(7, 7))
	pick := func(from ...string) string { return from[r.IntN(len(from))] }
	value := func() string { return `"` + pick("web", "shop", mark) + `"` }
	labels := func() string {
		return pick("{}", "{app: "+value()+"}", "{app: "+value()+", tier: "+value()+"}",
			"{tier: "+value()+"}", `{"`+pick(mark, "app")+`": `+value()+"}")
	}
	known := 0
	for n := range randomTemplates {
		text := web(`"`+pick("a", "a", mark)+`"`, labels())
		for i := range 1 + r.IntN(4) {
			kind := pick(requestAuthentication, authorizationPolicy, authorizationPolicy)
			spec := []string{"selector: {matchLabels: " + labels() + "}"}
			if kind == requestAuthentication {
				spec = append(spec, "jwtRules: [{issuer: \""+v2Issuer+"\", audiences: ["+app+"]}]")
			} else {
				spec = append(spec, "action: "+pick("ALLOW", "DENY"), "rules: "+pick("[{}]", "[]",
					`[{from: [{source: {requestPrincipals: ["*"]}}]}]`,
					`[{from: [{source: {notRequestPrincipals: ["*"]}}]}]`))
			}
			text += resourceOf(kind, `"`+pick("a", "a", "istio-system", mark)+`"`,
				"p"+string(rune('0'+i)), spec...)
		}
		asked := []*rules.Request{requestOf(""), tokenless()}
		outcomes := func(text string) (all []rules.Decision) {
			var of []*rules.Policy
			for _, p := range policiesOf(t, rules.Options{}, text) {
				if strings.HasSuffix(p.API, "/web") {
					of = append(of, p)
				}
			}
			for _, r := range asked {
				all = append(all, rules.Evaluate(of, r).Outcome)
			}
			return all
		}
		differs := func(is, got rules.Decision) bool { return got != is }
		is, contradiction := requests.Known(
			text, mark, []string{"web", "shop", "a", "other"}, outcomes, differs,
		)
		if known += is; contradiction != "" {
			t.Errorf("%d: %s", n, contradiction)
		}
	}
	if known < randomTemplates*2/3 {
		t.Errorf("only %d are known", known)
	}
}
