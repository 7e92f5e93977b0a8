package mulesoft

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/mulesoft/dataweave"
)

// jwtChange is a change of JWT Validation.
type jwtChange struct {
	id, title string
	edits     []edit
	refused   string // why it can't help this token
}

// repairFailures puts the repairs of all failing checks into one change, since one repair alone
// would not let the request in.
func (p *proposer) repairFailures() []rules.Change {
	var ids, titles []string
	var edits []edit
	for _, result := range p.failed {
		r, ok := p.repairOf(result)
		if !ok {
			return nil
		}
		ids, titles, edits = append(ids, r.id), append(titles, r.title), append(edits, r.edits...)
	}
	return p.edited(strings.Join(ids, "+"), strings.Join(titles, ", and "), edits...)
}

// repairOf is the change that makes one failing check pass for this token. It is not ok where the
// policy is right to reject the token.
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

// mapClientID reads the client id from the claim that the token has.
func (p *proposer) mapClientID() (jwtChange, bool) {
	claim := p.profile.ClientID.Claim
	return jwtChange{
		id:    "map-client-id",
		title: "take the client id from " + claim,
		edits: []edit{set("clientIdExpression", p.clientExpression())},
	}, claim != ""
}

// audienceForm repairs an audience that names this API in the form of another token version: a URI
// where a v2.0 token has the application id, or the reverse. Any other audience is another API's,
// and the policy is right to reject it.
func (p *proposer) audienceForm() (jwtChange, bool) {
	configured := splitList(p.entry.config.TextAt("supportedAudiences"))
	if len(p.profile.Audience) != 1 || len(configured) == 0 {
		return jwtChange{}, false
	}
	actual := p.profile.Audience[0]
	for _, want := range configured {
		sameForm := entra.IsGUID(want) == entra.IsGUID(actual)
		wanted, got := guidIn(want), guidIn(actual)
		otherAPI := wanted != "" && got != "" && !strings.EqualFold(wanted, got)
		if sameForm || otherAPI {
			return jwtChange{}, false
		}
	}
	return jwtChange{
		id:    "set-audience",
		title: fmt.Sprintf("accept the audience %s, if that is this API", actual),
		edits: []edit{set("supportedAudiences", actual)},
	}, true
}

// guidIn is the first GUID among the parts of an App ID URI; empty where there is none.
func guidIn(uri string) string {
	parts := strings.FieldsFunc(uri, func(r rune) bool { return r == '/' || r == ':' })
	if i := slices.IndexFunc(parts, entra.IsGUID); i >= 0 {
		return parts[i]
	}
	return ""
}

// repairClaim repairs the check of a claim that this kind of token can't have: the issuer of the
// other token version, or the scopes of an app-only token. A role takes the place of such scopes.
func (p *proposer) repairClaim(result *rules.Result) (jwtChange, bool) {
	switch claim := result.Check.Claim; {
	case claim == "iss" && sameTenant(claimValue(p.entry, "iss"), p.profile.Issuer):
		return jwtChange{
			id:    "set-issuer",
			title: "expect the issuer " + p.profile.Issuer,
			edits: []edit{replaceClaim(claim, p.issuerClaim())},
		}, true
	case claim == "scp" && p.profile.Flow == inspect.AppOnly && len(p.profile.Roles) > 0:
		return jwtChange{
			id:    "require-role",
			title: "require the role " + p.profile.Roles[0] + " instead of a scope",
			edits: []edit{replaceClaim(claim, p.roleClaim())},
		}, true
	}
	return jwtChange{}, false
}

// sameTenant reports whether two issuers are those of one tenant, and of one product.
func sameTenant(a, b string) bool {
	one, ok1 := entra.ParseIssuer(a)
	two, ok2 := entra.ParseIssuer(b)
	return ok1 && ok2 && one.SameTenant(two)
}

// closeHoles proposes what narrows a policy that lets this token in, one control at a time. A
// token of another API or of another tenant shows neither whose clients belong here nor their
// roles.
func (p *proposer) closeHoles() []rules.Change {
	controls := []jwtChange{p.checkAudience(), p.pinIssuer()}
	if controls[0].refused == "" && controls[1].refused == "" {
		controls = append(
			controls, p.verifySignature(), p.checkClient(), p.checkRole(), p.checkScope(),
			p.checkClients(),
		)
	}
	var all []rules.Change
	for _, r := range controls {
		if r.refused != "" {
			all = append(all, rules.Change{ID: r.id, Title: r.title, Refused: r.refused})
			continue
		}
		all = append(all, p.edited(r.id, r.title, r.edits...)...)
	}
	return all
}

// verifySignature verifies the signature, where no signature is verified. Whose keys to take is
// what the policy shows, since nobody vouches for what the token says.
func (p *proposer) verifySignature() jwtChange {
	c := jwtChange{id: "verify-signature", title: "verify the signature"}
	for _, check := range p.policy.Checks() {
		if check.ID != rules.Signature || check.Skip == "" {
			continue
		}
		r := repairer{configured: configure(p.policy, p.entry)}
		var err error
		if c.edits, err = r.verifySignature(); err != nil {
			c.refused = err.Error()
		}
	}
	return c
}

