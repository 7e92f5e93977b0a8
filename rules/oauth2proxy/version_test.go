package oauth2proxy

import (
	"testing"

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
		files := requests.Files(t, "proxy.cfg", config)
		read, err := newCommon().read(files, rules.Options{Runtime: test.version})
		if err != nil {
			t.Fatal(err)
		}
		got := short(rules.Evaluate(compile(read).Policies, requestOf(test.claims)))
		if got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}
