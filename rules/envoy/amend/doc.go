// Package amend proposes changes of the JWT providers of Envoy's filter, which Istio and Envoy
// Gateway write in other fields and mean alike: the issuer and the audiences.
//
// findings.go has the repairs of findings, token.go what would let a token in or keep others out.
package amend
