package lint

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
)

func clientIDClaimNeverIssued() rules.Rule {
	return rules.Rule{
		Name:  "client-id-claim-never-issued",
		Title: "the client id is read from a claim that Entra ID never issues",
		Why: "Entra ID names the client in appid (v1.0 tokens) or azp (v2.0 tokens), never in " +
			"client_id. The gateway reads null and rejects every token.",
		Fix:        "Read appid or azp, by the version of the API's tokens.",
		Severity:   rules.Error,
		Locks:      true,
		Lesser:     "a note if a validation endpoint decides, which may have one",
		References: []string{claimsRef},
		Check:      checkClientClaims,
	}
}

// checkClientClaims looks at every policy in force: one that looks at no token may read the claims
// that another one has checked.
func checkClientClaims(s *rules.Subject) []rules.Finding {
	var all []rules.Finding
	for _, p := range s.Policies {
		if p.When.Disabled {
			continue
		}
		look := func(c *rules.Check) []rules.Finding { return checkClientClaim(s, p, c) }
		all = append(all, checksOf(p, look)...)
	}
	return all
}

func checkClientClaim(s *rules.Subject, p *rules.Policy, c *rules.Check) []rules.Finding {
	in := c.Test.Input
	if c.ID != rules.ClientID || !inForce(c) || c.Test.Op != rules.Present {
		return nil
	}
	switch {
	case rejectsAll(c):
		return one(at(c, "the client id is null, whoever calls: every request is rejected"))
	case in.Opaque != nil && readsClaimsOnly(c) && chainIs(s, p, workforce) &&
		alone(s, c).ownClients() == keptOut:
		return one(at(c, "no Entra ID access token gives a client id here: it names the client "+
			"in appid (v1.0 tokens) or azp (v2.0 tokens)"))
	case !neverIssuedClaim(in.Name):
		return nil
	case in.Source == rules.FromIntrospection && inForce(find(p, rules.Introspection)):
		f := at(c, "a client id must be found, and Entra ID has none in %s: if the validation "+
			"endpoint passes Entra's claims on, every token is rejected", in.Name)
		return one(less(f, rules.Note))
	case in.Source == rules.FromClaim && chainIs(s, p, isEntra):
		return one(at(c, "Entra ID never issues %s: it names the client in appid (v1.0 tokens) "+
			"or azp (v2.0 tokens)", in.Name))
	}
	return nil
}

// chainIs reports whether a policy of the same API takes such tokens.
func chainIs(
	s *rules.Subject, p *rules.Policy, such func(*rules.Subject, *rules.Policy) bool,
) bool {
	return slices.ContainsFunc(s.Policies, func(other *rules.Policy) bool {
		return (other.API == p.API || other.Early) && such(s, other)
	})
}

// readsClaimsOnly reports whether the token alone decides a check.
func readsClaimsOnly(c *rules.Check) bool {
	other := func(in rules.Input) bool { return in.Source != rules.FromClaim }
	return !slices.ContainsFunc(c.Reads(), other)
}

// neverIssuedClaim reports whether other issuers name the client with this claim, and Entra ID
// never does.
func neverIssuedClaim(name string) bool {
	others := []string{"client_id", "clientId", "clientid", "cid", "client", "clientID"}
	return slices.Contains(others, name) || entra.WrittenFor(name) != ""
}
