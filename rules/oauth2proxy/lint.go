package oauth2proxy

import (
	"github.com/gatewhy/gatewhy/rules"
)

// lintRules lists the rules that only this program's configurations can break.
func lintRules() []rules.Rule {
	return rules.Since("0.1.0",
		optionNotKnown(),
		optionValueRefused(),
		valueNotKnown(),
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
	)
}

// instance is one instance of the program, as a rule looks at it.
type instance struct {
	compiler
	found *rules.Findings
}

// eachInstance is the check of a rule that looks at one instance at a time.
func eachInstance(look func(instance)) func(*rules.Subject) []rules.Finding {
	return rules.EachEntry(func(e *entry, found *rules.Findings) {
		look(instance{compiler{entry: e}, found})
	})
}

// eachBearer is eachInstance for those that are known to look at bearer tokens.
func eachBearer(look func(instance)) func(*rules.Subject) []rules.Finding {
	return eachInstance(func(i instance) {
		if i.get("skip_jwt_bearer_tokens").on() {
			look(i)
		}
	})
}

// about adds a finding about an option.
func (i *instance) about(of setting, format string, args ...any) *rules.Finding {
	return i.found.At(i.place(of), of.name, format, args...)
}
