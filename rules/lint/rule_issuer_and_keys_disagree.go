package lint

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
)

func issuerAndKeysDisagree() rules.Rule {
	return rules.Rule{
		Name:  "issuer-and-keys-disagree",
		Title: "the issuer and the key set belong to different tenants or clouds",
		Why: "The policy wants the issuer of one tenant and verifies with the keys of another. " +
			"Between clouds nothing verifies; between tenants of one cloud it works by the keys " +
			"that they happen to share.",
		Fix: "Take both from the same tenant. A v1.0 issuer with the v2.0 key document of its " +
			"tenant is sound: it lists the same keys.",
		Severity:   rules.Error,
		Lesser:     "a warning where the two tenants are of one cloud, and share keys",
		Since:      since,
		References: []string{accessTokens},
		Check:      checkIssuerAndKeys,
	}
}

// checkIssuerAndKeys finds nothing where one of several issuers goes with the keys.
func checkIssuerAndKeys(s *rules.Subject) []rules.Finding {
	var all []rules.Finding
	for _, p := range tokenPolicies(s) {
		c, issuers := issuersOf(p)
		_, url := keysOf(p)
		keys, ok := entra.ParseKeysURL(url)
		if !ok || len(issuers) == 0 {
			continue
		}
		ofCloud := func(i entra.Issuer) bool { return i.Is(keys.Cloud.ID) }
		ofTenant := func(i entra.Issuer) bool { return strings.EqualFold(keys.Tenant, i.Tenant) }
		switch {
		case !slices.ContainsFunc(issuers, ofCloud):
			all = append(all, at(c, "the issuer is not of %s, "+
				"whose keys the policy verifies with: nothing verifies", keys.Cloud.Name))
		case entra.IsGUID(keys.Tenant) && !slices.ContainsFunc(issuers, ofTenant):
			f := at(c, "the issuer is of tenant %s, and the key set that of tenant %s",
				issuers[0].Tenant, keys.Tenant)
			all = append(all, less(f, rules.Warning))
		}
	}
	return all
}
