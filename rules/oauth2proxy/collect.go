package oauth2proxy

import (
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// collections are the commands that fetch the configuration and a request from where the program
// runs.
func collections() []rules.Collection {
	return []rules.Collection{
		{
			Name:  "oauth2-proxy-config",
			Title: "the configuration of OAuth2 Proxy, as it runs",
			Takes: []source.Input{source.NeedPolicy, source.NeedPolicyKind},
			Steps: []rules.Step{
				{
					Note: "in Kubernetes: the workload, with its arguments and variables, and " +
						"the files that it reads; it holds no secret that the workload takes " +
						"from one",
					Command: "kubectl get deployments,configmaps --all-namespaces --selector=" +
						"app.kubernetes.io/name=oauth2-proxy --output=yaml > oauth2-proxy.yaml",
				},
				{
					Note:    "of a Helm release, where the chart is not rendered",
					Command: "helm get values oauth2-proxy -o yaml > values.yaml",
				},
				{
					Note: "elsewhere: the file behind --config, and the command line that " +
						"starts the program as it is, in a file of its own",
				},
			},
		},
		{
			Name:  "oauth2-proxy-request",
			Title: "a request as OAuth2 Proxy gets it, and why it refused the token",
			Takes: []source.Input{source.NeedRequest, source.NeedHeader},
			Steps: []rules.Step{
				{
					Note: "the log has the method and the path of each request, and the reason " +
						"behind \"Error retrieving session from token in Authorization header\"",
					Command: "kubectl logs -l app.kubernetes.io/name=oauth2-proxy --tail=200",
				},
			},
		},
	}
}
