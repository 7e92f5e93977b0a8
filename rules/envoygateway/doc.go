// Package envoygateway is the adapter for Envoy Gateway: SecurityPolicy, which of them holds for
// a route, what the proxy checks of a token and answers, its own rules, and its repairs.
//
// Each route, or Gateway without a route in the files, is one API instance with one policy: the
// one that counts there, or what it is merged with. read.go takes the resources out of a cluster's
// files, attach.go says which policy holds for which route, open.go what a template leaves open of
// that, merge.go merges two; compile.go puts the policy of one together, with what is not modelled
// of a SecurityPolicy: authenticate.go what jwt wants, authorize.go in which order rules decide,
// principal.go and operation.go what one rule is about, faults.go what makes the whole of it
// answer 500. What the filters check and answer is in rules/envoy.
package envoygateway
