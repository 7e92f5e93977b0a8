package rules

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
)

var noon = time.Date(2026, 5, 6, 12, 0, 0, 0, time.UTC)

// claims is a request at noon with a token of these claims, as JSON.
func claims(text string) *Request {
	part := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	return &Request{
		Token: inspect.Parse(part(`{"alg":"RS256"}`) + "." + part(text) + "." + part("signature")),
		At:    noon,
	}
}

func TestPredicates(t *testing.T) {
	t.Parallel()
	aud, scp, roles := Claim("aud"), Claim("scp"), Claim("roles")
	one := &source.Value{Kind: source.Number, Text: "1"}
	is := func(in Input, text string) Predicate {
		return Predicate{Op: Equals, Input: in, Values: Literals(text)}
	}
	unknown := Predicate{Op: True, Input: Input{Source: FromExpression, Opaque: &Opaque{
		Eval: func(*Request) Reading {
			return Reading{Unknown: &Unknown{Why: "as the test has it"}}
		},
	}}}
	tests := []struct {
		name   string
		test   Predicate
		claims string
		want   Truth
	}{
		{"a claim that is there is present", Has(aud), `{"aud":""}`, Yes},
		{"whether a claim that is null is there is not known", Has(aud), `{"aud":null}`, Maybe},
		{"a claim that is null is not found", Found(aud), `{"aud":null}`, No},
		{"a claim that is absent is not", Has(aud), `{}`, No},
		{"claim names are compared by case", Has(aud), `{"AUD":"x"}`, No},
		{
			"a claim that stands twice with different values is not known",
			Has(aud), `{"aud":"x","aud":"y"}`, Maybe,
		},
		{
			"a claim that stands twice with the same value is known",
			is(aud, "x"), `{"aud":"x","aud":"x"}`, Yes,
		},

		{"a text equals itself", is(aud, "x"), `{"aud":"x"}`, Yes},
		{"a text does not equal its list", is(aud, "x"), `{"aud":["x"]}`, No},
		{"a text does not equal a number", is(aud, "1"), `{"aud":1}`, No},
		{
			"one of several",
			Predicate{Op: OneOf, Input: aud, Values: Literals("x", "y")},
			`{"aud":"y"}`, Yes,
		},
		{
			"one of several, in a list",
			Predicate{Op: OneOf, Input: aud, Values: Literals("x", "y")},
			`{"aud":["z","y"]}`, Yes,
		},
		{
			"none of several",
			Predicate{Op: OneOf, Input: aud, Values: Literals("x", "y")},
			`{"aud":"z"}`, No,
		},
		{
			"a list contains its item",
			Predicate{Op: Contains, Input: roles, Values: Literals("a")},
			`{"roles":["b","a"]}`,
			Yes,
		},
		{
			"a text contains its part",
			Predicate{Op: Contains, Input: scp, Values: Literals("read")},
			`{"scp":"readwrite"}`,
			Yes,
		},
		{
			"nothing contains nothing",
			Predicate{Op: Contains, Input: roles, Values: Literals("a")},
			`{}`, No,
		},
		{
			"a word is not a part of a word",
			Predicate{Op: HasAll, Input: scp, Values: Literals("read")},
			`{"scp":"readwrite"}`, No,
		},
		{
			"all words in any order",
			Predicate{Op: HasAll, Input: scp, Values: Literals("a", "b")},
			`{"scp":"b c a"}`, Yes,
		},
		{
			"not all words",
			Predicate{Op: HasAll, Input: scp, Values: Literals("a", "b")},
			`{"scp":"b c"}`, No,
		},
		{
			"any word",
			Predicate{Op: HasAny, Input: scp, Values: Literals("a", "b")},
			`{"scp":"b c"}`, Yes,
		},
		{
			"words of a list",
			Predicate{Op: HasAny, Input: scp, Values: Literals("a")},
			`{"scp":["a"]}`, Yes,
		},
		{
			"whether a list holds a number in another spelling is not known",
			Predicate{Op: Contains, Input: roles, Values: []*source.Value{one}},
			`{"roles":[2,1.0]}`, Maybe,
		},
		{
			"nor whether one of several numbers is meant",
			Predicate{Op: OneOf, Input: aud, Values: []*source.Value{one}},
			`{"aud":1.0}`, Maybe,
		},
		{
			"words of a number are not known",
			Predicate{Op: HasAny, Input: scp, Values: Literals("a")},
			`{"scp":1}`, Maybe,
		},

		{"no and unknown is no", Both(is(aud, "x"), unknown), `{"aud":"y"}`, No},
		{"unknown and no is no", Both(unknown, is(aud, "x")), `{"aud":"y"}`, No},
		{"yes and unknown is unknown", Both(is(aud, "x"), unknown), `{"aud":"x"}`, Maybe},
		{"yes or unknown is yes", Either(unknown, is(aud, "x")), `{"aud":"x"}`, Yes},
		{"no or unknown is unknown", Either(is(aud, "x"), unknown), `{"aud":"y"}`, Maybe},
		{"not unknown is unknown", Negate(unknown), `{}`, Maybe},
		{"not no is yes", Negate(is(aud, "x")), `{"aud":"y"}`, Yes},
		{"what is optional may be absent", IfPresent(aud, is(aud, "x")), `{}`, Yes},
		{
			"what is optional must hold where it is there", IfPresent(aud, is(aud, "x")),
			`{"aud":"y"}`, No,
		},
		{"what is required must be there", Required(aud, Negate(is(aud, "x"))), `{}`, No},

		{
			"an instant ahead is after the clock",
			Predicate{Op: After, Input: Claim("exp")},
			`{"exp":1778069000}`, Yes,
		},
		{
			"an instant behind is not",
			Predicate{Op: After, Input: Claim("exp")},
			`{"exp":1778068000}`, No,
		},
		{
			"an instant that is missed by less than the doubt is not known",
			Predicate{Op: After, Input: Claim("exp"), Doubt: time.Hour},
			`{"exp":1778068000}`,
			Maybe,
		},
		{
			"the very instant has not come to its end for certain",
			Predicate{Op: After, Input: Claim("exp"), Doubt: time.Minute},
			`{"exp":1778068800}`,
			Maybe,
		},
		{
			"the very instant has come",
			Predicate{Op: NotAfter, Input: Claim("nbf")},
			`{"nbf":1778068800}`, Yes,
		},
		{"a number above zero", Predicate{Op: Positive, Input: Claim("n")}, `{"n":1}`, Yes},
		{
			"zero is what it counts as",
			Predicate{Op: Positive, Input: Claim("n"), Zero: No},
			`{"n":0}`, No,
		},
		{"zero may be left open", Predicate{Op: Positive, Input: Claim("n")}, `{"n":0}`, Maybe},
		{
			"a number below zero is not positive",
			Predicate{Op: Positive, Input: Claim("n"), Zero: Yes},
			`{"n":-1}`, No,
		},
		{
			"milliseconds are no plain instant",
			Predicate{Op: After, Input: Claim("exp")},
			`{"exp":1778069000000}`, Maybe,
		},
		{
			"a number in quotes is no plain instant",
			Predicate{Op: After, Input: Claim("exp")},
			`{"exp":"1778069000"}`, Maybe,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := claims(test.claims).judge(&test.test).may.truth(); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
}

func TestReadsNamesEveryInputOnce(t *testing.T) {
	t.Parallel()
	opaque := Input{
		Source: FromExpression,
		Opaque: &Opaque{
			Text:  "#[…]",
			Reads: []Input{Claim("roles"), {Source: FromHTTP, Name: "jwt"}},
		},
	}
	test := Both(
		Required(Claim("aud"), Predicate{Op: OneOf, Input: Claim("aud")}),
		Predicate{Op: After, Input: Claim("exp")},
		Negate(Predicate{Op: True, Input: opaque}),
		Predicate{Op: Listed, Input: Input{Source: FromBound, Name: "client-id"}},
		Predicate{Op: Verifies},
	)
	var got []string
	for _, in := range test.Reads() {
		got = append(got, in.String())
	}
	want := []string{
		"claim:aud", "claim:exp", "clock", "claim:roles", "http:jwt", "bound:client-id",
		"contracts", "token", "keys",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("reads (-want +got):\n%s", diff)
	}
}

func boolean(text string) *source.Value { return &source.Value{Kind: source.Bool, Text: text} }

// fixed is a check that gives the same for every token.
func fixed(id ID, truth Truth) *Check {
	reading := Reading{Value: &source.Value{Kind: source.Bool, Text: "false"}}
	switch truth {
	case Yes:
		reading.Value.Text = "true"
	case Maybe:
		reading = Reading{
			Unknown: &Unknown{Why: "as the test has it", Need: Need{For: "for " + string(id)}},
		}
	}
	opaque := &Opaque{Reads: []Input{Claim("x")}, Eval: func(*Request) Reading { return reading }}
	return &Check{
		ID:     id,
		Test:   Predicate{Op: True, Input: Input{Source: FromExpression, Opaque: opaque}},
		Answer: Answer{Status: 401},
	}
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	skipped := fixed(Audience, No)
	skipped.Skip = "switched off"
	tests := []struct {
		name     string
		checks   []*Check
		want     Decision
		by       ID
		question string
	}{
		{"no check at all accepts", nil, Accepted, "", ""},
		{"all pass: accepted", []*Check{fixed(Audience, Yes), skipped}, Accepted, "", ""},
		{
			"the first failure decides",
			[]*Check{fixed(Audience, Yes), fixed(Scopes, No), fixed(ClientID, No)},
			Rejected,
			Scopes, "",
		},
		{
			"an earlier unknown does not change a rejection",
			[]*Check{fixed(Signature, Maybe), fixed(Scopes, No)},
			Rejected, Scopes,
			"for signature",
		},
		{
			"without a failure the first unknown leaves it undetermined",
			[]*Check{fixed(Audience, Yes), fixed(Contract, Maybe), fixed(Scopes, Maybe)},
			Undetermined, Contract, "for contract",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			policy := &Policy{Root: AllOf(test.checks...)}
			v := Evaluate([]*Policy{policy}, claims(`{}`))
			by := v.DecidedBy()
			if v.Outcome != test.want || by != test.by || v.Question().For != test.question {
				t.Errorf("got %s by %q, question %q", v.Outcome, by, v.Question())
			}
			if len(v.Results) != len(test.checks) {
				t.Errorf("%d of %d checks were run", len(v.Results), len(test.checks))
			}
		})
	}
}

func TestPoliciesThatDoNotApplyLetEverythingThrough(t *testing.T) {
	t.Parallel()
	get := []Route{{Method: "GET|HEAD", Path: "/orders/.*"}}
	unread := Unknown{Why: "as the test has it"}
	tests := []struct {
		name         string
		guard        Guard
		method, path string
		want         Decision
		finding      string
	}{
		{
			"a disabled policy",
			Guard{Disabled: true},
			"GET", "/orders/1", Accepted,
			"policy-disabled",
		},
		{
			"a policy for other gateways",
			Guard{Disabled: true, OfOthers: true},
			"GET", "/orders/1", Accepted, "",
		},
		{
			"a policy for other methods",
			Guard{Routes: get},
			"POST", "/orders/1", Accepted,
			"route-not-covered",
		},
		{
			"a policy for other paths",
			Guard{Routes: get},
			"GET", "/customers", Accepted,
			"route-not-covered",
		},
		{"a policy for this request", Guard{Routes: get}, "GET", "/orders/1", Rejected, ""},
		{
			"a policy for some routes, where the request's is not known",
			Guard{Routes: get},
			"", "", Undetermined, "route-assumed",
		},
		{
			"a policy for all routes, where the request's is not known",
			Guard{Routes: []Route{{Path: "/.*"}}},
			"", "", Rejected, "",
		},
		{
			"an expression that matches a part of the path leaves it open",
			Guard{Routes: []Route{{Path: "orders"}}},
			"GET", "/orders/1", Undetermined,
			"route-assumed",
		},
		{
			"routes in a form that gatewhy does not know leave it open",
			Guard{Unknown: &unread},
			"GET", "/orders/1", Undetermined, "route-assumed",
		},
		{
			"without a method and a path too",
			Guard{Unknown: &unread},
			"", "", Undetermined,
			"route-assumed",
		},
		{
			"so does one that can't be read",
			Guard{Routes: []Route{{Path: "(?<=x)y"}}},
			"GET",
			"/orders/1", Undetermined, "route-assumed",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			request := claims(`{}`)
			request.Method, request.Path = test.method, test.path
			if idle := Evaluate([]*Policy{{When: test.guard}}, request); len(idle.Findings) > 0 {
				t.Errorf("of a policy that looks at nothing it says %v", idle.Findings)
			}
			policy := &Policy{When: test.guard, Root: AllOf(fixed(Audience, No))}
			v := Evaluate([]*Policy{policy}, request)
			finding := ""
			for _, f := range v.Findings {
				finding = f.Rule
				if f.Policy != policy {
					t.Errorf("%s names policy %v", f.Rule, f.Policy)
				}
			}
			if v.Outcome != test.want || finding != test.finding {
				t.Errorf("got %s with finding %q", v.Outcome, finding)
			}
		})
	}
}

