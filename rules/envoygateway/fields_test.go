package envoygateway

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/testdata/configurations"
)

// wholeSpec has every field of a SecurityPolicy that decides on tokens.
const wholeSpec = `{
  "targetRefs": [{"group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "name": "api"}],
  "jwt": {"optional": false, "providers": [{
    "name": "entra", "issuer": "` + v2Issuer + `", "audiences": ["` + app + `"],
    "remoteJWKS": {"uri": "` + keysURL + `"}, "recomputeRoute": false,
    "extractFrom": {"headers": [{"name": "Authorization", "valuePrefix": "Bearer "}]},
    "claimToHeaders": [{"header": "x-subject", "claim": "sub"}]
  }]},
  "authorization": {"defaultAction": "Deny", "rules": [
    {"name": "none", "action": "Deny", "principal": {
      "jwt": {"provider": "entra", "claims": [{"name": "azp", "values": ["other"]}]}}},
    {"name": "ours", "action": "Allow",
      "operation": {"methods": ["GET"], "path": {"type": "PathPrefix", "value": "/orders"}},
      "principal": {"headers": [{"name": "x-env", "values": ["uat"]}], "jwt": {
        "provider": "entra", "scopes": ["Read"],
        "claims": [{"name": "azp", "valueType": "String", "values": ["` + client + `"]}]}}}
  ]}
}`

// wholeVerdict is what a request gets that wholeSpec lets in.
func wholeVerdict(t *testing.T, spec string) decided {
	t.Helper()
	text := `{"apiVersion": "gateway.envoyproxy.io/v1alpha1", "kind": "SecurityPolicy",
		"metadata": {"name": "p", "namespace": "orders"}, "spec": ` + spec + "}"
	r := requestOf(`scp="Read"`)
	r.Headers = map[string]string{"X-Env": "uat"}
	options := rules.Options{Runtime: "1.9.1", API: "orders/api"}
	return short(rules.Evaluate(policiesOf(t, options, text), r))
}

// The API server drops a member that is null, and refuses a value of another type.
func TestNullIsAbsentAndAnotherTypeIsRefused(t *testing.T) {
	t.Parallel()
	if got := wholeVerdict(t, wholeSpec); got != accepted() {
		t.Fatalf("got %v", got)
	}
	for _, v := range configurations.Variants(t, wholeSpec) {
		if strings.HasPrefix(v.Field, ".targetRefs") {
			continue // it decides which route it is
		}
		null, absent := wholeVerdict(t, v.Null), wholeVerdict(t, v.Absent)
		if null != absent {
			t.Errorf("%s: null is %v, absent %v", v.Field, null, absent)
		}
		for _, odd := range v.Odd {
			if got := wholeVerdict(t, odd); got != open(rules.NotModelled) {
				t.Errorf("%s: got %v of %s", v.Field, got, odd)
			}
		}
	}
}
