package mulesoft

import (
	"slices"
	"strings"
	"sync"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/mulesoft/dataweave"
)

// lintRules lists the rules that only this vendor's configurations can break. One that does not
// say since when is of the first catalogue.
func lintRules() []rules.Rule {
	return rules.Since("0.1.0",
		unknownFieldRule,
		wrongTypeRule,
		valueNotAllowedRule,
		valueNotKnown,
		placeholderValue,
		expressionNotParseable,
		expressionWithoutBrackets,
		expressionAmongBlanks,
		expressionReadsElsewhere,
		expressionNotBoolean,
		expressionNotSupported,
		expressionAmbiguous,
		arrayEqualityOnClaims,
		tokenExpressionGivesNoToken,
		textKeyMissing,
		keyCachingTime,
		introspectionEndpointUnfit,
		contractsInLocalMode,
		policyNotOnGateway,
		policyOrder,
		tokenTakenAway,
		bindingAttachesNowhere,
		kindNotKnown,
	)
}

// configured is the entry of a policy, with the gateway for which it was compiled.
type configured struct {
	compiler
	policy      *rules.Policy
	expressions func() []expressionField // that the policy uses
}

// inForce lists the entries of a subject's policies that are in force. All rules look at the same.
func inForce(s *rules.Subject) []configured {
	type shared struct{}
	if all, ok := s.Shared[shared{}].([]configured); ok {
		return all
	}
	all := []configured{}
	for _, policy := range s.Policies {
		e, ours := policy.Entry.(*entry)
		if ours && !policy.When.Disabled && (e.config == nil || e.config.Is(source.Object)) {
			all = append(all, configure(policy, e))
		}
	}
	if s.Shared == nil {
		s.Shared = map[any]any{}
	}
	s.Shared[shared{}] = all
	return all
}

// eachEntry is the check of a rule that looks at one entry in force at a time.
func eachEntry(look func(configured) []rules.Finding) func(*rules.Subject) []rules.Finding {
	return func(s *rules.Subject) []rules.Finding {
		return slices.Concat(source.Each(inForce(s), look)...)
	}
}

// configure prepares the entry of a policy to be looked at.
func configure(policy *rules.Policy, e *entry) configured {
	c := configured{
		compiler: compiler{entry: e, variant: policy.Variant, fields: fieldsOf(e.asset)},
		policy:   policy,
	}
	c.expressions = sync.OnceValue(c.readExpressions)
	return c
}

// finding is a finding about a value of the entry's configuration, alone in a list.
func (c configured) finding(field string, v *source.Value, message string) []rules.Finding {
	return c.findingAt(place(field, v), message)
}

func (c configured) findingAt(at rules.Place, message string) []rules.Finding {
	f := findingAt(at, message)
	f.Policy = c.policy
	return []rules.Finding{f}
}

// readsCredentials reports whether the policy reads a client's own credentials, and no token.
func (c configured) readsCredentials() bool {
	return c.asset == clientIDEnforcement || c.asset == rateLimitingSLA
}

// isTokenPolicy reports whether the policy is one of the vendor's that look at tokens.
func (c configured) isTokenPolicy() bool {
	return c.fields != nil && !c.custom && !c.readsCredentials()
}

// setting is a field's value as it counts. It is empty where the policy kind has no such field.
func (c configured) setting(name string) setting {
	if c.custom || fieldIndex(c.fields, name) < 0 {
		return setting{}
	}
	return c.get(name)
}

// claimItem is one custom claim as the configuration lists it.
type claimItem struct {
	list, key string
	value     *source.Value
}

// claimItems lists the custom claims that the policy checks. There are none where their check is
// switched off.
func (c configured) claimItems() []claimItem {
	if c.asset != jwtValidation || c.custom || !c.setting("validateCustomClaim").on() {
		return nil
	}
	var all []claimItem
	for _, list := range []string{"mandatoryCustomClaims", "nonMandatoryCustomClaims"} {
		for _, item := range c.config.Member(list).List() {
			if v := item.Member("value"); v != nil {
				all = append(all, claimItem{list, item.TextAt("key"), v})
			}
		}
	}
	return all
}

// expressionField is a field with an expression that the policy uses.
type expressionField struct {
	name   string
	value  *source.Value
	test   bool            // it has to give a boolean
	expr   *dataweave.Expr // nil where it can't be read
	fault  error           // why it can't be read
	offset int             // the number of characters before the expression
}

// isSecret reports whether an expression may be the secret itself. No message may say what is in
// it.
func (e expressionField) isSecret() bool { return namesSecret(e.name) && readsNothing(e.expr) }

// readsNothing reports whether an expression reads none of the variables that policies have.
func readsNothing(e *dataweave.Expr) bool {
	return e != nil && !slices.ContainsFunc(e.Reads(), func(path string) bool {
		root, _, _ := strings.Cut(strings.ReplaceAll(path, "[", "."), ".")
		return dataweave.IsVariable(root)
	})
}

// eachExpression is the check of a rule that looks at one expression at a time.
func eachExpression(
	look func(configured, expressionField) []rules.Finding,
) func(*rules.Subject) []rules.Finding {
	return eachEntry(func(c configured) []rules.Finding {
		var all []rules.Finding
		for _, e := range c.expressions() {
			if !e.isSecret() {
				all = append(all, look(c, e)...)
			}
		}
		return all
	})
}

// eachParsed is eachExpression for the expressions that can be read.
func eachParsed(
	look func(configured, expressionField) []rules.Finding,
) func(*rules.Subject) []rules.Finding {
	return eachExpression(func(c configured, e expressionField) []rules.Finding {
		if e.expr == nil {
			return nil
		}
		return look(c, e)
	})
}

