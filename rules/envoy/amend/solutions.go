package amend

import (
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// The names of the solutions.
const (
	solutionJWT    = "jwt"
	solutionClient = "client"
	solutionRole   = "role"
)

// Solutions lists the ready-made repairs of Istio and Envoy Gateway, by what they ask of a token:
// this API's audience and issuer, one client, or a role.
func Solutions() []rules.Solution {
	others := []rules.Outsider{rules.OtherEnvironment, rules.OtherAPI, rules.OtherTenant}
	return []rules.Solution{
		{
			Name: solutionJWT, Title: "this API's audience and issuer",
			Steps: []string{
				"set-issuer", "accept-audience", "principal-slash", "accept-issuer",
				"split-scopes", "check-audience", "pin-issuer",
			},
			KeepsOut: others, Needs: factsNeeded,
		},
		{
			Name: solutionClient, Title: "the token's client alone",
			Steps:    []string{"map-client-id", "accept-client", "require-client", "only-client"},
			KeepsOut: []rules.Outsider{rules.OtherEnvironment, rules.OtherClient},
			Needs:    tokenNeeded("whose client is to get in"), OneClient: true,
		},
		{
			Name: solutionRole, Title: "a role of the token",
			Steps: []string{"require-role"}, KeepsOut: []rules.Outsider{rules.OtherClient},
			Needs: tokenNeeded("which has the role that is to be asked for"),
		},
	}
}

// factsNeeded are what has to be known of the API's tokens where none is at hand.
func factsNeeded(f rules.Facts) []source.Need {
	var needs []source.Need
	for _, one := range []struct {
		lacks bool
		need  source.Need
	}{
		{f.Audience == "", source.Need{Input: source.NeedAudience, For: "the API's audience"}},
		{f.Tenant == "", source.Need{
			Input: source.NeedTenant, For: "whose tokens are accepted",
		}},
		{f.Version == 0 && (f.Audience == "" || entra.IsGUID(f.Audience)), source.Need{
			Input: source.NeedTokenVersion, For: "which issuer the API's tokens have",
		}},
	} {
		if one.lacks {
			needs = append(needs, one.need)
		}
	}
	return needs
}

// tokenNeeded is the need of a token, for nothing else shows what it has.
func tokenNeeded(what string) func(rules.Facts) []source.Need {
	return func(rules.Facts) []source.Need {
		return []source.Need{
			{Input: source.NeedToken, For: "a token of this environment, " + what},
		}
	}
}
