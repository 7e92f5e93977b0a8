package istio

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/testdata/configurations"
)

// The specs of two policies, with every field that decides on tokens.
const (
	wholeAuthentication = `{"jwtRules": [{
		"issuer": "` + v2Issuer + `", "audiences": ["` + app + `"],
		"jwksUri": "https://login.microsoftonline.com/common/discovery/v2.0/keys",
		"fromHeaders": [{"name": "Authorization", "prefix": "Bearer "}],
		"forwardOriginalToken": true, "spaceDelimitedClaims": ["scp"], "timeout": "5s",
		"outputPayloadToHeader": "x-token",
		"outputClaimToHeaders": [{"header": "x-subject", "claim": "sub"}]}]}`
	wholeAuthorization = `{"action": "ALLOW", "rules": [{
		"from": [{"source": {"requestPrincipals": ["` + v2Issuer + `/*"]}}],
		"to": [{"operation": {"methods": ["GET"], "paths": ["/orders*"]}}],
		"when": [{"key": "request.auth.claims[azp]", "values": ["` + client + `"]}]}]}`
)

// wholeVerdict is what a request gets that the two let in.
func wholeVerdict(t *testing.T, authentication, authorization string) decided {
	t.Helper()
	of := func(kind, spec string) string {
		return `{"apiVersion": "security.istio.io/v1", "kind": "` + kind +
			`", "metadata": {"name": "p", "namespace": "orders"}, "spec": ` + spec + "}\n---\n"
	}
	return short(answered(t, of(requestAuthentication, authentication)+
		of(authorizationPolicy, authorization), requestOf("")))
}

// The API server drops a member that is null, and refuses a value of another type.
func TestNullIsAbsentAndAnotherTypeIsRefused(t *testing.T) {
	t.Parallel()
	if got := wholeVerdict(t, wholeAuthentication, wholeAuthorization); got != accepted() {
		t.Fatalf("got %v", got)
	}
	hold := func(v configurations.Variant, verdict func(spec string) decided) {
		if null, absent := verdict(v.Null), verdict(v.Absent); null != absent {
			t.Errorf("%s: null is %v, absent %v", v.Field, null, absent)
		}
		for _, odd := range v.Odd {
			if got := verdict(odd); got != open(rules.NotModelled) {
				t.Errorf("%s: got %v of %s", v.Field, got, odd)
			}
		}
	}
	for _, beside := range []string{"jwks", "jwks_uri", "fromParams"} {
		spec := strings.Replace(wholeAuthentication, `"issuer"`, `"`+beside+`": null, "issuer"`, 1)
		if got := wholeVerdict(t, spec, wholeAuthorization); got != accepted() {
			t.Errorf("%s is null: got %v", beside, got)
		}
	}
	of := strings.Replace(wholeAuthorization, `"rules"`, `"provider": null, "rules"`, 1)
	if got := wholeVerdict(t, wholeAuthentication, of); got != accepted() {
		t.Errorf("provider is null: got %v", got)
	}
	for _, v := range configurations.Variants(t, wholeAuthentication) {
		hold(v, func(spec string) decided { return wholeVerdict(t, spec, wholeAuthorization) })
	}
	for _, v := range configurations.Variants(t, wholeAuthorization) {
		hold(v, func(spec string) decided { return wholeVerdict(t, wholeAuthentication, spec) })
	}
}
