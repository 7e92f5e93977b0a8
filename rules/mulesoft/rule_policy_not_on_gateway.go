package mulesoft

import "github.com/gatewhy/gatewhy/rules"

func policyNotOnGateway() rules.Rule {
	return rules.Rule{
		Name:  "policy-not-on-gateway",
		Title: "this gateway does not have the policy",
		Why: "OpenID Connect access token enforcement needs a client provider, which Flex " +
			"Gateway in local mode does not have: its newer documentation lists the policy as " +
			"not supported there. The policy is not applied, or rejects everything.",
		Fix:        "Use JWT Validation, or OAuth 2.0 Token Introspection.",
		Severity:   rules.Warning,
		Since:      since,
		References: []string{docOIDC, docLocalMode},
		Check:      eachEntry(needsClientProvider),
	}
}

func needsClientProvider(c configured) []rules.Finding {
	if c.asset != openIDConnect || !c.local || c.custom {
		return nil
	}
	return c.finding(
		"policyRef", firstPresent(c.assetAt, c.place),
		"Flex Gateway in local mode does not have this policy, by its newer documentation",
	)
}
