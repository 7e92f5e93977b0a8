package issued

import (
	"slices"
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
			policies, &rules.Request{Token: full, At: assumedTime},
		).Outcome; got != answer.Verdict.Outcome {
			t.Errorf("%s, and in full %s: %s", answer.Verdict.Outcome, got, full.Claims.JSON())
		}
	}
}
