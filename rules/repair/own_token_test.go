package repair

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

func wants(claim string, texts ...string) *rules.Check {
	return &rules.Check{ID: rules.CustomClaim, Test: rules.Predicate{
		Op: rules.OneOf, Input: rules.Claim(claim), Values: rules.Literals(texts...),
	}}
}

// opaquely is a check of an expression that reads a claim and can't be looked into.
func opaquely(claim, text string, holds func(*source.Value) bool) *rules.Check {
	in := rules.Input{Source: rules.FromExpression, Opaque: &rules.Opaque{
		Text: text, Reads: []rules.Input{rules.Claim(claim)},
		Eval: func(r *rules.Request) rules.Reading {
			read := r.Read(rules.Claim(claim))
			if read.Unknown != nil {
				return read
			}
			answer := "false"
			if holds(read.Value) {
				answer = "true"
			}
			return rules.Reading{Value: &source.Value{Kind: source.Bool, Text: answer}}
		},
	}}
	return &rules.Check{
		ID: rules.CustomClaim, Test: rules.Predicate{Op: rules.True, Input: in},
	}
}

func keysAt(url string) *rules.Check {
	return &rules.Check{ID: rules.Signature, Test: rules.Predicate{
		Op: rules.Verifies, Key: &rules.Key{URL: url},
	}}
}

// What a token of this environment is like is what the policies before a change ask for, as far as
// Entra ID can write it.
func TestATokenIsLikeWhatThePoliciesAskFor(t *testing.T) {
	const (
		ours   = "5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11"
		client = "6f0e1c2a-8d4b-4c7e-9a53-2b1d0e9f8ac3"
		nobody = "11111111-1111-4111-8111-111111111111"
		host   = "https://login.microsoftonline.com/"
		v2     = host + ours + "/v2.0"
		china  = "https://sts.chinacloudapi.cn/" + ours + "/"
	)
	second := func(v *source.Value) bool {
		list, _ := v.Strings()
		return len(list) > 0 && list[0] == "B.Read"
	}
	tests := []struct {
		name        string
		check       *rules.Check
		facts       rules.Facts
		claim, want string // as JSON; empty where it is not there
	}{
		{"an audience", wants("aud", "api://a"), rules.Facts{}, "aud", `"api://a"`},
		{
			"not over a fact", wants("aud", "api://a"),
			rules.Facts{Audience: "api://b"},
			"aud", `"api://b"`,
		},
		{"a client", wants("azp", client), rules.Facts{}, "azp", `"` + client + `"`},
		{"its claim says the version", wants("azp", client), rules.Facts{}, "ver", `"2.0"`},
		{
			"a name is no client", wants("appid", "orders"),
			rules.Facts{},
			"appid", `"33333333-3333-4333-8333-333333333333"`,
		},
		{"a role", wants("roles", "A.Read"), rules.Facts{}, "roles", `["A.Read"]`},
		{
			"a header of that name is no role", &rules.Check{Test: rules.Predicate{
				Op: rules.OneOf, Input: rules.Input{Source: rules.FromHTTP, Name: "roles"},
				Values: rules.Literals("A.Read"),
			}},
			rules.Facts{},
			"roles", "",
		},
		{"a text is no role", wants("roles", "A Read"), rules.Facts{}, "roles", ""},
		{"a scope", wants("scp", "A.Access"), rules.Facts{}, "scp", `"A.Access"`},
		{
			"as tokens have it", wants("scp", "api://a/A.Access"),
			rules.Facts{},
			"scp", `"A.Access"`,
		},
		{"what stands for all scopes", wants("scp", "api://a/.default"), rules.Facts{}, "scp", ""},
		{"under its OAuth name", wants("scope", "A.Access"), rules.Facts{}, "scp", `"A.Access"`},
		{"not over a fact", wants("scp", "A.Access"), rules.Facts{Scope: "B"}, "scp", `"B"`},
		{"a tenant", wants("tid", ours), rules.Facts{}, "tid", `"` + ours + `"`},
		{
			"a domain is no tenant's id", wants("tid", "a.example"),
			rules.Facts{},
			"tid", `"` + nobody + `"`,
		},
		{"a version", wants("ver", "1.0"), rules.Facts{}, "ver", `"1.0"`},
		{"an issuer", wants("iss", v2), rules.Facts{}, "iss", `"` + v2 + `"`},
		{"of its tenant", wants("iss", v2), rules.Facts{}, "tid", `"` + ours + `"`},
		{"of its version", wants("iss", v2), rules.Facts{}, "ver", `"2.0"`},
		{"of its cloud", wants("iss", china), rules.Facts{}, "iss", `"` + china + `"`},
		{
			"no issuer of Entra ID", wants("iss", "https://a.example/"),
			rules.Facts{Tenant: ours},
			"iss", `"https://sts.windows.net/` + ours + `/"`,
		},
		{
			"whose keys must not verify",
			&rules.Check{Test: rules.Negate(keysAt(host + ours + "/discovery/keys").Test)},
			rules.Facts{},
			"tid", `"` + nobody + `"`,
		},
		{
			"whose keys verify", keysAt(host + ours + "/discovery/keys"),
			rules.Facts{},
			"tid", `"` + ours + `"`,
		},
		{
			"keys of all tenants", keysAt(host + "common/discovery/keys"),
			rules.Facts{},
			"tid", `"` + nobody + `"`,
		},
		{
			"an expression's role", opaquely("roles", "roles[0] == 'A.Read' or 'B.Read'", second),
			rules.Facts{},
			"roles", `["B.Read"]`,
		},
		{
			"an audience that is an id says the version", wants("aud", client),
			rules.Facts{},
			"ver", `"2.0"`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := &work{Fix: fixing()}
			w.Facts = test.facts
			policies := []*rules.Policy{{Root: rules.AllOf(test.check)}}
			claims := w.ownToken(policies, policies, nil).Claims()
			got := ""
			if value := claims.Member(test.claim); value != nil {
				got = value.JSON()
			}
			if got != test.want {
				t.Errorf("%s is %s, want %s", test.claim, got, test.want)
			}
		})
	}
}

