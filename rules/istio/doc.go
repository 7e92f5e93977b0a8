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
