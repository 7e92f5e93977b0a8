package envoygateway

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// proposer looks for changes that would let a request in, or keep other requests out. It takes the
// request's token for one that belongs to this route and environment.
type proposer struct {
	*changer
	goal    rules.Goal
	profile inspect.Profile
	failed  []*rules.Result // of this instance
}

// proposals are the changes that may let a request in that is kept out, or that narrow the policy
// to requests like one that is let in.
func proposals(c *rules.Configuration, goal rules.Goal) []rules.Change {
	p := newProposer(c, goal)
	if p == nil || p.profile.Kind != inspect.KindAccess || p.doubt != nil {
		return nil
	}
	if len(p.failed) > 0 {
		return p.letIn()
	}
	return p.narrow()
}

// newProposer is nil where no policy of Envoy Gateway has looked at the request.
func newProposer(c *rules.Configuration, goal rules.Goal) *proposer {
	ours := func(p *rules.Policy) bool { return c.Index(p) >= 0 }
	judged, ok := kubernetes.JudgedBy(goal.Verdict, ours)
	if !ok {
		return nil
	}
	m, _ := changerOf(c, judged.Policy)
	return &proposer{m, goal, judged.Profile, judged.Failed}
}

// amends are steps that belong together, with what a reader calls them.
type amends struct {
	ids, titles []string
	steps       []kubernetes.Step
}

func (a *amends) add(id, title string, steps ...kubernetes.Step) {
	if !slices.Contains(a.ids, id) {
		a.ids, a.titles = append(a.ids, id), append(a.titles, title)
	}
	a.steps = append(a.steps, steps...)
}

// letIn puts the repairs of all that fails into one change, since one alone would not let the
// request in: one change for each Allow rule that could be the one that matches.
func (p *proposer) letIn() []rules.Change {
	tokens, known, ok := p.amendProvider()
	if !ok {
		return nil
	}
	var all []rules.Change
	for _, allowed := range p.amendRules(known) {
		a := amends{
			slices.Concat(tokens.ids, allowed.ids), slices.Concat(tokens.titles, allowed.titles),
			slices.Concat(tokens.steps, allowed.steps),
		}
		if len(a.steps) > 0 {
			all = append(all, p.change(strings.Join(a.ids, "+"), strings.Join(a.titles, ", "),
				a.steps...))
		}
	}
	return all
}

// in lists the failed checks of a part of a file.
func (p *proposer) in(part *source.Value) []*rules.Result {
	var all []*rules.Result
	for _, r := range p.failed {
		if r.Check.Pos.File == part.Pos.File && part.Span.Start <= r.Check.Span.Start &&
			r.Check.Span.End <= part.Span.End {
			all = append(all, r)
		}
	}
	return all
}

// amendProvider is what makes the provider for this token accept it, with the failed checks that
// are a provider's. It is not ok where the providers are right to refuse it.
func (p *proposer) amendProvider() (a amends, known []*rules.Result, ok bool) {
	for _, one := range p.providers {
		known = append(known, p.in(one.at)...)
	}
	i := slices.IndexFunc(p.providers, func(one *provider) bool {
		return one.Issuer == p.profile.Issuer || one.Issuer == ""
	})
	if i < 0 {
		i = slices.IndexFunc(p.providers, func(one *provider) bool {
			return sameTenant(one.Issuer, p.profile.Issuer)
		})
	}
	if i < 0 {
		return a, known, len(p.providers) == 0
	}
	one := p.providers[i]
	file := p.fileOf(one.at)
	for _, result := range p.in(one.at) {
		switch result.Check.ID {
		case rules.Issuer:
			a.add("set-issuer", "issuer "+p.profile.Issuer,
				kubernetes.Set(file, one.at, one.path, "issuer", p.profile.Issuer))
		case rules.Audience:
			have := kubernetes.ListIn(one.at, one.path, "audiences")
			if !otherForm(have, p.profile.Audience) {
				return a, known, false
			}
			a.add("accept-audience", "audience "+p.profile.Audience[0]+", if that is this API",
				kubernetes.Appended(file, have, p.profile.Audience[0]))
		default:
			return a, known, false
		}
	}
	return a, known, true
}

// sameTenant reports whether two issuers are those of one tenant.
func sameTenant(a, b string) bool {
	one, ok := entra.ParseIssuer(a)
	two, also := entra.ParseIssuer(b)
	return ok && also && one.Tenant != "" && one.Tenant == two.Tenant
}

// otherForm reports whether a token's audience may name this API in the form of the other token
// version: a URI where a v2.0 token has the application's id, or the reverse. Any other audience
// is another API's, and the policy is right to refuse it.
func otherForm(have kubernetes.List, sent []string) bool {
	if len(sent) != 1 || !have.At.Is(source.List) {
		return false
	}
	return !slices.ContainsFunc(have.Texts(), func(text string) bool {
		return entra.IsGUID(text) == entra.IsGUID(sent[0])
	})
}

