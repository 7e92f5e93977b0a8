package oauth2proxy

import (
	"fmt"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// since is the version that has all rules of this adapter.
const since = "0.1.0"

// lintRules lists the rules that only this program's configurations can break.
func lintRules() []rules.Rule {
	return []rules.Rule{
		optionNotKnown(),
		optionValueRefused(),
		bearerTokensIgnored(),
		providerVerifiesNoToken(),
		discoveryIssuerDiffers(),
		allowedTenantsNotForBearer(),
		extraIssuersShareAudiences(),
		audienceOfAnotherClaim(),
		emailAbsentInAppTokens(),
		domainListIsNoGate(),
		groupsLeftOut(),
		loginFallback(),
		exemptRouteUnanchored(),
		trustedAddresses(),
	}
}

// instance is one instance of the program, as a rule looks at it.
type instance struct {
	compiler
	policy *rules.Policy
}

// eachInstance is the check of a rule that looks at one instance at a time.
func eachInstance(look func(instance) []rules.Finding) func(*rules.Subject) []rules.Finding {
	return rules.EachEntry(func(e *entry, policy *rules.Policy) []rules.Finding {
		return look(instance{compiler{entry: e}, policy})
	})
}

// eachBearer is eachInstance for those that are known to look at bearer tokens.
func eachBearer(look func(instance) []rules.Finding) func(*rules.Subject) []rules.Finding {
	return eachInstance(func(i instance) []rules.Finding {
		if bearer := i.get("skip_jwt_bearer_tokens"); !bearer.on() {
			return nil
		}
		return look(i)
	})
}

// finding is a finding about an option, alone in a list.
func (i *instance) finding(of setting, format string, args ...any) []rules.Finding {
	f := rules.Finding{
		Field: of.name, Message: fmt.Sprintf(format, args...), Policy: i.policy,
	}
	f.Pos, f.Span = i.place(of)
	return []rules.Finding{f}
}

// findingAt is a finding about one value of an option.
func (i *instance) findingAt(
	v *source.Value, of setting, format string, args ...any,
) []rules.Finding {
	all := i.finding(of, format, args...)
	all[0].Pos, all[0].Span = shown(v)
	return all
}

// less is a finding that is less severe than its rule.
func less(found []rules.Finding, severity rules.Severity) []rules.Finding {
	for i := range found {
		found[i].Severity = severity
	}
	return found
}
