// Package amend proposes changes of the JWT providers of Envoy's filter, which Istio and Envoy
// Gateway write in other fields and mean alike: the issuer and the audiences.
//
// editor.go has the repairs of findings; request.go what a provider needs to let a token in or to
// keep others out, together with what an adapter's own rules need.
package amend

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

// Request is one that is to get in, or that gets in already. Its token is taken for one that
// belongs to the policy's environment.
type Request struct {
	Goal    rules.Goal
	Policy  *rules.Policy // the first of the configuration that has judged it
	Profile inspect.Profile
	Failed  []*rules.Result // what a change would have to amend
}

// RequestOf is the request of a goal. It is not ok where no policy of the configuration has judged
// it, or its token is no access token.
func RequestOf(c *rules.Configuration, goal rules.Goal) (q Request, ok bool) {
	q.Goal = goal
	for i := range goal.Verdict.Results {
		r := &goal.Verdict.Results[i]
		if q.Policy == nil && c.Index(r.Policy) >= 0 {
			q.Policy, q.Profile = r.Policy, r.Profile()
		}
		if q.Policy != nil && r.Policy == q.Policy && r.KeepsOut() {
			q.Failed = append(q.Failed, r)
		}
	}
	return q, q.Policy != nil && q.Profile.Kind == inspect.KindAccess
}

// failedIn lists the failed checks of a part of a file.
func failedIn(failed []*rules.Result, part *source.Value) []*rules.Result {
	return source.Where(failed, func(r *rules.Result) bool {
		return r.Check.Pos.File == part.Pos.File && part.Span.Start <= r.Check.Span.Start &&
			r.Check.Span.End <= part.Span.End
	})
}

// Rules are an adapter's, as far as changes of them let in a request or keep one out.
type Rules struct {
	Allowing []*source.Value // those that can let a request in, as the files have them
	Needless bool            // a request gets in without one of them

	// Amend adds what makes a check hold of one of those rules, by its index. It is not ok where
	// the check is right to fail.
	Amend func(a *Amends, rule int, failed *rules.Check) (ok bool)

	Asks func(claim string) bool // whether one of them asks for a claim

	// Ask has each of them ask for more. It is not ok where that can't be done.
	Ask func(w *Written, a Ask) (change rules.Change, ok bool)
}

// Proposals are the changes that may let the request in, or narrow the policies where it gets in.
func (q *Request) Proposals(e *Editor, of Rules) []rules.Change {
	if len(q.Failed) > 0 {
		return q.letIn(e, of)
	}
	return q.narrow(e, of)
}

// letIn puts the repairs of all that fails into one change, since one alone would not let the
// request in: one change for each way past the rules. There is none where something else fails
// than providers and rules.
func (q *Request) letIn(e *Editor, of Rules) []rules.Change {
	tokens, ok := e.accepting(&q.Profile, q.Failed)
	if !ok {
		return nil
	}
	var known []*rules.Result
	for _, w := range e.Providers {
		known = append(known, failedIn(q.Failed, w.Value)...)
	}
	for _, rule := range of.Allowing {
		known = append(known, failedIn(q.Failed, rule)...)
	}
	for _, r := range q.Failed {
		if !slices.Contains(known, r) {
			return nil
		}
	}
	var all []rules.Change
	for _, a := range q.ways(of) {
		if whole := tokens.and(a); len(whole.Steps) > 0 && q.Goal.Wants(whole.id()) {
			all = append(all, whole.change(e.Changer))
		}
	}
	return all
}

// ways is, for each rule that can be made to match the request, what makes it. One is empty where
// none is needed, or a rule matches already.
func (q *Request) ways(of Rules) []Amends {
	if of.Needless {
		return []Amends{{}}
	}
	var ways []Amends
	for i, rule := range of.Allowing {
		failed := failedIn(q.Failed, rule)
		if len(failed) == 0 {
			return []Amends{{}}
		}
		var a Amends
		right := func(r *rules.Result) bool { return !of.Amend(&a, i, r.Check) }
		if !slices.ContainsFunc(failed, right) {
			ways = append(ways, a)
		}
	}
	return ways
}

// Ask is what rules are to ask a token for, and what a change that does so is called.
type Ask struct {
	ID, Title string
	Claim     string
	Values    []string
}

// narrow proposes what narrows policies that let this token in, one control at a time. A token of
// another API or of another tenant shows neither whose clients belong here nor their roles.
func (q *Request) narrow(e *Editor, of Rules) []rules.Change {
	w, ok := e.providerFor(q.Profile.Issuer)
	if !ok {
		return nil
	}
	var all []rules.Change
	if a := e.ofThisAPI(w, &q.Profile, of.Asks); len(a.Steps) > 0 {
		if refused := w.ofOtherTenant(&q.Profile); refused != "" {
			return []rules.Change{{
				ID: a.id(), Title: a.title(), Policy: e.Policy, Refused: refused,
			}}
		}
		if q.Goal.Wants(a.id()) {
			all = append(all, a.change(e.Changer))
		}
	}
	for _, ask := range []func(Rules) (Ask, bool){q.clients, q.role} {
		if a, ok := ask(of); ok && q.Goal.Wants(a.ID) {
			if change, ok := of.Ask(w, a); ok {
				all = append(all, change)
			}
		}
	}
	return all
}

