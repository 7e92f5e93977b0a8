package mulesoft

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/mulesoft/dataweave"
)

// forOIDC proposes the article's two solutions: JWT Validation in the policy's place, or a scope
// of the environment. For a token without scopes the second becomes a role, which only JWT
// Validation can check. What takes the place of scopes that the file does not show might let more
// tokens in.
func (p *proposer) forOIDC() []rules.Change {
	if p.scopesKeepItOut() || p.scopesHidden {
		return nil
	}
	scopes := p.keptScopes()
	claims := append([]source.Fields{p.issuerClaim()}, scopes...)
	all := append(p.replaceByJWT("use-jwt-validation", claims), p.requireScope()...)
	if claim, ok := p.clientsClaim(); ok {
		const id = "use-jwt-validation-with-clients"
		all = append(all, p.replaceByJWT(id, append(slices.Clip(claims), claim))...)
	}
	if len(p.profile.Roles) == 0 {
		return all
	}
	claims = []source.Fields{p.issuerClaim(), p.roleClaim()}
	if len(p.profile.Scopes) > 0 { // an app-only token can't have scopes: the role is enough
		claims = append(claims, scopes...)
	}
	return append(all, p.replaceByJWT("use-jwt-validation-with-role", claims)...)
}

// scopesKeepItOut reports whether the policy rejects a token because it has other scopes than the
// policy's. The policy is right then, since its scopes say which environment this is. A token
// without any scopes, such as an app-only one, would not have them in its own environment either.
func (p *proposer) scopesKeepItOut() bool {
	failed := func(r *rules.Result) bool { return r.Check.ID == rules.Scopes }
	return len(p.profile.Scopes) > 0 && slices.ContainsFunc(p.failed, failed)
}

// ownScopes are the policy's scopes. One of them may be enough for it.
func (p *proposer) ownScopes() (words []string, oneIsEnough bool) {
	words = strings.Fields(p.entry.config.TextAt("scopes"))
	criteria := p.entry.config.TextAt("scopeValidationCriteria")
	return words, len(words) > 1 && strings.EqualFold(criteria, "OR")
}

// scopesWith are the policy's scopes and another one, all of which a token must have; empty where
// one of several others is enough for the policy.
func (p *proposer) scopesWith(scope string) string {
	words, oneIsEnough := p.ownScopes()
	switch named := slices.Contains(words, scope); {
	case oneIsEnough && named:
		return scope
	case oneIsEnough:
		return ""
	case !named:
		words = append(words, scope)
	}
	return strings.Join(words, " ")
}

// keptScopes are the policy's scopes as custom claims.
func (p *proposer) keptScopes() []source.Fields {
	words, oneIsEnough := p.ownScopes()
	if len(words) == 0 {
		return nil
	}
	glue := " and "
	if oneIsEnough {
		glue = " or "
	}
	tests := make([]string, len(words))
	for i, scope := range words {
		tests[i] = "((vars.claimSet.scp splitBy ' ') contains " + dataweave.Quote(scope) + ")"
	}
	return []source.Fields{claimEntry("scp", "#["+strings.Join(tests, glue)+"]")}
}

