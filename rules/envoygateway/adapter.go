// Package envoygateway is the adapter for Envoy Gateway: SecurityPolicy, which of them holds for
// a route, what the proxy checks of a token and answers, its own rules, and its repairs.
//
// Each route, or Gateway without a route in the files, is one API instance with one policy: the
// one that counts there, or what it is merged with. read.go takes the resources out of a cluster's
// files, attach.go says which policy holds for which route and merges two, open.go what a template
// leaves open of that; compile.go puts the policy of one together, with what is not modelled of a
// SecurityPolicy: authenticate.go what jwt wants, authorize.go in which order rules decide,
// principal.go what one rule is about, faults.go what makes the whole of it answer 500. What the
// filters check and answer is in rules/envoy.
package envoygateway

import (
	"sync"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy"
	"github.com/gatewhy/gatewhy/rules/envoy/amend"
)

// Name is the gateway's name on the command line, and that of its one kind of policy.
const Name = "envoy-gateway"

// product is the gateway as its makers call it.
const product = "Envoy Gateway"

// Adapter returns the adapter for Envoy Gateway.
func Adapter() rules.Adapter {
	table := sync.OnceValue(behaviours)
	return rules.Adapter{
		Name:     Name,
		Variants: []rules.Variant{{Name: Name, Product: product}},
		Words:    []string{group, securityPolicy},
		Kinds:    func() []string { return []string{Name} },

		Resources: resources,

		Behaviours: table,
		Logged:     envoy.Logged,
		Handling:   handling,
		Causes:     causes,
		Collect:    collections,

		Rules:      lintRules,
		Advice:     advice,
		Repairable: repairable,
		Solutions:  amend.Solutions,
		Changes:    rules.Changes(changeFor, proposals),

		Detect:   reading().Detect,
		Read:     read,
		Together: reading().Together,
		Beside:   reading().ShowsMore,
		Compile: func(c *rules.Configuration) rules.Compilation {
			return compile(table(), c)
		},
	}
}

// getPolicies is the command that gets the policies of a whole cluster.
const getPolicies = "kubectl get securitypolicies.gateway.envoyproxy.io --all-namespaces " +
	"--output=yaml"

// collections are the commands that fetch the policies and a request from a cluster.
func collections() []rules.Collection {
	return []rules.Collection{
		{
			Name:  "envoy-gateway-policies",
			Title: "the policies of a cluster, and the routes that they hold for",
			Takes: []source.Input{
				source.NeedPolicy, source.NeedPolicyKind, source.NeedGatewayVersion,
			},
			Steps: []rules.Step{
				{
					Note:    "all namespaces",
					Command: getPolicies + " > envoy-gateway.yaml",
				},
				{
					Note: "with Gateways and routes in the same file, so that it shows which " +
						"policy counts where",
					Command: "kubectl get securitypolicies.gateway.envoyproxy.io," +
						"gateways.gateway.networking.k8s.io," +
						"httproutes.gateway.networking.k8s.io," +
						"grpcroutes.gateway.networking.k8s.io," +
						"clienttrafficpolicies.gateway.envoyproxy.io --all-namespaces " +
						"--output=yaml > envoy-gateway.yaml",
				},
				{
					Note: "where a provider has its keys from a ConfigMap: all those of the " +
						"policy's namespace",
					Command: "kubectl get configmaps --namespace=NAMESPACE --output=yaml " +
						"> configmaps.yaml",
				},
				{
					Note: "the version of Envoy Gateway, as the tag of its image",
					Command: "kubectl get deployment envoy-gateway " +
						"--namespace=envoy-gateway-system " +
						"--output=jsonpath='{.spec.template.spec.containers[0].image}'",
				},
				{
					Note:    "whether a policy is accepted, and whether another one replaces it",
					Command: "kubectl describe securitypolicy --namespace=NAMESPACE NAME",
				},
			},
		},
		{
			Name:  "envoy-gateway-request",
			Title: "a request as the proxy gets it, and why it refused it",
			Takes: []source.Input{source.NeedRequest, source.NeedHeader},
			Steps: []rules.Step{{
				Note: "the access log of the proxy has the method, the path and the host of " +
					"each request, and the reason: jwt_authn_access_denied{…} or " +
					"rbac_access_denied…",
				Command: "kubectl logs --namespace=envoy-gateway-system --selector=" +
					"gateway.envoyproxy.io/owning-gateway-name=GATEWAY --container=envoy " +
					"--tail=200",
			}},
		},
	}
}
