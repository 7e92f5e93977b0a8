package envoygateway

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy/amend"
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

// letIn puts the repairs of all that fails into one change, since one alone would not let the
// request in: one change for each Allow rule that could be the one that matches.
func (p *proposer) letIn() []rules.Change {
	tokens, ok := p.editor().Accepting(&p.profile, p.failed)
	if !ok {
		return nil
	}
	var all []rules.Change
	for _, allowed := range p.amendRules() {
		if whole := tokens.And(allowed); len(whole.Steps) > 0 {
			all = append(all, whole.Change(p.change))
		}
	}
	return all
}

// in lists the failed checks of a provider or a rule.
func (p *proposer) in(part *source.Value) []*rules.Result {
	return kubernetes.FailedIn(p.failed, part)
}

// amendRules is, for each Allow rule that can be made to match the request, what makes it. One is
// empty where the rules let it pass already. Nothing is proposed where something else refuses it.
func (p *proposer) amendRules() []amend.Amends {
	var known []*rules.Result
	for _, one := range p.providers {
		known = append(known, p.in(one.at)...)
	}
	all := p.allowRules()
	for _, r := range all {
		known = append(known, p.in(r.at)...)
	}
	if slices.ContainsFunc(p.failed, func(r *rules.Result) bool {
		return !slices.Contains(known, r)
	}) {
		return nil
	}
	var ways []amend.Amends
	for _, r := range all {
		failed := p.in(r.at)
		if len(failed) == 0 {
			return []amend.Amends{{}}
		}
		if a, ok := p.amendRule(r, failed); ok {
			ways = append(ways, a)
		}
	}
	if len(all) == 0 {
		return []amend.Amends{{}}
	}
	return ways
}

// amendRule makes the conditions of a rule hold for the token. It is not ok where one is right to
// fail.
func (p *proposer) amendRule(r *authRule, failed []*rules.Result) (amend.Amends, bool) {
	var a amend.Amends
	for _, result := range failed {
		if !p.amendCondition(&a, r, result.Check) {
			return a, false
		}
	}
	return a, true
}

func (p *proposer) amendCondition(a *amend.Amends, r *authRule, check *rules.Check) bool {
	id, jwt := p.profile.ClientID, r.at.At("principal", "jwt")
	path := r.path + "principal.jwt."
	if check.ID == rules.Scopes && p.profile.Flow == inspect.AppOnly &&
		len(p.profile.Roles) > 0 && jwt.Member("claims") == nil {
		role := p.profile.Roles[0]
		file := p.fileOf(jwt)
		a.Add("require-role", "require the role "+role+" instead of a scope",
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
			a.Add("accept-client", "accept the client "+id.Value,
				kubernetes.Appended(file, l, id.Value))
			return true
		case name == "azp" && id.Claim == "appid", name == "appid" && id.Claim == "azp":
			a.Add("map-client-id", "take the client id from "+id.Claim,
				kubernetes.Set(file, claim, path, "name", id.Claim))
			if !slices.Contains(l.Texts(), id.Value) {
				a.Add("map-client-id", "", kubernetes.Appended(file, l, id.Value))
			}
			return true
		}
	}
	return false
}

// narrow proposes what narrows a policy that lets this token in, one control at a time.
func (p *proposer) narrow() []rules.Change {
	e := p.editor()
	w, ok := e.For(p.profile.Issuer)
	if !ok {
		return nil
	}
	one := p.providers[slices.IndexFunc(p.providers, func(one *provider) bool {
		return one.Provider == w.Provider
	})]
	issuer, pins := e.OfThisAPI(w, &p.profile, p.asks)
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
	return p.ask(one, "require-role", "require the role "+roles[0], "roles", roles[0])
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

// checkClients asks for the clients of this environment, or for the token's client alone, where
// that is wanted.
func (p *proposer) checkClients(one *provider) (rules.Change, bool) {
	id, wanted := p.profile.ClientID, p.goal.Facts.Own
	if id.Value == "" || p.asks("appid") || p.asks("azp") {
		return rules.Change{}, false
	}
	switch {
	case len(wanted) > 0 && slices.Contains(wanted, id.Value):
		title := rules.OnlyClients(id.Claim, wanted)
		return p.ask(one, "require-client", title, id.Claim, wanted...)
	case len(wanted) == 0 && p.goal.OneClient && len(p.allowRules()) <= 1:
		// Of several rules only who wrote them knows which is this client's.
		return p.ask(one, "only-client", "accept only the client "+id.Value, id.Claim, id.Value)
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