func TestThisEnvironmentsClientHasAContract(t *testing.T) {
	const listed = "6f0e1c2a-8d4b-4c7e-9a53-2b1d0e9f8ac3"
	for _, test := range []struct {
		contracts *rules.Contracts
		own       rules.Truth
	}{
		{nil, rules.Yes},
		{&rules.Contracts{IDs: []string{"a name", listed}}, rules.Yes},
		{&rules.Contracts{IDs: []string{}}, rules.No},
	} {
		w := &work{Fix: fixing()}
		w.Contracts = test.contracts
		own := w.ownToken(nil, nil, nil)
		if got := w.contracts(own).Has(own.Client); got != test.own {
			t.Errorf("%v: %v", test.contracts, got)
		}
		if got := w.contracts(own).Has("another client's id"); got != rules.No {
			t.Errorf("%v: a stranger has one", test.contracts)
		}
	}
}

// A token proves nothing of what only the change says: the trait that is not known is named, and
// what would tell it.
func TestWhatIsNotKnownOfATokenSaysWhatWouldTell(t *testing.T) {
	const id = "5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11"
	want := map[string]source.Input{
		"aud": source.NeedAudience, "iss": source.NeedTenant, "tid": source.NeedTenant,
		"appid": source.NeedToken, "scp": source.NeedScope, "roles": source.NeedToken,
	}
	got := map[string]source.Input{}
	for claim := range want {
		text := "new"
		if claim == "iss" || claim == "tid" || claim == "appid" {
			text = id
		}
		w := &work{Fix: fixing()}
		after := []*rules.Policy{{Root: rules.AllOf(wants(claim, text))}}
		own := w.modelledOwn(nil, after, nil)
		verdict := rules.Evaluate(after, own.request)
		if why, need := own.unknownTo(&verdict); why != "" {
			got[claim] = need.Input
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// What a given token shows stands over all else, and is known.
func TestAGivenTokenSaysWhatOthersOfItsEnvironmentLookLike(t *testing.T) {
	w := &work{Fix: fixing()}
	w.Facts = rules.Facts{Audience: "api://fact", Scope: "Fact", Version: entra.V2}
	w.Given = []Given{{"given.jwt", asking("api://ours", "Ours")}}
	solution := gateway().Solutions()[0]
	own := w.ownToken(nil, nil, &solution)
	if own.Audience != "api://ours" || own.Version != entra.V1 || own.Client != "c" ||
		!cmp.Equal(own.Scopes, []string{"Ours"}) || !own.User || !own.sure(ofRoles) {
		t.Errorf("%+v", own)
	}
}

// A proof's token is made of what policies had, and never of what only resembles it.
func TestWhatPoliciesHadIsComparedWhole(t *testing.T) {
	t.Parallel()
	expression := func(text string) rules.Predicate {
		opaque := &rules.Opaque{Text: text, Reads: []rules.Input{rules.Claim("roles")}}
		return rules.Predicate{
			Op: rules.True, Input: rules.Input{Source: rules.FromExpression, Opaque: opaque},
		}
	}
	value := func(text string) rules.Predicate {
		return rules.Predicate{
			Op: rules.Equals, Input: rules.Claim("scp"), Values: rules.Literals(text),
		}
	}
	for _, test := range []struct {
		name string
		had  rules.Predicate
		text string
		want bool
	}{
		{"a text in quotes", expression("roles contains 'Orders.Read'"), "Orders.Read", true},
		{"a part of it", expression("roles contains 'Orders.ReadAll'"), "Orders.Read", false},
		{"a letter of it", expression("appid == 'abc'"), "a", false},
		{"what is in no quotes", expression("vars.claimSet.roles != null"), "roles", false},
		{"a word among words", expression("'A B' contains scp"), "B", true},
		{"words in another order", expression("'A B' == scp"), "B A", true},
		{"a word too many", expression("'A B' == scp"), "A C", false},
		{"a scope as a URI", expression("scp contains \"api://x/Read\""), "Read", true},
		{"a whole value", value("api://orders"), "api://orders", true},
		{"a part of a value", value("api://orders-uat"), "api://orders", false},
		{"one of the scopes", value("api://x/Read api://x/Write"), "Write", true},
		{"a part below a Not", rules.Negate(value("api://orders-uat")), "orders", false},
	} {
		e := earlier{checks: []*rules.Check{{ID: rules.CustomClaim, Test: test.had}}}
		if got := e.names(test.text); got != test.want {
			t.Errorf("%s: %s: %t", test.name, test.text, got)
		}
	}
}