// amendRules is, for each Allow rule that can be made to match the request, what makes it. One is
// empty where the rules let it pass already. Nothing is proposed where something else refuses it.
func (p *proposer) amendRules(known []*rules.Result) []amends {
	all := p.allowRules()
	for _, r := range all {
		known = append(known, p.in(r.at)...)
	}
	if slices.ContainsFunc(p.failed, func(r *rules.Result) bool {
		return !slices.Contains(known, r)
	}) {
		return nil
	}
	var ways []amends
	for _, r := range all {
		failed := p.in(r.at)
		if len(failed) == 0 {
			return []amends{{}}
		}
		if a, ok := p.amendRule(r, failed); ok {
			ways = append(ways, a)
		}
	}
	if len(all) == 0 {
		return []amends{{}}
	}
	return ways
}

// amendRule makes the conditions of a rule hold for the token. It is not ok where one is right to
// fail.
func (p *proposer) amendRule(r *authRule, failed []*rules.Result) (amends, bool) {
	var a amends
	for _, result := range failed {
		if !p.amendCondition(&a, r, result.Check) {
			return a, false
		}
	}
	return a, true
}

func (p *proposer) amendCondition(a *amends, r *authRule, check *rules.Check) bool {
	id, jwt := p.profile.ClientID, r.at.At("principal", "jwt")
	path := r.path + "principal.jwt."
	if check.ID == rules.Scopes && p.profile.Flow == inspect.AppOnly &&
		len(p.profile.Roles) > 0 && jwt.Member("claims") == nil {
		role := p.profile.Roles[0]
		file := p.fileOf(jwt)
		a.add("require-role", "role "+role+" instead of a scope",
			kubernetes.Removed(file, jwt, path, "scopes"), p.asking(r, "roles", role))
		return true
	}
	for i, claim := range itemsOf(jwt.Member("claims")) {
		path := fmt.Sprintf("%sclaims[%d].", path, i)
		l := kubernetes.ListIn(claim, path, "values")
		name, _ := claim.Member("name").Str()
		if l.At == nil || l.At.Pos != check.Pos || !l.At.Is(source.List) || id.Value == "" {
			continue
		}
		file := p.fileOf(claim)
		switch {
		case name == id.Claim && !slices.Contains(l.Texts(), id.Value):
			a.add("accept-client", "accept the client "+id.Value,
				kubernetes.Appended(file, l, id.Value))
			return true
		case name == "azp" && id.Claim == "appid", name == "appid" && id.Claim == "azp":
			a.add("map-client-id", "client id from "+id.Claim,
				kubernetes.Set(file, claim, path, "name", id.Claim))
			if !slices.Contains(l.Texts(), id.Value) {
				a.add("map-client-id", "", kubernetes.Appended(file, l, id.Value))
			}
			return true
		}
	}
	return false
}

// narrow proposes what narrows a policy that lets this token in, one control at a time.
func (p *proposer) narrow() []rules.Change {
	i := slices.IndexFunc(p.providers, func(one *provider) bool {
		return one.Issuer == p.profile.Issuer || one.Issuer == ""
	})
	if i < 0 {
		return nil
	}
	one := p.providers[i]
	issuer, pins := p.ofThisAPI(one)
	if issuer.Refused != "" {
		return []rules.Change{issuer}
	}
	clients, names := p.checkClients(one)
	role, asks := p.requireRole(one)
	var all []rules.Change
	for _, change := range []struct {
		rules.Change
		ok bool
	}{{issuer, pins}, {clients, names}, {role, asks}} {
		if change.ok {
			all = append(all, change.Change)
		}
	}
	return all
}

// requireRole asks for a role that the token has, where no rule asks for one.
func (p *proposer) requireRole(one *provider) (rules.Change, bool) {
	roles := p.profile.Roles
	if len(roles) == 0 || p.asks("roles") {
		return rules.Change{}, false
	}
	return p.ask(one, "require-role", "role "+roles[0], "roles", roles[0])
}

// asks reports whether some Allow rule asks for a claim.
func (p *proposer) asks(claim string) bool {
	for _, r := range p.allowRules() {
		for _, v := range itemsOf(r.at.At("principal", "jwt", "claims")) {
			if name, _ := v.Member("name").Str(); name == claim {
				return true
			}
		}
	}
	return false
}

