package istio

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy/amend"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// proposer looks for changes that would let a request in, or keep other requests out. It takes the
// request's token for one that belongs to this workload and environment.
type proposer struct {
	*changer
	goal    rules.Goal
	profile inspect.Profile
	failed  []*rules.Result // of this workload
}

// proposals are the changes that may let a request in that is kept out, or that narrow the
// policies to requests like one that is let in.
func proposals(c *rules.Configuration, goal rules.Goal) []rules.Change {
	p := newProposer(c, goal)
	if p == nil || p.profile.Kind != inspect.KindAccess {
		return nil
	}
	if len(p.failed) > 0 {
		return p.letIn()
	}
	return p.narrow()
}

// newProposer is nil where no policy of Istio has looked at the request.
func newProposer(c *rules.Configuration, goal rules.Goal) *proposer {
	ours := func(p *rules.Policy) bool { return c.Index(p) >= 0 }
	judged, ok := kubernetes.JudgedBy(goal.Verdict, ours)
	if !ok {
		return nil
	}
	m, _ := changerOf(c, judged.Policy)
	return &proposer{m, goal, judged.Profile, judged.Failed}
}

// change makes one change of amends.
func (p *proposer) change(a amend.Amends) rules.Change {
	return a.Change(p.made)
}

// letIn puts the repairs of all that fails into one change, since one alone would not let the
// request in: one change for each ALLOW rule that could be the one that matches.
func (p *proposer) letIn() []rules.Change {
	tokens, ok := p.editor().Accepting(&p.profile, p.failed)
	if !ok || p.refusedBeside() {
		return nil
	}
	allowed := p.amendRules()
	if allowed == nil {
		return nil
	}
	var all []rules.Change
	for _, a := range allowed {
		if whole := tokens.And(a); len(whole.Steps) > 0 {
			all = append(all, p.change(whole))
		}
	}
	return all
}

// in lists the failed checks of a rule.
func (p *proposer) in(rule *source.Value) []*rules.Result {
	return kubernetes.FailedIn(p.failed, rule)
}

// refusedBeside reports whether something else than JWT rules and ALLOW rules refuses the request.
func (p *proposer) refusedBeside() bool {
	known := map[*rules.Result]bool{}
	for _, r := range p.jwt {
		for _, result := range p.in(r.at) {
			known[result] = true
		}
	}
	for _, r := range p.allowRules() {
		for _, result := range p.in(r.at) {
			known[result] = true
		}
	}
	return slices.ContainsFunc(p.failed, func(r *rules.Result) bool { return !known[r] })
}

// allowRules are the rules that can let a request in.
func (c *compiler) allowRules() []*authRule {
	var all []*authRule
	for _, p := range c.enforced(actionAllow) {
		for _, r := range rulesOf(p) {
			if c.unbuilt(r) == "" {
				all = append(all, r)
			}
		}
	}
	return all
}

