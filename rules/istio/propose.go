package istio

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
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

// proposals are the changes that may let a request in that is kept out, or that narrow the
// policies to requests like one that is let in.
func proposals(c *rules.Configuration, goal rules.Goal) []rules.Change {
	q, ok := amend.RequestOf(c, goal)
	if !ok {
		return nil
	}
	p := &proposer{changerOf(c, q.Policy), q}
	all := p.allowRules()
	of := amend.Rules{
		Needless: len(p.enforced(actionAllow)) == 0, Asks: p.asksFor, Ask: p.ask,
		Amend: func(a *amend.Amends, rule int, failed *rules.Check) bool {
			one := conditionAt(all[rule], failed.Pos)
			return one != nil && p.amendCondition(a, all[rule], one)
		},
	}
	for _, r := range all {
		of.Allowing = append(of.Allowing, r.at)
	}
	return p.Proposals(p.editor(), of)
}

// allowRules are the rules that can let a request in.
func (c *compiler) allowRules() []*authRule {
	all := source.Flat(c.enforced(actionAllow), func(p *resource) []*authRule { return p.rules() })
	return source.Where(all, func(r *authRule) bool { return r.unbuilt == "" })
}

// conditionAt is the condition of a rule whose values are at a place; nil where there is none.
// What must not be is never changed.
func conditionAt(r *authRule, at source.Position) *condition {
	for _, one := range r.conditions() {
		if l := one.values; l.At != nil && l.At.Pos == at {
			return &one
		}
	}
	return nil
}

// amendCondition makes a condition hold for the token. It is not ok where it is right to fail.
func (p *proposer) amendCondition(a *amend.Amends, r *authRule, one *condition) bool {
	l, file, id := one.values, r.of.File, p.Profile.ClientID
	if !l.At.Is(source.List) {
		return false
	}
	switch one.attribute {
	case ofPrincipal:
		return p.amendPrincipal(a, file, l)
	case ofClaims + "[" + id.Claim + "]":
		if id.Value == "" || slices.Contains(l.Texts(), id.Value) {
			return false
		}
		a.Add("accept-client", "accept the client "+id.Value,
			kubernetes.Appended(file, l, id.Value))
		return true
	case ofClaims + "[appid]", ofClaims + "[azp]", ofPresenter:
		if id.Claim != "appid" && id.Claim != "azp" {
			return false
		}
		a.Add("map-client-id", "take the client id from "+id.Claim, rekeyed(r, one, id.Claim))
		if !slices.Contains(l.Texts(), id.Value) {
			a.Add("map-client-id", "", kubernetes.Appended(file, l, id.Value))
		}
		return true
	case ofClaims + "[scp]":
		return p.amendScope(a, r, one)
	}
	return false
}

// rekeyed is the step that makes a condition of a when read another claim.
func rekeyed(r *authRule, one *condition, claim string) kubernetes.Step {
	item, path := whenOf(r, one)
	to := ofClaims + "[" + claim + "]"
	return kubernetes.Replaced(r.of.File, item.Member("key"), path+"key", to)
}

// whenOf is the item of a rule's when that a condition was read of, and its path.
func whenOf(r *authRule, one *condition) (*source.Value, string) {
	all := r.at.Member("when").List()
	i := slices.IndexFunc(all, func(v *source.Value) bool {
		return v.Member("values") == one.values.At
	})
	return all[i], strings.TrimSuffix(one.values.Field, "values")
}

// amendPrincipal makes a request principal that of the token's issuer: it writes the second slash,
// or adds one.
func (p *proposer) amendPrincipal(a *amend.Amends, file *source.File, l kubernetes.List) bool {
	for _, v := range l.Values {
		to := withSlash(v.Text)
		if issuer, _, _ := cutLast(to); to != "" && issuer == p.Profile.Issuer {
			a.Add("principal-slash", "write the principal with both slashes",
				kubernetes.Replaced(file, v, l.Field, to))
			return true
		}
	}
	add := p.Profile.Issuer + "/*"
	if _, ok := entra.ParseIssuer(p.Profile.Issuer); !ok || slices.Contains(l.Texts(), add) {
		return false
	}
	a.Add("accept-issuer", "accept the principal "+add, kubernetes.Appended(file, l, add))
	return true
}