func TestAContractIsLookedUpExactly(t *testing.T) {
	t.Parallel()
	client := &Check{ID: ClientID, Test: Has(Claim("appid")), Binds: "client-id"}
	contract := &Check{
		ID:     Contract,
		Test:   Predicate{Op: Listed, Input: Input{Source: FromBound, Name: "client-id"}},
		Answer: Answer{Status: 403},
	}
	tests := []struct {
		name, claims string
		contracts    *Contracts
		want         Outcome
	}{
		{"an approved client", `{"appid":"a"}`, &Contracts{IDs: []string{"b", "a"}}, Pass},
		{"another client", `{"appid":"a"}`, &Contracts{IDs: []string{"A"}}, Fail},
		{"contracts that are not known", `{"appid":"a"}`, nil, Unsure},
		{"a list that is not complete", `{"appid":"a"}`, &Contracts{Partial: true}, Unsure},
		{
			"an approved client in a list that is not complete",
			`{"appid":"a"}`, &Contracts{IDs: []string{"a"}, Partial: true}, Pass,
		},
		{"no client id to look up", `{}`, &Contracts{}, Unsure},
		{"a client id that is no string", `{"appid":1}`, &Contracts{}, Unsure},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			request := claims(test.claims)
			request.Contracts = test.contracts
			v := Evaluate([]*Policy{{Root: AllOf(client, contract)}}, request)
			if got := v.Results[1].Outcome; got != test.want {
				t.Errorf("got %s, want %s: %s", got, test.want, v.Results[1].Why())
			}
		})
	}
}

