package mulesoft

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// jwtChange is an edit of JWT Validation with the words for it.
type jwtChange struct {
	id, title string
	edits     []edit
	refused   string // why it can't help this token
}

// forJWT proposes one change that repairs every check that fails, or else, for a request that gets
// in, what would close the holes that are left.
func (p *proposer) forJWT() ([]rules.Change, error) {
	if len(p.failed) > 0 {
		return p.repairFailures()
	}
	return p.closeHoles()
}

// repairFailures puts the repairs of all failing checks into one change: one alone would not let
// the request in.
func (p *proposer) repairFailures() ([]rules.Change, error) {
	var ids, titles []string
	var edits []edit
	for _, result := range p.failed {
		r, ok := p.repairOf(result)
		if !ok {
			return nil, nil
		}
		ids, titles, edits = append(ids, r.id), append(titles, r.title), append(edits, r.edits...)
	}
	return p.edited(strings.Join(ids, "+"), strings.Join(titles, ", "), edits...)
}

// repairOf finds the edit that makes one failing check pass for this token. It is not ok where the
// policy is right to reject.
func (p *proposer) repairOf(result *rules.Result) (jwtChange, bool) {
	switch result.Check.ID {
	case rules.ClientID:
		return p.mapClientID()
	case rules.Audience:
		return p.audienceForm()
	case rules.CustomClaim:
		return p.repairClaim(result)
	}
	return jwtChange{}, false
}

func (p *proposer) mapClientID() (jwtChange, bool) {
	claim := p.profile.ClientID.Claim
	return jwtChange{
		id:    "map-client-id",
		title: "client id from " + claim,
		edits: []edit{set("clientIdExpression", p.clientExpression())},
	}, claim != ""
}

// audienceForm repairs an audience that names this API in a form that the token's version does not
// carry: a URI where a v2.0 token has the application id, or the reverse. Any other audience is
// another API's, and rightly rejected.
func (p *proposer) audienceForm() (jwtChange, bool) {
	configured := splitList(textOf(p.entry.config, "supportedAudiences"))
	if len(p.profile.Audience) != 1 || len(configured) == 0 {
		return jwtChange{}, false
	}
	actual := p.profile.Audience[0]
	isGUID := entra.IsGUID(actual)
	for _, want := range configured {
		other := guidIn(want)
		if (entra.IsGUID(want) == isGUID) ||
			(other != "" && guidIn(actual) != "" && !strings.EqualFold(other, guidIn(actual))) {
			return jwtChange{}, false
		}
	}
	title := fmt.Sprintf("audience %s, if that is this API", actual)
	return jwtChange{
		id:    "set-audience",
		title: title,
		edits: []edit{set("supportedAudiences", actual)},
	}, true
}

// guidIn finds a GUID among the parts of an App ID URI.
func guidIn(uri string) string {
	parts := strings.FieldsFunc(uri, func(r rune) bool { return r == '/' || r == ':' })
	if i := slices.IndexFunc(parts, entra.IsGUID); i >= 0 {
		return parts[i]
	}
	return ""
}

// repairClaim repairs a claim check that asks for what this kind of token can't have: the issuer
// in the other version's form, or scopes of an app-only token, for which a role stands in.
func (p *proposer) repairClaim(result *rules.Result) (jwtChange, bool) {
	switch claim := result.Check.Claim; {
	case claim == "iss" && sameTenant(claimValue(p.entry, "iss"), p.profile.Issuer):
		return jwtChange{
			id:    "set-issuer",
			title: "issuer " + p.profile.Issuer,
			edits: []edit{replaceClaim(claim, p.issuerClaim())},
		}, true
	case claim == "scp" && p.profile.Flow == inspect.AppOnly && len(p.profile.Roles) > 0:
		return jwtChange{
			id:    "require-role",
			title: "role " + p.profile.Roles[0] + " instead of a scope",
			edits: []edit{replaceClaim(claim, p.roleClaim())},
		}, true
	}
	return jwtChange{}, false
}

func sameTenant(a, b string) bool {
	one, ok1 := entra.ParseIssuer(a)
	two, ok2 := entra.ParseIssuer(b)
	return ok1 && ok2 && one.Tenant == two.Tenant
}

// replaceClaim puts a mandatory custom claim in the place of those of one key.
func replaceClaim(key string, claim source.Fields) edit {
	return edit{
		field: "mandatoryCustomClaims",
		to:    func(e *entry) any { return append(keptClaims(e, key), claim) },
	}
}

// keptClaims lists the mandatory custom claims but those of one key.
func keptClaims(e *entry, without string) []any {
	list := []any{}
	if claims := e.config.Member("mandatoryCustomClaims"); claims.Is(source.List) {
		for _, item := range claims.Items {
			if key, _ := item.Member("key").Str(); key != without {
				list = append(list, item)
			}
		}
	}
	return list
}

// claimValue is the value that a mandatory custom claim must have, as the configuration writes it.
func claimValue(e *entry, key string) string {
	if claims := e.config.Member("mandatoryCustomClaims"); claims.Is(source.List) {
		for _, item := range claims.Items {
			if k, _ := item.Member("key").Str(); k == key {
				return textOf(item, "value")
			}
		}
	}
	return ""
}

// closeHoles proposes what narrows a policy that lets this token in: one control at a time, then
// all of them.
func (p *proposer) closeHoles() ([]rules.Change, error) {
	var all []rules.Change
	for _, find := range []func() jwtChange{
		p.checkAudience, p.pinIssuer, p.checkRole, p.checkScope,
	} {
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
			"this token is for %s, and would then be rejected, as a token of another API should "+
				"be",
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
			"this token is of tenant %s, and the policy's key set is that of tenant %s: Entra "+
				"ID's tenants share signing keys, so pin that tenant's issuer",
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
