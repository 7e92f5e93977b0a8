package envoygateway

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy/amend"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// proposer looks for changes that would let a request in, or keep other requests out.
type proposer struct {
	*changer
	amend.Request
}

// proposals are the changes that may let a request in that is kept out, or that narrow the policy
// to requests like one that is let in.
func proposals(c *rules.Configuration, goal rules.Goal) []rules.Change {
	q, ok := amend.RequestOf(c, goal)
	if !ok {
		return nil
	}
	p := &proposer{changerOf(c, q.Policy), q}
	if p.doubt != nil {
		return nil
	}
	all := p.allowRules()
	of := amend.Rules{
		Needless: len(all) == 0, Asks: p.asks, Ask: p.ask,
		Amend: func(a *amend.Amends, rule int, failed *rules.Check) bool {
			return p.amendCondition(a, all[rule], failed)
		},
	}
	for _, r := range all {
		of.Allowing = append(of.Allowing, r.at)
	}
	return p.Proposals(p.editor(), of)
}

// amendCondition makes a condition of a rule hold for the token. It is not ok where it is right to
// fail.
func (p *proposer) amendCondition(a *amend.Amends, r *authRule, check *rules.Check) bool {
	id, jwt := p.Profile.ClientID, r.jwt()
	if check.ID == rules.Scopes && p.Profile.Flow == inspect.AppOnly &&
		len(p.Profile.Roles) > 0 && jwt.Member("claims") == nil {
		role, path := p.Profile.Roles[0], r.path+"principal.jwt."
		a.Add("require-role", "require the role "+role+" instead of a scope",
			kubernetes.Removed(p.fileOf(jwt), jwt, path, "scopes"), p.asking(r, "roles", role))
		return true
	}
	for _, claim := range r.claims() {
		l := kubernetes.ListIn(claim.at, claim.path, "values")
		if l.At != nil && l.At.Pos == check.Pos && claim.kind != "StringArray" &&
			p.isSplit(claim.name) == rules.Yes {
			steps, ok := p.asList(claim)
			a.Add("compare-list", listTitle, steps...)
			return ok
		}
		if l.At == nil || l.At.Pos != check.Pos || !l.At.Is(source.List) || id.Value == "" {
			continue
		}
		file := p.fileOf(claim.at)
		switch name := claim.name; {
		case name == id.Claim && !slices.Contains(l.Texts(), id.Value):
			a.Add("accept-client", "accept the client "+id.Value,
				kubernetes.Appended(file, l, id.Value))
			return true
		case name == "azp" && id.Claim == "appid", name == "appid" && id.Claim == "azp":
			a.Add("map-client-id", "take the client id from "+id.Claim,
				kubernetes.Set(file, claim.at, claim.path, "name", id.Claim))
			if !slices.Contains(l.Texts(), id.Value) {
				a.Add("map-client-id", "", kubernetes.Appended(file, l, id.Value))
			}
			return true
		}
	}
	return false
}

// asks reports whether some Allow rule asks for a claim.
func (p *proposer) asks(claim string) bool {
	asks := func(c comparedClaim) bool { return c.name == claim }
	return slices.ContainsFunc(p.allowRules(), func(r *authRule) bool {
		return slices.ContainsFunc(r.claims(), asks)
	})
}

// ask has each Allow rule ask for a claim, or adds the authorization that does.
func (p *proposer) ask(w *amend.Written, a amend.Ask) (rules.Change, bool) {
	all := p.allowRules()
	if !p.spec.Member("authorization").IsSet() {
		i := slices.IndexFunc(p.providers, func(one *provider) bool {
			return one.Provider == w.Provider
		})
		return p.Change(a.ID, a.Title, p.authorizing(p.providers[i], a.Claim, a.Values)), true
	}
	if len(all) == 0 || p.defaultAllows() != rules.No {
		return rules.Change{}, false
	}
	var steps []kubernetes.Step
	for _, r := range all {
		steps = append(steps, p.asking(r, a.Claim, a.Values...))
	}
	return p.Change(a.ID, a.Title, steps...), true
}

// asking is the step that has a rule ask for a claim too.
func (p *proposer) asking(r *authRule, claim string, values ...string) kubernetes.Step {
	principal, jwt, file := r.at.Member("principal"), r.jwt(), p.fileOf(r.at)
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
	if claim == "roles" {
		return listClaim(claim, values...)
	}
	return source.Fields{
		{Key: "name", Value: claim}, {Key: "values", Value: kubernetes.Items(values)},
	}
}

// listClaim is a claim of a rule that is looked into as a list.
func listClaim(claim string, values ...string) source.Fields {
	return source.Fields{
		{Key: "name", Value: claim},
		{Key: "valueType", Value: "StringArray"},
		{Key: "values", Value: kubernetes.Items(values)},
	}
}

// authorizing is the step that adds an authorization with one rule: all else is denied. It goes
// where jwt is, for a rule can name providers of its own SecurityPolicy alone.
func (p *proposer) authorizing(one *provider, claim string, values []string) kubernetes.Step {
	spec, file := p.policy.Spec, p.policy.File
	if !spec.Member("jwt").IsSet() && p.outer != nil {
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
