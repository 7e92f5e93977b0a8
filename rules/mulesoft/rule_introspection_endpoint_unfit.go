package mulesoft

import (
	"net/url"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
)

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
		Since:    since,
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
		case rules.IsMetadata(u):
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
