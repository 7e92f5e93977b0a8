package mulesoft

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// closeHoles proposes what narrows a policy that lets this token in: one control at a time, then
// all of them.
func (p *proposer) closeHoles() ([]rules.Change, error) {
	var all []rules.Change
	for _, find := range []func() jwtChange{p.checkAudience, p.pinIssuer, p.checkRole, p.checkScope} {
		r := find()
		if r.refused != "" {
			all = append(all, rules.Change{ID: r.id, Title: r.title, Refused: r.refused})
			continue
		}
		made, err := p.edited(r.id, r.title, r.edits...)
		if err != nil {
			return nil, err
		}
		all = append(all, made...)
	}
	return all, nil
}

// checkAudience switches the audience check on. An audience that the policy has already stays: it
// says which API this is, and the token does not.
func (p *proposer) checkAudience() jwtChange {
	r := jwtChange{
		id:    "check-audience",
		edits: []edit{set("validateAudClaim", true), set("mandatoryAudClaim", true)},
	}
	configured := configuredAudiences(p.entry)
	switch {
	case on(p.entry.config, "validateAudClaim") && on(p.entry.config, "mandatoryAudClaim"),
		len(p.profile.Audience) != 1:
		return jwtChange{}
	case len(configured) == 0:
		r.title = "audience " + p.profile.Audience[0] + " only"
		r.edits = append(r.edits, set("supportedAudiences", p.profile.Audience[0]))
	default:
		r.title = "switch on the check of the audience " + strings.Join(configured, ", ")
	}
	if len(configured) > 0 && !slices.Contains(configured, p.profile.Audience[0]) {
		r.refused = fmt.Sprintf(
			"this token is for %s, and would then be rejected, as a token of another API should be",
			p.profile.Audience[0],
		)
	}
	return r
}

// configuredAudiences are the audiences that a policy has, checked or not; none where it has a
// placeholder.
func configuredAudiences(e *entry) []string {
	text := textOf(e.config, "supportedAudiences")
	if placeholder(text) {
		return nil
	}
	return splitList(text)
}

// pinIssuer adds the issuer as a claim. Where the key set is another tenant's than the token, the
// token is the one to keep out.
func (p *proposer) pinIssuer() jwtChange {
	r := jwtChange{id: "pin-issuer", title: "issuer " + p.profile.Issuer + " only"}
	if p.checks("iss") || p.checks("tid") || p.profile.Issuer == "" {
		return r
	}
	if tenant := entra.TenantOfKeys(textOf(p.entry.config, "jwksUrl")); tenant != "" &&
		!strings.EqualFold(tenant, p.profile.Tenant) {
		r.refused = fmt.Sprintf(
			"this token is of tenant %s, and the policy's key set is that of tenant %s: Entra ID's tenants share signing keys, so pin that tenant's issuer",
			p.profile.Tenant,
			tenant,
		)
	}
	r.edits = p.addClaim(p.issuerClaim())
	return r
}

func (p *proposer) checkRole() jwtChange {
	if p.checks("roles") || len(p.profile.Roles) == 0 {
		return jwtChange{}
	}
	return jwtChange{
		id:    "require-role",
		title: "role " + p.profile.Roles[0],
		edits: p.addClaim(p.roleClaim()),
	}
}

func (p *proposer) checkScope() jwtChange {
	scope, ok := p.environmentScope()
	if p.checks("scp") || !ok {
		return jwtChange{}
	}
	return jwtChange{
		id:    "require-scope",
		title: "scope " + scope,
		edits: p.addClaim(scopeClaim(scope)),
	}
}

// scopeClaim is the custom claim that asks for one scope.
func scopeClaim(scope string) source.Fields {
	return claimEntry("scp", "#[(vars.claimSet.scp splitBy ' ') contains "+quoted(scope)+"]")
}

// checks reports whether a mandatory custom claim of this name is checked.
func (p *proposer) checks(claim string) bool {
	return on(p.entry.config, "validateCustomClaim") && claimValue(p.entry, claim) != ""
}

// addClaim adds a mandatory custom claim. Claims that stand in the list but are switched off would
// be switched on with it, so the list starts anew then.
func (p *proposer) addClaim(claim source.Fields) []edit {
	add := edit{field: "mandatoryCustomClaims", to: func(e *entry) any {
		if on(p.entry.config, "validateCustomClaim") {
			return append(keptClaims(e, ""), claim)
		}
		return []any{claim}
	}}
	return []edit{set("validateCustomClaim", true), add}
}
