package lint

import "github.com/gatewhy/gatewhy/rules"

func clientIDClaimOfOtherVersion() rules.Rule {
	return rules.Rule{
		Name:  "client-id-claim-of-other-version",
		Title: "the client id is read from the other token version's claim",
		Why: "v1.0 tokens have appid and no azp, v2.0 tokens azp and no appid. The gateway " +
			"reads null and rejects every token.",
		Fix: "Read appid for v1.0 tokens, azp for v2.0 tokens. The API's app registration " +
			"decides which it gets (requestedAccessTokenVersion).",
		Severity:   rules.Error,
		Locks:      true,
		References: []string{claimsRef, accessTokens},
		Check: eachPolicy(func(s *rules.Subject, p *rules.Policy) []rules.Finding {
			c, name := clientClaim(p)
			ev := factsOf(s, p).version
			right := clientClaimOf(ev.version)
			if name != "appid" && name != "azp" || !hasAppOrIsEntra(s, p) || !ev.known() ||
				name == right {
				return nil
			}
			return one(at(c, "v%s tokens have no %s, they name the client in %s: %s",
				ev.version, name, right, ev.because))
		}),
	}
}
