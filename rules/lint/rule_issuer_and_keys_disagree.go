package lint

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

func issuerAndKeysDisagree() rules.Rule {
	return rules.Rule{
		Name:  "issuer-and-keys-disagree",
		Title: "the issuer and the key set belong to different tenants or clouds",
		Why: "The policy expects the issuer of one tenant and verifies with the keys of " +
			"another. Across most clouds no signature verifies; across tenants of one cloud, " +
			"and between the public cloud and US Government, it works only with keys that they " +
			"happen to share. Another issuer signs with keys of its own, which no key set of " +
			"Entra ID lists. tid is always the tenant in the issuer: no token has a different " +
			"one.",
		Fix: "Take both from the same tenant. A v1.0 issuer with the v2.0 key document of its " +
			"tenant is sound: it lists the same keys.",
		Severity: rules.Error,
		Lesser: "a warning if the two are of one cloud, or of clouds that share keys, and for " +
			"Azure AD B2C and External ID",
		References: []string{accessTokens},
		Check:      eachPolicy(checkIssuerAndKeys),
	}
}

// checkIssuerAndKeys finds nothing where one of several issuers goes with one of the key sets. A
// tenant's id is compared with them as the issuer is.
func checkIssuerAndKeys(s *rules.Subject, p *rules.Policy) []rules.Finding {
	known := factsOf(s, p)
	c, issuers := known.pins, known.issuers
	var sets []entra.KeysAddress
	if known.ofEntraOnly() {
		sets = known.sets
	}
	all := checkTenantOf(p, issuers, sets)
	if ofAnother(s, known) {
		all = append(all, at(c, "the issuer %s is not of Entra ID, whose keys the policy "+
			"verifies with: no signature verifies", known.texts[0]))
	}
	if len(sets) == 0 || len(issuers) == 0 {
		return all
	}
	switch {
	case !goTogether(sets, issuers, func(k entra.KeysAddress, i entra.Issuer) bool {
		return i.Is(k.Cloud.ID)
	}):
		all = append(all, ofOtherCloud(c, sets, issuers))
	case !goTogether(sets, issuers, ofTenant):
		f := at(c, "the issuer is of tenant %s, and the key set that of tenant %s",
			issuers[0].Tenant, sets[0].Tenant)
		all = append(all, less(f, rules.Warning))
	case !goTogether(sets, issuers, ofProduct):
		why := "Azure AD B2C lists its keys by user flow or policy, on b2clogin.com"
		if issuers[0].Kind == entra.External || sets[0].Kind == entra.External {
			why = "External ID lists its keys on ciamlogin.com"
		}
		f := at(c, "the issuer is of %s, and the key set is not: %s, and they are reported to be "+
			"others than those of Entra ID", issuers[0].Product(), why)
		all = append(all, less(f, rules.Warning))
	}
	return all
}

// ofAnother reports whether a policy with the keys of Entra ID proper wants the issuer of somebody
// else. What it wants may be a part of one of Entra ID's: then other tenants get past the check.
func ofAnother(s *rules.Subject, known *facts) bool {
	isForeign := func(text string) bool {
		host, _, _ := strings.Cut(strings.TrimPrefix(text, "https://"), "/")
		_, ours := entra.CloudOf(host)
		return strings.HasPrefix(text, "https://") && !ours
	}
	others := source.Without(known.texts, isForeign)
	if !known.ofEntraOnly() || slices.ContainsFunc(known.sets, isB2C) || len(known.texts) == 0 ||
		len(others) > 0 {
		return false
	}
	got, _ := alone(s, known.pins).otherTenants()
	return got == keptOut
}

// ofOtherCloud is the finding of an issuer of another cloud than the keys. Some clouds list each
// other's keys: which of their tokens verify then is not known.
func ofOtherCloud(c *rules.Check, sets []entra.KeysAddress, issuers []entra.Issuer) rules.Finding {
	const text = "the issuer is not of %s, whose keys the policy verifies with: "
	share := func(k entra.KeysAddress, i entra.Issuer) bool { return i.SharesKeys(k.Cloud.ID) }
	if goTogether(sets, issuers, share) {
		f := at(c, text+"the key sets of the two clouds list some of each other's keys, and a "+
			"token verifies only with one of those", sets[0].Cloud.Name)
		return less(f, rules.Warning)
	}
	return at(c, text+"no signature verifies", sets[0].Cloud.Name)
}

// goTogether reports whether one of several key sets goes with one of several issuers.
func goTogether(
	sets []entra.KeysAddress, issuers []entra.Issuer,
	do func(entra.KeysAddress, entra.Issuer) bool,
) bool {
	return slices.ContainsFunc(sets, func(k entra.KeysAddress) bool {
		return slices.ContainsFunc(issuers, func(i entra.Issuer) bool { return do(k, i) })
	})
}

// ofProduct reports whether an issuer may be of the product whose key set this is. An app's own
// tokens of a B2C tenant can have Entra ID's issuer (Azure/azure-sdk-for-java issues/35918).
func ofProduct(k entra.KeysAddress, i entra.Issuer) bool {
	if k.Kind == entra.B2C {
		return i.Kind != entra.External
	}
	return i.Product() == entra.Issuer{Kind: k.Kind}.Product()
}

// ofTenant reports whether an issuer is of the tenant whose key set this is, as far as its address
// names the tenant by its id.
func ofTenant(k entra.KeysAddress, i entra.Issuer) bool {
	return !entra.IsGUID(k.Tenant) || strings.EqualFold(k.Tenant, i.Tenant)
}

// checkTenantOf holds the tenants that tid may be against the issuers, else against the keys: tid
// is always the tenant that the issuer names.
func checkTenantOf(
	p *rules.Policy, issuers []entra.Issuer, sets []entra.KeysAddress,
) []rules.Finding {
	c, tenants := wantedOf(p, "tid")
	others := source.Each(issuers, func(issuer entra.Issuer) string { return issuer.Tenant })
	beside := "the issuer"
	if len(others) == 0 {
		beside = "the key set"
		for _, keys := range sets {
			if !entra.IsGUID(keys.Tenant) {
				return nil
			}
			others = append(others, keys.Tenant)
		}
	}
	isOne := func(tenant string) bool {
		return slices.ContainsFunc(others, func(other string) bool {
			return strings.EqualFold(tenant, other)
		})
	}
	isName := func(tenant string) bool { return !entra.IsGUID(tenant) }
	ids := source.Without(tenants, isName)
	if len(ids) == 0 || len(others) == 0 || slices.ContainsFunc(ids, isOne) {
		return nil
	}
	return one(at(c, "the policy expects tid %s, but %s is of tenant %s: nobody of that tenant "+
		"gets in",
		ids[0], beside, others[0]))
}
