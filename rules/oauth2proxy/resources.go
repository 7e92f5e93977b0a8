package oauth2proxy

import (
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// resources lists what the adapter looks at in a cluster: the containers that run the program,
// wherever a pod is described, and the configurations that these may name.
func resources() []source.Resource {
	return []source.Resource{
		{Kind: "ConfigMap", Paths: []string{"metadata.name", "data", "stringData"}},
		{Kind: "Secret", Paths: []string{"metadata.name", "stringData"}},
		{Word: programName, Paths: strings.Fields("metadata.name spec.containers " +
			"spec.template.spec.containers spec.jobTemplate.spec.template.spec.containers")},
	}
}
