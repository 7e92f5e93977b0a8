package issued

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

func TestAShapeHasWhatEntraAlwaysWrites(t *testing.T) {
	t.Parallel()
	always := []string{"aud", "iss", "iat", "nbf", "exp", "oid", "sub"}
	ofEntra := append(slices.Clone(always), "tid", "ver", "uti", "aio", "rh")
	tests := []struct {
		shape string
		has   []string
		not   []string
	}{
		{"entra-v1-app-only", slices.Concat(
			ofEntra, []string{"appid", "appidacr"},
		), []string{"azp", "scp", "client_id"}},
		{"entra-v1-delegated", slices.Concat(
			ofEntra, []string{"appid", "appidacr", "scp", "acr", "amr", "unique_name"},
		), []string{"azp"}},
		{"entra-v2-app-only", slices.Concat(
			ofEntra, []string{"azp", "azpacr"},
		), []string{"appid", "scp", "acr"}},
		{"entra-v2-delegated", slices.Concat(
			ofEntra, []string{"azp", "azpacr", "scp"},
		), []string{"appid"}},
		{"entra-id-token", slices.Concat(
			ofEntra, []string{"nonce", "preferred_username"},
		), []string{"azp", "appid", "scp"}},
		{"graph", slices.Concat(ofEntra, []string{"appid", "scp"}), []string{"azp"}},
		{"b2c", slices.Concat(always, []string{"azp", "tfp", "scp"}), []string{"appid"}},
		{"external-id", slices.Concat(always, []string{"azp", "scp", "tid"}), []string{"appid"}},
	}
	for _, test := range tests {
		token := Shape(test.shape, noon, nil)
		if token.Fault != nil {
			t.Fatalf("%s: %v", test.shape, token.Fault)
		}
		for _, name := range test.has {
			if token.Claims.Member(name) == nil {
				t.Errorf("%s has no %s", test.shape, name)
			}
		}
		for _, name := range test.not {
			if token.Claims.Member(name) != nil {
				t.Errorf("%s has %s", test.shape, name)
			}
		}
	}
	if len(tests) != len(Shapes()) {
		t.Errorf("the shapes are %v", Shapes())
	}
	if Shape("graph", noon, nil).Header.Member("nonce") == nil {
		t.Error("a token for Graph has no nonce in its header")
	}
}

// What a shape does not fix, and what no test says, is not known: of what Entra ID always writes,
// what it holds, and of the rest, whether it is there.
func TestWhatAShapeLeavesOpenIsNotKnown(t *testing.T) {
	t.Parallel()
	over := with(&source.Value{Kind: source.Object}, "preferred_username", "somebody")
	over.Members = append(over.Members, source.Member{
		Key: "wids", Value: &source.Value{Kind: source.Null},
	})
	for _, test := range []struct{ shape, known, open, there string }{
		{"entra-v1-app-only", "appid scp azp roles upn", "groups idtyp idp department", "oid sub"},
		{"entra-v1-delegated", "appid scp azp roles", "groups idtyp oid upn", "sub unique_name"},
		{"entra-v2-app-only", "azp scp appid acr", "groups idtyp department", "oid sub azpacr"},
		{"entra-v2-delegated", "azp scp appid wids preferred_username", "name oid", "sub"},
		{"entra-id-token", "aud azp scp", "nonce email oid", "sub"},
		{"graph", "aud scp", "app_displayname", "sub"},
		{"b2c", "tfp azp appid oid sub", "emails name", ""},
		{"external-id", "tid azp oid sub", "name", ""},
	} {
		known, open, there := strings.Fields(test.known), strings.Fields(test.open),
			strings.Fields(test.there)
		read := slices.Concat(known, open, there)
		claims := Shape(test.shape, noon, over, read...).Claims
		for _, name := range read {
			value := claims.Member(name)
			if value.Is(source.Unknown) == slices.Contains(known, name) ||
				value.Is(source.Unknown) && value.Present != slices.Contains(there, name) {
				t.Errorf("%s: %s is %s", test.shape, name, shortly(value))
			}
		}
	}
	all := Shape("entra-v1-app-only", noon, nil, "*").Claims
	if all.Member("") == nil {
		t.Error("where any claim may be read, there may be others")
	}
}

