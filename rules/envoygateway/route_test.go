package envoygateway

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// A route takes the requests that one of its matches fits as a whole. What is not known of a
// request, or of a match, keeps nothing out: the request is asked about this route.
func TestWhichRequestsARouteTakes(t *testing.T) {
	t.Parallel()
	const (
		header = "headers: [{name: X-Tenant, value: acme}]"
		query  = "queryParams: [{name: tenant, value: acme}]"
		either = "headers: [{name: x-tenant, type: RegularExpression, value: 'a.*|b'}]"
	)
	elsewhere := rejected(404, rules.Conditional)
	tests := []struct {
		name, match string
		tenant      string // in the header
		query       string
		want        decided
	}{
		{"a header", header, "acme", "", accepted()},
		{"another value", header, "other", "", elsewhere},
		{"no such header", header, "", "", elsewhere},
		{"an expression", either, "acme", "", accepted()},
		{"an expression that is not all of it", either, "bb", "", elsewhere},
		{"a parameter", query, "", "acme", accepted()},
		{"another parameter", query, "", "other", elsewhere},
		{"no such parameter", query, "", "", elsewhere},
		{"both", header + ", " + query, "acme", "acme", accepted()},
		{"one of two", header + ", " + query, "acme", "", elsewhere},
		{
			"of a name twice the first counts",
			"headers: [{name: x-tenant, value: acme}, {name: X-Tenant, value: b}]", "acme", "",
			accepted(),
		},
		{"a method", "method: POST", "", "", elsewhere},
		{"a method and a header", "method: GET, " + header, "acme", "", accepted()},
		{"another alternative", header + "}, {method: GET", "", "", accepted()},
		{
			"what a deployment fills in", `headers: [{name: x-tenant, value: "{{ .x }}"}]`, "", "",
			accepted(),
		},
		{"a method that a deployment fills in", `method: "{{ .x }}"`, "", "", accepted()},
		{
			"a kind of match that nobody knows",
			"headers: [{name: x-tenant, type: Odd, value: acme}]", "", "", accepted(),
		},
		{
			"an exact path and its parameters", "path: {type: Exact, value: /orders}", "", "",
			accepted(),
		},
		{"a path that goes on", "path: {type: Exact, value: /order}", "", "", elsewhere},
	}
	for _, test := range tests {
		text := onRoute(jwt()) + resourceOf(httpRoute, "api",
			"rules: [{matches: [{"+test.match+"}]}]")
		r := requestOf("")
		if test.tenant != "" {
			r.Headers = map[string]string{"X-Tenant": test.tenant}
		}
		if test.query != "" {
			r.Query = map[string]string{"tenant": test.query}
		}
		if got := short(answered(t, text, r)); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

// The proxy looks for a route by the host without its port, and by the normalized path.
func TestAHostWithAPortAndAnOddPath(t *testing.T) {
	t.Parallel()
	text := onRoute(jwt()) + resourceOf(httpRoute, "api",
		"hostnames: [orders.example, '*.api.example'], "+
			"rules: [{matches: [{path: {type: PathPrefix, value: /orders}}]}]")
	elsewhere := rejected(404, rules.Conditional)
	for _, test := range []struct {
		host, path string
		want       decided
	}{
		{"orders.example", "/orders", accepted()},
		{"orders.example:8443", "/orders/7", accepted()},
		{"ORDERS.example:80", "/orders/7", accepted()},
		{"a.api.example:80", "/orders/7", accepted()},
		{"other.example:80", "/orders/7", elsewhere},
		{"[::1]", "/orders/7", elsewhere},
		{"orders.example", "/order", elsewhere},
		{"orders.example", "/orders/../admin", open(rules.Conditional)},
		{"orders.example", "//orders", open(rules.Conditional)},
		{"orders.example", "/orders//7/./x", accepted()},
		{"orders.example", "/orders%2f7", open(rules.NotModelled)},
	} {
		r := requestOf("")
		r.Host, r.Path = test.host, test.path
		if got := short(answered(t, text, r)); got != test.want {
			t.Errorf("%s%s: got %v, want %v", test.host, test.path, got, test.want)
		}
	}
}

// A listener takes requests for its host alone, whatever the route says.
func TestTheHostOfAListener(t *testing.T) {
	t.Parallel()
	route := resourceOf(httpRoute, "api", "parentRefs: [{name: public, sectionName: a}]")
	listeners := func(b string) string {
		return onRoute(jwt()) + route + resourceOf(gatewayKind, "public",
			"listeners: [{name: a, hostname: '*.a.example'}, {name: b"+b+"}]")
	}
	every := strings.Replace(listeners(""), ", sectionName: a", "", 1)
	for _, test := range []struct {
		text, host string
		want       decided
	}{
		{listeners(""), "x.a.example", accepted()},
		{listeners(""), "x.b.example", rejected(404, rules.Conditional)},
		{listeners(""), "", accepted()},
		{every, "x.b.example", accepted()},
	} {
		r := requestOf("")
		r.Host = test.host
		if got := short(answered(t, test.text, r)); got != test.want {
			t.Errorf("%s: got %v, want %v", test.host, got, test.want)
		}
	}
}

// Of a request of which headers and parameters are not known nothing is kept out.
func TestARequestWhoseHeadersAreNotKnown(t *testing.T) {
	t.Parallel()
	text := onRoute(jwt()) + resourceOf(httpRoute, "api", "rules: [{matches: [{"+
		"headers: [{name: x-tenant, value: a}], queryParams: [{name: b, value: c}]}]}]")
	r := requestOf("")
	r.HeadersWhole, r.QueryWhole = false, false
	if got := short(answered(t, text, r)); got != accepted() {
		t.Errorf("got %v", got)
	}
}

// A policy for one rule of a route says nothing of the requests that another rule takes.
func TestARequestThatAnotherRuleOfTheRouteTakes(t *testing.T) {
	t.Parallel()
	of := policyOn(httpRoute, "api", jwt())
	text := strings.Replace(of, "name: api}", "name: api, sectionName: a}", 1) +
		resourceOf(httpRoute, "api", "rules: [{name: a, matches: [{path: {value: /orders}, "+
			"queryParams: [{name: v, value: '1'}]}]}, {matches: [{path: {value: /orders}}]}]")
	for name, test := range map[string]struct {
		path  string
		query map[string]string
		want  decided
	}{
		"of the rule":         {"/orders", map[string]string{"v": "1"}, accepted()},
		"perhaps of the rule": {"/orders", nil, accepted()},
		"of the other rule":   {"/orders", map[string]string{"v": "2"}, open(rules.Conditional)},
		"of none":             {"/x", nil, rejected(404, rules.Conditional)},
	} {
		r := requestOf("")
		r.Path, r.Query, r.QueryWhole = test.path, test.query, test.query != nil
		if got := short(answered(t, text, r)); got != test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}