// clients asks for the clients of this environment, or for the token's client alone, where that is
// wanted.
func (q *Request) clients(of Rules) (a Ask, ok bool) {
	id, wanted := q.Profile.ClientID, q.Goal.Facts.Own
	if id.Value == "" || of.Asks("appid") || of.Asks("azp") {
		return a, false
	}
	switch {
	case len(wanted) > 0 && slices.Contains(wanted, id.Value):
		title := rules.OnlyClients(id.Claim, wanted)
		return Ask{"require-client", title, id.Claim, wanted}, true
	case len(wanted) == 0 && q.Goal.OneClient && len(of.Allowing) <= 1:
		// Of several rules only who wrote them knows which is this client's.
		title := "accept only the client " + id.Value
		return Ask{"only-client", title, id.Claim, []string{id.Value}}, true
	}
	return a, false
}

// role asks for a role that the token has, where no rule asks for one.
func (q *Request) role(of Rules) (a Ask, ok bool) {
	roles := q.Profile.Roles
	if len(roles) == 0 || of.Asks("roles") {
		return a, false
	}
	return Ask{"require-role", "require the role " + roles[0], "roles", roles[:1]}, true
}

// Amends are steps that belong together, with what a reader calls them.
type Amends struct {
	IDs, Titles []string
	Steps       []kubernetes.Step
}

// Add adds steps, which go by one name if it was there already.
func (a *Amends) Add(id, title string, steps ...kubernetes.Step) {
	if !slices.Contains(a.IDs, id) {
		a.IDs, a.Titles = append(a.IDs, id), append(a.Titles, title)
	}
	a.Steps = append(a.Steps, steps...)
}

// and is both of two amends.
func (a Amends) and(b Amends) Amends {
	return Amends{
		slices.Concat(a.IDs, b.IDs), slices.Concat(a.Titles, b.Titles),
		slices.Concat(a.Steps, b.Steps),
	}
}

func (a Amends) id() string { return strings.Join(a.IDs, "+") }

func (a Amends) title() string { return strings.Join(a.Titles, ", and ") }

// change makes one change of them.
func (a Amends) change(by kubernetes.Changer) rules.Change {
	return by.Change(a.id(), a.title(), a.Steps...)
}

// accepting is what makes the provider for a token accept it. It is not ok where the providers are
// right to refuse it.
func (e *Editor) accepting(token *inspect.Profile, failed []*rules.Result) (a Amends, ok bool) {
	w, ok := e.providerFor(token.Issuer)
	if !ok {
		w, ok = e.ofTenant(token.Issuer)
	}
	if !ok {
		return a, len(e.Providers) == 0
	}
	for _, result := range failedIn(failed, w.Value) {
		switch result.Check.ID {
		case rules.Issuer:
			a.Add("set-issuer", "expect the issuer "+token.Issuer, w.withIssuer(token.Issuer))
		case rules.Audience:
			have := w.audiences()
			if !otherForm(have, token.Audience) {
				return a, false
			}
			title := "accept the audience " + token.Audience[0] + ", if that is this API"
			a.Add("accept-audience", title, kubernetes.Appended(w.File, have, token.Audience[0]))
		default:
			return a, false
		}
	}
	return a, true
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

// ofThisAPI has a provider check the audience and the issuer, where neither it nor a rule does.
// Both are one change: another tenant can give an API of its own the same App ID URI.
func (e *Editor) ofThisAPI(
	w *Written, token *inspect.Profile, asks func(claim string) bool,
) (a Amends) {
	have, sent, iss := w.audiences(), token.Audience, token.Issuer
	if have.Empty() && len(sent) == 1 && !asks("aud") {
		a.Add("check-audience", "accept only the audience "+sent[0], w.withAudience(sent[0]))
	}
	if w.Issuer == "" && w.IssuerDoubt == nil && iss != "" && !asks("iss") {
		a.Add("pin-issuer", "accept only the issuer "+iss, w.withIssuer(iss))
	}
	return a
}

// ofOtherTenant says why a change for this token is refused: the keys are those of another tenant
// than the token's, which is to be kept out. It is empty where they are not.
func (w *Written) ofOtherTenant(token *inspect.Profile) string {
	tenant := entra.TenantOfKeys(w.keysURL())
	if tenant == "" || strings.EqualFold(tenant, token.Tenant) {
		return ""
	}
	return fmt.Sprintf("this token is of tenant %s, and the key set is that of tenant %s: Entra "+
		"ID's tenants share signing keys, so pin that tenant's issuer", token.Tenant, tenant)
}
