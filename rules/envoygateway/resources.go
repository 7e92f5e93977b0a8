package envoygateway

import (
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// resources lists what the adapter looks at in a cluster: the policies, and what they can be
// attached to; and the ConfigMaps that have key sets.
func resources() []source.Resource {
	return []source.Resource{
		{Group: strings.TrimSuffix(group, "/")},
		{Group: strings.TrimSuffix(gatewayAPI, "/")},
		{Kind: configMap, Paths: []string{"metadata.name", "metadata.namespace", "data"}},
	}
}
