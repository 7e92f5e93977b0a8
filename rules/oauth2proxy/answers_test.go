package oauth2proxy

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// A program that does not start lets nobody in, and refuses nobody (provider_verifier.go,
// intersectSigningAlgs; pkg/validation/providers.go).
func TestAProgramThatDoesNotStartAnswersNothing(t *testing.T) {
	t.Parallel()
	for algorithm, want := range map[string]decided{
		"RS256": accepted(), "ES256": open(rules.TokenPresent), "RS-256": open(rules.TokenPresent),
	} {
		config := basic + `oidc_enabled_signing_algs = ["` + algorithm + "\"]\n"
		v := rules.Evaluate(policiesOf(t, "proxy.cfg", config), requestOf(""))
		if got := short(v); got != want {
			t.Errorf("%s: got %v, want %v", algorithm, got, want)
		}
	}
}

// Whether a route of the API matches is asked of the path with its query (oauthproxy.go,
// isAPIPath; pkg/requests/util, GetRequestURI).
func TestAnAPIRouteSeesTheQuery(t *testing.T) {
	t.Parallel()
	tests := []struct {
		routes string
		query  map[string]string
		status int
	}{
		{"^/orders$", nil, 401},
		{"^/orders$", map[string]string{"a": "b"}, 403},
		{"^/orders", map[string]string{"a": "b"}, 401},
		{"json=1", map[string]string{"json": "1"}, 401},
		{"json=1", map[string]string{"json": "1", "page": "2"}, 0},
		{"a/b", map[string]string{"at": "a/b"}, 403},
	}
	for _, test := range tests {
		r := requestOf(`iss="` + v1Issuer + `"`)
		r.Query, r.QueryWhole = test.query, true
		config := basic + `api_routes = ["` + test.routes + "\"]\n"
		v := rules.Evaluate(policiesOf(t, "proxy.cfg", config), r)
		if got := short(v); got != rejected(test.status, rules.Issuer) {
			t.Errorf("%s of %v: got %v, want %d", test.routes, test.query, got, test.status)
		}
	}
}

// Roles of Keycloak may keep out who can't be told to the upstream either: which of the two
// answers is not known.
func TestWhetherRolesOrTheHeaderAnswersIsNotKnown(t *testing.T) {
	t.Parallel()
	config := strings.Replace(basic, `"oidc"`, `"keycloak-oidc"`, 1)
	for options, status := range map[string]int{"": 502, "allowed_roles = [\"admin\"]\n": 0} {
		v := rules.Evaluate(policiesOf(t, "proxy.cfg", config+options), requestOf(`sub="a\u0001"`))
		if got := short(v); got != rejected(status, rules.CustomClaim) {
			t.Errorf("%q: got %v, want %d", options, got, status)
		}
	}
}
