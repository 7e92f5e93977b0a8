package envoygateway

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/testdata/requests"
)

// named are the instances of files, with the policy that counts in each.
func named(t *testing.T, options rules.Options, texts ...string) []string {
	t.Helper()
	c := configurationOf(t, options, "policies.yaml", strings.Join(texts, ""))
	var all []string
	for _, e := range c.Entries {
		i := e.(*instance)
		text := i.name + " " + i.policy.Name
		if i.merges() {
			text += "+" + i.outer.Name
		}
		if i.doubt != nil {
			text += "?"
		}
		all = append(all, text)
	}
	return all
}

func TestWhichPolicyCountsWhere(t *testing.T) {
	t.Parallel()
	onGateway := policyOn(gatewayKind, "public", jwt())
	gateway := resourceOf(gatewayKind, "public", "listeners: [{name: http}, {name: https}]")
	route := resourceOf(httpRoute, "api", "parentRefs: [{name: public}]")
	other := resourceOf(httpRoute, "web", "parentRefs: [{name: public}]")
	grpc := resourceOf(grpcRoute, "calls", "parentRefs: [{name: public, kind: Gateway}]")
	own := onRoute("cors: {}")
	merging := onRoute("mergeType: StrategicMerge", "cors: {}")
	selecting := func(kind, label string) string {
		return strings.Replace(policyOn(kind, "x", jwt()),
			"targetRefs: [{group: gateway.networking.k8s.io, kind: "+kind+", name: x}]",
			"targetSelectors: [{kind: "+kind+", matchLabels: {of: "+label+"}}]", 1)
	}
	wanting := func(expressions string) string {
		return strings.Replace(selecting(httpRoute, "web"), "matchLabels: {of: web}",
			"matchExpressions: ["+expressions+"]", 1)
	}
	onSection := func(kind, name, section string) string {
		return strings.NewReplacer("name: "+name+"}]", "name: "+name+", sectionName: "+section+
			"}]", "on-"+name, "on-"+section).Replace(policyOn(kind, name, jwt()))
	}
	ruled := resourceOf(httpRoute, "api",
		"parentRefs: [{name: public}], rules: [{name: one}, {name: two}]")
	listener := resourceOf(httpRoute, "api", "parentRefs: [{name: public, sectionName: https}]")
	ports := resourceOf(gatewayKind, "public",
		"listeners: [{name: http, port: 80}, {name: https, port: 443}]")
	letting := func(namespaces string) string {
		return resourceOf(gatewayKind, "public",
			"listeners: [{name: http, allowedRoutes: {namespaces: "+namespaces+"}}]")
	}
	from := func(namespace string) string {
		return strings.NewReplacer("namespace: orders", "namespace: "+namespace, "name: public",
			"name: public, namespace: orders").Replace(route)
	}
	unplaced := func(text string) string {
		return strings.Replace(text, ", namespace: orders", "", 1)
	}
	tests := []struct {
		name  string
		texts []string
		want  []string
	}{
		{"a policy alone", []string{own}, []string{"orders/api on-api"}},
		{"a Gateway's alone", []string{onGateway}, []string{"orders/gateway:public on-public"}},
		{"the routes of a Gateway", []string{onGateway, gateway, route, other, grpc}, []string{
			"orders/api on-public", "orders/web on-public", "orders/grpcroute:calls on-public",
		}},
		{"a route's replaces the Gateway's", []string{onGateway, own, route, other}, []string{
			"orders/api on-api", "orders/web on-public",
		}},
		{"or is merged", []string{onGateway, merging, route}, []string{
			"orders/api on-api+on-public",
		}},
		{"a merge without a Gateway", []string{merging, route}, []string{"orders/api on-api?"}},
		{"a merge with a Gateway that has no policy", []string{merging, route, gateway}, []string{
			"orders/api on-api",
		}},
		{"a merge without its route", []string{merging}, []string{"orders/api on-api?"}},
		{"a policy twice, alike", []string{own, own}, []string{"orders/api on-api"}},
		{"a policy twice, and not alike", []string{own, onRoute("cors: {}", jwt())}, []string{
			"orders/api on-api?",
		}},
		{"a Gateway's policy twice", []string{
			onGateway, policyOn(gatewayKind, "public", "cors: {}"), merging, route, other,
		}, []string{"orders/api on-api?", "orders/web on-public?"}},
		{"a route of another Gateway", []string{onGateway, resourceOf(httpRoute, "api",
			"parentRefs: [{name: other}]")}, []string{"orders/gateway:public on-public"}},
		{"a Gateway of another namespace", []string{onGateway, resourceOf(httpRoute, "api",
			"parentRefs: [{name: public, namespace: infra}]")}, []string{
			"orders/gateway:public on-public",
		}},
		{"a selector", []string{selecting(httpRoute, "web"), route, other}, []string{
			"orders/web on-x",
		}},
		{"a selector by expressions", []string{
			wanting("{key: of, operator: In, values: [web, x]}, " +
				"{key: without, operator: DoesNotExist}"),
			route, other,
		}, []string{"orders/web on-x"}},
		{"and by what a label must not be", []string{
			wanting("{key: of, operator: NotIn, values: [web]}, {key: of, operator: Exists}"),
			route, other,
		}, []string{"orders/api on-x"}},
		{"by expressions that fit nothing", []string{
			wanting("{key: of, operator: NotIn, values: [web, api]}"), route, other,
		}, []string{"orders/of notin (web,api) on-x"}},
		{"an expression that can't be read", []string{
			wanting(`{key: of, operator: "{{ .op }}"}`), route,
		}, []string{"orders/api on-x?"}},
		{"a selector that selects nothing", []string{selecting(httpRoute, "x"), route}, []string{
			"orders/of=x on-x",
		}},
		{
			"a selector of Gateways",
			[]string{selecting(gatewayKind, "public"), gateway, route},
			[]string{"orders/api on-x"},
		},
		{"a selector of Gateways without routes", []string{
			selecting(gatewayKind, "public"), gateway,
		}, []string{"orders/gateway:public on-x"}},
		{
			"no target",
			[]string{strings.Replace(own, "targetRefs: [", "x: [", 1)},
			[]string{"orders/on-api on-api?"},
		},
		{
			"an unknown target",
			[]string{policyOn("Service", "x", jwt())},
			[]string{"orders/on-x on-x?"},
		},
		{
			"a TCPRoute",
			[]string{policyOn(tcpRoute, "x", jwt())},
			[]string{"orders/tcproute:x on-x?"},
		},
		{"a ListenerSet", []string{onGateway, resourceOf(listenerSet, "set",
			"parentRef: {name: public}"), resourceOf(httpRoute, "api",
			"parentRefs: [{name: set, kind: ListenerSet}]")}, []string{"orders/api on-public"}},
		{
			"a ListenerSet of its own",
			[]string{
				onGateway, policyOn(listenerSet, "set", jwt()),
				resourceOf(listenerSet, "set", "parentRef: {name: public}"),
				resourceOf(httpRoute, "api", "parentRefs: [{name: set, kind: ListenerSet}]"),
			},
			[]string{"orders/api on-set"},
		},
		{"two on one target", []string{own, strings.Replace(own, "on-api", "second", 1)}, []string{
			"orders/api on-api?",
		}},
		{
			"a rule of a route",
			[]string{onGateway, onSection(httpRoute, "api", "one"), ruled},
			[]string{"orders/api/one on-one", "orders/api on-public"},
		},
		{"all rules of a route", []string{
			onSection(httpRoute, "api", "one"),
			onSection(httpRoute, "api", "two"), ruled,
		}, []string{
			"orders/api/one on-one", "orders/api/two on-two",
		}},
		{"a listener that the route names", []string{
			onGateway,
			onSection(gatewayKind, "public", "https"), gateway, listener,
		}, []string{
			"orders/api on-https", "orders/gateway:public on-public",
		}},
		{"a listener beside others", []string{
			onGateway,
			onSection(gatewayKind, "public", "https"), gateway, route,
		}, []string{
			"orders/api on-public", "orders/api@orders/gateway:public/https on-https",
		}},
		{
			"a rule that the route does not have",
			[]string{onSection(httpRoute, "api", "three"), ruled},
			[]string{"orders/on-three on-three?"},
		},
		{
			"a rule that the route does not have, beside the route",
			[]string{onSection(httpRoute, "api", "three"), own, ruled},
			[]string{"orders/api on-api", "orders/on-three on-three?"},
		},
		{
			"a listener that the Gateway does not have",
			[]string{onSection(gatewayKind, "public", "tls"), gateway, route},
			[]string{"orders/on-tls on-tls?"},
		},
		{
			"a listener of a Gateway that is not shown",
			[]string{onSection(gatewayKind, "public", "tls"), route},
			[]string{"orders/api on-tls"},
		},
		{
			"listeners that all have a policy, beside the Gateway's",
			[]string{
				onGateway, onSection(gatewayKind, "public", "http"),
				onSection(gatewayKind, "public", "https"), gateway, route,
			},
			[]string{
				"orders/api on-http", "orders/api@orders/gateway:public/https on-https",
				"orders/gateway:public on-public",
			},
		},
		{
			"a port that one listener has",
			[]string{
				onSection(gatewayKind, "public", "http"),
				onSection(gatewayKind, "public", "https"), ports,
				strings.Replace(route, "name: public", "name: public, port: 443", 1),
			},
			[]string{"orders/api on-https", "orders/gateway:public/http on-http"},
		},
		{
			"a port of a Gateway that is not shown",
			[]string{
				onSection(gatewayKind, "public", "https"),
				strings.Replace(route, "name: public", "name: public, port: 443", 1),
			},
			[]string{"orders/api on-https?"},
		},
		{
			"a listener for routes of its own namespace",
			[]string{
				onGateway, gateway, from("web"),
			},
			[]string{"web/api on-public?"},
		},
		{
			"a listener for routes of all namespaces",
			[]string{
				onGateway, letting("{from: All}"), from("web"),
			},
			[]string{"web/api on-public"},
		},
		{
			"a listener for routes of namespaces with a label",
			[]string{
				onGateway, letting("{from: Selector, selector: {}}"), from("web"),
			},
			[]string{"web/api on-public"},
		},
		{
			"a route that names a resource of another API",
			[]string{
				onGateway, strings.Replace(route, "name: public", "name: public, group: x.io", 1),
			},
			[]string{"orders/gateway:public on-public"},
		},
		{
			"a route of a host that no listener has",
			[]string{
				own, resourceOf(gatewayKind, "public", "listeners: [{name: a, hostname: "+
					"a.example}, {name: b, hostname: '*.b.example'}]"),
				strings.Replace(route, "parentRefs", "hostnames: [b.example], parentRefs", 1),
			},
			[]string{"orders/api on-api?"},
		},
		{
			"a route of a host that one has",
			[]string{
				own, resourceOf(gatewayKind, "public", "listeners: [{name: a, hostname: "+
					"A.b.example}, {name: b, hostname: '*.b.example'}]"),
				strings.Replace(route, "parentRefs", "hostnames: ['*.example'], parentRefs", 1),
			},
			[]string{"orders/api on-api"},
		},
		{
			"a route twice, alike",
			[]string{onGateway, route, route},
			[]string{"orders/api on-public"},
		},
		{
			"a route twice, and not alike",
			[]string{onGateway, route, strings.Replace(route,
				"parentRefs", "hostnames: [a.example], parentRefs", 1)},
			[]string{"orders/api on-public?"},
		},
		{
			"a Gateway twice, and not alike",
			[]string{onGateway, gateway, ports, route, own},
			[]string{"orders/api on-api"},
		},
		{
			"a Gateway twice, whose policy counts",
			[]string{onGateway, gateway, ports, other},
			[]string{"orders/web on-public?"},
		},
		{
			"two routes of one name, with other labels",
			[]string{
				selecting(httpRoute, "web"), other, strings.Replace(other, "of: web", "of: x", 1),
			},
			[]string{"orders/web on-x?", "orders/of=web on-x"},
		},
		{
			"a policy without a namespace",
			[]string{unplaced(own), route},
			[]string{"orders/api on-api?", "api on-api"},
		},
		{
			"a route without a namespace",
			[]string{own, unplaced(route)},
			[]string{"api on-api?", "orders/api on-api"},
		},
		{
			"a Gateway's policy, and a route without a namespace",
			[]string{
				onGateway, unplaced(route),
			},
			[]string{"api on-public?", "orders/gateway:public on-public"},
		},
		{
			"no namespace at all",
			[]string{
				unplaced(onGateway), unplaced(gateway), unplaced(route),
			},
			[]string{"api on-public"},
		},
		{
			"a rule of a route without a namespace, named as a route of one",
			[]string{
				unplaced(onSection(httpRoute, "orders", "api")), own,
			},
			[]string{"orders/api on-api", "httproute:orders/api on-api"},
		},
		{
			"a set of listeners that is not modelled",
			[]string{onGateway, gateway, resourceOf(
				httpRoute, "api", "parentRefs: [{name: set, kind: XListenerSet, group: x-k8s.io}]",
			)},
			[]string{"orders/api on-public?", "orders/gateway:public on-public"},
		},
		{
			"a parent of another kind, and a policy of the route's own",
			[]string{own, resourceOf(
				httpRoute, "api", "parentRefs: [{name: web, kind: Service, group: ''}]",
			)},
			[]string{"orders/api on-api?"},
		},
		{
			"a parent of another kind, and a Gateway's policy",
			[]string{onGateway, resourceOf(
				httpRoute, "api", "parentRefs: [{name: web, kind: Service}]",
			)},
			[]string{"orders/gateway:public on-public"},
		},
		{
			"a target without a kind",
			[]string{strings.Replace(own, "kind: HTTPRoute, ", "", 1)},
			[]string{"orders/on-api on-api?"},
		},
		{
			"a target that can't be read",
			[]string{strings.Replace(own, "name: api}", "x: z}", 1)},
			[]string{"orders/on-api on-api?"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := named(t, rules.Options{Runtime: "1.9"}, test.texts...)
			if !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
			slices.Reverse(test.texts)
			got = named(t, rules.Options{Runtime: "1.9"}, test.texts...)
			slices.Sort(got)
			slices.Sort(test.want)
			if test.name != "two on one target" && !slices.Equal(got, test.want) {
				t.Errorf("in the other order: got %q, want %q", got, test.want)
			}
		})
	}
}

