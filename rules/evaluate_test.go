package rules

import (
	"math"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// answering is a check that gives the same for every token, and has an answer of its own.
func answering(id ID, truth Truth, status int) Node {
	check := fixed(id, truth)
	check.Answer = Answer{Status: status}
	return Node{Check: check}
}

// weighing is one that fails, with the weight of its answer.
func weighing(id ID, status int, weight int8) Node {
	check := fixed(id, No)
	check.Answer = Answer{Status: status, Weight: weight}
	return Node{Check: check}
}

func TestWhichAnswerAGatewaySends(t *testing.T) {
	t.Parallel()
	teapot := &Answer{Status: 418}
	deny := Node{Any: []Node{}, Answer: teapot}
	yes, no := answering(Issuer, Yes, 401), answering(Audience, No, 403)
	either := func(reports Reported, of ...Node) Node { return Node{Any: of, Reports: reports} }
	all := func(of ...Node) Node { return Node{All: of} }
	first := func(otherwise Node, of ...Branch) Node { return Node{First: &First{of, otherwise}} }
	negated := func(n Node) Node { return Node{Not: &n} }
	far, near := all(no, yes), all(yes, answering(Scopes, No, 405))
	tests := []struct {
		name   string
		root   Node
		want   Decision
		status int
		by     ID // empty for none
	}{
		{"that of the check that fails", all(yes, no), Rejected, 403, Audience},
		{"that of the node around it, where it has one", Node{
			All:    []Node{yes, no},
			Answer: teapot,
		}, Rejected, 418, Audience},
		{"the outer node's, where two have one", Node{All: []Node{{
			All:    []Node{no},
			Answer: &Answer{Status: 400},
		}}, Answer: teapot}, Rejected, 418, Audience},
		{"none where the node holds", Node{All: []Node{yes}, Answer: teapot}, Accepted, 200, ""},

		{
			"of alternatives the nearest one's: the second",
			either(Nearest, far, all(yes, yes, no)), Rejected, 403, Audience,
		},
		{
			"of alternatives the nearest one's: the first", either(Nearest, near, no), Rejected,
			405,
			Scopes,
		},
		{
			"of two as near the first one's", either(Nearest, no, answering(Scopes, No, 405)),
			Rejected, 403, Audience,
		},
		{"of alternatives the last one's", either(Last, near, no), Rejected, 403, Audience},
		{"of alternatives the weightiest", either(Weightiest, weighing(Issuer, 401, -1),
			weighing(Audience, 403, 0), weighing(Issuer, 402, -1)), Rejected, 403, Audience},
		{"of alternatives that weigh alike the last one's", either(Weightiest, weighing(Audience,
			403, 0), weighing(Expiry, 401, 0)), Rejected, 401, Expiry},
		{"of alternatives the node's own, whichever is reported", Node{
			Any:    []Node{near, no},
			Answer: teapot,
		}, Rejected, 418, Scopes},
		{"none where an alternative holds", either(Last, yes, no), Accepted, 200, ""},
		{"no check decides where there is no alternative at all", deny, Rejected, 418, ""},
		{"nor is a status known without an answer", Node{Any: []Node{}}, Rejected, 0, ""},

		{"of a Not the last check that holds decides", negated(all(answering(Tenant, Yes, 402),
			answering(Issuer, Yes, 401))), Rejected, 401, Issuer},
		{
			"of a rule that applies its own check", first(Node{}, Branch{yes, no}), Rejected, 403,
			Audience,
		},
		{"of a rule that denies the condition that holds", first(Node{},
			Branch{answering(Conditional, Yes, 0), deny}), Rejected, 418, Conditional},
		{"of no rule, the default's own check", first(answering(Scopes, No, 405), Branch{
			no,
			Node{},
		}), Rejected, 405, Scopes},
		{
			"of no rule, where the default denies, the last condition that does not hold",
			first(deny, Branch{answering(Scopes, No, 405), Node{}}, Branch{no, Node{}}), Rejected,
			418, Audience,
		},
		{"without any rule nothing decides", first(deny), Rejected, 418, ""},
		{
			"a rule that applies and asks for nothing lets in", first(deny, Branch{yes, Node{}}),
			Accepted, 200, "",
		},
		{"an earlier rule that is not known leaves it open", first(Node{},
			Branch{answering(Conditional, Maybe, 0), no}), Undetermined, 0, Conditional},
		{"unless what follows agrees", first(answering(Scopes, No, 405),
			Branch{answering(Conditional, Maybe, 0), no}), Rejected, 403, Audience},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			v := Evaluate([]*Policy{{Root: test.root}}, claims(`{}`))
			if v.Outcome != test.want || v.Status != test.status || v.DecidedBy() != test.by {
				t.Errorf("got %s %d by %q", v.Outcome, v.Status, v.DecidedBy())
			}
			if (v.Why() == "") != (v.Outcome == Accepted) {
				t.Errorf("%s, and why is %q", v.Outcome, v.Why())
			}
		})
	}
}

