package lint

import (
	"strings"

	"github.com/gatewhy/gatewhy/rules"
)

func algorithmNeverSigned() rules.Rule {
	return rules.Rule{
		Name:  "algorithm-never-signed-with",
		Title: "the algorithm is one that Entra ID never signs with",
		Why: "Entra ID signs access tokens with RS256: its metadata lists no other algorithm, " +
			"and its key sets contain only RSA keys. A policy that expects another one lets " +
			"nobody in.",
		Fix:        "Expect RS256.",
		Severity:   rules.Error,
		References: []string{accessTokens, claimsRef},
		Check:      eachCheck(checkAlgorithm, hasAppOrIsEntra),
	}
}

func checkAlgorithm(c *rules.Check) []rules.Finding {
	if c.ID != rules.Algorithm || c.Skip != "" || c.MaySkip != nil || len(c.Test.Values) != 1 {
		return nil
	}
	switch alg := c.Test.Values[0].Text; alg {
	case "", "RS256":
		return nil
	default:
		place := c.Length
		if !strings.HasPrefix(alg, "RS") {
			place = nil // not only the length is wrong
		}
		return one(atPlace(c, place,
			"the policy wants %s, and Entra ID signs every token with RS256", alg))
	}
}
