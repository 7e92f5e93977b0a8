//go:build unix

package main

import (
	"fmt"

	"github.com/gatewhy/gatewhy/testdata/mint"
)

// ofDifferentClaims is a policy of Envoy Gateway with so many rules, each on a claim of its own.
func ofDifferentClaims(n int) string {
	return fmt.Sprintf(`apiVersion: gateway.envoyproxy.io/v1alpha1
kind: SecurityPolicy
metadata: {name: orders, namespace: default}
spec:
  targetRefs: [{group: gateway.networking.k8s.io, kind: HTTPRoute, name: orders}]
  jwt:
    providers:
    - name: entra
      issuer: https://sts.windows.net/%s/
      audiences: [api://orders]
      remoteJWKS: {uri: https://login.microsoftonline.com/%[1]s/discovery/keys}
  authorization:
    defaultAction: Deny
    rules:
`, mint.Tenant) + listed(n, "", func(i int) string {
		return fmt.Sprintf("    - {action: Allow, principal: {jwt: {provider: entra, "+
			"claims: [{name: claim%d, values: [v%[1]d]}]}}}\n", i)
	})
}

// mesh is policies of Istio for one namespace: so many with so many rules each, of which every
// twentieth compares scp as one text, and so many workloads.
func mesh(policies, rules, workloads int) string {
	return authentication("orders") + listed(policies, "", func(i int) string {
		return ofPrincipals(fmt.Sprint("allow-", i), "orders") + listed(rules, "",
			func(j int) string {
				claim := "roles"
				if j%20 == 0 {
					claim = "scp"
				}
				return rule(claim, fmt.Sprintf("Orders%d.Name%d", i, j))
			})
	}) + listed(workloads, "", func(i int) string {
		return fmt.Sprintf(`---
apiVersion: apps/v1
kind: Deployment
metadata: {name: orders-%d, namespace: orders}
spec: {template: {metadata: {labels: {app: orders, version: v%[1]d}}}}
`, i)
	})
}

// namespaced is the policies of one namespace of many.
func namespaced(i int) string {
	in := fmt.Sprint("team-", i)
	return authentication(in) + ofPrincipals("allow", in) + rule("scp", "Orders.Read")
}

func authentication(namespace string) string {
	return fmt.Sprintf(`apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: entra, namespace: %s}
spec:
  jwtRules:
  - issuer: https://sts.windows.net/%s/
    jwksUri: https://login.microsoftonline.com/%[2]s/discovery/keys
    audiences: [api://orders]
`, namespace, mint.Tenant)
}

// ofPrincipals begins an AuthorizationPolicy.
func ofPrincipals(name, namespace string) string {
	return fmt.Sprintf(`---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: %s, namespace: %s}
spec:
  rules:
`, name, namespace)
}

func rule(claim, value string) string {
	return fmt.Sprintf("  - from: [{source: {requestPrincipals: "+
		"['https://sts.windows.net/%s//*']}}]\n"+
		"    when: [{key: 'request.auth.claims[%s]', values: [%s]}]\n",
		mint.Tenant, claim, value)
}