// Whatever the checks give, a request is accepted only where each of them passes or is switched
// off.
func FuzzAcceptedMeansEveryCheckPassed(f *testing.F) {
	f.Add([]byte{0, 1, 2}, `{"aud":"x","exp":1778069000}`)
	f.Add([]byte{2, 2, 0, 1}, `{"aud":["x"],"aud":1}`)
	f.Fuzz(func(t *testing.T, truths []byte, text string) {
		var checks []*Check
		for _, b := range truths {
			checks = append(checks, fixed(Audience, Truth(int8(b%3)-1)))
		}
		checks = append(
			checks,
			&Check{
				ID:   Audience,
				Test: Predicate{Op: OneOf, Input: Claim("aud"), Values: Literals("x")},
			},
		)
		checks = append(
			checks,
			&Check{
				ID:   Expiry,
				Test: IfPresent(Claim("exp"), Predicate{Op: After, Input: Claim("exp")}),
			},
		)
		v := Evaluate([]*Policy{{Root: AllOf(checks...)}}, claims(text))
		for _, result := range v.Results {
			_, _, _ = result.Why(), result.Expected(), result.Actual()
			if v.Outcome == Accepted && result.Outcome != Pass {
				t.Fatalf("accepted, and %s is %s", result.Check.ID, result.Outcome)
			}
		}
	})
}

// What was not read of one configuration may be a rule that lets the request in.
func TestBesideWhatWasNotReadNothingIsSurelyRejected(t *testing.T) {
	t.Parallel()
	read := &Policy{Root: AllOf(fixed(Audience, No))}
	unread := &Unread{File: "b.yaml", Why: "not YAML"}
	all := Unsettled([]*Policy{read}, []*Policy{unread.Policy()})
	v := Evaluate(all, claims(`{}`))
	if v.Outcome != Undetermined || v.DecidedBy() != Audience ||
		!strings.Contains(v.Why(), "b.yaml can't be read") {
		t.Errorf("got %s by %s: %s", v.Outcome, v.DecidedBy(), v.Why())
	}
	if read.MayYield != nil {
		t.Error("the policy that was read is changed")
	}
	if v := Evaluate(Unsettled([]*Policy{read}, nil), claims(`{}`)); v.Outcome != Rejected {
		t.Errorf("where all was read: %s", v.Outcome)
	}
}