// checkAudience switches the audience check on. It keeps an audience that the policy has already,
// since that says which API this is, and the token does not.
func (p *proposer) checkAudience() jwtChange {
	r := jwtChange{
		id:    "check-audience",
		edits: []edit{set("validateAudClaim", true), set("mandatoryAudClaim", true)},
	}
	var configured []string
	if text := p.entry.config.TextAt("supportedAudiences"); !placeholder(text) {
		configured = splitList(text)
	}
	switch {
	case on(p.entry.config, "validateAudClaim") && on(p.entry.config, "mandatoryAudClaim"),
		len(p.profile.Audience) != 1:
		return jwtChange{}
	case len(configured) == 0:
		r.title = "accept only the audience " + p.profile.Audience[0]
		r.edits = append(r.edits, set("supportedAudiences", p.profile.Audience[0]))
	default:
		r.title = "switch on the audience check " + strings.Join(configured, ", ")
	}
	if len(configured) > 0 && !slices.Contains(configured, p.profile.Audience[0]) {
		const why = "this token is for %s, and would then be rejected, as a token of another " +
			"API should be"
		r.refused = fmt.Sprintf(why, p.profile.Audience[0])
	}
	return r
}

// pinIssuer adds the issuer as a claim. It is refused where the key set is that of another tenant
// than the token's, since such a token is to be kept out, and where the keys are of several
// tenants: the others' tokens belong here too.
func (p *proposer) pinIssuer() jwtChange {
	r := jwtChange{id: "pin-issuer", title: "accept only the issuer " + p.profile.Issuer}
	if p.pinsIssuer() || p.profile.Issuer == "" {
		return r
	}
	tenant := entra.TenantOfKeys(p.entry.config.TextAt("jwksUrl"))
	switch {
	case ofSeveral(keySets(p.entry.config.TextAt("jwksUrl"))):
		r.refused = "the policy has the keys of several tenants: only you know which issuers " +
			"to accept"
	case tenant != "" && !strings.EqualFold(tenant, p.profile.Tenant):
		const why = "this token is of tenant %s, and the policy's key set is that of tenant %s: " +
			"Entra ID's tenants share signing keys, so pin that tenant's issuer"
		r.refused = fmt.Sprintf(why, p.profile.Tenant, tenant)
	}
	r.edits = p.entry.addClaim(p.policy.Variant, p.issuerClaim())
	return r
}

// checkClient adds the client's id as a claim, where nothing tells clients apart: no contract, no
// id and no role. A role that need not be in the token does not.
func (p *proposer) checkClient() jwtChange {
	claim, id := p.profile.ClientID.Claim, p.profile.ClientID.Value
	if claim != "appid" && claim != "azp" || p.checks("appid") || p.checks("azp") ||
		p.checks("roles") || !p.goal.OneClient || len(p.clients) > 0 ||
		!on(p.entry.config, "skipClientIdValidation") {
		return jwtChange{}
	}
	return jwtChange{
		id:    "require-client",
		title: "accept only the client " + id,
		edits: p.entry.addClaim(p.policy.Variant, claimEntry(claim, id)),
	}
}

// pinsIssuer reports whether the policy checks the issuer or the tenant. An expression that does
// not name the token's tenant pins neither.
func (p *proposer) pinsIssuer() bool {
	issuer := claimValue(p.entry, "iss")
	_, _, isExpression := dataweave.Template(issuer)
	weak := isExpression && p.profile.Tenant != "" &&
		!strings.Contains(strings.ToLower(issuer), strings.ToLower(p.profile.Tenant))
	return p.checks("iss") && !weak || p.checks("tid")
}

func (p *proposer) checkRole() jwtChange {
	if p.checks("roles") || len(p.profile.Roles) == 0 {
		return jwtChange{}
	}
	return jwtChange{
		id:    "require-role",
		title: "require the role " + p.profile.Roles[0],
		edits: p.entry.addClaim(p.policy.Variant, p.roleClaim()),
	}
}

func (p *proposer) checkClients() jwtChange {
	claim, ok := p.clientsClaim()
	if !ok || p.checks(p.profile.ClientID.Claim) {
		return jwtChange{}
	}
	return jwtChange{
		id: "require-client", title: p.clientsTitle(),
		edits: p.entry.addClaim(p.policy.Variant, claim),
	}
}

func (p *proposer) clientsTitle() string {
	return rules.OnlyClients(p.profile.ClientID.Claim, p.clients)
}

func (p *proposer) checkScope() jwtChange {
	scope, ok := p.environmentScope()
	if p.checks("scp") || !ok {
		return jwtChange{}
	}
	return jwtChange{
		id:    "require-scope",
		title: "require the scope " + scope,
		edits: p.entry.addClaim(p.policy.Variant, claimEntry("scp", askFor("scp", scope))),
	}
}

// checks reports whether the policy checks a mandatory custom claim of this name.
func (p *proposer) checks(claim string) bool {
	return on(p.entry.config, "validateCustomClaim") && claimValue(p.entry, claim) != ""
}
