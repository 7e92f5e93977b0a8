// Package istio is the adapter for Istio: RequestAuthentication and AuthorizationPolicy, what the
// sidecars and gateways that they select check of a token, what these answer, its own rules, and
// its repairs.
//
// Each workload is one API instance with one policy, for all resources that select it decide
// together. read.go takes the resources out of a cluster's files, workloads.go says which
// workloads they tell apart, open.go what a template leaves open of that; compile.go puts the
// policy of one together: authenticate.go what RequestAuthentications want, authorize.go what
// AuthorizationPolicies want, attributes.go what the attributes of their rules are, values.go how
// values are compared. What Envoy's filters check and answer is in rules/envoy.
package istio

import (
	"sync"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy"
	"github.com/gatewhy/gatewhy/rules/envoy/amend"
)

// Name is the gateway's name on the command line, and that of its one kind of policy.
const Name = "istio"

// product is the gateway as its makers call it.
const product = "Istio"

// Adapter returns the adapter for Istio.
func Adapter() rules.Adapter {
	table := sync.OnceValue(behaviours)
	return rules.Adapter{
		Name:      Name,
		Variants:  []rules.Variant{{Name: Name, Product: product}},
		Words:     []string{"security.istio.io/", requestAuthentication, authorizationPolicy},
		Resources: resources,
		Kinds:     func() []string { return []string{Name} },
		Detect:    reading().Detect,
		Read:      read,
		Together:  reading().Together,
		Beside:    reading().ShowsMore,
		Compile: func(c *rules.Configuration) rules.Compilation {
			return compile(table(), c)
		},
		Behaviours: table,
		Logged:     envoy.Logged,
		Handling:   handling,
		Causes:     causes,
		Rules:      lintRules,
		Advice:     advice,
		Collect:    collections,
		Repairable: repairable,
		Solutions:  amend.Solutions,
		Changes:    rules.Changes(changeFor, proposals),
	}
}

// getPolicies is the command that gets both kinds of policies of a whole cluster.
const getPolicies = "kubectl get requestauthentications.security.istio.io," +
	"authorizationpolicies.security.istio.io --all-namespaces --output=yaml"

// collections are the commands that fetch the policies and a request from a cluster.
func collections() []rules.Collection {
	return []rules.Collection{
		{
			Name:  "istio-policies",
			Title: "the policies of a cluster, and the workloads that they select",
			Takes: []source.Input{
				source.NeedPolicy, source.NeedPolicyKind, source.NeedGatewayVersion,
			},
			Steps: []rules.Step{
				{
					Note:    "all namespaces: policies of the root namespace count everywhere",
					Command: getPolicies + " > istio.yaml",
				},
				{
					Note: "with the workloads and gateways in the same file, so that they have " +
						"their names, the namespaces, which may be in ambient mode, and what " +
						"changes the proxies beside the policies",
					Command: "kubectl get requestauthentications.security.istio.io," +
						"authorizationpolicies.security.istio.io,deployments,statefulsets," +
						"daemonsets,namespaces,envoyfilters,wasmplugins," +
						"gateways.gateway.networking.k8s.io " +
						"--all-namespaces --output=yaml > istio.yaml",
				},
				{
					Note: "the configuration of the mesh, which may name another root namespace " +
						"than istio-system: a file to be named beside the others",
					Command: "kubectl get configmap istio --namespace=istio-system " +
						"--output=yaml > mesh.yaml",
				},
				{Note: "the version of Istio", Command: "istioctl version --short"},
				{
					Note:    "what a proxy really has, as Envoy got it",
					Command: "istioctl x authz check POD.NAMESPACE",
				},
			},
		},
		{
			Name:  "istio-request",
			Title: "a request as the proxy gets it, and why it refused it",
			Takes: []source.Input{source.NeedRequest, source.NeedHeader},
			Steps: []rules.Step{{
				Note: "the access log of the workload's proxy has the method, the path and the " +
					"host of each request, and the reason: jwt_authn_access_denied{…} or " +
					"rbac_access_denied_matched_policy[…]",
				Command: "kubectl logs --namespace=NAMESPACE POD --container=istio-proxy " +
					"--tail=200",
			}},
		},
	}
}