// readExpressions reads the expressions that the policy uses.
func (c configured) readExpressions() []expressionField {
	var fields []expressionField
	for _, item := range c.claimItems() {
		fields = append(fields, expressionField{name: item.list, value: item.value, test: true})
	}
	add := func(name string) {
		fields = append(fields, expressionField{name: name, value: c.config.Member(name)})
	}
	for _, name := range c.expressionFields() {
		if name != "customKeyExpression" { // no part of which is modelled
			add(name)
		}
	}
	var all []expressionField
	for _, e := range fields {
		text, ok := e.value.Str()
		code, offset, isExpression := dataweave.Template(text)
		if !ok || !isExpression || templated(e.value) {
			continue
		}
		e.offset = offset
		e.expr, e.fault = c.parsed.parse(code, c.dialect())
		all = append(all, e)
	}
	return all
}

// advice lists what the vendor adds to the rules that hold for every gateway.
func advice() []rules.Advice {
	return []rules.Advice{
		// The signature, the audience, the issuer and the keys.
		{Rule: "signature-not-verified", References: []string{docJWTPage}},
		{
			Rule:       "any-client-accepted",
			Fix:        "MuleSoft's JWT Validation can check both the audience and the client id.",
			References: []string{kbArticle},
		},
		{
			Rule: "assignment-not-required",
			Fix:  "In MuleSoft a contract lets in a client by its id.",
		},
		{Rule: "audience-not-checked", References: []string{kbArticle}},
		{
			Rule:       "audience-check-switched-off",
			Fix:        "In MuleSoft's JWT Validation the switch is validateAudClaim.",
			References: []string{docJWTPage},
		},
		{
			Rule:       "audience-optional",
			Fix:        "In MuleSoft's JWT Validation the switch is mandatoryAudClaim.",
			References: []string{docJWTPage},
		},
		{Rule: "audience-list-empty", References: []string{docJWTPage}},
		{
			Rule:       "issuer-not-pinned",
			Fix:        "In MuleSoft's JWT Validation that is a mandatory custom claim iss.",
			References: []string{kbArticle},
		},
		{
			Rule: "key-set-not-fetchable",
			Why: "MuleSoft's JWT Validation answers with 503 if it has no key set. Flex Gateway " +
				"takes several addresses with commas between them, Mule Gateway one.",
			References: []string{docJWTPage},
		},
		{Rule: "key-set-over-http", References: []string{docJWTPage}},
		{Rule: "text-key-is-no-key", References: []string{docJWTPage}},
		{
			Rule: "algorithm-never-signed-with",
			Fix: "In MuleSoft's JWT Validation that is signingMethod rsa with signingKeyLength " +
				"256, which is the length of the hash and not of the key.",
		},
		{
			Rule: "wildcard-compared-exactly",
			Why: "That MuleSoft's JWT Validation compares like this is inferred: its " +
				"documentation mentions no wildcards.",
			References: []string{docJWTPage},
		},

		// The client id.
		{Rule: "client-id-chosen-by-caller", References: []string{docJWTPage}},
		{
			Rule: "client-id-claim-never-issued",
			Why:  "OpenID Connect access token enforcement answers with 403, \"Invalid Client\".",
			Fix: "If the policy can't be configured like that (OpenID Connect access token " +
				"enforcement), use JWT Validation instead, or skip the client id and require a " +
				"scope.",
			References: []string{kbArticle},
		},
		{
			Rule:       "client-id-put-together",
			Fix:        "In DataWeave: #[vars.claimSet.azp default vars.claimSet.appid].",
			References: []string{docDataWeave},
		},
		{
			Rule:       "client-id-claim-names-no-client",
			Why:        "MuleSoft's token policies answer with 403.",
			References: []string{kbArticle},
		},

		// Custom claims, scopes and the expiry.
		{
			Rule:       "claim-check-switched-off",
			Fix:        "In MuleSoft's JWT Validation the switch is validateCustomClaim.",
			References: []string{docJWTPage},
		},
		{
			Rule:       "list-claim-compared-with-text",
			Fix:        "In DataWeave: #[vars.claimSet.roles contains 'Orders.Read'].",
			References: []string{docJWTPage},
		},
		{
			Rule: "substring-match-on-scopes",
			Fix:  "In DataWeave: #[(vars.claimSet.scp splitBy ' ') contains 'Orders.Read'].",
		},
		{Rule: "scope-list-empty", References: []string{kbArticle, docOIDCPage}},
		{Rule: "scope-in-uri-form", References: []string{kbArticle}},
		{
			Rule: "scope-without-audience",
			Fix: "If the policy can't do that (enforcement by a validation endpoint), JWT " +
				"Validation can.",
			References: []string{kbArticle},
		},
		{
			Rule:       "expiry-not-mandatory",
			Fix:        "In MuleSoft's JWT Validation the switch is mandatoryExpClaim.",
			References: []string{docJWTPage},
		},

		// Where a policy applies, and the file.
		{Rule: "policy-disabled", References: []string{docJWTPage}},
		{Rule: "route-not-covered", References: []string{docPointcutPage}},
		{Rule: "route-assumed", References: []string{docPointcutPage}},
		{Rule: "gateway-not-known", References: []string{docJWTPage}},
		{Rule: "byte-order-mark", Why: "API Manager's is perhaps one of them."},
		{Rule: "scope-not-defined-by-app", References: []string{kbArticle}},
	}
}