// Without a version it is not known whether policies are merged; an old one replaces.
func TestMergingDependsOnTheVersion(t *testing.T) {
	t.Parallel()
	texts := []string{
		policyOn(gatewayKind, "public", jwt()), onRoute("mergeType: JSONMerge", "cors: {}"),
		resourceOf(httpRoute, "api", "parentRefs: [{name: public}]"),
	}
	for version, want := range map[string]string{
		"1.7.4": "orders/api on-api", "1.8.0": "orders/api on-api+on-public",
		"": "orders/api on-api?",
	} {
		got := named(t, rules.Options{Runtime: version}, texts...)
		if !slices.Equal(got, []string{want}) {
			t.Errorf("%q: got %q, want %q", version, got, want)
		}
	}
}

// Of two policies on one target the older one counts.
func TestTheOlderPolicyCounts(t *testing.T) {
	t.Parallel()
	dated := func(name, created string) string {
		return strings.Replace(onRoute("cors: {}"), "name: on-api",
			"name: "+name+", creationTimestamp: '"+created+"'", 1)
	}
	got := named(t, rules.Options{}, dated("new", "2026-02-01T00:00:00Z"),
		dated("old", "2026-01-01T00:00:00Z"))
	if want := []string{"orders/api old"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A name that stands for no instance is an error that lists those there are.
func TestInstancesAreChosenByName(t *testing.T) {
	t.Parallel()
	text := policyOn(gatewayKind, "public", jwt()) +
		resourceOf(httpRoute, "api", "parentRefs: [{name: public}]")
	for _, name := range []string{"orders/api", "orders/gateway:public"} {
		if got := named(t, rules.Options{API: name}, text); len(got) != 1 ||
			!strings.HasPrefix(got[0], name+" ") {
			t.Errorf("%s: got %q", name, got)
		}
	}
	_, err := read(requests.Files(t, "policies.yaml", text), rules.Options{API: "orders/x"})
	if err == nil || !strings.Contains(err.Error(), "no route orders/x") {
		t.Errorf("got %v", err)
	}
}

// A merged policy has the parts of both: lists of the route's replace those of the Gateway's.
func TestMergedPolicies(t *testing.T) {
	t.Parallel()
	gateway := policyOn(gatewayKind, "public", jwt(), authorization("", ruleOf("Allow",
		claim("azp", "", "x"))))
	route := resourceOf(httpRoute, "api", "parentRefs: [{name: public}]")
	for _, test := range []struct {
		name, own string
		want      decided
	}{
		{"CORS alone", onRoute("mergeType: JSONMerge", "cors: {}"), rejected(403,
			rules.CustomClaim)},
		{"CORS alone, and no merge", onRoute("cors: {}"), accepted()},
		{"null", onRoute("mergeType: JSONMerge", "authorization: null"), rejected(403,
			rules.CustomClaim)},
		{"another default", onRoute("mergeType: JSONMerge",
			"authorization: {defaultAction: Allow}"), accepted()},
		{"rules of its own", onRoute("mergeType: StrategicMerge", jwt(), authorization("",
			ruleOf("Allow", claim("azp", "", client)))), accepted()},
		{"a rule about the Gateway's provider", onRoute("mergeType: JSONMerge", authorization("",
			ruleOf("Allow", claim("azp", "", client)))), open(rules.NotModelled)},
		{"no rules", onRoute("mergeType: JSONMerge", authorization("Allow")), accepted()},
		{
			"no rules of its own", onRoute("mergeType: JSONMerge", authorization("")),
			rejected(403, rules.CustomClaim),
		},
	} {
		policies := policiesOf(t, rules.Options{Runtime: "1.9"}, gateway+test.own+route)
		if got := short(rules.Evaluate(policies, requestOf(""))); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

// Of the route's authorization without a defaultAction, that of the Gateway's does not count: the
// merge takes it away.
func TestTheDefaultActionOfAnOuterPolicy(t *testing.T) {
	t.Parallel()
	outer := policyOn(gatewayKind, "public", jwt(), authorization("Allow"))
	route := resourceOf(httpRoute, "api", "parentRefs: [{name: public}]")
	for own, want := range map[string]decided{
		"cors: {}": accepted(),
		authorization("", ruleOf("Deny", claim("azp", "", "x"))): rejected(403,
			rules.Authorization),
		authorization("Allow", ruleOf("Deny", claim("azp", "", "x"))): accepted(),
	} {
		text := outer + onRoute("mergeType: StrategicMerge", jwt(), own) + route
		policies := policiesOf(t, rules.Options{Runtime: "1.9"}, text)
		if got := short(rules.Evaluate(policies, requestOf(""))); got != want {
			t.Errorf("%s: got %v, want %v", own, got, want)
		}
	}
}

// What the API server refuses of the Gateway's policy is not in the cluster, even where the
// route's has the part anew: what is merged then is an earlier version, or none.
func TestARouteIsNotMergedWithARefusedPolicy(t *testing.T) {
	t.Parallel()
	gateway := policyOn(gatewayKind, "public", jwt(), "authorization: {defaultAction: Perhaps}")
	named := policyOn(gatewayKind, "public", jwt())
	nameless := strings.Replace(named, "name: on-public, ", "", 1)
	route := resourceOf(httpRoute, "api", "parentRefs: [{name: public}]")
	own := jwt() + "\n  authorization: {defaultAction: Allow}"
	merging := onRoute("mergeType: JSONMerge", own)
	for _, test := range []struct {
		name, outer, own string
		want             decided
	}{
		{"merged", gateway, merging, open(rules.NotModelled)},
		{"replaced", gateway, onRoute(own), accepted()},
		{"without a name", nameless, merging, open(rules.NotModelled)},
		{"with a name", named, merging, accepted()},
	} {
		policies := policiesOf(t, rules.Options{Runtime: "1.9"}, test.outer+test.own+route)
		if got := short(rules.Evaluate(policies, requestOf(""))); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

// A request that the route does not take gets 404, and not what the policy says.
func TestRoutesTakeRequests(t *testing.T) {
	t.Parallel()
	route := func(spec string) string {
		return onRoute(jwt()) + resourceOf(httpRoute, "api", spec)
	}
	none := rejected(404, rules.Conditional)
	for _, test := range []struct {
		name, spec string
		want       decided
	}{
		{"no rules", "parentRefs: []", accepted()},
		{"its path", "rules: [{matches: [{path: {value: /orders}}]}]", accepted()},
		{"another path", "rules: [{matches: [{path: {value: /x}}]}]", none},
		{
			"one of two rules", "rules: [{matches: [{path: {value: /x}}]}, " +
				"{matches: [{method: GET}]}]",
			accepted(),
		},
		{"another method", "rules: [{matches: [{method: PUT}]}]", none},
		{"a rule without matches", "rules: [{matches: [{method: PUT}]}, {}]", accepted()},
		{"a host that is not known", "hostnames: [orders.example]", accepted()},
	} {
		if got := short(answered(t, route(test.spec), requestOf(""))); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
	unknown := requestOf("")
	unknown.Method, unknown.Path = "", ""
	text := route("rules: [{matches: [{path: {value: /x}, method: PUT}]}]")
	if got := short(answered(t, text, unknown)); got != accepted() {
		t.Errorf("of an unknown path: got %v", got)
	}
}
