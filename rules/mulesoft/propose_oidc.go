package mulesoft

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// forOIDC proposes the article's two solutions: JWT Validation in the policy's place, or a scope
// of the environment. For a token without scopes the second becomes a role, which only JWT
// Validation can check.
func (p *proposer) forOIDC() ([]rules.Change, error) {
	if p.scopesKeepItOut() {
		return nil, nil
	}
	scopes := p.keptScopes()
	replace, err := p.replaceByJWT(
		"use-jwt-validation", append([]source.Fields{p.issuerClaim()}, scopes...)...,
	)
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
		roles, err := p.replaceByJWT(
			"use-jwt-validation-with-role",
			append([]source.Fields{p.issuerClaim(), p.roleClaim()}, scopes...)...,
		)
		if err != nil {
			return nil, err
		}
		all = append(all, roles...)
	}
	return all, nil
}

// scopesKeepItOut reports whether the policy's own scopes reject a token that carries others. They
// say which environment this is, so the policy is right. A token without any, as an app-only one,
// has none in its own environment either.
func (p *proposer) scopesKeepItOut() bool {
	return len(p.profile.Scopes) > 0 &&
		slices.ContainsFunc(
			p.failed, func(r *rules.Result) bool { return r.Check.ID == rules.Scopes },
		)
}

// keptScopes are the policy's scopes as custom claims: another policy in its place must ask for
// them too, or it opens a hole.
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

// replaceByJWT puts JWT Validation in the policy's place, as the article's solution A does: the
// client id from the claim that the token has, the audience in the form that it carries; and,
// which the article leaves out, the issuer pinned.
func (p *proposer) replaceByJWT(id string, claims ...source.Fields) ([]rules.Change, error) {
	url, ok := p.keysURL()
	if p.entry.assetAt == nil {
		return []rules.Change{
			{ID: id, Title: "JWT Validation in the policy's place", Refused: p.cannotReplace()},
		}, nil
	}
	if !ok || len(p.profile.Audience) != 1 || p.profile.ClientID.Claim == "" {
		return nil, nil
	}
	skip, _ := p.entry.config.Member("skipClientIdValidation").Bool()
	custom := make([]any, len(claims))
	title := fmt.Sprintf(
		"JWT Validation, client id from %s, audience %s, issuer pinned", p.profile.ClientID.Claim,
		p.profile.Audience[0],
	)
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
	if p.entry.snakeCase != nil {
		return "the resource's type says which policy it is: write a resource of JWT Validation " +
			"in its place"
	}
	return "the file does not say which policy it is the configuration of: apply JWT Validation " +
		"in its place"
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
		return p.edited(
			id, title+": "+scope, set("skipClientIdValidation", true), set("scopes", scope),
			set("scopeValidationCriteria", "AND"),
		)
	case p.profile.Flow == inspect.AppOnly:
		why := "this token is app-only and carries no scopes"
		if len(p.profile.Roles) == 0 {
			why += ", nor has its client an app role of this API"
		}
		return []rules.Change{{ID: id, Title: title, Refused: why}}, nil
	case len(p.profile.Scopes) > 0:
		return []rules.Change{
			{
				ID: id, Title: title,
				Refused: fmt.Sprintf(
					"this token carries %s only, a scope that other APIs use too",
					p.profile.Scopes[0],
				),
			},
		}, nil
	}
	return nil, nil
}

// convert replaces the policy kind of an entry: its asset, its version, and the fields of its
// configuration. What both kinds have stays where it stands, with the comments beside it. Where a
// field can't be edited by itself, as in an alias of YAML, the whole configuration is written
// anew.
func convert(
	c *rules.Configuration,
	e *entry,
	asset, version string,
	config source.Fields,
) (*rules.Configuration, []rules.FieldChange, error) {
	name := asset
	if e.local {
		name += flexSuffix
	}
	file, err := e.ofKind(name, version)
	if err != nil {
		return nil, nil, err
	}
	named, of, err := edited(c, e, file)
	if err != nil {
		return nil, nil, err
	}
	edits, changes := e.conversion(config)
	changes = append(e.renaming(name), changes...)
	after, _, err := rewrite(named, of, edits)
	if err != nil {
		after, err = replaceConfiguration(named, of, config)
	}
	return after, changes, err
}

// ofKind names another policy kind in an entry, wherever the entry names its own.
func (e *entry) ofKind(name, version string) (*source.File, error) {
	var edits []source.Edit
	for _, replaced := range []struct {
		at *source.Value
		to string
	}{{e.assetAt, name}, {e.versionAt, version}, {e.ownTemplate(), name}} {
		if replaced.at == nil {
			continue
		}
		edit, err := e.file.Replace(replaced.at, replaced.to)
		if err != nil {
			return nil, err
		}
		edits = append(edits, edit)
	}
	return e.file.Edited(edits...)
}

// ownTemplate is the template id that stands beside the asset's, a number or the asset's name: API
// Manager takes the name in its place. It is nil where the entry has none.
func (e *entry) ownTemplate() *source.Value {
	if e.templateAt == e.assetAt {
		return nil
	}
	return e.templateAt
}

// renaming is what ofKind changes, the version aside.
func (e *entry) renaming(name string) []rules.FieldChange {
	changes := []rules.FieldChange{{Field: "assetId", From: e.assetAt.Text, To: name}}
	if template := e.ownTemplate(); template != nil {
		changes = append(
			changes,
			rules.FieldChange{Field: "policyTemplateId", From: template.Text, To: name},
		)
	}
	return changes
}

// conversion lists the edits that make an entry's configuration this one, and what they change.
func (e *entry) conversion(config source.Fields) ([]edit, []rules.FieldChange) {
	var edits []edit
	var changes []rules.FieldChange
	for _, m := range e.config.Members {
		if !slices.ContainsFunc(config, func(f source.Field) bool { return f.Key == m.Key }) {
			edits = append(edits, remove(m.Key))
			changes = append(changes, rules.FieldChange{Field: m.Key, From: shown(m.Value)})
		}
	}
	for _, f := range config {
		edits = append(edits, set(f.Key, f.Value))
		if from, to := shown(e.config.Member(f.Key)), fieldText(f.Value); from != to {
			changes = append(changes, rules.FieldChange{Field: f.Key, From: from, To: to})
		}
	}
	return edits, changes
}

// replaceConfiguration writes the whole configuration of an entry anew: as text where it is kept
// as text.
func replaceConfiguration(
	c *rules.Configuration,
	e *entry,
	config source.Fields,
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
