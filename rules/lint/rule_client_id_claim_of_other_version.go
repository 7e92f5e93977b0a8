package lint

import (
	"github.com/gatewhy/gatewhy/rules"
)

func clientIDClaimOfOtherVersion() rules.Rule {
	return rules.Rule{
		Name:  "client-id-claim-of-other-version",
		Title: "the client id is read from the other token version's claim",
		Why: "v1.0 tokens have appid and no azp, v2.0 tokens azp and no appid. The gateway " +
			"reads null and rejects every token.",
		Fix: "Read appid for v1.0 tokens, azp for v2.0 tokens. The API's app registration " +
			"decides which it gets (requestedAccessTokenVersion).",
		Severity:   rules.Error,
		Since:      since,
		References: []string{claimsRef, accessTokens},
		Check: func(s *rules.Subject) []rules.Finding {
			var all []rules.Finding
			for _, p := range tokenPolicies(s) {
				c, name := clientClaim(p)
				if name != "appid" && name != "azp" || s.App == nil && !isEntra(s, p) {
					continue
				}
				ev, ok := tokenVersion(s, p)
				if !ok {
					continue
				}
				if right := clientClaimOf(ev.version); name != right {
					all = append(all, at(c, "v%s tokens have no %s, "+
						"they name the client in %s: %s", ev.version, name, right, ev.because))
				}
			}
			return all
		},
	}
}
