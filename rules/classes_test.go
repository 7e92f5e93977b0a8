package rules

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/testdata/measure"
)

func limited(routes ...Route) *Policy { return &Policy{When: Guard{Routes: routes}} }

func TestRequestsAreSplitByThePoliciesThatApply(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		policies []*Policy
		want     []string // a request of each class, and which policies apply
	}{
		{"no routes: all requests are alike", []*Policy{{}}, []string{"  [1]"}},
		{"a policy for everything", []*Policy{limited(Route{Path: "/.*"})}, []string{"GET / [1]"}},
		{
			"one method",
			[]*Policy{limited(Route{Method: "POST", Path: ".*"})},
			[]string{"POST / [1]", "GET / [-1]"},
		},
		{
			"two policies on two methods",
			[]*Policy{limited(Route{Method: "GET"}), limited(Route{Method: "POST"})},
			[]string{"GET / [1 -1]", "POST / [-1 1]", "PUT / [-1 -1]"},
		},
		{
			"paths that overlap",
			[]*Policy{limited(Route{Path: "/orders/.*"}), limited(Route{Path: ".*/admin"})},
			[]string{
				"GET /orders/admin [1 1]", "GET /admin [-1 1]", "GET /orders/ [1 -1]",
				"GET / [-1 -1]",
			},
		},
		{
			"one path",
			[]*Policy{limited(Route{Path: "/orders"})},
			[]string{"GET /orders [1]", "GET / [-1]"},
		},
		{
			"two routes of one policy are one class",
			[]*Policy{
				limited(Route{Method: "GET", Path: "/a.*"}, Route{Method: "POST", Path: "/b.*"}),
			},
			[]string{"GET /a [1]", "GET / [-1]"},
		},
		{
			"a method that HTTP does not have",
			[]*Policy{limited(Route{Method: "PURGE"})},
			[]string{"PURGE / [1]", "GET / [-1]"},
		},
		{
			"what can't be read leaves it open for every request",
			[]*Policy{limited(Route{Path: "(?<=x)y"})},
			[]string{"GET / [0]"},
		},
		{
			"a path without a slash",
			[]*Policy{limited(Route{Path: "orders.*"})},
			[]string{"GET orders [1]", "GET / [-1]"},
		},
		{
			"a method that is seldom used",
			[]*Policy{limited(Route{Method: "GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS"})},
			[]string{"GET / [1]", "TRACE / [-1]"},
		},
		{
			"a disabled policy applies to none",
			[]*Policy{{When: Guard{Disabled: true}}, limited(Route{Method: "GET"})},
			[]string{"GET / [-1 1]", "POST / [-1 -1]"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, c := range Classes(test.policies, "", "") {
				got = append(got, c.Method+" "+c.Path+" "+fmt.Sprint(c.Applies))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAMethodOrAPathThatIsKnownPicksClasses(t *testing.T) {
	t.Parallel()
	policies := []*Policy{
		limited(Route{Method: "GET", Path: "/orders/.*"}), limited(Route{Method: "POST"}),
	}
	tests := []struct {
		name, method, path string
		want               int
	}{
		{"neither", "", "", 3},
		{"the method", "POST", "", 1},
		{"the other method", "GET", "", 2},
		{"the path", "", "/customers", 2},
		{"both", "GET", "/orders/1", 1},
	}
	for _, test := range tests {
		if got := Classes(policies, test.method, test.path); len(got) != test.want {
			t.Errorf("%s: %d classes, want %d: %v", test.name, len(got), test.want, got)
		}
	}
}

func TestTheVerdictOfARequestOfUnknownClass(t *testing.T) {
	t.Parallel()
	guarded := func(method string, truth Truth) *Policy {
		return &Policy{
			When: Guard{Routes: []Route{{Method: method}}},
			Root: AllOf(fixed(Audience, truth)),
		}
	}
	tests := []struct {
		name     string
		policies []*Policy
		want     Decision
		status   int
		by       ID
	}{
		{"accepted in every class", []*Policy{guarded("GET", Yes)}, Accepted, 200, ""},
		{"rejected in one class only", []*Policy{guarded("GET", No)}, Undetermined, 0, Routed},
		{
			"rejected in every class",
			[]*Policy{guarded("GET", No), {Root: AllOf(fixed(Scopes, No))}},
			Rejected, 401,
			Audience,
		},
		{"unknown in one class", []*Policy{guarded("GET", Maybe)}, Undetermined, 0, Routed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			v := Evaluate(test.policies, claims(`{}`))
			by := v.DecidedBy()
			if v.Outcome != test.want || v.Status != test.status || by != test.by ||
				len(v.Classes) != 2 {
				t.Errorf("got %s %d by %q in %d classes", v.Outcome, v.Status, by, len(v.Classes))
			}
			if v.Outcome == Undetermined && v.Decided.Need().None() {
				t.Error("nothing says what to pass")
			}
			for _, r := range v.Results {
				if v.Outcome == Undetermined && r.Outcome == Fail {
					t.Errorf("undetermined, and %s fails", r.Check.ID)
				}
			}
		})
	}
}

func TestAFailureOfAPolicyThatPerhapsAppliesStillSaysWhy(t *testing.T) {
	t.Parallel()
	aud := &Check{
		ID: Audience,
		Test: Required(
			Claim("aud"), Predicate{Op: OneOf, Input: Claim("aud"), Values: Literals("x")},
		),
	}
	policy := &Policy{When: Guard{Routes: []Route{{Method: "GET"}}}, Root: AllOf(aud)}
	v := Evaluate([]*Policy{policy}, claims(`{"aud":"y"}`))
	if why := v.Results[1].Why(); !strings.Contains(why, "the token is for y") {
		t.Errorf("got %q", why)
	}
}

func TestRequestsAreSplitByConditionsInsidePolicies(t *testing.T) {
	t.Parallel()
	asks := func(name string, op Op, literals ...string) Node {
		return Node{Check: &Check{ID: Conditional, Test: Predicate{
			Op:    op,
			Input: RequestInput(name), Values: Literals(literals...),
		}}}
	}
	admin, post := asks(RequestPath, Prefix, "/admin"), asks(RequestMethod, OneOf, "POST", "PUT")
	role := Node{Check: &Check{ID: CustomClaim, Test: Predicate{
		Op: OneOf, Input: Claim("roles"),
		Values: Literals("Admin"),
	}}}
	rulesFor := func(condition Node) Node {
		return Node{First: &First{Branches: []Branch{{condition, role}}}}
	}
	tests := []struct {
		name    string
		root    Node
		request Request
		want    []string // a request of each class, and its verdict
	}{
		{"by a path", rulesFor(admin), Request{}, []string{
			"GET / accepted",
			"GET /admin rejected",
		}},
		{"by a method", rulesFor(post), Request{}, []string{
			"GET / accepted", "POST / rejected",
			"PUT / rejected",
		}},
		{
			"by both", rulesFor(Node{All: []Node{admin, post}}),
			Request{Method: "POST"},
			[]string{"POST / accepted", "POST /admin rejected"},
		},
		{"not where the request is known", rulesFor(admin), Request{
			Method: "GET",
			Path:   "/admin/x",
		}, []string{"GET /admin/x rejected"}},
		{
			"not by a host", rulesFor(asks(RequestHost, Equals, "x")),
			Request{},
			[]string{" undetermined"},
		},
		{"below a Not too", Node{Not: &admin}, Request{Method: "GET"}, []string{
			"GET / accepted",
			"GET /admin rejected",
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			policies := []*Policy{{Root: test.root}}
			var got []string
			for _, c := range Classes(policies, test.request.Method, test.request.Path) {
				got = append(got, c.String()+" "+string(c.Evaluate(policies,
					&test.request).Outcome))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if test.request.Path == "" && test.request.Host == "" {
				v := Evaluate(policies, &test.request)
				asks := v.Question().Input != "" && v.DecidedBy() == Conditional
				if v.Outcome != Undetermined || !asks {
					t.Errorf("of an unknown class it is %s by %v, and asks %v", v.Outcome,
						v.Decided, v.Question())
				}
			}
		})
	}
}

func TestWhatEveryClassGetsIsTheVerdict(t *testing.T) {
	t.Parallel()
	admin := Node{Check: &Check{ID: Conditional, Test: Predicate{
		Op:    Prefix,
		Input: RequestInput(RequestPath), Values: Literals("/admin"),
	}}}
	policies := []*Policy{{Root: Node{First: &First{
		Branches: []Branch{{admin, answering(Scopes, No, 418)}}, Default: answering(Audience, No,
			499),
	}}}}
	v := Evaluate(policies, &Request{})
	if v.Outcome != Rejected || v.Status != 0 || len(v.Classes) != 2 {
		t.Errorf("%s %d of %d classes", v.Outcome, v.Status, len(v.Classes))
	}
	const each = "the status depends on the request: GET / is rejected (audience, 499), " +
		"GET /admin is rejected (scopes, 418)"
	if !strings.HasSuffix(v.Why(), "; "+each) || v.Question().Input != source.NeedRequest {
		t.Errorf("%s: %v", v.Why(), v.Question())
	}
	prediction := Prediction{Verdict: &v, Request: &Request{}, Policies: policies}
	c := prediction.Compare(Observation{Status: 418})
	if c.Agrees != Maybe || c.Need != v.Question() {
		t.Errorf("an observed 418 agrees: %v, and needs %v", c.Agrees, c.Need)
	}
}

func TestARequestOfAClassKeepsToItWhereItsPolicyIsReplaced(t *testing.T) {
	t.Parallel()
	asks := Predicate{Op: Prefix, Input: RequestInput(RequestPath), Values: Literals("/admin")}
	policies := []*Policy{{Root: AllOf(&Check{ID: Conditional, Test: asks})}}
	for _, class := range Classes(policies, "", "") {
		again := Classes(policies, class.Method, class.Path)
		if len(again) != 1 || again[0].String() != class.String() {
			t.Fatalf("%s is %v", &class, again)
		}
		was := class.Evaluate(policies, &Request{}).Outcome
		if is := again[0].Evaluate(policies, &Request{}).Outcome; is != was || is == Undetermined {
			t.Errorf("%s was %s, and is %s", &class, was, is)
		}
	}
}

// Whoever writes a policy can write routes that keep the search busy. What it then can't tell
// apart is one class, to which the policy may apply.
// Of policies with a route each most do not apply to a request. One class has a result for each
// policy; if all had, there would be as many as policies times classes.
func TestClassesHoldNoResultsOfPoliciesThatDoNotApply(t *testing.T) {
	t.Parallel()
	const n = 50
	var policies []*Policy
	for i := range n {
		policies = append(policies, &Policy{
			When: Guard{Routes: []Route{{Path: fmt.Sprintf("/r%d", i)}}},
			Root: AllOf(fixed(Audience, Yes), fixed(Issuer, Yes), fixed(Scopes, Yes)),
		})
	}
	v := Evaluate(policies, claims(`{}`))
	room, routes := 0, map[*Check]bool{}
	for _, class := range v.Classes {
		room += cap(class.Results)
		for _, r := range class.Results {
			if r.Check.ID == Routed {
				routes[r.Check] = true
			}
		}
	}
	if len(v.Results) != n+3 {
		t.Errorf("%d results, want one for each policy and three checks", len(v.Results))
	}
	if len(v.Classes) != n+1 || room > n+8*n {
		t.Errorf("%d classes have room for %d results", len(v.Classes), room)
	}
	if len(routes) != n {
		t.Errorf("%d checks of %d routes", len(routes), n)
	}
}

func TestRoutesBeyondTheLimitsAreOneClass(t *testing.T) {
	var many, methods, paths []Route
	for i := range 2000 {
		many = append(many, Route{Method: "GET", Path: fmt.Sprintf("/r%d/.*x%d", i, i)})
		name := strings.Map(func(r rune) rune { return r - '0' + 'A' }, fmt.Sprintf("%04d", i))
		methods = append(methods, Route{Method: name})
	}
	for i := range 80 {
		paths = append(paths, Route{Path: fmt.Sprintf("/p%d", i)})
	}
	tests := []struct {
		name   string
		routes []Route
		beyond string
	}{
		{"2,000 routes", many, "more than 67108864 steps"},
		{
			"16,384 groups of paths",
			[]Route{{Path: "/.*a[ab]{13}"}},
			"more than 4096 groups of paths",
		},
		{
			"80 methods and 80 paths", append(slices.Clone(methods[:80]), paths...),
			"more than 4096 combinations of methods and paths",
		},
		{"2,000 methods", methods, "more than 100 methods"},
		{
			"too many states",
			[]Route{{Path: strings.Repeat("[ab]{1000}", thousandStates)}},
			"more than 65536 instructions of regular expressions",
		},
		{"many ways through", []Route{{Path: "/(.*a.*b){500}"}}, ""},
		{
			"800 characters that may be there",
			[]Route{{Path: "/.*" + strings.Repeat("[ab]?", 800)}},
			"",
		},
		{"800 alternatives", []Route{{Path: "/(a|" + strings.Repeat("b|", 800) + "c)"}}, ""},
		{"a path of 3,000 characters", []Route{{Path: strings.Repeat("/a", 1500)}}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			policies := []*Policy{limited(test.routes...)}
			policies[0].Root = AllOf(&Check{ID: CustomClaim, Test: Has(Claim("roles"))})
			var classes []Class
			cost := measure.Of(func() { classes = Classes(policies, "", "") })
			if cost.Processor > 5*time.Second || cost.Allocated > 512<<20 {
				t.Errorf("it took %v and %d MiB", cost.Processor, cost.Allocated>>20)
			}
			if test.beyond != classes[0].beyond || test.beyond != "" && len(classes) > 1 {
				t.Errorf("%d classes, beyond %v", len(classes), classes[0].beyond)
			}
			verdict := EvaluateIn(classes, policies, &Request{})
			if test.beyond != "" && verdict.Outcome != Undetermined {
				t.Errorf("got %s, want undetermined", verdict.Outcome)
			}
			if test.beyond != "" && !strings.Contains(verdict.Decided.Why(), test.beyond) {
				t.Errorf("why: %s", verdict.Decided.Why())
			}
			if known := Classes(policies, "GET", "/x"); len(known) != 1 || known[0].beyond != "" {
				t.Errorf("a known request: %v", known)
			}
		})
	}
}

// Which requests a policy is for does not matter for one that it lets past. Whether it is in force
// at all does: a policy that can't be attached may keep everything out.
func TestARouteThatIsNotKnownDecidesNothingWhereThePolicyLetsPast(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		guard  Guard
		policy Truth
		want   Decision
	}{
		{Guard{Routes: []Route{{Path: "/orders"}}}, Yes, Accepted}, // a part of the path
		{Guard{Routes: []Route{{Path: "/orders"}}}, No, Undetermined},
		{Guard{Routes: []Route{{Path: "/orders"}}}, Maybe, Undetermined},
		{Guard{Routes: []Route{{Path: "x", PathUnread: true}}}, Yes, Accepted},
		{Guard{Routes: []Route{{Path: "[", PathUnread: true, Refused: true}}}, Yes, Undetermined},
		{Guard{Unknown: &Unknown{Why: "it attaches nowhere"}}, Yes, Undetermined},
		{Guard{Unknown: &Unknown{Why: "it attaches nowhere"}}, No, Undetermined},
	} {
		policies := []*Policy{{When: test.guard, Root: AllOf(fixed(Audience, test.policy))}}
		v := Evaluate(policies, &Request{Method: "GET", Path: "/orders/1"})
		route := &v.Results[0]
		if v.Outcome != test.want || route.Outcome != Unsure ||
			route.Harmless != (test.want == Accepted) {
			t.Errorf("the policy says %v: %s, want %s; the route is %s, harmless %t",
				test.policy, v.Outcome, test.want, route.Outcome, route.Harmless)
		}
	}
}

func TestAPathPerhapsLacksItsBasePath(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		expression, path string
		want             Truth
	}{
		{"/api/v1/orders", "/orders", Maybe},
		{"^/api/v1/orders$", "/orders", Maybe},
		{"/api/v1/orders/.*", "/orders/7", Maybe},
		{"/shop/(orders|carts)", "/carts", Maybe},
		{"/.*/orders", "/orders", Maybe},
		{"/api/v1/.*", "/orders", Maybe},
		{"/v2/.*", "/v1/orders", No},
		{"/orders/.*", "/customers", No},
		{"/api/v1/orders", "/customers", No},
		{"/api/v1/orders", "/", No},
		{"/api/v1/orders", "orders/7", No},
		{"/api/v1/orders", "/api/v1/orders", Yes},
		{"/orders", "/api/v1/orders", Maybe},
	} {
		got := compiled([]string{test.expression}).matchPath(test.expression, test.path)
		if got != test.want {
			t.Errorf("%s, %s: %v, want %v", test.expression, test.path, got, test.want)
		}
	}
}

// In a log each line may have another path.
func TestTheExpressionsOfRoutesAreCompiledOnceForAllRequests(t *testing.T) {
	policies := []*Policy{limited(Route{Method: "GET|POST", Path: "/orders/[0-9]+/.*"})}
	of := NewClassifier(policies)
	for _, path := range []string{"/orders/1/x", "/orders", ""} {
		once, again := Classes(policies, "GET", path), of.Classes("GET", path)
		if !slices.EqualFunc(once, again, func(a, b Class) bool {
			return a.String() == b.String() && slices.Equal(a.Applies, b.Applies)
		}) {
			t.Errorf("%q: %v, then %v", path, once, again)
		}
	}
	anew := testing.AllocsPerRun(100, func() { Classes(policies, "GET", "/orders/1/x") })
	kept := testing.AllocsPerRun(100, func() { of.Classes("GET", "/orders/1/x") })
	if kept > anew/4 {
		t.Errorf("%v allocations, %v where expressions are compiled anew", kept, anew)
	}
}
