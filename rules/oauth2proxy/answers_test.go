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

// The discovery document of Entra ID names the tenant's own issuer, to the slash, and RS256. What
// needs no token, or has an issuer of its own, is not answered either.
func TestADiscoveryDocumentThatDiffersLeavesEverythingOpen(t *testing.T) {
	t.Parallel()
	const (
		others = "skip_auth_routes = [\"^/\"]\n" +
			"extra_jwt_issuers = [\"" + v2Issuer + "=" + app + "\"]\n"
		slash = `oidc_issuer_url = "` + v2Issuer + `/"` + "\n"
	)
	config := strings.Replace(basic, `oidc_issuer_url = "`+v2Issuer+`"`+"\n", slash, 1) + others
	for options, want := range map[string]decided{
		"": open(rules.TokenPresent),
		"skip_oidc_discovery = true\noidc_jwks_url = \"https://k.example\"\n": accepted(),
		"insecure_oidc_skip_issuer_verification = true\n":                     accepted(),
	} {
		v := rules.Evaluate(policiesOf(t, "proxy.cfg", config+options), requestOf(""))
		if got := short(v); got != want {
			t.Errorf("%q: got %v, want %v", options, got, want)
		}
	}
	config = basic + others + "oidc_enabled_signing_algs = [\"PS256\"]\n"
	v := rules.Evaluate(policiesOf(t, "proxy.cfg", config), requestOf(""))
	if got := short(v); got != open(rules.TokenPresent) {
		t.Errorf("no algorithm in common: got %v", got)
	}
}

// For an extra issuer the program looks for keys elsewhere then, and finds none
// (pkg/validation/options.go, newVerifierFromJwtIssuer).
func TestAnExtraIssuerThatDiffersHasNoKeys(t *testing.T) {
	t.Parallel()
	config := strings.Replace(basic, `"oidc"`, `"google"`, 1) +
		"extra_jwt_issuers = [\"" + v2Issuer + "/=" + app + "\"]\n"
	r := requestOf(`iss="` + v2Issuer + `/"`)
	v := rules.Evaluate(policiesOf(t, "proxy.cfg", config), r)
	if got := short(v); got != rejected(403, rules.Signature) {
		t.Errorf("got %v", got)
	}
}

// Only the redirect of GET has a body (net/http, Redirect), and the program starts with a
// code_challenge_method with which it can't make one.
func TestTheRedirectToTheProvider(t *testing.T) {
	t.Parallel()
	for _, of := range []struct {
		method, options string
		status          int
		says            string
		noBody          bool
	}{
		{"GET", "", 302, "Found", false},
		{"POST", "", 302, "", true},
		{"", "", 302, "", false},
		{"GET", "code_challenge_method = \"S256\"\n", 302, "Found", false},
		{"GET", "code_challenge_method = \"s256\"\n", 0, "", false},
	} {
		r := requestOf(`iss="` + v1Issuer + `"`)
		r.Method = of.method
		config := basic + "skip_provider_button = true\n" + of.options
		v := rules.Evaluate(policiesOf(t, "proxy.cfg", config), r)
		if got := short(v); got != rejected(of.status, rules.Issuer) {
			t.Errorf("%s, %q: got %v", of.method, of.options, got)
		}
		if v.Answer.Says != of.says || v.Answer.NoBody != of.noBody {
			t.Errorf("%s: says %q, no body: %t", of.method, v.Answer.Says, v.Answer.NoBody)
		}
	}
}

// A trusted proxy's X-Forwarded-Uri counts for routes of the API, as it is.
func TestAnAPIRouteIsOfWhatAProxyWasAskedFor(t *testing.T) {
	t.Parallel()
	for options, statuses := range map[string][2]int{
		"":                       {403, 403},
		"reverse_proxy = true\n": {401, 403},
		"reverse_proxy = true\ntrusted_proxy_ips = [\"10.0.0.1\"]\n": {0, 0},
	} {
		for i, uri := range []string{"/api?page=1", "/x/api"} {
			r := requestOf(`iss="` + v1Issuer + `"`)
			r.Headers = map[string]string{"X-Forwarded-Uri": uri}
			config := basic + options + "api_routes = [\"^/api.page\"]\n"
			v := rules.Evaluate(policiesOf(t, "proxy.cfg", config), r)
			if got := short(v); got != rejected(statuses[i], rules.Issuer) {
				t.Errorf("%q, %s: got %v, want %d", options, uri, got, statuses[i])
			}
		}
	}
}

