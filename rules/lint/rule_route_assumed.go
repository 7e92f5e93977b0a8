package lint

import "github.com/gatewhy/gatewhy/rules"

// routeAssumed is found where a request is evaluated.
func routeAssumed() rules.Rule {
	return rules.Rule{
		Name:  "route-assumed",
		Title: "it depends on the request whether a policy applies, and the request is not known",
		Why: "Without the request's method and path every class of requests that the routes " +
			"treat differently is evaluated.",
		Fix:      "Say which method and path the request has.",
		Severity: rules.Note,
	}
}
