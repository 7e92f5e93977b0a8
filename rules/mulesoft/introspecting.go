package mulesoft

import (
	"cmp"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// introspectingFields are the fields that all policies of this family have, the enforcement
// policies one more (MuleSoft documentation). Their names for Flex Gateway are taken for Mule
// Gateway's too, which is thin evidence.
func introspectingFields(more ...field) []field {
	criteria := []string{"AND", "OR", "and", "or"}
	return append([]field{
		{name: "scopes", kind: source.String, spaced: true},
		{name: "scopeValidationCriteria", kind: source.String, absent: "AND", allowed: criteria},
		{name: "exposeHeaders", kind: source.Bool, absent: "false"},
		{name: "skipClientIdValidation", kind: source.Bool, absent: "false"},
		{name: "authenticationTimeout", kind: source.Number, absent: "10000"},
	}, more...)
}

func enforcementFields(more ...field) []field {
	trust := field{name: "secureTrustStore", kind: source.Bool, absent: "false"}
	return introspectingFields(append(more, trust)...)
}

// oidcFields are the fields of the OpenID Connect enforcement policy.
func oidcFields() []field {
	return enforcementFields(
		field{name: "maxFederationExpirationTime", kind: source.Number, absent: "-1"},
		field{name: "maxCacheSize", kind: source.Number, absent: "1000"},
	)
}

// externalFields are the fields of the policy for Mule's own OAuth provider
// (mulesoft/terraform-provider-anypoint).
func externalFields() []field {
	return enforcementFields(
		field{name: "tokenUrl", kind: source.String},
		field{name: "maxCacheEntries", kind: source.Number, absent: "10000"},
	)
}

// introspectionFields are the fields of OAuth 2.0 token introspection for Flex Gateway (MuleSoft
// documentation).
func introspectionFields() []field {
	return introspectingFields(
		field{name: "introspectionURL", kind: source.String},
		field{name: "authorizationValue", kind: source.String},
		field{name: "validatedTokenTTL", kind: source.Number, absent: "600"},
		field{
			name: "consumerBy", kind: source.String, absent: "client_id",
			allowed: []string{"client_id", "username"},
		},
		field{name: "maxCacheEntries", kind: source.Number, absent: "1000"},
	)
}

// answerModel is the validation endpoint's answer as Salesforce KB 005321722 describes it. It
// mirrors the token's own claims: scope is the claim scp, and there is a client id only where the
// token has a claim of that name. A token that has expired, or whose signature does not verify, is
// inactive. It is nil for the policies that the article is not about: nothing is published of the
// answer about a token of Entra ID then, so that only a captured answer will do.
func (c *compiler) answerModel() *rules.AnswerModel {
	if c.asset == externalOAuth2 || c.asset == tokenIntrospection {
		return nil
	}
	signed := rules.Predicate{Op: rules.Verifies, Key: loose(&rules.Key{})}
	expiry := rules.Predicate{Op: rules.After, Input: rules.Claim("exp"), Doubt: largestLeeway}
	readable := rules.Predicate{
		Op: rules.Readable, Loose: true, Elsewhere: []string{"claims.exp"},
	}
	model := rules.MirroredClaims()
	model.Alive = rules.Both(signed, rules.IfPresent(expiry.Input, expiry), readable)
	return model
}

// oidcCompiler turns the fields of an enforcement policy into checks. These policies ask the
// client provider's validation endpoint about the token. They never look at its audience or
// issuer.
type oidcCompiler struct {
	*compiler
	model *rules.AnswerModel // of the endpoint's answer; nil where nothing is published
}

// introspecting compiles a policy of this family.
func (c *compiler) introspecting() []*rules.Check {
	o := oidcCompiler{compiler: c, model: c.answerModel()}
	contract := o.contract("skipClientIdValidation", o.get("skipClientIdValidation"))
	contract.Evidence, contract.Captured = o.evidence(), rules.Documented.From(docOIDC)
	return []*rules.Check{
		o.tokenPresent(), o.introspection(), o.expiry(), o.scopes(), o.clientID(), contract,
	}
}

// answered is a member of the validation endpoint's answer.
func (o oidcCompiler) answered(name string) rules.Input {
	return rules.Input{Source: rules.FromIntrospection, Name: name, Model: o.model}
}

// tokenPresent looks for the token in the header, and in the query (RFC 6750, section 2.3). On
// Mule Gateway a request that has one in both is documented to be refused.
func (o oidcCompiler) tokenPresent() *rules.Check {
	sent := o.sent(true)
	sent.Lookup.Locations = []rules.Location{
		{
			Input:  rules.Input{Source: rules.FromHTTP, Name: "Authorization"},
			Prefix: "Bearer ",
		},
		{Input: rules.Input{Source: rules.FromQuery, Name: "access_token"}},
	}
	if twice := o.answer(tokenTwice); twice.Situation != "" {
		sent.Lookup.Several, sent.Lookup.Crowded = rules.NoneCounts, &twice
	}
	check := o.whole(rules.TokenPresent, sent, noToken)
	check.Evidence = rules.Documented.From(docOIDC)
	return check
}

// whole makes a check that no field decides. Its place is the policy as a whole.
func (o oidcCompiler) whole(id rules.ID, test rules.Predicate, situation string) *rules.Check {
	check := &rules.Check{
		ID: id, Evidence: o.evidence(), Captured: rules.Documented.From(docOIDC),
		Test: test, Answer: o.answer(situation),
	}
	moveTo(check, place("assetId", firstPresent(o.assetAt, o.place)))
	return check
}

func (o oidcCompiler) introspection() *rules.Check {
	active := rules.Predicate{Op: rules.Active, Input: o.answered("active")}
	check := o.whole(rules.Introspection, active, inactiveToken)
	check.Inferred = o.modelled()
	if o.model != nil {
		check.Remark = "modelled on the token's own claims"
	}
	return check
}

func (o oidcCompiler) expiry() *rules.Check {
	exp, remaining := o.answered("exp"), o.answered("expires_in")
	left := rules.Predicate{Op: rules.Positive, Input: remaining, Zero: o.zeroSeconds()}
	after := rules.Predicate{Op: rules.After, Input: exp, Doubt: largestLeeway}
	alive := rules.Both(rules.IfPresent(remaining, left), rules.IfPresent(exp, after))
	check := o.whole(rules.Expiry, alive, expiredToken)
	check.Inferred = o.modelled()
	return check
}

// modelled says that nothing is published of what the validation endpoint makes of a token that
// has expired, or whose signature does not verify.
func (o oidcCompiler) modelled() []rules.Inference {
	if o.model == nil {
		return nil
	}
	return []rules.Inference{
		{About: rules.ModelledAnswer, Evidence: rules.Inferred.From(kbInvalid)},
	}
}

func (o oidcCompiler) scopes() *rules.Check {
	scopes, criteria := o.get("scopes"), o.get("scopeValidationCriteria")
	check := o.check(rules.Scopes, "scopes", rules.Documented.From(docOIDC))
	check.Answer = o.answer(missingScopes)
	check.Unknown = cmp.Or(scopes.unknown, criteria.unknown)
	words := rules.Compared(strings.FieldsSeq(scopes.text))
	if len(words) == 0 && check.Unknown == nil {
		check.Skip = "none required"
		return check
	}
	every := rules.Predicate{
		Op: rules.HasAll, Input: o.answered("scope"), Values: rules.Literals(words...),
	}
	one := every
	one.Op = rules.HasAny
	switch {
	case o.beforeCriteria() && len(words) > 1:
		why := "the policy reads scopeValidationCriteria since version 1.4.0, and " + o.version +
			" is older: it is not documented whether one of the scopes is enough for it"
		need := rules.Need{For: "what this version of the policy answers"}
		doubt := rules.Undecided(&rules.Unknown{Why: why, Need: need})
		check.Test = rules.Both(one, rules.Either(every, doubt))
	case strings.EqualFold(criteria.text, "AND"):
		check.Test = every
	default:
		check.Test = one
	}
	return check
}

// beforeCriteria reports whether the policy is older than scopeValidationCriteria. Release notes
// say since when the OAuth and OpenAM policies read it; we do not know that of the others.
func (o oidcCompiler) beforeCriteria() bool {
	old, known := rules.OlderThan(o.version, 1, 4, 0)
	return known && old && (o.asset == externalOAuth2 || o.asset == openAM)
}

func (o oidcCompiler) clientID() *rules.Check {
	skip := o.get("skipClientIdValidation")
	check := o.check(rules.ClientID, "skipClientIdValidation", o.evidence())
	check.Answer, check.Captured = o.answer(noClientID), rules.Documented.From(docOIDC)
	member := setting{text: "client_id"} // of the answer, which names the client
	if o.asset == tokenIntrospection {
		member = o.get("consumerBy")
	}
	check.Unknown = cmp.Or(skip.unknown, member.unknown)
	check.Binds = boundClient
	check.Test = rules.Found(o.answered(member.text))
	check.Test.Loose = true
	if skip.on() {
		check.Skip = "skipClientIdValidation is on: the policy does not check the client id"
	}
	return check
}

// zeroSeconds reports whether an expires_in of 0 counts as valid. Since version 1.3.3 of the OAuth
// and OpenAM policies the token counts as expired, and before that as valid (release notes). We do
// not know since when the other policies do so.
func (o oidcCompiler) zeroSeconds() rules.Truth {
	switch old, known := rules.OlderThan(o.version, 1, 3, 3); {
	case known && !old:
		return rules.No
	case known && (o.asset == externalOAuth2 || o.asset == openAM):
		return rules.Yes
	}
	return rules.Maybe
}

// evidence is what the checks on the validation endpoint's answer rest on.
func (o oidcCompiler) evidence() rules.Evidence {
	if o.model != nil {
		return rules.Documented.From(kbInvalid)
	}
	return rules.Documented.From(docOIDC)
}
