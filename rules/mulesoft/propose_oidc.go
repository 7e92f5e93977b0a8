package mulesoft

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// forOIDC proposes the article's two solutions: JWT Validation in the policy's place, or a scope of the environment. For a
// token without scopes the second becomes a role, which only JWT Validation can check.
func (p *proposer) forOIDC() ([]rules.Change, error) {
	if p.scopesKeepItOut() {
		return nil, nil
	}
	scopes := p.keptScopes()
	replace, err := p.replaceByJWT("use-jwt-validation", append([]source.Fields{p.issuerClaim()}, scopes...)...)
	if err != nil {
		return nil, err
	}
	scoped, err := p.requireScope()
	if err != nil {
		return nil, err
	}
	all := append(replace, scoped...)
	if len(p.profile.Roles) > 0 {
		if len(p.profile.Scopes) == 0 {
			scopes = nil // the role stands in for what an app-only token can't have
		}
		roles, err := p.replaceByJWT("use-jwt-validation-with-role", append([]source.Fields{p.issuerClaim(), p.roleClaim()}, scopes...)...)
		if err != nil {
			return nil, err
		}
		all = append(all, roles...)
	}
	return all, nil
}

// scopesKeepItOut reports whether the policy's own scopes reject a token that carries others. They say which environment this is, so
// the policy is right. A token without any, as an app-only one, has none in its own environment either.
func (p *proposer) scopesKeepItOut() bool {
	return len(p.profile.Scopes) > 0 && slices.ContainsFunc(p.failed, func(r *rules.Result) bool { return r.Check.ID == rules.Scopes })
}

// keptScopes are the policy's scopes as custom claims: another policy in its place must ask for them too, or it opens a hole.
func (p *proposer) keptScopes() []source.Fields {
	words := strings.Fields(textOf(p.entry.config, "scopes"))
	if len(words) == 0 {
		return nil
	}
	glue := " and "
	if textOf(p.entry.config, "scopeValidationCriteria") == "OR" {
		glue = " or "
	}
	tests := make([]string, len(words))
	for i, scope := range words {
		tests[i] = "((vars.claimSet.scp splitBy ' ') contains " + quoted(scope) + ")"
	}
	return []source.Fields{claimEntry("scp", "#["+strings.Join(tests, glue)+"]")}
}

// replaceByJWT puts JWT Validation in the policy's place, as the article's solution A does: the client id from the claim that the token
// has, the audience in the form that it carries; and, which the article leaves out, the issuer pinned.
func (p *proposer) replaceByJWT(id string, claims ...source.Fields) ([]rules.Change, error) {
	url, ok := p.keysURL()
	if p.entry.assetAt == nil {
		return []rules.Change{{ID: id, Title: "JWT Validation in the policy's place", Refused: p.cannotReplace()}}, nil
	}
	if !ok || len(p.profile.Audience) != 1 || p.profile.ClientID.Claim == "" {
		return nil, nil
	}
	skip, _ := p.entry.config.Member("skipClientIdValidation").Bool()
	custom := make([]any, len(claims))
	title := fmt.Sprintf("JWT Validation, client id from %s, audience %s, issuer pinned", p.profile.ClientID.Claim, p.profile.Audience[0])
	if skip {
		title = fmt.Sprintf("JWT Validation, audience %s, issuer pinned", p.profile.Audience[0])
	}
	for i, claim := range claims {
		custom[i] = claim
		if claim[0].Value == "roles" {
			title += ", role " + p.profile.Roles[0]
		}
	}
	config := source.Fields{
		{Key: "jwtOrigin", Value: bearerOrigin},
		{Key: "signingMethod", Value: "rsa"},
		{Key: "signingKeyLength", Value: 256},
		{Key: "jwtKeyOrigin", Value: "jwks"},
		{Key: "jwksUrl", Value: url},
		{Key: "jwksServiceTimeToLive", Value: 60},
		{Key: "skipClientIdValidation", Value: skip},
		{Key: "clientIdExpression", Value: p.clientExpression()},
		{Key: "validateAudClaim", Value: true},
		{Key: "mandatoryAudClaim", Value: true},
		{Key: "supportedAudiences", Value: p.profile.Audience[0]},
		{Key: "mandatoryExpClaim", Value: true},
		{Key: "mandatoryNbfClaim", Value: true},
		{Key: "validateCustomClaim", Value: true},
		{Key: "mandatoryCustomClaims", Value: custom},
	}
	edited, changes, err := convert(p.read, p.entry, jwtValidation, p.jwtVersion(), config)
	if err != nil {
		return nil, err
	}
	return []rules.Change{{ID: id, Title: title, Fields: changes, Edited: edited}}, nil
}

// cannotReplace says why an entry can't become one of another policy kind.
func (p *proposer) cannotReplace() string {
	if p.entry.written != nil {
		return "the resource's type says which policy it is: write a resource of JWT Validation in its place"
	}
	return "the file does not say which policy it is the configuration of: apply JWT Validation in its place"
}

// jwtVersion is the newest version of JWT Validation that is known for the entry's gateway.
func (p *proposer) jwtVersion() string {
	if p.entry.variant == Flex {
		return "0.12.0"
	}
	return "1.4.0"
}

// requireScope is the article's solution B: no client id, a scope of the environment instead.
func (p *proposer) requireScope() ([]rules.Change, error) {
	const id = "require-scope"
	title := "require a scope"
	if !on(p.entry.config, "skipClientIdValidation") {
		title = "skip the client id check and " + title
	}
	if textOf(p.entry.config, "scopes") != "" && len(p.failed) == 0 {
		return nil, nil
	}
	switch scope, ok := p.environmentScope(); {
	case ok:
		return p.edited(id, title+": "+scope, set("skipClientIdValidation", true), set("scopes", scope), set("scopeValidationCriteria", "AND"))
	case p.profile.Flow == inspect.AppOnly:
		why := "this token is app-only and carries no scopes"
		if len(p.profile.Roles) == 0 {
			why += ", nor has its client an app role of this API"
		}
		return []rules.Change{{ID: id, Title: title, Refused: why}}, nil
	case len(p.profile.Scopes) > 0:
		return []rules.Change{{ID: id, Title: title, Refused: fmt.Sprintf("this token carries %s only, a scope that other APIs use too", p.profile.Scopes[0])}}, nil
	}
	return nil, nil
}
