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
			"that they happen to share. tid is always the tenant that the issuer names: another " +
			"one is in no token of it.",
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
		all = append(all, checkTenantOf(p, issuers, keys)...)
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

// checkTenantOf holds the tenants that tid may be against the issuers, else against the keys: tid
// is always the tenant that the issuer names.
func checkTenantOf(
	p *rules.Policy, issuers []entra.Issuer, keys entra.KeysAddress,
) []rules.Finding {
	c, tenants := wantedOf(p, "tid")
	var others []string
	for _, issuer := range issuers {
		others = append(others, issuer.Tenant)
	}
	source := "the issuer"
	if len(others) == 0 && entra.IsGUID(keys.Tenant) {
		others, source = []string{keys.Tenant}, "the key set"
	}
	isOne := func(tenant string) bool {
		return slices.ContainsFunc(others, func(other string) bool {
			return strings.EqualFold(tenant, other)
		})
	}
	isName := func(tenant string) bool { return !entra.IsGUID(tenant) }
	ids := slices.DeleteFunc(slices.Clone(tenants), isName)
	if len(ids) == 0 || len(others) == 0 || slices.ContainsFunc(ids, isOne) {
		return none()
	}
	return one(at(c, "tid is to be %s, and %s is of tenant %s: nobody of that tenant gets in",
		ids[0], source, others[0]))
}
