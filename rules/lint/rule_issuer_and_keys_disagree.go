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
		Why: "The policy wants the issuer or the id of one tenant and verifies with the keys of " +
			"another. Between clouds nothing verifies; between tenants of one cloud it works by " +
			"the keys that they happen to share.",
		Fix: "Take both from the same tenant. A v1.0 issuer with the v2.0 key document of its " +
			"tenant is sound: it lists the same keys.",
		Severity:   rules.Error,
		Lesser:     "a warning where the two tenants are of one cloud, and share keys",
		Since:      since,
		References: []string{accessTokens},
		Check:      checkIssuerAndKeys,
	}
}

// checkIssuerAndKeys finds nothing where one of several issuers goes with one of the key sets. A
// tenant's id is compared with them as the issuer is.
func checkIssuerAndKeys(s *rules.Subject) []rules.Finding {
	var all []rules.Finding
	for _, p := range tokenPolicies(s) {
		c, issuers := issuersOf(p)
		_, sets, only := entraKeysOf(p)
		if !only || len(sets) == 0 {
			continue
		}
		keys := sets[0]
		if len(issuers) > 0 {
			switch {
			case !goTogether(sets, issuers, keysAddress.ofCloud):
				all = append(all, at(c, "the issuer is not of %s, "+
					"whose keys the policy verifies with: nothing verifies", keys.cloud.Name))
				continue
			case !goTogether(sets, issuers, keysAddress.ofTenant):
				f := at(c, "the issuer is of tenant %s, and the key set that of tenant %s",
					issuers[0].Tenant, keys.tenant)
				all = append(all, less(f, rules.Warning))
				continue
			}
		}
		c, tenants := wantedOf(p, "tid")
		tenants = slices.DeleteFunc(tenants, func(id string) bool { return !entra.IsGUID(id) })
		if len(tenants) > 0 && !goTogether(sets, tenants, keysAddress.ofTenantID) {
			f := at(c, "tid is to be %s, and the key set is that of tenant %s",
				tenants[0], keys.tenant)
			all = append(all, less(f, rules.Warning))
		}
	}
	return all
}

// goTogether reports whether one of several key sets goes with one of several others.
func goTogether[T any](sets []keysAddress, others []T, do func(keysAddress, T) bool) bool {
	return slices.ContainsFunc(sets, func(k keysAddress) bool {
		return slices.ContainsFunc(others, func(other T) bool { return do(k, other) })
	})
}

// ofCloud reports whether an issuer is of the cloud whose key set this is.
func (k keysAddress) ofCloud(i entra.Issuer) bool { return i.Is(k.cloud.ID) }

// ofTenant reports whether an issuer is of the tenant whose key set this is, as far as its address
// names the tenant by its id.
func (k keysAddress) ofTenant(i entra.Issuer) bool { return k.ofTenantID(i.Tenant) }

func (k keysAddress) ofTenantID(id string) bool {
	return !entra.IsGUID(k.tenant) || strings.EqualFold(k.tenant, id)
}
