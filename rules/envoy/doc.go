// Package envoy is what Envoy's JWT filter (jwt_authn) checks of a token and answers, and what its
// RBAC filter answers, for the gateways that configure them: Istio and Envoy Gateway.
//
// Which fields a provider comes from does not belong here, but for those that all gateways call
// alike (read.go): each adapter maps its own. provider.go has the checks, in the filter's order;
// lookup.go where a token is looked for; values.go how claims read; behaviours.go is the one place
// that has a status or a body, with the form of what their control planes do.
package envoy
