package istio

import (
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// The provider of a CUSTOM policy is asked before the JWT filter (listener_builder.go), and may
// put another token into the request.
func TestWhatIsBehindAProviderOfACustomPolicy(t *testing.T) {
	t.Parallel()
	const (
		putsOnly = "rules: [{to: [{operation: {methods: [PUT]}}]}]"
		ofNobody = `rules: [{from: [{source: {notRequestPrincipals: ["*"]}}]}]`
	)
	asking := func(rule string) string {
		return ofTenant() + policy("CUSTOM", "provider: {name: login}", rule) +
			renamed(policy("ALLOW", `rules: [{from: [{source: {requestPrincipals: ["*"]}}]}]`))
	}
	mesh := func(of string) string {
		return "---\napiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\n" +
			"metadata: {name: mesh}\nspec: {meshConfig: {extensionProviders: [{name: login, " +
			of + "}]}}\n"
	}
	const overHTTP = "envoyExtAuthzHttp: {service: login.auth, port: 80"
	everything := asking("rules: [{}]")
	open, expired := open(rules.NotModelled), rejected(401, rules.Expiry)
	missing := rejected(403, rules.TokenPresent)
	for name, test := range map[string]struct {
		text    string
		request *rules.Request
		want    decided
	}{
		"a good token":                  {everything, requestOf(""), open},
		"a bad one may be replaced":     {everything, requestOf("exp=1"), open},
		"a token may be put in":         {everything, tokenless(), open},
		"not into other requests":       {asking(putsOnly), tokenless(), missing},
		"of which a bad token is as it": {asking(putsOnly), requestOf("exp=1"), expired},
		"it is asked before the filter, when there is no principal": {
			asking(ofNobody), requestOf("exp=1"), open,
		},
		"over HTTP nothing is changed by itself": {
			everything + mesh(overHTTP+"}"), requestOf("exp=1"), expired,
		},
		"nor is a token put in": {everything + mesh(overHTTP+"}"), tokenless(), missing},
		"but what is named is": {
			everything + mesh(overHTTP+", headersToUpstreamOnAllow: [authorization]}"),
			tokenless(), open,
		},
		"over gRPC anything may be": {
			everything + mesh("envoyExtAuthzGrpc: {service: login.auth, port: 80}"),
			tokenless(), open,
		},
		"another provider says nothing of it": {
			everything + mesh("envoyExtAuthzGrpc: {}}, {name: other, "+overHTTP+"}"),
			tokenless(), open,
		},
		"an action that a template leaves open may be any, for all requests": {
			ofTenant() + policy("'{{ .Values.action }}'", putsOnly), requestOf(""), open,
		},
	} {
		if got := short(answered(t, test.text, test.request)); got != test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}
