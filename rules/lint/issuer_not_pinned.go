package lint

import (
	"github.com/gatewhy/gatewhy/rules"
)

func issuerNotPinned() rules.Rule {
	return rules.Rule{
		Name:  "issuer-not-pinned",
		Title: "the issuer of tokens is not checked",
		Why: "Entra ID's tenants share signing keys, and a tenant's own key document lists the shared ones: a signature that verifies " +
			"says \"Entra\", not \"our tenant\". Another tenant can issue tokens whose audience is a text of its own choice.",
		Fix:        "Demand the tenant's issuer (in MuleSoft's JWT Validation, a mandatory custom claim iss).",
		Severity:   rules.Error,
		Since:      since,
		References: []string{validating, uriLimits, kbArticle},
		Check:      checkIssuerPinned,
	}
}

// checkIssuerPinned looks at policies that verify with a key set of Entra ID proper: tenants of Azure AD B2C and External ID have
// hosts of their own. A contract closes the hole, unless its client is
// multi-tenant; so does an audience that is an application id, unless the API is.
func checkIssuerPinned(s *rules.Subject) []rules.Finding {
	var all []rules.Finding
	for _, p := range tokenPolicies(s) {
		c, address := keysOf(p)
		keys, ok := parseKeysURL(address)
		checks := covers(s, p)
		if !ok || !keys.workforce || anyPins(checks, "iss", "tid") != rules.No || closesTenants(checks) != rules.No {
			continue
		}
		f := at(c, "the issuer is not checked: this key set, the tenant's own, lists the keys that all tenants share")
		if keys.shared() {
			f.Message = "the issuer is not checked: this key set is that of all tenants"
		}
		if separated(checks) != rules.No {
			f = less(f, rules.Warning)
		}
		all = append(all, f)
	}
	return all
}

// closesTenants tells whether the checks keep other tenants' tokens out without a look at the issuer.
func closesTenants(checks []*rules.Check) rules.Truth {
	best := rules.No
	for _, c := range checks {
		switch {
		case c.Skip != "":
		case c.ID == rules.NotModelled, c.Unknown != nil && (c.ID == rules.Contract || c.ID == rules.Audience || c.ID == rules.CustomClaim):
			best = max(best, rules.Maybe)
		case c.ID == rules.Contract, c.ID == rules.ClientSecret:
			return rules.Yes
		case onlyGUIDs(wantedTexts(c, claim("aud"))), onlyGUIDs(wantedTexts(c, claim("appid", "azp"))):
			return rules.Yes
		}
	}
	return best
}

func onlyGUIDs(texts []string) bool { return len(texts) > 0 && guids(texts) == len(texts) }
