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

// checkIssuerAndKeys finds nothing where one of several issuers goes with one of the key sets.
func checkIssuerAndKeys(s *rules.Subject) []rules.Finding {
	var all []rules.Finding
	for _, p := range tokenPolicies(s) {
		c, issuers := issuersOf(p)
		_, sets, only := entraKeysOf(p)
		if !only || len(sets) == 0 || len(issuers) == 0 {
			continue
		}
		goes := func(with func(keysAddress, entra.Issuer) bool) bool {
			return slices.ContainsFunc(sets, func(k keysAddress) bool {
				return slices.ContainsFunc(
					issuers, func(i entra.Issuer) bool { return with(k, i) },
				)
			})
		}
		switch keys := sets[0]; {
		case !goes(keysAddress.ofCloud):
			all = append(all, at(c, "the issuer is not of %s, "+
				"whose keys the policy verifies with: nothing verifies", keys.cloud.Name))
		case !goes(keysAddress.ofTenant):
			f := at(c, "the issuer is of tenant %s, and the key set that of tenant %s",
				issuers[0].Tenant, keys.tenant)
			all = append(all, less(f, rules.Warning))
		}
	}
	return all
}

// ofCloud reports whether an issuer is of the cloud whose key set this is.
func (k keysAddress) ofCloud(i entra.Issuer) bool { return i.Is(k.cloud.ID) }

// ofTenant reports whether an issuer is of the tenant whose key set this is, as far as its address
// names the tenant by its id.
func (k keysAddress) ofTenant(i entra.Issuer) bool {
	return !entra.IsGUID(k.tenant) || strings.EqualFold(k.tenant, i.Tenant)
}