// A key of a file has no id: each is tried, whatever the token's kid.
func TestKeysOfFilesAreTriedWhateverTheKid(t *testing.T) {
	t.Parallel()
	for options, want := range map[string]bool{
		"skip_oidc_discovery = true\noidc_public_key_files = [\"k.pem\"]\n":   true,
		"skip_oidc_discovery = true\noidc_jwks_url = \"https://k.example\"\n": false,
		"": false,
	} {
		policies := policiesOf(t, "proxy.cfg", basic+options)
		for check := range policies[0].Root.Checks() {
			if key := check.Test.Key; key != nil && key.Lenience.AnyKid != want {
				t.Errorf("%q: %v", options, key.Lenience)
			}
		}
	}
}

// On an exempt route the upstream is told of a token that is sent as the program looks for it.
func TestATokenThatTheProgramDoesNotLookForIsNotSentOn(t *testing.T) {
	t.Parallel()
	const config = basic + "upstreams = [\"http://a\"]\nskip_auth_routes = [\"^/\"]\n"
	for scheme, want := range map[string]decided{
		"Bearer ": rejected(502, rules.CustomClaim), "BEARER ": accepted(),
	} {
		r := requestOf(`sub="a\u0001"`)
		r.Headers = map[string]string{"Authorization": scheme + r.Token.Compact()}
		if got := short(rules.Evaluate(policiesOf(t, "proxy.cfg", config), r)); got != want {
			t.Errorf("%s: got %v, want %v", scheme, got, want)
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
		{"a/b", map[string]string{"at": "a/b"}, 0}, // which may be written a%2Fb
		{"a.2Fb", map[string]string{"at": "a/b"}, 0},
	}
	for _, test := range tests {
		r := requestOf(`iss="` + v1Issuer + `"`)
		r.Path, r.Query, r.QueryWhole = "/orders", test.query, true
		config := basic + `api_routes = ["` + test.routes + "\"]\n"
		v := rules.Evaluate(policiesOf(t, "proxy.cfg", config), r)
		if got := short(v); got != rejected(test.status, rules.Issuer) {
			t.Errorf("%s of %v: got %v, want %d", test.routes, test.query, got, test.status)
		}
	}
}

// The program (7.15.6, run) answers who has to sign in with an error where it can't read the
// query, in which it looks for where to go then. The sign-in page has its status by then.
func TestAQueryThatCannotBeReadEndsTheSignIn(t *testing.T) {
	t.Parallel()
	for config, want := range map[string]rules.Answer{
		basic:                                    {Status: 403, Says: "Internal Server Error"},
		basic + "skip_provider_button = true\n":  {Status: 400, Says: "Bad Request"},
		basic + "force_json_errors = true\n":     {Status: 401, Body: "{}"},
		basic + "api_routes = [\"^/orders$\"]\n": {Status: 401, Body: "{}"},
	} {
		r := requestOf(`iss="` + v1Issuer + `"`)
		r.Method, r.Path, r.RawQuery = "GET", "/orders", "?next=%zz"
		v := rules.Evaluate(policiesOf(t, "proxy.cfg", config), r)
		if got := v.Answer; got.Status != want.Status || got.Says != want.Says ||
			got.Body != want.Body {
			t.Errorf("%s: got %d %q %q", config, got.Status, got.Says, got.Body)
		}
	}
}

// RFC 9110, section 9.3.2.
func TestAnAnswerToHEADHasNoBody(t *testing.T) {
	t.Parallel()
	for _, config := range []string{basic, basic + "force_json_errors = true\n"} {
		r := requestOf(`iss="` + v1Issuer + `"`)
		r.Method, r.Path = "HEAD", "/orders"
		v := rules.Evaluate(policiesOf(t, "proxy.cfg", config), r)
		if v.Status == 0 || v.Answer.Body+v.Answer.Says != "" {
			t.Errorf("%s: got %d %q %q", config, v.Status, v.Answer.Body, v.Answer.Says)
		}
	}
}

// Roles of Keycloak may keep out who can't be told to the upstream either: which of the two
// answers is not known.
func TestWhetherRolesOrTheHeaderAnswersIsNotKnown(t *testing.T) {
	t.Parallel()
	config := strings.Replace(basic, `"oidc"`, `"keycloak-oidc"`, 1) +
		"upstreams = [\"http://a\"]\n"
	for options, status := range map[string]int{"": 502, "allowed_roles = [\"admin\"]\n": 0} {
		v := rules.Evaluate(policiesOf(t, "proxy.cfg", config+options), requestOf(`sub="a\u0001"`))
		if got := short(v); got != rejected(status, rules.CustomClaim) {
			t.Errorf("%q: got %v, want %d", options, got, status)
		}
	}
}