func TestATestsClaimsStandOverTheShapes(t *testing.T) {
	t.Parallel()
	over := &source.Value{
		Kind: source.Object, Members: []source.Member{
			{
				Key: "aud", Value: source.NewString("api://mine"),
			}, {Key: "appid", Value: &source.Value{Kind: source.Null}},
		},
	}
	claims := Shape("entra-v1-app-only", noon, over).Claims
	if aud, _ := claims.Member("aud").Str(); aud != "api://mine" || claims.Member("appid") != nil {
		t.Errorf("%s", claims.JSON())
	}
}

// TestAnExampleIsWhatInspectTakesItFor holds the examples against what the house says of a token.
func TestAnExampleIsWhatInspectTakesItFor(t *testing.T) {
	t.Parallel()
	own := Example{Audience: "api://orders-uat", At: noon}
	tests := []struct {
		name    string
		example Example
		kind    string
		flow    string
		version string
	}{
		{"a daemon's", own, "access", "app-only", "1.0"},
		{"with a role", Example{
			Audience: "api://x", Roles: []string{"Read"}, At: noon,
		}, "access", "app-only", "1.0"},
		{"a user's", Example{
			Version: entra.V2, User: true, Scopes: []string{"Read"}, At: noon,
		}, "access", "delegated", "2.0"},
		{"an ID token", Example{
			Version: entra.V2, Identity: true, At: noon,
		}, "id", "delegated", "2.0"},
		{"another tenant's", Example{
			Tenant: otherTenantID, Client: webDev, Object: webDev, At: noon,
		}, "access", "app-only", "1.0"},
	}
	for _, test := range tests {
		token := unsigned(test.example.Claims(), "")
		p := inspect.Describe(token)
		if string(p.Kind) != test.kind && test.kind != "id" || string(p.Flow) != test.flow &&
			test.kind != "id" || p.Version != test.version || p.IssuedBy != "entra" {
			t.Errorf("%s: %+v", test.name, p)
		}
		if !token.Expired(noon.Add(lifetime)) || token.Expired(noon) {
			t.Errorf("%s: it does not expire when it should", test.name)
		}
	}
}

// TestAnExampleGetsWhatTheModelSays holds a modelled token against the same in full.
func TestAnExampleGetsWhatTheModelSays(t *testing.T) {
	t.Parallel()
	policies := policyOf(
		asks(
			rules.CustomClaim, rules.Found(rules.Claim("oid")),
		), asks(rules.Audience, equals("aud", "api://orders")),
	)
	h := Assume(policies, nil)
	v := h.View(policies)
	for token := range h.Own() {
		answer := v.Furthest(token)
		full := unsigned(answer.Token.Settled().InFull(""), "")
		if got := rules.Evaluate(
			policies, &rules.Request{Token: full, At: assumedTime()},
		).Outcome; got != answer.Verdict.Outcome {
			t.Errorf("%s, and in full %s: %s", answer.Verdict.Outcome, got, full.Claims.JSON())
		}
	}
}

func TestAnExampleIsCompletedAsEntraWritesIt(t *testing.T) {
	const guid = "9b7c2e10-4f6d-4a38-8e21-6c5d0b3a7f94"
	for _, test := range []struct {
		name     string
		of       Example
		version  entra.Version
		audience string
	}{
		{"nothing is known", Example{}, entra.V1, assumedURI},
		{"an App ID URI", Example{Audience: "api://a"}, entra.V1, "api://a"},
		{"an application id", Example{Audience: guid}, entra.V2, guid},
		{"the version", Example{Version: entra.V2}, entra.V2, assumedAPI},
		{"both", Example{Version: entra.V1, Audience: guid}, entra.V1, guid},
	} {
		got := test.of.Assumed()
		if got.Version != test.version || got.Audience != test.audience ||
			!entra.IsGUID(got.Tenant) || !entra.IsGUID(got.Client) || got.At.IsZero() {
			t.Errorf("%s: %+v", test.name, got)
		}
	}
}

