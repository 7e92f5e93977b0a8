package oauth2proxy

import (
	"fmt"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// lintRules lists the rules that only this program's configurations can break.
func lintRules() []rules.Rule {
	return rules.Since("0.1.0",
		optionNotKnown,
		optionValueRefused,
		valueNotKnown,
		bearerTokensIgnored,
		providerVerifiesNoToken,
		discoveryIssuerDiffers,
		allowedTenantsNotForBearer,
		extraIssuersShareAudiences,
		audienceOfAnotherClaim,
		emailAbsentInAppTokens,
		domainListIsNoGate,
		groupsLeftOut,
		loginFallback,
		exemptRouteUnanchored,
		tokenNotNeeded,
		exemptPathFromHeader,
		trustedAddresses,
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

func optionNotKnown() rules.Rule {
	return rules.Rule{
		Name:  "option-not-known",
		Title: "an option has a name that OAuth2 Proxy does not know",
		Why: "OAuth2 Proxy does not start with an option or a flag that it does not know. A " +
			"variable of such a name is ignored, and what it should set stays as it was. In the " +
			"configuration file lists have names of their own: email_domains, where the flag is " +
			"--email-domain.",
		Fix:        "Write the option's name as the program's documentation has it.",
		Severity:   rules.Error,
		Lesser:     "a warning of a variable, which is ignored, and of what another version knows",
		References: []string{docOptions},
		Check:      eachInstance(hasUnknownOptions),
	}
}

func hasUnknownOptions(i instance) {
	for _, u := range i.misnamed() {
		if u.layer == byVariable {
			i.found.At(shown(u.at), u.name, "OAuth2 Proxy has no option for the variable %s, and "+
				"ignores it", u.name).Severity = rules.Warning
			continue
		}
		message := "OAuth2 Proxy has no option " + u.name + ", and does not start with it"
		if u.instead != "" {
			message = "OAuth2 Proxy does not start with " + u.name + " here: " + u.instead
		}
		if f := i.found.At(shown(u.at), u.name, "%s", message); u.open {
			f.Severity = rules.Warning
		}
	}
}

func optionValueRefused() rules.Rule {
	return rules.Rule{
		Name:  "option-value-refused",
		Title: "OAuth2 Proxy does not start with the value of an option, or without one",
		Why: "OAuth2 Proxy checks its options before it starts: the provider must be one that " +
			"it has, expressions must be readable, a switch is true or false, and an extra " +
			"issuer has an audience behind an equals sign. It wants the client's id, the " +
			"issuer, and email_domains or authenticated_emails_file, where * lets everybody in.",
		Fix: "Write the value as the program's documentation has it, and set what is " +
			"missing.",
		Severity: rules.Error,
		Lesser: "a warning of a secret, and of what a flag or a variable may set that the files " +
			"do not show",
		References: []string{docOptions},
		Check: eachInstance(func(i instance) {
			for _, refused := range i.faults() {
				if !refused.maybe || !refused.unread {
					i.refusal(refused)
				}
			}
		}),
	}
}

// refusal words why the program does not start.
func (i *instance) refusal(of fault) {
	message := fmt.Sprintf("OAuth2 Proxy does not start with this %s: %s", of.name, of.why)
	switch {
	case of.maybe:
		message = of.why + ": a flag or a variable does, or OAuth2 Proxy does not start"
	case of.value == i.at:
		message = "OAuth2 Proxy does not start: " + of.why
	}
	f := i.found.At(shown(of.value), of.name, "%s", message)
	if of.maybe || of.secret {
		f.Severity = rules.Warning
	}
}

func valueNotKnown() rules.Rule {
	return rules.Rule{
		Name:  "value-not-known",
		Title: "the file does not show a value that decides",
		Why: "In OAuth2 Proxy an option may come from a Secret, a ConfigMap, a variable or a " +
			"file that gatewhy was not given.",
		Fix: "For OAuth2 Proxy name the files with these too, a Secret with its " +
			"stringData.",
		Severity:   rules.Note,
		References: []string{docOptions},
		Check:      eachInstance(hasHiddenOptions),
	}
}

// hasHiddenOptions finds what is not known of the options that decide about bearer tokens. What
// leaves open several of them is said once.
func hasHiddenOptions(i instance) {
	said := map[string]bool{}
	for _, name := range []string{
		"skip_jwt_bearer_tokens", "provider", "oidc_issuer_url", "client_id",
		"oidc_extra_audiences", "oidc_audience_claims", "extra_jwt_issuers", "allowed_groups",
		"allowed_roles", "email_domains", "authenticated_emails_file", "oidc_groups_claim",
		"oidc_email_claim", "oidc_jwks_url", "skip_oidc_discovery",
		"insecure_oidc_skip_issuer_verification", "insecure_oidc_allow_unverified_email",
		"skip_auth_routes", "api_routes", "trusted_ips", "bearer_token_login_fallback",
	} {
		of := i.get(name)
		switch {
		case of.off() && name == "skip_jwt_bearer_tokens":
			return // no option decides about a bearer token
		case of.unknown == nil || of.unknown.Need.Input != source.NeedPolicy || said[of.open]:
		case of.open != "":
			said[of.open] = true
			i.about(of, "%s, and options that decide may be set there", of.open)
		default:
			i.about(of, "%s", of.unknown.Why)
		}
	}
}
