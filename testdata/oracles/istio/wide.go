package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// The wide policies: fewer things fit together in them than in the random ones, and all fields and
// all kinds of targets are in them.
const (
	wideSeed  = 23
	wideCount = 24
)

// widePolicies are files in which any field may be asked for, by their names.
func widePolicies() map[string]string {
	all := map[string]string{}
	for n := range wideCount {
		d := dice{rand.New(rand.NewPCG(wideSeed, uint64(n)))}
		text := `# workload: orders/app=orders
# workload: orders/app=other,version=v2
# workload: orders/gateway:edge
# workload: orders/gateway:mesh
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: orders}
spec: {gatewayClassName: istio, listeners: [{name: http, port: 80, protocol: HTTP}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: mesh, namespace: orders}
spec: {gatewayClassName: istio-waypoint, listeners: [{name: mesh, port: 15008, protocol: HBONE}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: edge-istio, namespace: orders}
spec: {template: {metadata: {labels: {gateway.networking.k8s.io/gateway-name: edge}}}}
`
		for i := range 1 + d.IntN(2) {
			text += d.wideAuthentication(i)
		}
		for i := range d.IntN(4) {
			text += d.wideAuthorization(i)
		}
		all[fmt.Sprintf("wide-%02d", n)] = text
	}
	return all
}

// where is the namespace of a policy, and what it selects there.
func (d dice) where() (namespace, selects string) {
	namespace = d.namespace()
	selects = d.one("", "", "selector: {matchLabels: {app: orders}}",
		"selector: {matchLabels: {app: other, version: v2}}", "selector: {}",
		"selector: {matchLabels: {gateway.networking.k8s.io/gateway-name: edge}}",
		"targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: edge}]",
		"targetRef: {group: gateway.networking.k8s.io, kind: Gateway, name: mesh}",
		`targetRefs: [{group: "", kind: Service, name: orders}, `+
			`{group: gateway.networking.k8s.io, kind: Gateway, name: edge}]`)
	if namespace == "istio-system" && d.oneIn(4) {
		selects = "targetRefs: [{group: gateway.networking.k8s.io, kind: GatewayClass, " +
			"name: istio-waypoint}]"
	}
	if selects != "" {
		selects = "  " + selects + "\n"
	}
	return namespace, selects
}

func (d dice) wideAuthentication(i int) string {
	namespace, selects := d.where()
	text := fmt.Sprintf(`---
apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: tokens-%d, namespace: %s}
spec:
%s  jwtRules:
`, i, namespace, selects)
	for range 1 + d.IntN(3) {
		text += "  - {" + strings.Join(d.jwtRule(), ", ") + "}\n"
	}
	return text
}

// jwtRule is the fields of a JWT rule.
func (d dice) jwtRule() []string {
	fields := []string{fmt.Sprintf("issuer: %q", d.one(v2, v2, v2, v1, v2+"/"))}
	add := func(rarely int, of ...string) {
		if d.oneIn(rarely) {
			fields = append(fields, d.one(of...))
		}
	}
	add(3, "audiences: "+d.some([]string{api, "api://orders-uat", "x", "https://" + api, api + "/"}))
	add(3, `fromHeaders: [{name: x-token}]`, `fromHeaders: [{name: X-Token, prefix: "Token "}]`,
		`fromHeaders: [{name: Authorization, prefix: "Bearer "}, {name: x-token}]`,
		`fromHeaders: [{name: Authorization, prefix: "JWT "}]`,
		`fromHeaders: [{name: x-token, prefix: "Token "}, {name: x-token, prefix: "JWT="}]`)
	add(6, `fromParams: [token]`, `fromParams: [access_token, token]`)
	add(6, `fromCookies: [session]`, `fromCookies: [session, other]`)
	add(4, "spaceDelimitedClaims: "+d.some([]string{"scp", "roles", "name", "aud", "a.b"}))
	add(8, `outputClaimToHeaders: [{header: x-team, claim: name}]`,
		`outputClaimToHeaders: [{header: X-Other, claim: tid}]`)
	add(8, `forwardOriginalToken: true`, `forwardOriginalToken: false`)
	add(8, `outputPayloadToHeader: x-payload`, `outputPayloadToHeader: X-Team`)
	add(8, `timeout: 3s`)
	return fields
}

func (d dice) wideAuthorization(i int) string {
	namespace, selects := d.where()
	action := d.one("action: ALLOW", "action: ALLOW", "", "action: DENY", "action: DENY",
		"action: AUDIT", "action: CUSTOM, provider: {name: opa}")
	annotation := ""
	if d.oneIn(12) {
		annotation = fmt.Sprintf(", annotations: {istio.io/dry-run: %q}",
			d.one("true", "false", "True", "1", "no"))
	}
	text := fmt.Sprintf(`---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: callers-%d, namespace: %s%s}
spec:
%s`, i, namespace, annotation, selects)
	for field := range strings.SplitSeq(action, ", ") {
		if field != "" {
			text += "  " + field + "\n"
		}
	}
	switch {
	case !strings.Contains(action, "DENY") && d.oneIn(10):
		return text + d.one("  rules: []\n", "")
	case d.oneIn(12):
		return text + "  rules: [{}]\n"
	}
	text += "  rules:\n"
	for range 1 + d.IntN(3) {
		text += "  - " + d.wideRule() + "\n"
	}
	return text
}

