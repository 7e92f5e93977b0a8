package lint

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/rules"
)

func wildcardComparedExactly() rules.Rule {
	return rules.Rule{
		Name:  "wildcard-compared-exactly",
		Title: "a value with a wildcard is compared literally",
		Why: "No Entra ID token has an asterisk in its audience, issuer, scopes or roles, and a " +
			"policy that compares whole values lets nobody in.",
		Fix:        "Write the values that are meant, one by one.",
		Severity:   rules.Error,
		Locks:      true,
		Lesser:     "a warning if another value in the list can match",
		References: []string{claimsRef},
		Check:      eachCheck(checkWildcard, mayBeEntra),
	}
}

func checkWildcard(c *rules.Check) []rules.Finding {
	if !ofClaims(c) {
		return nil
	}
	wanted := wantedTexts(c, claim("aud", "iss", "tid", "appid", "azp", "scp", "scope", "roles"))
	wild := func(text string) bool { return strings.Contains(text, "*") }
	i := slices.IndexFunc(wanted, wild)
	if i < 0 {
		return nil
	}
	f := at(c, "%s is compared literally: no token has an asterisk there", wanted[i])
	if slices.ContainsFunc(wanted, func(text string) bool { return !wild(text) }) {
		f = less(f, rules.Warning)
	}
	return one(f)
}
