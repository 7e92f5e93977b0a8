// Package amend proposes changes of the JWT providers of Envoy's filter, which Istio and Envoy
// Gateway write in other fields and mean alike: the issuer and the audiences.
//
// findings.go has the repairs of findings, token.go what a provider needs to let a token in or to
// keep others out, and request.go puts that together with what an adapter's own rules need.
package amend
