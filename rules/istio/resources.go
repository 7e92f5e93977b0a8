package istio

import (
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// resources lists what the adapter looks at in a cluster: the policies, the labels of workloads,
// which gateways are waypoints, and what the mesh is configured with.
func resources() []source.Resource {
	const names = "metadata.name metadata.namespace "
	all := []source.Resource{
		{Group: strings.TrimSuffix(group, "/"), Kind: requestAuthentication},
		{Group: strings.TrimSuffix(group, "/"), Kind: authorizationPolicy},
		{Kind: "IstioOperator"},
		{Kind: "ConfigMap", Paths: strings.Fields(names + "data.mesh")},
		{Kind: "Gateway", Paths: strings.Fields(names + "spec.gatewayClassName")},
		{Kind: "Pod", Paths: strings.Fields(names + "metadata.labels metadata.ownerReferences")},
	}
	for _, kind := range workloadKinds() {
		all = append(all, source.Resource{
			Kind: kind, Paths: strings.Fields(names + "spec.template.metadata.labels"),
		})
	}
	return all
}
