package istio

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/testdata/requests"
)

// resourceOf is a policy of a kind in a namespace, with these lines below its spec.
func resourceOf(kind, namespace, name string, lines ...string) string {
	return "---\napiVersion: security.istio.io/v1\nkind: " + kind + "\nmetadata: {name: " + name +
		", namespace: " + namespace + "}\nspec:\n  " + strings.Join(lines, "\n  ") + "\n"
}

func namesOf(c *rules.Configuration) []string {
	var all []string
	for _, e := range c.Entries {
		all = append(all, e.(*workload).name)
	}
	slices.Sort(all)
	return all
}

func TestWorkloadsAreThoseThatSelectorsTellApart(t *testing.T) {
	t.Parallel()
	const (
		orders = "selector: {matchLabels: {app: orders}}"
		v1     = "selector: {matchLabels: {version: v1}}"
		shop   = "selector: {matchLabels: {app: shop}}"
		any    = "rules: [{}]"
		rule   = "jwtRules: [{issuer: x}]"
	)
	ap := func(namespace string, lines ...string) string {
		return resourceOf(authorizationPolicy, namespace, "p", lines...)
	}
	deployment := func(namespace, name, labels string) string {
		return "---\nkind: Deployment\nmetadata: {name: " + name + ", namespace: " + namespace +
			"}\nspec: {template: {metadata: {labels: " + labels + "}}}\n"
	}
	replicaSet := func(name, owner string) string {
		return "---\nkind: ReplicaSet\nmetadata: {name: " + name + ", namespace: a, " +
			"ownerReferences: [{kind: Deployment, name: " + owner + "}]}\n" +
			"spec: {template: {metadata: {labels: {app: web}}}}\n"
	}
	pod := func(name, kind, owner, labels string) string {
		return "---\nkind: Pod\nmetadata: {name: " + name + ", namespace: a, labels: " + labels +
			", ownerReferences: [{kind: " + kind + ", name: " + owner + "}]}\n"
	}
	gateway := func(class string) string {
		return "---\nkind: Gateway\nmetadata: {name: g, namespace: a}\n" +
			"spec: {gatewayClassName: " + class + "}\n"
	}
	toGateway := "targetRefs: [{kind: Gateway, group: gateway.networking.k8s.io, name: g}]"
	tests := []struct {
		name, text string
		want       []string
	}{
		{"one namespace without selectors has no name", ap("a", any), []string{""}},
		{"two namespaces", ap("a", any) + ap("b", any), []string{"a", "b"}},
		{
			"selectors that exclude each other", ap("a", orders) + ap("a", shop),
			[]string{"a/app=orders", "a/app=shop"},
		},
		{
			"selectors that do not", ap("a", orders) + ap("a", v1),
			[]string{"a/app=orders", "a/app=orders,version=v1", "a/version=v1"},
		},
		{
			"the rest of the namespace", ap("a", orders) + ap("a", any),
			[]string{"a", "a/app=orders"},
		},
		{
			"workloads that the file shows", ap("a", orders) + ap("a", any) +
				deployment("a", "web", "{app: web}") + deployment("a", "o", "{app: orders, x: z}"),
			[]string{"a/o", "a/web"},
		},
		{
			"a ReplicaSet is left out beside the Deployment that made it, and else stands for it",
			ap("a", any) + deployment("a", "web", "{app: web}") +
				replicaSet("web-1", "web") + replicaSet("o-1", "o"),
			[]string{"a/o", "a/web"},
		},
		{
			"a ReplicaSet of an earlier revision has no pods",
			ap("a", any) + replicaSet("o-2", "o") + strings.Replace(
				replicaSet("p-1", "p"), "spec: {", "spec: {replicas: 0, ", 1),
			[]string{"a/o"},
		},
		{
			"pods are left out beside the Deployment that made their ReplicaSet",
			ap("a", any) + ap("a", shop) + deployment("a", "web", "{app: shop}") +
				pod("web-1-x", "ReplicaSet", "web-1", "{app: shop, pod-template-hash: \"1\"}"),
			[]string{"a/web"},
		},
		{
			"pods stand for the Deployment that made their ReplicaSet where no file shows it",
			ap("a", any) + ap("a", shop) +
				pod("web-1-x", "ReplicaSet", "web-1", "{app: shop, pod-template-hash: \"1\"}") +
				pod("web-1-y", "ReplicaSet", "web-1", "{app: shop, pod-template-hash: \"1\"}"),
			[]string{"a/web"},
		},
		{
			"pods of one maker are two workloads where selectors tell them apart",
			ap("a", shop) + ap("a", v1) +
				pod("db-0", "StatefulSet", "db", "{app: shop}") +
				pod("db-1", "StatefulSet", "db", "{app: shop, version: v1}") +
				pod("db-2", "StatefulSet", "db", "{app: shop, x: z}"),
			[]string{"a/db", "a/db-1"},
		},
		{
			"a selector that no workload has", ap("a", orders) + deployment("a", "w", "{app: w}"),
			[]string{"a/app=orders"},
		},
		{"the root namespace's policies hold everywhere", ap("istio-system", any) +
			deployment("a", "web", "{app: web}"), []string{"a/web", "istio-system"}},
		{
			"two kinds of workloads of one name", ap("a", orders) + ap("a", shop) +
				deployment("a", "w", "{app: orders}") + strings.Replace(
				deployment("a", "w", "{app: shop}"), "Deployment", "StatefulSet", 1),
			[]string{"a/deployment:w", "a/statefulset:w"},
		},
		{
			"a workload that is there twice, alike", ap("a", orders) +
				deployment("a", "w", "{app: orders}") + deployment("a", "w", "{app: orders}"),
			[]string{"a/w"},
		},
		{
			"a workload without a namespace, of the name of one", ap("w", any) + ap("\"\"", any) +
				deployment("\"\"", "w", "{app: orders}"),
			[]string{"deployment:w", "w"},
		},
		{
			"the namespace default is not the one that no file names",
			ap("default", any) + ap("\"\"", any),
			[]string{"*", "default"},
		},
		{
			"the root namespace's policy selects a workload of another",
			ap("istio-system", orders) + deployment("a", "o", "{app: orders}"),
			[]string{"a/o"},
		},
		{
			"and one that no workload has",
			ap("istio-system", orders) + deployment("a", "web", "{app: web}"),
			[]string{"istio-system/app=orders"},
		},
		{
			"a label that is null is none", ap("a", "selector: {matchLabels: {app: null}}") +
				deployment("a", "web", "{app: web}"), []string{"a/web"},
		},
		{"a gateway", ap("a", toGateway, any) + gateway("istio"), []string{""}},
		{
			"no namespace", strings.ReplaceAll(ap("a", orders)+ap("a", any), ", namespace: a", ""),
			[]string{"app=orders", "default"},
		},
		{
			"a list, as kubectl gets it", "apiVersion: v1\nkind: List\nmetadata: " +
				"{resourceVersion: \"\"}\nitems:\n- apiVersion: security.istio.io/v1\n  kind: " +
				"RequestAuthentication\n  metadata: {name: r, namespace: a}\n  spec: {" +
				rule + "}\n",
			[]string{""},
		},
		{"a list in JSON", `{"apiVersion":"v1","kind":"List","items":[{"apiVersion":` +
			`"security.istio.io/v1beta1","kind":"AuthorizationPolicy","metadata":{"name":"r",` +
			`"namespace":"a"},"spec":{}},{"apiVersion":"v1","kind":"Secret"}]}`, []string{""}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := configurationOf(t, rules.Options{}, "all.yaml", test.text)
			if got := namesOf(c); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// A policy that names no namespace may be for the workload of another namespace.
func TestPolicyWithoutNamespaceIsNotGuessedToBeOfAnother(t *testing.T) {
	t.Parallel()
	policy := resourceOf(authorizationPolicy, "\"\"", "p", "rules: [{}]")
	web := "---\nkind: Deployment\nmetadata: {name: web, namespace: shop}\n"
	for _, test := range []struct {
		name, text string
		options    rules.Options
		want       string // of the error
	}{
		{"alone it is of the namespace that it is applied to", policy, rules.Options{}, ""},
		{
			"beside a workload of a namespace", policy + web,
			rules.Options{},
			"AuthorizationPolicy p names no namespace, and is in the one that it is applied to: " +
				"whether that is shop is not known",
		},
		{
			"with a workload that is chosen", policy + web, rules.Options{API: "shop/web"}, "",
		},
		{
			"beside a workload without a namespace",
			policy + strings.Replace(web, ", namespace: shop", "", 1),
			rules.Options{},
			"",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			err := configurationOf(t, test.options, "all.yaml", test.text).Ambiguous
			if (err == nil) != (test.want == "") ||
				err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// The mesh's own policies and those of the workload's namespace add up, whichever file has them.
func TestPoliciesOfSeveralFilesCompose(t *testing.T) {
	t.Parallel()
	mesh := resourceOf(requestAuthentication, "istio-system", "mesh",
		"jwtRules: [{issuer: \""+v2Issuer+"\", audiences: ["+app+"]}]")
	orders := resourceOf(authorizationPolicy, "orders", "callers",
		"selector: {matchLabels: {app: orders}}",
		`rules: [{from: [{source: {requestPrincipals: ["*"]}}]}]`)
	for _, name := range []string{"orders/app=orders", "orders/app=orders,version=v1"} {
		c := configurationOf(t, rules.Options{API: name}, "mesh.yaml", mesh, "orders.yaml", orders)
		policies := compile(behaviours(), c).Policies
		if len(policies) != 1 || policies[0].API != name {
			t.Fatalf("%s: %d policies", name, len(policies))
		}
		for _, row := range []struct {
			request *rules.Request
			want    decided
		}{
			{requestOf(""), accepted()},
			{tokenless(), rejected(403, rules.TokenPresent)},
			{requestOf(`aud="x"`), rejected(403, rules.Audience)},
		} {
			if got := short(rules.Evaluate(policies, row.request)); got != row.want {
				t.Errorf("%s: got %v, want %v", name, got, row.want)
			}
		}
	}
	other := configurationOf(t, rules.Options{API: "orders/app=other"}, "mesh.yaml", mesh,
		"orders.yaml", orders)
	got := short(rules.Evaluate(compile(behaviours(), other).Policies, tokenless()))
	if got != accepted() {
		t.Errorf("a workload that the namespace's policy does not select: got %v", got)
	}
	for _, labels := range []string{
		"app.kubernetes.io/name=other", "app=other,app.kubernetes.io/name=other",
		"orders/app.kubernetes.io/name=other",
	} {
		c := configurationOf(t, rules.Options{API: labels}, "mesh.yaml", mesh)
		if w := c.Entries[0].(*workload); w.labels["app.kubernetes.io/name"] != "other" {
			t.Errorf("%s: labels %s", labels, w.labels)
		}
	}
	_, err := read(requests.Files(t, "orders.yaml", orders), rules.Options{API: "orders/web"})
	if err == nil || !strings.Contains(err.Error(), "no workload orders/web") {
		t.Errorf("got %v", err)
	}
}

// A waypoint has no policies but those that are attached to it; any other gateway has those of its
// namespace too. Which it is only its Gateway says.
func TestPoliciesOfAGateway(t *testing.T) {
	t.Parallel()
	text := resourceOf(authorizationPolicy, "a", "all") +
		resourceOf(authorizationPolicy, "a", "g",
			"targetRefs: [{kind: Gateway, group: gateway.networking.k8s.io, name: g}]",
			"action: AUDIT")
	const gateway = "---\nkind: Gateway\nmetadata: {name: g, namespace: a}\nspec: " +
		"{gatewayClassName: "
	for class, want := range map[string]decided{
		"":               open(rules.NotModelled),
		"istio":          rejected(403, rules.Authorization),
		"istio-waypoint": accepted(),
	} {
		of := text
		if class != "" {
			of += gateway + class + "}\n"
		}
		policies := policiesOf(t, rules.Options{API: "a/gateway:g"}, of)
		if got := short(rules.Evaluate(policies, tokenless())); got != want {
			t.Errorf("%q: got %v, want %v", class, got, want)
		}
	}
}

func TestALongListGoesOn(t *testing.T) {
	t.Parallel()
	text := "kind: List\nmetadata: {continue: abc}\nitems:\n- apiVersion: security.istio.io/v1\n" +
		"  kind: AuthorizationPolicy\n  metadata: {name: r, namespace: a}\n  spec: {rules: [{}]}\n"
	if got := short(answered(t, text, requestOf(""))); got != open(rules.NotModelled) {
		t.Errorf("got %v", got)
	}
}

// The namespace whose policies hold everywhere is the one that the mesh's configuration names.
func TestTheRootNamespaceIsTheOneOfTheMesh(t *testing.T) {
	t.Parallel()
	nobody := func(namespace string) string {
		return resourceOf(authorizationPolicy, namespace, "nobody")
	}
	web := "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: a}\n" +
		"spec: {template: {metadata: {labels: {app: web}}}}\n" +
		resourceOf(authorizationPolicy, "a", "all", "rules: [{}]")
	config := func(name, mesh string) string {
		return "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name +
			", namespace: mesh}\ndata:\n  mesh: |\n    " + mesh + "\n"
	}
	operator := "---\napiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\n" +
		"metadata: {name: x}\nspec: {meshConfig: {rootNamespace: mesh}}\n"
	const denied, let = 2, 1 // policies that hold for the workload
	tests := []struct {
		name, text string
		policies   int
		doubt      bool
	}{
		{"istio-system where nothing names another", nobody("istio-system"), denied, false},
		{"another namespace is none", nobody("mesh"), let, false},
		{
			"the ConfigMap of istiod", nobody("mesh") + config("istio", "rootNamespace: mesh"),
			denied, false,
		},
		{
			"that of a revision", nobody("mesh") + config("istio-1-29", "rootNamespace: mesh"),
			denied, false,
		},
		{"istio-system no longer", nobody("istio-system") +
			config("istio", "rootNamespace: mesh"), let, false},
		{"a configuration that names none", nobody("istio-system") +
			config("istio", "accessLogFile: /dev/stdout"), denied, false},
		{"an IstioOperator", nobody("mesh") + operator, denied, false},
		{
			"the values of a chart", nobody("mesh") + "---\nmeshConfig: {rootNamespace: mesh}\n",
			denied, false,
		},
		{"what a template leaves open", nobody("mesh") +
			config("istio", `rootNamespace: "{{ .Release.Namespace }}"`), let, true},
		{"two meshes", nobody("mesh") + config("istio", "rootNamespace: mesh") +
			config("istio-b", "rootNamespace: other"), let, true},
		{
			"another ConfigMap", nobody("mesh") + config("orders", "rootNamespace: mesh"), let,
			false,
		},
		{"a ConfigMap that can't be read", nobody("mesh") + config("istio", "{"), let, true},
		{"one of another type", nobody("mesh") + config("istio", "- a"), let, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := configurationOf(t, rules.Options{API: "a/web"}, "all.yaml", web+test.text)
			w := c.Entries[0].(*workload)
			if len(w.policies) != test.policies || (w.doubt != "") != test.doubt {
				t.Errorf("got %d policies, in doubt: %q", len(w.policies), w.doubt)
			}
		})
	}
}

// A gateway's pods have a label by which selectors and targets meet.
func TestAGatewayThatAWorkloadRuns(t *testing.T) {
	t.Parallel()
	attached := resourceOf(authorizationPolicy, "a", "attached",
		"targetRefs: [{kind: Gateway, group: gateway.networking.k8s.io, name: g}]",
		"action: AUDIT")
	bySelector := func(labels string) string {
		return resourceOf(authorizationPolicy, "a", "selecting",
			"selector: {matchLabels: {"+labels+"}}", "rules: [{}]", "action: DENY")
	}
	gateway := func(class string) string {
		return "---\nkind: Gateway\nmetadata: {name: g, namespace: a}\nspec: {gatewayClassName: " +
			class + "}\n"
	}
	const pods = "---\nkind: Deployment\nmetadata: {name: g-istio, namespace: a}\nspec: " +
		"{template: {metadata: {labels: {app: edge, " + gatewayName + ": g}}}}\n"
	const name = gatewayName + ": g"
	tests := []struct {
		name, text string
		want       decided
	}{
		{
			"a selector of its label", gateway("istio") + attached + bySelector(name),
			rejected(403, rules.Authorization),
		},
		{
			"one of another gateway's",
			gateway("istio") + attached + bySelector(gatewayName+": h"),
			accepted(),
		},
		{
			"one of a label that nobody shows",
			gateway("istio") + attached + bySelector("app: edge"),
			open(rules.NotModelled),
		},
		{"one of a label that its pods have", gateway("istio") + pods + attached +
			bySelector("app: edge"), rejected(403, rules.Authorization)},
		{"one of a label that its pods lack", gateway("istio") + pods + attached +
			bySelector("app: web"), accepted()},
		{"no selector selects a waypoint", gateway("istio-waypoint") + pods + attached +
			bySelector("app: edge"), accepted()},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			policies := policiesOf(t, rules.Options{API: "a/gateway:g"}, test.text)
			if got := short(rules.Evaluate(policies, tokenless())); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
			if got := namesOf(configurationOf(t, rules.Options{}, "all.yaml",
				test.text+resourceOf(authorizationPolicy, "b", "p"))); slices.Contains(got,
				"a/g-istio") {
				t.Errorf("the gateway is there twice: %q", got)
			}
		})
	}
}

// A file that only shows workloads is read beside policies, and not alone.
func TestFilesOfWorkloadsAreReadBesidePolicies(t *testing.T) {
	t.Parallel()
	const web = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: a}\n" +
		"spec: {template: {metadata: {labels: {app: web}}}}\n"
	policies := resourceOf(authorizationPolicy, "a", "all", "rules: [{}]")
	for _, files := range [][]string{
		{"web.yaml", web, "policies.yaml", policies}, {"policies.yaml", policies, "web.yaml", web},
	} {
		c := configurationOf(t, rules.Options{}, files...)
		if got := namesOf(c); !slices.Equal(got, []string{"a/web"}) {
			t.Errorf("got %q", got)
		}
	}
	for _, text := range []string{web, "apiVersion: v1\nkind: Secret\n", "{}"} {
		if _, err := read(requests.Files(t, "web.yaml", text), rules.Options{}); err == nil {
			t.Errorf("%s is read alone", text)
		}
	}
	if _, err := read(requests.Files(t, "policies.yaml", policies, "s.yaml", "kind: Secret\n"),
		rules.Options{}); err == nil || !strings.Contains(err.Error(), "no policy of Istio") {
		t.Errorf("a file of something else is read: %v", err)
	}
}

// A policy that the files have twice is known where both say the same.
func TestAPolicyThatIsThereTwice(t *testing.T) {
	t.Parallel()
	other := authentication("issuer: "+v2Issuer, "audiences: [another]")
	for name, test := range map[string]struct {
		text string
		want decided
	}{
		"alike":         {ofTenant() + "---\n" + ofTenant(), accepted()},
		"not alike":     {ofTenant() + "---\n" + other, open(rules.NotModelled)},
		"the other way": {other + "---\n" + ofTenant(), open(rules.NotModelled)},
	} {
		if got := short(answered(t, test.text, requestOf(""))); got != test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}

// Of many workloads that the same policies hold for, the checks are made once.
func TestWorkloadsOfTheSamePoliciesShareTheirChecks(t *testing.T) {
	const deployment = `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: d%[1]d, namespace: orders}
spec: {template: {metadata: {labels: {app: %[2]s, v: "%[1]d"}}}}
`
	text := `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: all, namespace: orders}
spec: {rules: [{from: [{source: {requestPrincipals: ["*"]}}]}]}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: some, namespace: orders}
spec:
  selector: {matchLabels: {app: some}}
  rules: [{when: [{key: "request.auth.claims[roles]", values: [a]}]}]
`
	for i := range 20 {
		text += fmt.Sprintf(deployment, i, []string{"some", "other"}[i%2])
	}
	made := map[*rules.Node]int{}
	policies := policiesOf(t, rules.Options{}, text)
	for _, p := range policies {
		made[p.Made()]++
	}
	if len(policies) != 20 || len(made) != 2 {
		t.Errorf("%d policies of %d sorts", len(policies), len(made))
	}
}

// kubectl reads YAML 1.1, where yes without quotes is a truth value: the API server takes none for
// a label.
func TestALabelIsNoTruthValue(t *testing.T) {
	t.Parallel()
	for value, known := range map[string]bool{
		"yes": false, "n": false, "On": false, `"yes"`: true, "yess": true, "!!str yes": true,
	} {
		text := strings.Replace(ofTenant(), "spec:\n",
			"spec:\n  selector: {matchLabels: {app: "+value+"}}\n", 1)
		v := answered(t, text, requestOf(""))
		if (v.Outcome == rules.Accepted) != known {
			t.Errorf("%s: got %v", value, short(v))
		}
		found := policyRefused().Check(&rules.Subject{
			Policies: policiesOf(t, rules.Options{}, text),
		})
		if (len(found) == 0) != known {
			t.Errorf("%s: %d findings", value, len(found))
		}
	}
}

// What names no namespace is in the one that it is applied to, which may be that of another policy
// or workload; and of two resources of one name, the cluster has either.
func TestWhatDependsOnTheResourceThatIsMeant(t *testing.T) {
	t.Parallel()
	const (
		anyone = `rules: [{from: [{source: {requestPrincipals: ["*"]}}]}]`
		orders = "selector: {matchLabels: {app: orders}}"

		anyRequest = "rules: [{}]"
	)
	deny := func(namespace string, lines ...string) string {
		return resourceOf(authorizationPolicy, namespace, "nobody",
			append(lines, "action: DENY", "rules: [{}]")...)
	}
	gateway := func(namespace, class string) string {
		return "---\napiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\n" +
			"metadata: {name: g, namespace: " + namespace + "}\n" +
			"spec: {gatewayClassName: " + class + "}\n"
	}
	const ofG = "targetRefs: [{kind: Gateway, group: gateway.networking.k8s.io, name: g}]"
	ofClass := strings.ReplaceAll(strings.Replace(ofG, "kind: Gateway", "kind: GatewayClass", 1),
		"name: g", "name: istio-waypoint")
	mine := ofTenant() + policy("ALLOW", anyone) + web("orders", "{app: orders}")
	denied, unknown := rejected(403, rules.Authorization), open(rules.NotModelled)
	tests := []struct {
		name, api, text string
		want            decided
	}{
		{"another namespace", "orders/web", mine + deny("other"), accepted()},
		{"a policy without a namespace", "orders/web", mine + deny(`""`), unknown},
		{"one without a namespace that selects others", "orders/web", mine +
			deny(`""`, "selector: {matchLabels: {app: x}}"), accepted()},
		{"a namespace for the workload alone", "web", ofTenant() + deny("other") +
			web(`""`, "{app: orders}"), unknown},
		{
			"none names a namespace", "web", strings.ReplaceAll(ofTenant()+policy("ALLOW", anyone),
				"namespace: orders", `namespace: ""`) + deny(`""`) + web(`""`, "{app: orders}"),
			denied,
		},
		{"the root namespace holds for what names none", "web", deny("istio-system") +
			web(`""`, "{app: orders}"), denied},
		{"a workload twice, with labels that a selector tells apart", "orders/web", mine +
			deny("orders", orders) + web("orders", "{app: another}"), unknown},
		{"the other way", "orders/web", ofTenant() + policy("ALLOW", anyone) +
			web("orders", "{app: another}") + web("orders", "{app: orders}") +
			deny("orders", orders), unknown},
		{"labels that make no difference", "orders/web", mine +
			web("orders", "{app: another}"), accepted()},
		{"a Gateway twice, of two classes", "orders/gateway:g", ofTenant() +
			resourceOf(authorizationPolicy, "orders", "g", ofG, anyone) +
			gateway("orders", "istio") + gateway("orders", "istio-waypoint"), unknown},
		{"of two classes that do the same", "orders/gateway:g", ofTenant() +
			resourceOf(authorizationPolicy, "orders", "g", ofG, anyone) +
			gateway("orders", "istio") + gateway("orders", "istio-b"), accepted()},
		{"a workload of a Gateway that no file shows", "orders/web", ofTenant() +
			policy("ALLOW", anyone) + web("orders", "{"+gatewayName+": g}"), unknown},
		{"of one that another namespace has", "orders/web", ofTenant() +
			policy("ALLOW", anyone) + web("orders", "{"+gatewayName+": g}") +
			gateway("other", "istio"), unknown},
		{"of one that is there", "orders/web", ofTenant() +
			policy("ALLOW", anyone) + web("orders", "{"+gatewayName+": g}") +
			gateway("orders", "istio"), accepted()},
		{
			"a class of gateways, from the root namespace",
			"istio-system/gatewayclass:istio-waypoint",
			resourceOf(authorizationPolicy, "istio-system", "g", ofClass, "rules: [{}]") +
				deny("other"), accepted(),
		},
		{
			"a class of gateways holds for a waypoint that is shown", "orders/gateway:w",
			resourceOf(authorizationPolicy, "istio-system", "g", ofClass, "rules: []") +
				strings.ReplaceAll(gateway("orders", "istio-waypoint"), "{name: g", "{name: w"),
			denied,
		},
		{
			"and for no other gateway", "orders/gateway:g",
			resourceOf(authorizationPolicy, "istio-system", "all", ofClass, "rules: []") +
				resourceOf(authorizationPolicy, "orders", "g", ofG, anyRequest) +
				gateway("orders", "istio"), accepted(),
		},
		{
			"a class of another name holds for none", "orders/gateway:g",
			resourceOf(authorizationPolicy, "istio-system", "all",
				strings.ReplaceAll(ofClass, "istio-waypoint", "my-waypoint"), "rules: []") +
				resourceOf(authorizationPolicy, "orders", "g", ofG, anyRequest) +
				gateway("orders", "my-waypoint"), accepted(),
		},
		{
			"a class of gateways, from another one", "orders/gatewayclass:istio-waypoint",
			resourceOf(authorizationPolicy, "orders", "g", ofClass, "rules: [{}]") +
				deny("istio-system"), unknown,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			policies := policiesOf(t, rules.Options{API: test.api}, test.text)
			if got := short(rules.Evaluate(policies, requestOf(""))); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// In ambient mode no proxy of a workload's own reads tokens (docAmbient).
func TestInAmbientModeAWorkloadsPoliciesReadNoToken(t *testing.T) {
	t.Parallel()
	namespace := func(labels string) string {
		return "---\nkind: Namespace\napiVersion: v1\nmetadata: {name: orders, labels: {" +
			labels + "}}\n"
	}
	deployment := func(labels string) string {
		return "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: " +
			"orders}\nspec: {template: {metadata: {labels: {" + labels + "}}}}\n"
	}
	ambient, both := namespace(dataplane+": ambient"),
		namespace(dataplane+": ambient, istio-injection: enabled")
	stays := deployment(dataplane + ": none")
	injected := deployment("sidecar.istio.io/inject: 'true'")
	gateway := ofTenant() + "  targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, " +
		"name: w}]\n---\nkind: Gateway\napiVersion: gateway.networking.k8s.io/v1\n" +
		"metadata: {name: w, namespace: orders}\nspec: {gatewayClassName: istio-waypoint}\n"
	read, open := rejected(401, rules.Expiry), open(rules.NotModelled)
	for name, test := range map[string]struct {
		text string
		want decided
	}{
		"the namespace is":                {ofTenant() + ambient, open},
		"and its workloads are":           {ofTenant() + ambient + deployment("app: web"), open},
		"a waypoint reads tokens":         {gateway + ambient, read},
		"another namespace says nothing":  {ofTenant() + namespace("team: a"), read},
		"with sidecars these count":       {ofTenant() + both, read},
		"a pod may stay out":              {ofTenant() + ambient + stays, read},
		"or have a sidecar":               {ofTenant() + ambient + injected, read},
		"a pod may be in it by its label": {ofTenant() + deployment(dataplane+": ambient"), open},
	} {
		if got := short(answered(t, test.text, requestOf("exp=1"))); got != test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}
