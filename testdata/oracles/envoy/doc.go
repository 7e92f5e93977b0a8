// Package envoy says what two filters of Envoy do with a request: jwt_authn and RBAC, given their
// configuration as JSON. It is small, and written from Envoy's documentation and source alone:
// tests hold predictions against it, so it shares no code with them. A field that it does not know
// is an error; what depends on the connection, or on other filters, comes out as Maybe.
package envoy
