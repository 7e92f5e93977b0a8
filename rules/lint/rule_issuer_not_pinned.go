package lint

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

func issuerNotPinned() rules.Rule {
	return rules.Rule{
		Name:  "issuer-not-pinned",
		Title: "the issuer of tokens is not pinned",
		Why: "Entra ID's tenants share signing keys, and a tenant's own key document lists the " +
			"shared ones: a signature that verifies says \"Entra\", not \"our tenant\". Another " +
			"tenant can issue tokens with an audience of its own choice.",
		Fix:      "Require the tenant's issuer.",
		Severity: rules.Error,
		Lesser: "a warning if it is not known whether another tenant can get such a token, or " +
			"if an expression on other claims can't be evaluated, a note if an expression on " +
			"one of these claims can't be evaluated, or if a contract or an application id as " +
			"the audience closes the hole today",
		References: []string{validating, uriLimits},
		About:      issued.ByTenant(),
		Check:      eachPolicy(checkIssuerPinned),
	}
}

// checkIssuerPinned looks at policies that verify with a key set of Entra ID proper: tenants of
// Azure AD B2C and External ID have hosts of their own. A contract closes the hole, unless its
// client is multi-tenant; so does an audience that is an application id, unless the API is.
func checkIssuerPinned(s *rules.Subject, p *rules.Policy) []rules.Finding {
	known := factsOf(s, p)
	proper := func(k entra.KeysAddress) bool { return k.Kind == entra.Workforce }
	i := slices.IndexFunc(known.sets, proper)
	if i < 0 {
		return nil
	}
	e := exposing(s, p)
	got, with := e.otherTenants()
	reader := claimCheck(p, "iss", "tid")
	message := unpinned(known.sets[i], reader != nil, with)
	f := atPlace(known.verifies, p.Claims, "%s", message)
	if reader != nil {
		f = at(reader, "%s", message)
	}
	switch got {
	case letIn:
		return one(f)
	case doubtful:
		f.Message += ", if another tenant can get such a token, which no source shows"
		return one(less(f, rules.Warning))
	case unclear:
		f.Message = "it is not known whether the issuer is pinned: " +
			e.unclearBy("an expression can't be evaluated on another tenant's token")
		return one(less(f, rules.Note))
	case keptOut:
		closed := closedBy(s, e)
		if closed == "" {
			return nil
		}
		if reader != nil { // it reads the issuer, and does not pin it
			if closed == byOther || e.ownClients() == keptOut {
				return nil
			}
			_, with = alone(s, reader).otherTenants()
			f.Message = unpinned(known.sets[i], true, with)
		}
		f.Message += ", and " + closed + " keeps another tenant's tokens out today"
		return one(less(f, rules.Note))
	}
	return nil
}

// closedBy is what keeps other tenants' tokens out where no check of the issuer or the tenant
// does; empty where one does, or may once a deployment has filled it in.
func closedBy(s *rules.Subject, e *exposed) string {
	all := shared(s).closed
	if _, known := all[e]; !known {
		all[e] = closing(s, e.policies)
	}
	return all[e]
}

// byOther is what keeps them out where that is neither a contract nor an application id.
const byOther = "only another check"

func closing(s *rules.Subject, policies []*rules.Policy) string {
	closed := byOther
	for _, p := range policies {
		_, audiences := audienceOf(p)
		switch {
		case pins(s, p), mayPin(p):
			return ""
		case inForce(find(p, rules.Contract)):
			closed = "only the contract of a client"
		case len(audiences) > 0 && guids(audiences) == len(audiences):
			closed = "only the audience, an application id,"
		}
	}
	return closed
}

// pins reports whether a policy has a check that reads the issuer or the tenant, and that by
// itself does not let other tenants past.
func pins(s *rules.Subject, p *rules.Policy) bool {
	return p.Find(func(c *rules.Check) bool {
		if !inForce(c) || !looksAtClaims(c) || !reads(c, "iss", "tid", "*") {
			return false
		}
		got, _ := alone(s, c).otherTenants()
		return got != letIn
	}) != nil
}

// mayPin reports whether a policy has a check that may be of the issuer or the tenant, as far as
// its file shows it.
func mayPin(p *rules.Policy) bool {
	return p.Find(func(c *rules.Check) bool {
		return c.Unknown != nil && c.Skip == "" && ofClaims(c) &&
			slices.Contains([]string{"", "iss", "tid"}, claimOf(c))
	}) != nil
}

// unpinned says what lets another tenant's token in.
func unpinned(keys entra.KeysAddress, read bool, with *issued.Token) string {
	switch {
	case read && with != nil:
		issuer := with.Settled().Claim("iss").Text
		return "the issuer is not pinned: " + issuer + ", another tenant's, passes too"
	case keys.Shared():
		return "the issuer is not checked: this key set is that of all tenants"
	}
	return "the issuer is not checked: " +
		"this key set, the tenant's own, lists the keys that all tenants share"
}