func (d dice) wideRule() string {
	var parts []string
	add := func(name string, make func() string) {
		var all []string
		for range 1 + d.IntN(2) {
			all = append(all, make())
		}
		parts = append(parts, name+": ["+strings.Join(all, ", ")+"]")
	}
	if d.oneIn(2) {
		add("from", d.wideFrom)
	}
	if d.oneIn(2) {
		add("to", d.wideTo)
	}
	if d.oneIn(2) || len(parts) == 0 {
		add("when", d.wideWhen)
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// fieldsOf are a few fields, each with a few of its values, and some with a "not" before it.
func (d dice) fieldsOf(all map[string][]string, names ...string) string {
	var fields []string
	used := map[string]bool{}
	for range 1 + d.IntN(2) {
		name := d.one(names...)
		field := name
		if d.oneIn(3) {
			field = "not" + strings.ToUpper(name[:1]) + name[1:]
		}
		if used[field] {
			continue
		}
		used[field] = true
		fields = append(fields, field+": "+d.some(all[name]))
	}
	return strings.Join(fields, ", ")
}

func (d dice) wideFrom() string {
	return "{source: {" + d.fieldsOf(map[string][]string{
		"requestPrincipals": append(principals(), "*/*/*", "**", "/*", "*//"+user, v2+"/**"),
		"principals":        {"cluster.local/ns/shop/sa/web", "*", "*/sa/web"},
		"namespaces":        {"shop", "sh*"},
		"ipBlocks":          {"10.0.0.0/8", "10.1.2.3"},
		"remoteIpBlocks":    {"10.0.0.0/8", "::1"},
	}, "requestPrincipals", "requestPrincipals", "requestPrincipals", "principals", "namespaces",
		"ipBlocks", "remoteIpBlocks") + "}}"
}

func (d dice) wideTo() string {
	return "{operation: {" + d.fieldsOf(map[string][]string{
		"methods": {"GET", "POST", "P*", "*", "get", "*T", "OPTIONS"},
		"hosts": {
			"orders.example", "ORDERS.example", "*.example", "orders*", "*", "orders.example:8443",
			"orders.example:*", "*.EXAMPLE", "*:8443",
		},
		"paths": {
			"/orders", "/orders/*", "/orders*", "*/7", "/{*}/7", "/{**}", "/orders/{**}", "/", "*",
			"/Orders", "/admin", "/admin*", "/orders/7", "/{*}", "/orders/{*}/lines", "/{*}/{**}",
			"*7", "**", "/o*rders", "/orders/",
		},
		"ports": {"80", "8443"},
	}, "methods", "hosts", "paths", "paths", "paths", "ports") + "}}"
}

func (d dice) wideWhen() string {
	keys := map[string][]string{
		"request.auth.claims[scp]":        {"orders.read", "profile", "orders.*", "*", "*.read"},
		"request.auth.claims[name][x]":    {"Ada", "*"},
		"request.auth.claims[x][y]":       {"deep", "d*", "*"},
		"request.auth.claims[x]":          {"deep", "*"},
		"request.auth.claims[a.b]":        {"c", "*"},
		"request.auth.claims[groups]":     {"orders-team", "orders*", "*", "*team"},
		"request.auth.claims[roles]":      {"Orders.Read", "Orders.*", "*", "*"},
		"request.auth.claims[iat]":        {"1*", "*"},
		"request.auth.claims[sub]":        {user, "l3_*", "*"},
		"request.auth.audiences":          {api, "api://orders-uat", "*", "api:*", "*" + api[20:]},
		"request.auth.presenter":          {client, "*", other, client[:8] + "*"},
		"request.auth.principal":          principals(),
		"request.headers[x-team]":         {"blue", "b*", "*ue", "*", "red"},
		"request.headers[X-Payload]":      {"*", "x"},
		"request.headers[Authorization]":  {"*", "Bearer*"},
		"request.headers[x-token]":        {"*", "Token*"},
		"request.headers[:authority]":     {"orders.example", "*.example"},
		"request.headers[host]":           {"orders.example", "*.example"},
		"request.headers[x-other]":        {"*", tenant},
		"source.ip":                       {"10.0.0.0/8"},
		"remote.ip":                       {"10.0.0.0/8"},
		"source.namespace":                {"shop"},
		"source.principal":                {"*"},
		"destination.ip":                  {"10.0.0.1"},
		"destination.port":                {"80", "8443"},
		"connection.sni":                  {"orders.example", "*"},
		"experimental.envoy.filters.x[a]": {"*", "[b]"},
	}
	names := []string{}
	for name := range keys {
		names = append(names, name)
	}
	slices.Sort(names)
	key := d.one(names...)
	text := fmt.Sprintf("{key: %q", key)
	has := false
	if d.oneIn(4) {
		text, has = text+", notValues: "+d.some(keys[key]), true
	}
	if !has || d.oneIn(4) {
		text += ", values: " + d.some(keys[key])
	}
	return text + "}"
}
