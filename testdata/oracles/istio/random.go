package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// The random policies: the seed gives the same files in each run.
const (
	randomSeed  = 19
	randomCount = 40
)

// The parties of the tokens that the tests ask with.
const (
	tenant = "5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11"
	other  = "11111111-2222-3333-4444-555555555555"
	api    = "9b1c6d52-7d1f-4f0c-8e0e-6a5d3c2b1a09"
	client = "6f0e1c2a-8d4b-4c7e-9a53-2b1d0e9f8ac3"
	v2     = "https://login.microsoftonline.com/" + tenant + "/v2.0"
	v1     = "https://sts.windows.net/" + tenant + "/"
	user   = "l3_roISQU222bULS9yi2k0XpqpOiMz5H3ZA"
)

// randomPolicies are files in which several things are asked for at once, by their names.
func randomPolicies() map[string]string {
	all := map[string]string{}
	for n := range randomCount {
		d := dice{rand.New(rand.NewPCG(randomSeed, uint64(n)))}
		var text strings.Builder
		text.WriteString("# workload: orders/app=orders\n# workload: orders/app=other\n")
		for i := range 1 + d.IntN(2) {
			text.WriteString(d.authentication(i))
		}
		for i := range 1 + d.IntN(3) {
			text.WriteString(d.authorization(i))
		}
		all[fmt.Sprintf("random-%02d", n)] = text.String()
	}
	return all
}

type dice struct{ *rand.Rand }

func (d dice) one(of ...string) string { return of[d.IntN(len(of))] }

func (d dice) oneIn(n int) bool { return d.IntN(n) == 0 }

// some are a few of some texts, as a list in YAML.
func (d dice) some(of []string) string {
	var all []string
	for range 1 + d.IntN(3) {
		all = append(all, fmt.Sprintf("%q", d.one(of...)))
	}
	return "[" + strings.Join(all, ", ") + "]"
}

func (d dice) selector() string {
	return d.one("", "", "  selector: {matchLabels: {app: orders}}\n",
		"  selector: {matchLabels: {app: other}}\n")
}

func (d dice) namespace() string { return d.one("orders", "orders", "orders", "istio-system") }

func (d dice) authentication(i int) string {
	text := fmt.Sprintf(`---
apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: tokens-%d, namespace: %s}
spec:
%s  jwtRules:
`, i, d.namespace(), d.selector())
	for range 1 + d.IntN(2) {
		text += fmt.Sprintf("  - issuer: %q\n", d.one(v2, v2, v2, v1, v2+"/", strings.ToUpper(v2)))
		if d.oneIn(2) {
			text += "    audiences: " + d.some([]string{api, api, "api://orders-uat", "x"}) + "\n"
		}
		if d.oneIn(3) {
			text += "    spaceDelimitedClaims: " + d.some([]string{"scp", "roles", "name"}) + "\n"
		}
		if d.oneIn(6) {
			text += "    fromHeaders: [{name: Authorization, prefix: " +
				d.one(`"Bearer "`, `""`, "Token") + "}]\n"
		}
	}
	return text
}

func (d dice) authorization(i int) string {
	action := d.one("ALLOW", "ALLOW", "ALLOW", "DENY", "DENY", "AUDIT")
	annotation := ""
	if d.oneIn(10) {
		annotation = fmt.Sprintf(", annotations: {istio.io/dry-run: %q}", d.one("true", "false"))
	}
	text := fmt.Sprintf(`---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: callers-%d, namespace: %s%s}
spec:
%s  action: %s
`, i, d.namespace(), annotation, d.selector(), action)
	if action == "ALLOW" && d.oneIn(12) {
		return text
	}
	text += "  rules:\n"
	for range 1 + d.IntN(3) {
		text += "  - " + d.rule() + "\n"
	}
	return text
}

func (d dice) rule() string {
	var parts []string
	add := func(name string, make func() string) {
		var all []string
		for range 1 + d.IntN(2) {
			all = append(all, make())
		}
		parts = append(parts, name+": ["+strings.Join(all, ", ")+"]")
	}
	if d.oneIn(2) {
		add("from", d.from)
	}
	if d.oneIn(3) {
		add("to", d.to)
	}
	if d.oneIn(2) || len(parts) == 0 {
		add("when", d.when)
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func (d dice) from() string {
	name := d.one("requestPrincipals", "requestPrincipals", "notRequestPrincipals")
	fields := []string{name + ": " + d.some(principals())}
	if d.oneIn(12) {
		fields = append(fields, d.one("namespaces", "notNamespaces")+": [shop]")
	}
	return "{source: {" + strings.Join(fields, ", ") + "}}"
}

func principals() []string {
	return []string{
		"*", "*", v2 + "/*", v2 + "/" + user, v2 + "/l3_*", v2 + "/", "*/" + user, "*v2.0/" + user,
		"*" + user, "*H3ZA", "https://login*", v2, v1 + "/*", v1 + "*", user, "*/*", "*/l3_*",
		"https://login.microsoftonline.com/*", "https://*/v2.0/" + user,
	}
}

func (d dice) to() string {
	switch d.IntN(4) {
	case 0:
		return "{operation: {" + d.one("methods", "notMethods") + ": " +
			d.some([]string{"GET", "POST", "P*", "*", "get"}) + "}}"
	case 1:
		return "{operation: {" + d.one("hosts", "notHosts") + ": " +
			d.some([]string{"orders.example", "ORDERS.example", "*.example", "orders*", "*"}) + "}}"
	case 2:
		return "{operation: {methods: [GET, POST], paths: " +
			d.some([]string{"/orders*", "/orders", "/orders/{*}", "*/7"}) + "}}"
	}
	return "{operation: {" + d.one("paths", "notPaths") + ": " + d.some([]string{
		"/orders", "/orders/*", "/orders*", "*/7", "/{*}/7", "/{**}", "/orders/{**}", "/", "*",
		"/orders?page=1", "/Orders",
	}) + "}}"
}

func (d dice) when() string {
	values := func(key string, of ...string) string {
		text := fmt.Sprintf("{key: %q", key)
		has := false
		if d.oneIn(4) {
			text, has = text+", notValues: "+d.some(of), true
		}
		if !has || d.oneIn(4) {
			text += ", values: " + d.some(of)
		}
		return text + "}"
	}
	switch d.IntN(11) {
	case 0, 1:
		return values("request.auth.claims[scp]",
			"orders.read", "profile", "orders.*", "*file", "orders.read profile", "*", "o*d")
	case 2:
		return values("request.auth.claims[roles]", "Orders.Read", "Orders.*", "*", "orders.read")
	case 3:
		return values("request.auth.claims[scope]", "orders.read", "pro*", "*")
	case 4:
		return values("request.auth.claims["+d.one("iss", "sub", "tid", "ver", "azp", "oid")+"]",
			v2, v1, user, tenant, "2.0", client, "*", "*v2.0")
	case 5:
		return values("request.auth.audiences", api, "api://orders-uat", "*", "x", api[:8]+"*")
	case 6:
		return values("request.auth.presenter", client, "*", client[:8]+"*", other)
	case 7:
		return values("request.auth.principal", principals()...)
	case 8:
		return values("request.headers["+d.one("x-team", "X-Team", "x-none", ":method")+"]",
			"blue", "b*", "*ue", "*", "GET")
	case 9:
		return values("request.auth.claims["+d.one("exp", "x", "name][first", "aud")+"]",
			"*", "Ada", api, "1*")
	}
	return values("request.auth.claims[name]", "Ada", "*", "A*", "*a")
}
