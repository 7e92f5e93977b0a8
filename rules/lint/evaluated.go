package lint

import "github.com/gatewhy/gatewhy/rules"

// routeAssumed is found where a request is evaluated.
func routeAssumed() rules.Rule {
	return rules.Rule{
		Name:       "route-assumed",
		Title:      "a policy is limited to some routes, and is taken to apply",
		Why:        "Without the request's method and path it is not known whether the policy applies to it, so its checks are run.",
		Fix:        "Pass --method and --path.",
		Severity:   rules.Note,
		Since:      since,
		References: []string{mulePointcut},
	}
}

// gatewayNotKnown is found where a file is compiled for each gateway that may run it.
func gatewayNotKnown() rules.Rule {
	return rules.Rule{
		Name:       "gateway-not-known",
		Title:      "the file does not say which gateway runs it, and they differ",
		Why:        "The vendor's gateways answer differently, and judge some fields and expressions differently.",
		Fix:        "Pass --gateway.",
		Severity:   rules.Note,
		Since:      since,
		References: []string{muleJWT},
	}
}
