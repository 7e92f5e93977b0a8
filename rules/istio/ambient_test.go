package istio

import (
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// In ambient mode no proxy of a workload's own reads tokens (docAmbient).
func TestInAmbientModeAWorkloadsPoliciesReadNoToken(t *testing.T) {
	t.Parallel()
	namespace := func(labels string) string {
		return "---\nkind: Namespace\napiVersion: v1\nmetadata: {name: orders, labels: {" +
			labels + "}}\n"
	}
	deployment := func(labels string) string {
		return "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: " +
			"orders}\nspec: {template: {metadata: {labels: {" + labels + "}}}}\n"
	}
	ambient, both := namespace(dataplane+": ambient"),
		namespace(dataplane+": ambient, istio-injection: enabled")
	stays := deployment(dataplane + ": none")
	injected := deployment("sidecar.istio.io/inject: 'true'")
	gateway := ofTenant() + "  targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, " +
		"name: w}]\n---\nkind: Gateway\napiVersion: gateway.networking.k8s.io/v1\n" +
		"metadata: {name: w, namespace: orders}\nspec: {gatewayClassName: istio-waypoint}\n"
	read, open := rejected(401, rules.Expiry), open(rules.NotModelled)
	for name, test := range map[string]struct {
		text string
		want decided
	}{
		"the namespace is":                {ofTenant() + ambient, open},
		"and its workloads are":           {ofTenant() + ambient + deployment("app: web"), open},
		"a waypoint reads tokens":         {gateway + ambient, read},
		"another namespace says nothing":  {ofTenant() + namespace("team: a"), read},
		"with sidecars these count":       {ofTenant() + both, read},
		"a pod may stay out":              {ofTenant() + ambient + stays, read},
		"or have a sidecar":               {ofTenant() + ambient + injected, read},
		"a pod may be in it by its label": {ofTenant() + deployment(dataplane+": ambient"), open},
	} {
		if got := short(answered(t, test.text, requestOf("exp=1"))); got != test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}