func TestAnErrorThatMayComeFirstLeavesTheStatusOpen(t *testing.T) {
	t.Parallel()
	mayErr := &Check{ID: CustomClaim, Unknown: &Unknown{Why: "as the test has it", MayErr: true}}
	first := func(p Policy) []*Policy {
		p.Root = AllOf(mayErr)
		return []*Policy{&p, {Root: answering(Audience, No, 403)}}
	}
	someRoute := Guard{Unknown: &Unknown{Why: "as the test has it"}}
	for name, policies := range map[string][]*Policy{
		"in the same list":           {{Root: AllOf(mayErr, fixed(Audience, No))}},
		"in a policy before":         first(Policy{}),
		"in one that perhaps runs":   first(Policy{MayYield: &Unknown{Why: "as the test has it"}}),
		"in one that may apply here": first(Policy{When: someRoute}),
	} {
		if v := Evaluate(policies, claims(`{}`)); v.Outcome != Rejected || v.Status != 0 {
			t.Errorf("%s: %s %d", name, v.Outcome, v.Status)
		}
	}
}

func TestWhoIsKeptOutByWhat(t *testing.T) {
	t.Parallel()
	yes, no, maybe := answering(Issuer, Yes, 401), answering(Audience, No, 403), answering(Scopes,
		Maybe, 405)
	deny := Node{Any: []Node{}}
	tests := []struct {
		name string
		root Node
		want string // the outcomes of the results, those that keep nobody out in parentheses
	}{
		{"a failure in a list does", Node{All: []Node{yes, no}}, "pass fail"},
		{
			"a failure beside an alternative that holds does not",
			Node{Any: []Node{no, yes, maybe}},
			"(fail) pass (unknown)",
		},
		{"failures of all alternatives do", Node{Any: []Node{no, no}}, "fail fail"},
		{"a failure below a Not does not", Node{Not: &no}, "(fail)"},
		{
			"a condition that does not hold does not",
			Node{First: &First{[]Branch{{no, yes}}, yes}},
			"(fail) skipped pass",
		},
		{"nor where the rule that applies rejects", Node{First: &First{[]Branch{{no, yes}, {
			yes,
			no,
		}}, yes}}, "(fail) skipped pass fail skipped"},
		{"but where no rule applies, and that is what rejects", Node{First: &First{[]Branch{{
			no,
			yes,
		}, {no, yes}}, deny}}, "fail skipped fail skipped"},
		{
			"a condition that is not known does",
			Node{First: &First{[]Branch{{maybe, no}}, yes}},
			"unknown fail pass",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var all []string
			for _, r := range Evaluate([]*Policy{{Root: test.root}}, claims(`{}`)).Results {
				word := string(r.Outcome)
				if r.Harmless {
					word = "(" + word + ")"
				}
				all = append(all, word)
			}
			if got := strings.Join(all, " "); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestWhatKeepsNobodyOutIsNotAskedFor(t *testing.T) {
	t.Parallel()
	root := Node{All: []Node{{Any: []Node{answering(Scopes, Maybe, 405), answering(Issuer, Yes,
		401)}}, answering(Contract, No, 403)}}
	v := Evaluate([]*Policy{{Root: root}}, claims(`{}`))
	if !v.Question().None() || len(v.Earlier()) > 0 {
		t.Errorf("asks for %v, and could be rejected earlier by %v", v.Question(), v.Earlier())
	}
}

func TestWithoutATokenOnlyWhatLooksForItDecides(t *testing.T) {
	t.Parallel()
	sent := Node{Check: &Check{ID: TokenPresent, Test: Predicate{Op: Sent}}}
	aud := Node{Check: &Check{ID: Audience, Test: Predicate{
		Op: OneOf, Input: Claim("aud"),
		Values: Literals("x"),
	}}}
	behind := Node{Check: &Check{ID: Scopes, Test: Has(Claim("scp"))}}
	chain := Node{All: []Node{
		{Any: []Node{{All: []Node{sent, aud}}, {All: []Node{sent, aud}}}},
		behind,
	}}
	v := Evaluate([]*Policy{{Root: chain}}, &Request{})
	if v.DecidedBy() != TokenPresent || v.Results[4].Outcome != Skipped {
		t.Errorf("decided by %s, and the check behind is %s", v.DecidedBy(), v.Results[4].Outcome)
	}
	optional := Node{Any: []Node{{Not: &sent}, aud}}
	if v := Evaluate([]*Policy{{Root: optional}}, &Request{}); v.Outcome != Accepted {
		t.Errorf("a request without a token, where it is optional, is %s", v.Outcome)
	}
	if v := Evaluate([]*Policy{{Root: optional}}, claims(`{"aud":"y"}`)); v.Outcome != Rejected {
		t.Errorf("a bad token, where it is optional, is %s", v.Outcome)
	}
}

func TestGroupIsThePathOfAlternatives(t *testing.T) {
	t.Parallel()
	check := &Check{ID: Audience}
	leaf := Node{Check: check}
	other := Node{Check: &Check{ID: Issuer}}
	tests := []struct {
		name string
		root Node
		want string
	}{
		{"a check alone has none", leaf, ""},
		{"nor has one in a list", Node{All: []Node{other, leaf}}, ""},
		{"nor has one in a list in a list", Node{All: []Node{other, {All: []Node{leaf}}}}, ""},
		{"an alternative", Node{Any: []Node{other, leaf}}, "any[1]"},
		{
			"a list in an alternative",
			Node{Any: []Node{other, {All: []Node{leaf}}}},
			"any[1].all[0]",
		},
		{
			"an alternative in a list",
			Node{All: []Node{other, {Any: []Node{leaf}}}},
			"all[1].any[0]",
		},
		{"below a Not", Node{Not: &leaf}, "not"},
		{"a condition", Node{First: &First{[]Branch{{leaf, other}}, other}}, "first[0].if"},
		{"what it leads to", Node{First: &First{[]Branch{{other, leaf}}, other}}, "first[0].then"},
		{"where none holds", Node{First: &First{[]Branch{{other, other}}, leaf}}, "default"},
		{"what is not there", other, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			result := Result{Check: check, Policy: &Policy{Root: test.root}}
			if got := result.Group(); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestADenyingRuleSaysWhatItHasFound(t *testing.T) {
	t.Parallel()
	admin := Predicate{Op: Prefix, Input: RequestInput(RequestPath), Values: Literals("/admin")}
	root := Node{First: &First{Branches: []Branch{{Node{Check: &Check{
		ID:   Conditional,
		Test: admin,
	}}, Node{Any: []Node{}}}}}}
	v := Evaluate([]*Policy{{Root: root}}, &Request{Method: "GET", Path: "/admin/x"})
	const want = "a rule that rejects applies: " +
		"it looks for the request's path that begins with /admin, and finds /admin/x"
	if v.Why() != want {
		t.Errorf("got %q", v.Why())
	}
}

func TestTheOrderOfTwoPoliciesIsKnownFromTheirOrdersOrTheirFiles(t *testing.T) {
	in := func(file string, order int) *Policy {
		return &Policy{Order: order, Pos: source.Position{File: file}}
	}
	unordered := &Policy{Unordered: true, Pos: source.Position{File: "a"}}
	for _, test := range []struct {
		name string
		a, b *Policy
		want Truth
	}{
		{"orders", in("a", 1), in("a", 2), Yes},
		{"orders the other way round", in("a", 2), in("a", 1), No},
		{"orders against the sequence of files", in("a", 2), in("b", 1), No},
		{"the same order", in("a", 1), in("a", 1), Maybe},
		{"the same order in two files", in("a", 1), in("b", 1), Maybe},
		{"no order", in("a", 0), in("a", 0), Maybe},
		{"one order", in("a", 0), in("a", 1), Maybe},
		{"one order in two files", in("a", 0), in("b", 1), Maybe},
		{"an order that only a deployment knows", unordered, in("b", 1), Maybe},
		{"files in sequence, and such an order", unordered, in("b", 0), Maybe},
		{"files in sequence", in("a", 0), in("b", 0), Yes},
	} {
		if got := RunsBefore([]*Policy{test.a, test.b}, 0, 1); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

func TestAnInstantIsReadAsGoReadsAnyNumber(t *testing.T) {
	t.Parallel()
	const past = math.MinInt32
	for _, test := range []struct {
		kind source.Kind
		text string
		want int64
		ok   bool
	}{
		{source.Number, "1700000000", 1700000000, true},
		{source.String, "1700000000", 1700000000, true},
		{source.Number, "1700000000.9", 1700000000, true},
		{source.Number, "1.7e9", 1700000000, true},
		{source.Number, "-5", -5, true},
		{source.Number, "9223372036854775807", past, true},
		{source.Number, "1e300", past, true},
		{source.Number, "99999999999999999999", past, true},
		{source.String, "tomorrow", 0, false},
		{source.String, "NaN", 0, false},
		{source.String, "", 0, false},
		{source.Bool, "true", 0, false},
		{source.Null, "", 0, false},
	} {
		got, ok := lenientSeconds(&source.Value{Kind: test.kind, Text: test.text})
		if got != test.want || ok != test.ok {
			t.Errorf("%s %q: got %d, %v, want %d, %v", test.kind, test.text, got, ok,
				test.want, test.ok)
		}
	}
}

func TestTheRequestDecidesWhichOfSeveralAnswersItGets(t *testing.T) {
	t.Parallel()
	accept := Input{Source: FromHTTP, Name: "Accept"}
	json := Answer{Status: 401, Body: "{}"}
	page := Answer{Status: 403, Cases: []Case{{
		If:     Predicate{Op: Contains, Input: accept, Values: Literals("json")},
		Answer: json,
	}}}
	lacking := &Check{
		ID: CustomClaim, Answer: page, Test: Predicate{Op: Present, Input: Claim("team")},
	}
	for accepted, want := range map[string]int{
		"": 403, "text/html": 403, "application/json": 401,
	} {
		for name, root := range map[string]Node{
			"its own answer":     {Check: lacking},
			"that of its node":   {Any: []Node{{Check: lacking}}, Answer: &page},
			"that of a bare Any": {Any: []Node{}, Answer: &page},
		} {
			request := claims(`{"sub":"x"}`)
			request.Headers = map[string]string{"Accept": accepted}
			v := Evaluate([]*Policy{{Root: root}}, request)
			if v.Status != want {
				t.Errorf("%s, Accept %q: got %d, want %d", name, accepted, v.Status, want)
			}
		}
	}
}
