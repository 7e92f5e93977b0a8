package oauth2proxy

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/testdata/requests"
)

// The session of an extra issuer's token is made of the claim groups up to 7.15.5, and of the
// claim that oidc_groups_claim names from 7.15.6 on (oauth2-proxy#3539).
func TestTheGroupsOfAnExtraIssuerDependOnTheVersion(t *testing.T) {
	t.Parallel()
	const (
		extra = basic + "extra_jwt_issuers = \"" + v1Issuer + "=api://orders\"\n" +
			"allowed_groups = \"a\"\n"
		byRoles = extra + "oidc_groups_claim = \"roles\"\n"
		ofV1    = `iss="` + v1Issuer + `";aud="api://orders";`
	)
	refused := rejected(403, rules.CustomClaim)
	for _, test := range []struct {
		name, version, config, claims string
		want                          decided
	}{
		{"a new version", "7.15.6", byRoles, ofV1 + `roles=["a"]`, accepted()},
		{"a newer one", "v7.16.0", byRoles, ofV1 + `roles=["a"]`, accepted()},
		{"an old one", "7.15.5", byRoles, ofV1 + `roles=["a"]`, refused},
		{"the claim groups for an old one", "7.8.1", byRoles, ofV1 + `groups=["a"]`, accepted()},
		{"and for a new one", "7.15.6", byRoles, ofV1 + `groups=["a"]`, refused},
		{"no version", "", byRoles, ofV1 + `roles=["a"]`, open(rules.CustomClaim)},
		{"half a version", "7.15", byRoles, ofV1 + `roles=["a"]`, open(rules.CustomClaim)},
		{"the provider's own issuer", "", byRoles, `roles=["a"]`, accepted()},
		{"its own issuer and an old version", "7.8.1", byRoles, `roles=["a"]`, accepted()},
		{"the default claim", "", extra, ofV1 + `groups=["a"]`, accepted()},
		{
			"an old version and a text", "7.15.5", extra, ofV1 + `groups="a"`,
			rejected(403, rules.TokenFormat),
		},
		{"a new version and a text", "7.15.6", extra, ofV1 + `groups="a"`, accepted()},
		{"no version and a text", "", extra, ofV1 + `groups="a"`, open(rules.TokenFormat)},
		{"no version and no groups", "", extra, ofV1, refused},
	} {
		config := test.config + "bearer_token_login_fallback = false\n"
		policies := policiesOfVersion(t, test.version, config)
		if got := short(rules.Evaluate(policies, requestOf(test.claims))); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

func policiesOfVersion(t *testing.T, version, config string) []*rules.Policy {
	t.Helper()
	files := requests.Files(t, "proxy.cfg", config)
	read, err := newCommon().read(files, rules.Options{Runtime: version})
	if err != nil {
		t.Fatal(err)
	}
	return compile(read).Policies
}

// A health check has a path and a user agent of one from 7.15.2 on. Before it, either made one
// (GHSA-5hvv-m4w4-gf6v).
func TestWhatAHealthCheckIsDependsOnTheVersion(t *testing.T) {
	t.Parallel()
	const (
		google  = basic + "gcp_healthchecks = true\n"
		agent   = "GoogleHC/1.0"
		ours    = basic + "ping_user_agent = \"probe\"\n"
		noPath  = ours + "ping_path = \"\"\n"
		another = "curl/8"
	)
	refused, answered := rejected(403, rules.Audience), open(rules.Conditional)
	for _, test := range []struct {
		version, config, path, agent string
		want                         decided
	}{
		{"7.15.2", google, "/readiness_check", agent, answered},
		{"7.15.2", google, "/liveness_check", another, refused},
		{"7.15.2", google, "/liveness_check", "", refused},
		{"7.15.2", google, "/orders", agent, refused},
		{"7.15.2", google, "/ping", another, refused},
		{"7.15.2", ours, "/ping", "probe", answered},
		{"7.15.2", noPath, "/ping", "probe", refused},
		{"7.15.2", basic, "/ping", another, answered},
		{"7.15.1", google, "/liveness_check", another, answered},
		{"7.15.1", google, "/orders", agent, answered},
		{"7.15.1", ours, "/ping", "", answered},
		{"7.15.1", noPath, "/orders", "probe", answered},
		{"7.15.1", google, "/orders", another, refused},
		{"", google, "/orders", agent, answered},
		{"", google, "/orders", another, refused},
		{"", basic, "/ping", another, answered},
	} {
		r := requestOf(`aud="x"`)
		r.Path = test.path
		if test.agent != "" {
			r.Headers = map[string]string{"User-Agent": test.agent}
		}
		v := rules.Evaluate(policiesOfVersion(t, test.version, test.config), r)
		got := short(v)
		if got != test.want {
			t.Errorf("%+v: got %v: %s", test, got, v.Why())
		}
		asks := v.Decided != nil && v.Decided.Check.Unknown != nil &&
			v.Decided.Check.Unknown.Need.Input == source.NeedGatewayVersion
		if want := test.version == "" && got == answered && test.config == google; asks != want {
			t.Errorf("%+v: it asks for the version: %v", test, asks)
		}
	}
}

// Before 7.15.5 the program let in by paths that can be read in two ways (GHSA-63jm-59jj-478j,
// GHSA-pxq7-h93f-9jrg), and before 7.11.0 by the query (GHSA-7rh7-c77v-6434).
func TestWhichPathsAreExemptDependsOnTheVersion(t *testing.T) {
	t.Parallel()
	const config = basic + "skip_auth_routes = [\"^/public/\", \"/health$\"]\n"
	refused, unsure := rejected(403, rules.Audience), open(rules.Conditional)
	for _, test := range []struct {
		version, path, query string
		want                 decided
	}{
		{"7.15.5", "/public/a;v=1", "", refused},
		{"7.15.4", "/public/a;v=1", "", unsure},
		{"7.15.4", "/public/a%20b", "", accepted()},
		{"7.15.4", "/orders/health%23x", "", unsure},
		{"7.15.5", "/orders/health%23x", "", refused},
		{"", "/orders/health%23x", "", unsure},
		{"", "/orders;v=1", "", refused},
		{"7.11.0", "/orders", "?x=/health", refused},
		{"7.10.9", "/orders", "?x=/health", unsure},
		{"", "/orders", "?x=/health", unsure},
		{"", "/orders", "?x=1", refused},
		{"", "/orders", "", refused},
	} {
		r := requestOf(`aud="x"`)
		r.Path, r.RawQuery = test.path, test.query
		v := rules.Evaluate(policiesOfVersion(t, test.version, config), r)
		if got := short(v); got != test.want {
			t.Errorf("%+v: got %v: %s", test, got, v.Why())
		}
		asks := v.Decided != nil && v.Decided.Need().Input == source.NeedGatewayVersion
		if want := test.want == unsure && test.version == ""; asks != want {
			t.Errorf("%+v: it asks for the version: %v", test, asks)
		}
	}
}

// Before 7.15.2 an e-mail of several @ was of the domain at its end (GHSA-c5c4-8r6x-56w3).
func TestAnEMailOfSeveralAtSignsDependsOnTheVersion(t *testing.T) {
	t.Parallel()
	config := strings.Replace(basic, `"*"`, `"contoso.example"`, 1)
	refused := rejected(403, rules.CustomClaim)
	for _, test := range []struct {
		version, email string
		want           decided
	}{
		{"7.15.2", "a@b.example@contoso.example", refused},
		{"7.15.1", "a@b.example@contoso.example", open(rules.CustomClaim)},
		{"7.15.1", "a@contoso.example", accepted()},
		{"7.15.1", "a@contoso.example@b.example", refused},
		{"", "a@contoso.example@b.example", refused},
	} {
		policies := policiesOfVersion(t, test.version, config)
		r := requestOf(`email="` + test.email + `"`)
		if got := short(rules.Evaluate(policies, r)); got != test.want {
			t.Errorf("%+v: got %v", test, got)
		}
	}
}