// amendRules is, for each ALLOW rule that can be made to match the request, what makes it. One is
// empty where a rule matches already, or where there is none.
func (p *proposer) amendRules() []amend.Amends {
	all := p.allowRules()
	if len(all) == 0 && len(p.enforced(actionAllow)) == 0 {
		return []amend.Amends{{}}
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
	return ways
}

func (p *proposer) amendRule(r *authRule, failed []*rules.Result) (amend.Amends, bool) {
	var a amend.Amends
	for _, result := range failed {
		one := p.conditionAt(r, result.Check.Pos)
		if one == nil || !p.amendCondition(&a, r, one) {
			return a, false
		}
	}
	return a, true
}

// conditionAt is the condition of a rule whose values are at a place; nil where there is none.
// What must not be is never changed.
func (p *proposer) conditionAt(r *authRule, at source.Position) *condition {
	for _, some := range slices.Concat(r.from, [][]condition{r.when}) {
		for i := range some {
			if l := some[i].values; l.At != nil && l.At.Pos == at {
				return &some[i]
			}
		}
	}
	return nil
}

// amendCondition makes a condition hold for the token. It is not ok where it is right to fail.
func (p *proposer) amendCondition(a *amend.Amends, r *authRule, one *condition) bool {
	l, file, id := one.values, r.of.File, p.profile.ClientID
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

// rekeyed is the step that makes a condition read another claim.
func rekeyed(r *authRule, one *condition, claim string) kubernetes.Step {
	to := ofClaims + "[" + claim + "]"
	for _, item := range r.at.Member("when").Items {
		if item.Member("values") == one.values.At {
			field := strings.TrimSuffix(one.values.Field, "values") + "key"
			return kubernetes.Replaced(r.of.File, item.Member("key"), field, to)
		}
	}
	return kubernetes.Step{}
}

// amendPrincipal makes a request principal that of the token's issuer: it writes the second slash,
// or adds one.
func (p *proposer) amendPrincipal(a *amend.Amends, file *source.File, l kubernetes.List) bool {
	for _, v := range l.Values {
		to := withSlash(v.Text)
		if issuer, _, _ := cutLast(to); to != "" && issuer == p.profile.Issuer {
			a.Add("principal-slash", "write the principal with both slashes",
				kubernetes.Replaced(file, v, l.Field, to))
			return true
		}
	}
	add := p.profile.Issuer + "/*"
	if _, ok := entra.ParseIssuer(p.profile.Issuer); !ok || slices.Contains(l.Texts(), add) {
		return false
	}
	a.Add("accept-issuer", "accept the principal "+add, kubernetes.Appended(file, l, add))
	return true
}

// amendScope asks for a role instead of a scope, which a token without a user never has; or has
// scopes split at their blanks, where the token has the one that is asked for.
func (p *proposer) amendScope(a *amend.Amends, r *authRule, one *condition) bool {
	file := r.of.File
	if p.profile.Flow == inspect.AppOnly && len(p.profile.Roles) > 0 {
		role := p.profile.Roles[0]
		item := slices.IndexFunc(r.at.Member("when").Items, func(v *source.Value) bool {
			return v.Member("values") == one.values.At
		})
		object := r.at.Member("when").Items[item]
		path := strings.TrimSuffix(one.values.Field, "values")
		a.Add("require-role", "require the role "+role+" instead of a scope",
			rekeyed(r, one, "roles"), kubernetes.Listed(file, object, path, "values", role))
		return true
	}
	has := func(scope string) bool { return slices.Contains(p.profile.Scopes, scope) }
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

// narrow proposes what narrows policies that let this token in, one control at a time. A token of
// another API or of another tenant shows neither whose clients belong here nor their roles.
func (p *proposer) narrow() []rules.Change {
	e := p.editor()
	w, ok := e.For(p.profile.Issuer)
	if !ok {
		return nil
	}
	issuer, ok := e.OfThisAPI(w, &p.profile, func(claim string) bool {
		return p.asks(ofClaims+"["+claim+"]") || claim == "aud" && p.asks(ofAudiences)
	})
	var all []rules.Change
	if issuer.Refused != "" {
		return append(all, issuer)
	}
	propose := func(change rules.Change, ok bool) {
		if ok {
			all = append(all, change)
		}
	}
	propose(issuer, ok)
	propose(p.checkClients())
	if roles := p.profile.Roles; len(roles) > 0 && !p.asks(ofClaims+"[roles]") {
		propose(p.ask("require-role", "require the role "+roles[0], "roles", roles[0]))
	}
	return all
}

// asks reports whether some ALLOW rule asks for an attribute.
func (p *proposer) asks(attribute string) bool {
	for _, r := range p.allowRules() {
		for _, some := range slices.Concat(r.from, [][]condition{r.when}) {
			for _, one := range some {
				if one.attribute == attribute && !one.values.Empty() {
					return true
				}
			}
		}
	}
	return false
}

// checkClients asks for the clients of this environment, or for the token's client alone, where
// that is wanted.
func (p *proposer) checkClients() (rules.Change, bool) {
	id, wanted := p.profile.ClientID, p.goal.Facts.Own
	if id.Value == "" || p.asks(ofClaims+"[appid]") || p.asks(ofClaims+"[azp]") ||
		p.asks(ofPresenter) {
		return rules.Change{}, false
	}
	switch {
	case len(wanted) > 0 && slices.Contains(wanted, id.Value):
		return p.ask("require-client", rules.OnlyClients(id.Claim, wanted), id.Claim, wanted...)
	case len(wanted) == 0 && p.goal.OneClient && len(p.allowRules()) <= 1:
		// Of several rules only who wrote them knows which is this client's.
		return p.ask("only-client", "accept only the client "+id.Value, id.Claim, id.Value)
	}
	return rules.Change{}, false
}

// ask has each ALLOW rule ask for a claim, or adds the policy that does.
func (p *proposer) ask(id, title, claim string, values ...string) (rules.Change, bool) {
	key, all := ofClaims+"["+claim+"]", p.allowRules()
	if len(all) == 0 {
		return p.askAlone(id, title, key, values)
	}
	var steps []kubernetes.Step
	for _, r := range all {
		field := rules.FieldChange{
			Field: r.path() + ".when", To: key + " " + strings.Join(values, ", "),
		}
		steps = append(steps, kubernetes.Step{
			File: r.of.File, Field: field,
			Edit: func() (source.Edit, error) { return askFor(r, key, values) },
		})
	}
	return p.made(id, title, steps...), true
}

// askAlone adds an ALLOW policy where there is none: what it does not let in no longer gets in.
func (p *proposer) askAlone(id, title, key string, values []string) (rules.Change, bool) {
	if len(p.enforced(actionAllow)) > 0 || len(p.jwt) == 0 {
		return rules.Change{}, false
	}
	quoted := make([]string, len(values))
	for i, value := range values {
		quoted[i] = strconv.Quote(value)
	}
	s, why := p.addedPolicy("callers", "rules", actionAllow, fmt.Sprintf(`
    - when:
        - key: %s
          values: [%s]
`, key, strings.Join(quoted, ", ")))
	if why != "" {
		return rules.Change{}, false
	}
	return p.made(id, title, s), true
}

// askFor is the edit that adds a condition to a rule.
func askFor(r *authRule, key string, values []string) (source.Edit, error) {
	items := make([]any, len(values))
	for i, value := range values {
		items[i] = value
	}
	one := source.Fields{{Key: "key", Value: key}, {Key: "values", Value: items}}
	if when := r.at.Member("when"); when.Is(source.List) {
		return r.of.File.InsertItem(when, len(when.Items), one)
	}
	return r.of.File.SetMember(r.at, "when", []any{one})
}