// Around an example are those who can have tokens for its API: a registration says for whom these
// are, and without one the API has what the token has.
func TestWhoIsAroundAnExampleHasWhatTheGrantsSay(t *testing.T) {
	const guid = "9b1c6d52-7d1f-4f0c-8e0e-6a5d3c2b1a09"
	assigned := &entra.Registration{
		AppID: entra.Text{Value: guid}, Version: entra.Text{Value: "2"},
		Principal: &entra.ServicePrincipal{AssignmentRequired: entra.Text{Value: "true"}},
	}
	multi := &entra.Registration{
		AppID: entra.Text{Value: guid}, SignIn: entra.Text{Value: "AzureADMultipleOrgs"},
		Version: entra.Text{Value: "2"},
	}
	uri := Example{Audience: "api://a", User: true, Scopes: []string{"A.Access"}}.Assumed()
	daemon := Example{Audience: "api://a", Roles: []string{"A.Read"}}.Assumed()
	id := Example{Audience: guid}.Assumed()
	role := rules.Predicate{
		Op: rules.HasAll, Input: rules.Claim("roles"), Values: rules.Literals("A.Read"),
	}
	const no, yes, perhaps = rules.Rejected, rules.Accepted, rules.Undetermined
	for _, test := range []struct {
		name                                 string
		of                                   Example
		app                                  *entra.Registration
		asks                                 rules.Predicate
		strangers, elsewhere, tenants, other rules.Decision
	}{
		{"the audience", uri, nil, equals("aud", "api://a"), yes, no, yes, no},
		{"an id, of one tenant alone", id, nil, equals("aud", guid), yes, no, no, no},
		{"an id of many tenants", id, multi, equals("aud", guid), yes, no, yes, no},
		{"a scope", uri, nil, equals("scp", "A.Access"), yes, yes, yes, no},
		{"a role of applications", daemon, nil, role, no, yes, yes, no},
		{"assignment", id, assigned, equals("aud", guid), perhaps, no, no, no},
		{"whether idtyp is there", uri, nil, equals("idtyp", "app"), yes, yes, yes, no},
	} {
		policies := policyOf(asks(rules.CustomClaim, test.asks))
		h := test.of.Around(test.app, policies, nil)
		view := h.View(policies)
		other := view.Reaches(test.of.OfOtherEnvironment().Token()).Verdict.Outcome
		got := [...]rules.Decision{
			furthestAmong(view, h.Strangers()),
			furthestAmong(view, h.StrangersElsewhere(false, true)),
			furthestAmong(view, h.OtherTenants()), other,
		}
		want := [...]rules.Decision{test.strangers, test.elsewhere, test.tenants, test.other}
		if got != want {
			t.Errorf("%s: %v, want %v", test.name, got, want)
		}
	}
}

// What the model does not say is unknown to a gateway, and is no reason to reject.
func TestAGatewaySeesOfAnExampleWhatTheModelSays(t *testing.T) {
	for claim, want := range map[string]struct{ present, equal rules.Decision }{
		"oid":        {rules.Accepted, rules.Undetermined},
		"department": {rules.Undetermined, rules.Undetermined},
		"idtyp":      {rules.Undetermined, rules.Undetermined},
		"client_id":  {rules.Rejected, rules.Rejected},
		"azp":        {rules.Rejected, rules.Rejected},
		"aud":        {rules.Accepted, rules.Rejected},
	} {
		input := rules.Claim(claim)
		equals := rules.Predicate{Op: rules.Equals, Input: input, Values: rules.Literals("x")}
		for test, want := range map[*rules.Predicate]rules.Decision{
			{Op: rules.Present, Input: input}: want.present, &equals: want.equal,
		} {
			check := &rules.Check{ID: rules.CustomClaim, Test: *test}
			policies := []*rules.Policy{{Root: rules.AllOf(check)}}
			request := Example{}.Assumed().Request(NewView(policies, nil))
			if got := rules.Evaluate(policies, request).Outcome; got != want {
				t.Errorf("%s, operator %d: %s, want %s", claim, test.Op, got, want)
			}
		}
	}
}

// The caller writes beside the token what a policy takes from there.
func TestAnExamplesRequestCarriesWhatACallerWrites(t *testing.T) {
	client := rules.Input{Source: rules.FromHTTP, Name: "client_id"}
	policies := []*rules.Policy{{Root: rules.AllOf(
		&rules.Check{ID: rules.ClientID, Test: rules.Has(client), Binds: "client"},
	)}}
	view := NewView(policies, &rules.Contracts{IDs: []string{"ours"}})
	request := Example{}.Assumed().Request(view)
	if got := request.Headers["Client_id"]; got != "ours" || len(request.Headers) != 1 {
		t.Errorf("%v", request.Headers)
	}
	if !request.Token.Claims.Member("aud").Is(source.String) {
		t.Errorf("%s", request.Token.Claims.JSON())
	}
}
