package mulesoft

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// lintRules lists the rules that only this vendor's configurations can break.
func lintRules() []rules.Rule {
	return []rules.Rule{
		unknownFieldRule(),
		wrongTypeRule(),
		valueNotAllowedRule(),
		placeholderValue(),
		expressionNotParseable(),
		expressionNotBoolean(),
		expressionNotSupported(),
		expressionAmbiguous(),
		arrayEqualityOnClaims(),
		keyCachingTime(),
		contractsInLocalMode(),
		policyNotOnGateway(),
		policyOrder(),
	}
}

// since is the version that has all rules of the first catalogue.
const since = "0.1.0"

const (
	docDataWeave  = "docs.mulesoft.com/dataweave/latest/dataweave-flow-control-precedence"
	docFlexPEL    = "docs.mulesoft.com/gateway/latest/policies-flex-dataweave-support"
	docJWTPage    = "docs.mulesoft.com/gateway/latest/policies-included-jwt-validation"
	docOrder      = "docs.mulesoft.com/gateway/latest/policies-policy-overview"
	docLocalMode  = "docs.mulesoft.com/gateway/latest/flex-local-third-party-tools"
	kbArrayClaims = "Salesforce KB 001116911"
)

// configured is the entry of a policy, with the gateway that it was compiled for.
type configured struct {
	compiler
	policy *rules.Policy
	fields []field // that its policy kind has
}

// eachEntry makes findings of the entries of a subject's policies that are in force.
func eachEntry(s *rules.Subject, look func(configured) []rules.Finding) []rules.Finding {
	var all []rules.Finding
	for _, policy := range s.Policies {
		e, ours := policy.Entry.(*entry)
		if ours && !policy.When.Disabled && (e.config == nil || e.config.Is(source.Object)) {
			all = append(all, look(configure(policy, e))...)
		}
	}
	return all
}

// configure prepares the entry of a policy to be looked into.
func configure(policy *rules.Policy, e *entry) configured {
	return configured{compiler{entry: e, variant: policy.Variant}, policy, fieldsOf(e.asset)}
}

// finding is one at a value of the entry's configuration.
func (c configured) finding(field string, v *source.Value, message string) rules.Finding {
	f := rules.Finding{Field: field, Message: message, Policy: c.policy}
	f.Pos, f.Span = place(v)
	return f
}

// fieldsOf describes the fields of a policy kind that is modelled; nothing for any other.
func fieldsOf(asset string) []field {
	switch asset {
	case jwtValidation:
		return jwtFields()
	case openIDConnect, openAM, pingFederate:
		return oidcFields()
	case externalOAuth2:
		return externalFields()
	case tokenIntrospection:
		return introspectionFields()
	}
	return nil
}

// setting is a field's value as it counts, where the policy kind has that field.
func (c configured) setting(name string) setting {
	if c.custom || !slices.ContainsFunc(c.fields, func(f field) bool { return f.name == name }) {
		return setting{}
	}
	return c.read(c.fields, name)
}