// amendScope asks for a role instead of a scope, which a token without a user never has; or has
// scopes split at their blanks, where the token has the one that is asked for.
func (p *proposer) amendScope(a *amend.Amends, r *authRule, one *condition) bool {
	if p.Profile.Flow == inspect.AppOnly && len(p.Profile.Roles) > 0 {
		role := p.Profile.Roles[0]
		item, path := whenOf(r, one)
		a.Add("require-role", "require the role "+role+" instead of a scope",
			rekeyed(r, one, "roles"), kubernetes.Listed(r.of.File, item, path, "values", role))
		return true
	}
	has := func(scope string) bool { return slices.Contains(p.Profile.Scopes, scope) }
	if !slices.ContainsFunc(one.values.Texts(), has) || len(p.jwt) == 0 {
		return false
	}
	for _, j := range p.jwt {
		if slices.Contains(j.split.Texts(), "scp") {
			continue
		}
		a.Add("split-scopes", "split scp at its blanks (Istio 1.28 and later)", splitting(j))
	}
	return len(a.Steps) > 0
}

// asksFor reports whether some ALLOW rule asks for a claim, under one of its names.
func (p *proposer) asksFor(claim string) bool {
	return p.asks(ofClaims+"["+claim+"]") || claim == "aud" && p.asks(ofAudiences) ||
		claim == "azp" && p.asks(ofPresenter)
}

// asks reports whether some ALLOW rule asks for an attribute.
func (p *proposer) asks(attribute string) bool {
	for _, r := range p.allowRules() {
		for _, one := range r.conditions() {
			if one.attribute == attribute && !one.values.Empty() {
				return true
			}
		}
	}
	return false
}

// ask has each ALLOW rule ask for a claim, or adds the policy that does.
func (p *proposer) ask(_ *amend.Written, a amend.Ask) (rules.Change, bool) {
	key, all := ofClaims+"["+a.Claim+"]", p.allowRules()
	if len(all) == 0 {
		return p.askAlone(a.ID, a.Title, key, a.Values)
	}
	var steps []kubernetes.Step
	for _, r := range all {
		field := rules.FieldChange{
			Field: r.path() + ".when", To: key + " " + strings.Join(a.Values, ", "),
		}
		steps = append(steps, kubernetes.Step{
			File: r.of.File, Field: field,
			Edit: func() (source.Edit, error) { return askFor(r, key, a.Values) },
		})
	}
	return p.Change(a.ID, a.Title, steps...), true
}

// askAlone adds an ALLOW policy where there is none: what it does not let in no longer gets in.
func (p *proposer) askAlone(id, title, key string, values []string) (rules.Change, bool) {
	if len(p.enforced(actionAllow)) > 0 || len(p.jwt) == 0 {
		return rules.Change{}, false
	}
	s, why := p.addedPolicy("callers", "rules", actionAllow, source.Fields{
		{Key: "when", Value: []any{conditionOn(key, values)}},
	})
	if why != "" {
		return rules.Change{
			ID: id, Title: title,
			Refused: "add an ALLOW AuthorizationPolicy for the same workload, with " + key + " " +
				strings.Join(values, ", ") + ": " + why,
		}, true
	}
	return p.Change(id, title, s), true
}

// conditionOn is the condition that an attribute has one of some values.
func conditionOn(key string, values []string) source.Fields {
	return source.Fields{
		{Key: "key", Value: key}, {Key: "values", Value: kubernetes.Items(values)},
	}
}

// askFor is the edit that adds a condition to a rule.
func askFor(r *authRule, key string, values []string) (source.Edit, error) {
	one := conditionOn(key, values)
	if when := r.at.Member("when"); when.Is(source.List) {
		return r.of.File.InsertItem(when, len(when.Items), one)
	}
	return r.of.File.SetMember(r.at, "when", []any{one})
}
