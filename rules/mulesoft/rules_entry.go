package mulesoft

import (
	"net/url"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
)

// The compiler finds what breaks this rule: see sayStrange.
func kindNotKnown() rules.Rule {
	return rules.Rule{
		Name:  "kind-not-known",
		Title: "a policy, a resource or a gateway of a kind that gatewhy does not know",
		Why: "No rule looks into it: what it lets in or keeps out is not known, and neither is " +
			"what it means for the policies beside it.",
		Fix: "Correct the name if it is misspelled. Otherwise look at its configuration " +
			"yourself.",
		Severity:   rules.Note,
		References: []string{"mulesoft/terraform-provider-anypoint, known policies"},
	}
}

// sayStrange reports what is not known of the entry's kind.
func (c *compiler) sayStrange() {
	if c.strange != nil {
		c.find("kind-not-known", place("assetId", c.strange.at), c.strange.what)
	}
}

// valueNotKnown has no check of its own: what breaks it is found while a configuration is
// compiled.
func valueNotKnown() rules.Rule {
	return rules.Rule{
		Name:  "value-not-known",
		Title: "the file does not show a value that decides",
		Why: "A variable, a placeholder that a deployment replaces, or a block that Terraform " +
			"repeats gets its value from somewhere else; another field is not in the file, and " +
			"has no documented default. Every check that needs the value is unknown.",
		Fix: "Give gatewhy what the gateway gets: Terraform's plan as JSON, or the policy as " +
			"API Manager has it.",
		Severity:   rules.Note,
		References: []string{docJWTPage, tfCommunity},
	}
}

func policyNotOnGateway() rules.Rule {
	return rules.Rule{
		Name:  "policy-not-on-gateway",
		Title: "this gateway does not have the policy",
		Why: "OpenID Connect access token enforcement needs a client provider, and Client ID " +
			"Enforcement contracts, which Flex Gateway in local mode does not have: its " +
			"documentation lists the policies as not supported there. The policy is not " +
			"applied, or rejects everything.",
		Fix: "Use JWT Validation, or OAuth 2.0 Token Introspection, with " +
			"skipClientIdValidation.",
		Severity:   rules.Warning,
		References: []string{docOIDC, docClientID, docLocalMode},
		Check:      eachEntry(notInLocalMode),
	}
}

func notInLocalMode(c configured) []rules.Finding {
	message := "Flex Gateway in local mode does not have this policy"
	switch {
	case !c.local, c.custom, c.asset != openIDConnect && c.asset != clientIDEnforcement:
		return nil
	case c.asset == openIDConnect:
		message += ", by its newer documentation"
	}
	return c.finding("policyRef", firstPresent(c.assetAt, c.place), message)
}

func contractsInLocalMode() rules.Rule {
	return rules.Rule{
		Name:  "contracts-in-local-mode",
		Title: "client id validation is on in Flex Gateway's local mode, which has no contracts",
		Why: "A gateway in local mode never receives contracts: skipClientIdValidation must be " +
			"true there, and the policy can't work otherwise.",
		Fix: "Set skipClientIdValidation to true and check the audience and a scope or a role, " +
			"or run the gateway in connected mode.",
		Severity:   rules.Error,
		References: []string{docJWTPage, docLocalMode},
		Check:      eachEntry(needsContracts),
	}
}

func needsContracts(c configured) []rules.Finding {
	const field = "skipClientIdValidation"
	skip := c.setting(field)
	if !c.local || !c.isTokenPolicy() || skip.unknown != nil || skip.on() {
		return nil
	}
	return c.finding(
		field, firstPresent(skip.value, c.config, c.place),
		"Flex Gateway in local mode has no contracts: skipClientIdValidation must be true",
	)
}

func bindingAttachesNowhere() rules.Rule {
	return rules.Rule{
		Name:  "binding-attaches-nowhere",
		Title: "a Flex Gateway binding attaches to no API",
		Why: "Flex Gateway in local mode applies a policy only if policyRef.name is the name " +
			"that ends in -flex, and targetRef gives the kind of its target. It was observed to " +
			"ignore any other binding without an error: then the API is open.",
		Fix: "Write the policy's name with -flex, and targetRef.kind: ApiInstance. Then send a " +
			"request without a token: it must be rejected.",
		Severity:   rules.Warning,
		References: []string{obsFlexBinding, docJWTPage},
		Check:      attachesNowhere,
	}
}

func attachesNowhere(s *rules.Subject) []rules.Finding {
	var all []rules.Finding
	for _, policy := range s.Policies {
		e, ours := policy.Entry.(*entry)
		if !ours || e.detached == nil || !e.detached.nowhere {
			continue
		}
		f := findingAt(place(e.detached.field, e.detached.at), e.detached.message())
		f.Policy = policy
		all = append(all, f)
	}
	return all
}

func introspectionEndpointUnfit() rules.Rule {
	return rules.Rule{
		Name:  "introspection-endpoint-unfit",
		Title: "the endpoint can't validate tokens, or not safely",
		Why: "Entra ID has no introspection endpoint, and neither the UserInfo endpoint nor " +
			"Microsoft Graph is one: no token is found active, and nobody gets in. Over http, " +
			"anyone who can answer in its place decides which tokens are active.",
		Fix: "Use JWT Validation with the tenant's key set for tokens of Entra ID, and https " +
			"for an endpoint of your own.",
		Severity: rules.Error,
		References: []string{
			"RFC 7662, OAuth 2.0 Token Introspection",
			"learn.microsoft.com/entra/identity-platform/v2-protocols-oidc",
		},
		Check: eachEntry(unfitEndpoints),
	}
}

func unfitEndpoints(c configured) []rules.Finding {
	for _, name := range []string{"introspectionURL", "tokenUrl"} {
		endpoint := c.setting(name)
		if endpoint.value == nil || endpoint.unknown != nil {
			continue
		}
		if why := unfit(strings.TrimSpace(endpoint.text)); why != "" {
			return c.finding(name, endpoint.value, "no token can be validated here: "+why)
		}
	}
	return nil
}

// unfit is why an address is no introspection endpoint, or none to be trusted; empty where it may
// be one.
func unfit(address string) string {
	u, err := url.Parse(address)
	if err == nil {
		host := strings.ToLower(u.Hostname())
		_, ours := entra.CloudOf(host)
		api, microsofts := entra.MicrosoftAPI("https://" + host)
		switch {
		case entra.IsDiscovery(u):
			return "it is the metadata document of an issuer"
		case ours, host == "sts.windows.net":
			return "Entra ID has no introspection endpoint"
		case microsofts:
			return api.Name + " has no introspection endpoint"
		}
	}
	if fault := rules.AddressFault(address); fault != "" {
		return fault
	}
	if strings.EqualFold(u.Scheme, "http") {
		return "it is asked over http, where anyone on the network path can answer"
	}
	return ""
}