// replaceByJWT puts JWT Validation in the policy's place, as the article's solution A does: it
// reads the client id from the claim that the token has, and checks the audience in the token's
// form. It asks for these claims too. The article does not pin the issuer; the claims do.
func (p *proposer) replaceByJWT(id string, claims []source.Fields) []rules.Change {
	if p.entry.assetAt == nil {
		return []rules.Change{{
			ID: id, Title: "replace the policy by JWT Validation", Refused: p.cannotReplace(),
		}}
	}
	url, ok := p.keysURL()
	if !ok || len(p.profile.Audience) != 1 || p.profile.ClientID.Claim == "" {
		return nil
	}
	skip := on(p.entry.config, "skipClientIdValidation")
	title := "replace the policy by JWT Validation, "
	if !skip {
		title += "client id from " + p.profile.ClientID.Claim + ", "
	}
	title += "audience " + p.profile.Audience[0] + ", issuer pinned"
	custom := make([]any, len(claims))
	for i, claim := range claims {
		custom[i] = claim
		switch claim[0].Value {
		case "roles":
			title += ", role " + p.profile.Roles[0]
		case p.profile.ClientID.Claim:
			title += ", " + p.clientsTitle()
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
	if !p.entry.local { // API Manager creates the policy
		config = slices.Concat(config[:3],
			[]source.Field{{Key: "textKey", Value: consoleTextKey}}, config[3:])
	}
	newest := "1.4.0" // as far as it is known
	if p.entry.variant == Flex {
		newest = "0.12.0"
	}
	if !p.goal.Wants(id) {
		return nil
	}
	edited, changes, err := convert(p.read, p.entry, jwtValidation, newest, config)
	return []rules.Change{madeChange(id, title, changes, edited, err)}
}

// cannotReplace says why another policy kind can't be written into an entry.
func (p *proposer) cannotReplace() string {
	if p.entry.snakeCase != nil {
		return "the resource's type says which policy it is: write a resource of JWT Validation " +
			"instead"
	}
	return "the file does not say which policy it is the configuration of: apply JWT Validation " +
		"instead"
}

// requireScope is the article's solution B: a scope of the environment instead of a client id.
func (p *proposer) requireScope() []rules.Change {
	const id = "require-scope"
	title := "require a scope"
	if !on(p.entry.config, "skipClientIdValidation") {
		title = "skip the client id check and " + title
	}
	if p.entry.config.TextAt("scopes") != "" && len(p.failed) == 0 {
		return nil
	}
	switch scope, ok := p.environmentScope(); {
	case ok:
		scopes := p.scopesWith(scope)
		if scopes == "" {
			return nil
		}
		return p.edited(
			id, title+": "+scopes, set("skipClientIdValidation", true),
			set("scopes", scopes), set("scopeValidationCriteria", "AND"),
		)
	case p.profile.Flow == inspect.AppOnly:
		why := "this token is app-only and carries no scopes"
		if len(p.profile.Roles) == 0 {
			why += ", and its client has no app role of this API"
		}
		return []rules.Change{{ID: id, Title: title, Refused: why}}
	case len(p.profile.Scopes) > 0:
		const why = "this token carries %s only, a scope that other APIs use too"
		return []rules.Change{{
			ID: id, Title: title, Refused: fmt.Sprintf(why, p.profile.Scopes[0]),
		}}
	}
	return nil
}

// convert replaces the policy kind of an entry: its asset, its version, and the fields of its
// configuration. Fields that both kinds have keep their places and the comments beside them. Where
// a field can't be edited by itself, such as in an alias of YAML, the whole configuration is
// written again.
func convert(
	c *rules.Configuration, e *entry, asset, version string, config source.Fields,
) (*rules.Configuration, []rules.FieldChange, error) {
	name := asset
	if e.local {
		name += flexSuffix
	}
	file, changes, err := e.ofKind(name, version)
	if err != nil {
		return nil, nil, err
	}
	renamed, of, err := edited(c, e, file)
	if err != nil {
		return nil, nil, err
	}
	edits, more := e.conversion(config)
	changes = append(changes, more...)
	after, _, err := rewrite(renamed, of, edits)
	if err != nil {
		after, err = replaceConfiguration(renamed, of, config)
	}
	return after, changes, err
}

// ofKind is the entry's file with another policy kind, wherever the entry names its own, and what
// that changes, except for the version. API Manager takes a name for a template where there was a
// number.
func (e *entry) ofKind(name, version string) (*source.File, []rules.FieldChange, error) {
	template := e.templateAt
	if template == e.assetAt {
		template = nil
	}
	var edits []source.Edit
	var changes []rules.FieldChange
	for _, of := range []struct {
		field string
		at    *source.Value
		to    string
	}{
		{"assetId", e.assetAt, name},
		{"", e.versionAt, version},
		{"policyTemplateId", template, name},
	} {
		if of.at == nil {
			continue
		}
		edit, err := e.file.Replace(of.at, of.to)
		if err != nil {
			return nil, nil, err
		}
		edits = append(edits, edit)
		if of.field != "" {
			change := rules.FieldChange{Field: of.field, From: of.at.Text, To: of.to}
			changes = append(changes, change)
		}
	}
	file, err := e.file.Edited(edits...)
	return file, changes, err
}

// conversion lists the edits that turn an entry's configuration into this one, and what they
// change.
func (e *entry) conversion(config source.Fields) ([]edit, []rules.FieldChange) {
	var edits []edit
	var changes []rules.FieldChange
	for _, m := range e.config.Members {
		if !slices.ContainsFunc(config, func(f source.Field) bool { return f.Key == m.Key }) {
			edits = append(edits, rename(m.Key, ""))
			changes = append(changes, rules.FieldChange{Field: m.Key, From: shown(m.Value)})
		}
	}
	for _, f := range config {
		edits = append(edits, set(f.Key, f.Value))
		if from, to := shown(e.config.Member(f.Key)), fieldText(f.Value); from != to {
			changes = append(changes, changeOf(f.Key, from, to))
		}
	}
	return edits, changes
}

// replaceConfiguration writes the whole configuration of an entry again.
func replaceConfiguration(
	c *rules.Configuration, e *entry, config source.Fields,
) (*rules.Configuration, error) {
	at, with := e.config, any(config)
	if e.jsonString != nil {
		at, with = e.jsonString, jsonText(config)
	}
	file, err := replaced(e.file, at, with)
	if err != nil {
		return nil, err
	}
	after, _, err := edited(c, e, file)
	return after, err
}