// ofThisAPI has a provider check the audience and the issuer, where it does not. Both are one
// change: another tenant can give an API of its own the same App ID URI. It is refused where the
// keys are those of another tenant than the token's, since such a token is to be kept out.
func (p *proposer) ofThisAPI(one *provider) (rules.Change, bool) {
	var a amends
	file, sent := p.fileOf(one.at), p.profile.Audience
	have := kubernetes.ListIn(one.at, one.path, "audiences")
	if have.Empty() && len(sent) == 1 && !p.asks("aud") {
		a.add("check-audience", "audience "+sent[0]+" only",
			kubernetes.Listed(file, one.at, one.path, "audiences", sent[0]))
	}
	iss := p.profile.Issuer
	if one.Issuer == "" && one.IssuerDoubt == nil && iss != "" && !p.asks("iss") {
		a.add("pin-issuer", "issuer "+iss+" only",
			kubernetes.Set(file, one.at, one.path, "issuer", iss))
	}
	if len(a.steps) == 0 {
		return rules.Change{}, false
	}
	change := p.change(strings.Join(a.ids, "+"), strings.Join(a.titles, ", "), a.steps...)
	uri, _ := one.at.At("remoteJWKS", "uri").Str()
	tenant := entra.TenantOfKeys(uri)
	if tenant != "" && !strings.EqualFold(tenant, p.profile.Tenant) {
		change.Edited = nil
		change.Refused = fmt.Sprintf("this token is of tenant %s, and the key set is that of "+
			"tenant %s: Entra ID's tenants share signing keys, so pin that tenant's issuer",
			p.profile.Tenant, tenant)
	}
	return change, true
}

// checkClients asks for the clients of this environment, or for the token's client alone, where
// that is wanted.
func (p *proposer) checkClients(one *provider) (rules.Change, bool) {
	id, wanted := p.profile.ClientID, p.goal.Facts.Own
	if id.Value == "" || p.asks("appid") || p.asks("azp") {
		return rules.Change{}, false
	}
	switch {
	case len(wanted) > 0 && slices.Contains(wanted, id.Value):
		title := id.Claim + " of this environment's clients: " + strings.Join(wanted, ", ")
		return p.ask(one, "require-client", title, id.Claim, wanted...)
	case len(wanted) == 0 && p.goal.OneClient && len(p.allowRules()) <= 1:
		// Of several rules only who wrote them knows which is this client's.
		return p.ask(one, "only-client", "accept "+id.Value+" only", id.Claim, id.Value)
	}
	return rules.Change{}, false
}

// ask has each Allow rule ask for a claim, or adds the authorization that does.
func (p *proposer) ask(
	one *provider, id, title, claim string, values ...string,
) (rules.Change, bool) {
	all := p.allowRules()
	if !isSet(p.spec.Member("authorization")) {
		return p.change(id, title, p.authorizing(one, claim, values)), true
	}
	if len(all) == 0 || p.defaultAllows() != rules.No {
		return rules.Change{}, false
	}
	var steps []kubernetes.Step
	for _, r := range all {
		steps = append(steps, p.asking(r, claim, values...))
	}
	return p.change(id, title, steps...), true
}

// asking is the step that has a rule ask for a claim too.
func (p *proposer) asking(r *authRule, claim string, values ...string) kubernetes.Step {
	principal := r.at.Member("principal")
	jwt := principal.Member("jwt")
	file := p.fileOf(r.at)
	field := rules.FieldChange{
		Field: r.path + "principal.jwt.claims",
		To:    claim + " " + strings.Join(values, ", "),
	}
	one := asked(claim, values)
	return kubernetes.Step{File: file, Field: field, Edit: func() (source.Edit, error) {
		switch list := jwt.Member("claims"); {
		case list.Is(source.List):
			return file.InsertItem(list, len(list.Items), one)
		case jwt.Is(source.Object):
			return file.SetMember(jwt, "claims", []any{one})
		}
		of := source.Fields{
			{Key: "provider", Value: p.providers[0].name}, {Key: "claims", Value: []any{one}},
		}
		if principal.Is(source.Object) {
			return file.SetMember(principal, "jwt", of)
		}
		return file.SetMember(r.at, "principal", source.Fields{{Key: "jwt", Value: of}})
	}}
}

// asked is a claim of a rule. Roles are a list in every token.
func asked(claim string, values []string) source.Fields {
	all := source.Fields{{Key: "name", Value: claim}}
	if claim == "roles" {
		all = append(all, source.Field{Key: "valueType", Value: "StringArray"})
	}
	return append(all, source.Field{Key: "values", Value: kubernetes.Items(values)})
}

// authorizing is the step that adds an authorization with one rule: all else is denied. It goes
// where jwt is, for a rule can name providers of its own SecurityPolicy alone.
func (p *proposer) authorizing(one *provider, claim string, values []string) kubernetes.Step {
	spec, file := p.policy.Spec, p.policy.File
	if !isSet(spec.Member("jwt")) && p.outer != nil {
		spec, file = p.outer.Spec, p.outer.File
	}
	with := source.Fields{
		{Key: "defaultAction", Value: actionDeny},
		{Key: "rules", Value: []any{source.Fields{
			{Key: "action", Value: actionAllow},
			{Key: "principal", Value: source.Fields{{Key: "jwt", Value: source.Fields{
				{Key: "provider", Value: one.name},
				{Key: "claims", Value: []any{asked(claim, values)}},
			}}}},
		}}},
	}
	field := rules.FieldChange{
		Field: "authorization", To: claim + " " + strings.Join(values, ", "),
	}
	return kubernetes.Step{File: file, Field: field, Edit: func() (source.Edit, error) {
		return file.SetMember(spec, "authorization", with)
	}}
}
