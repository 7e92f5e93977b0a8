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

// change makes one change of them.
func (a Amends) change(by kubernetes.Changer) rules.Change {
	return by.Change(strings.Join(a.IDs, "+"), strings.Join(a.Titles, ", and "), a.Steps...)
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
// Both are one change: another tenant can give an API of its own the same App ID URI. It is
// refused where the keys are those of another tenant than the token's, since such a token is to be
// kept out.
func (e *Editor) ofThisAPI(
	w *Written, token *inspect.Profile, asks func(claim string) bool,
) (rules.Change, bool) {
	var a Amends
	have, sent, iss := w.audiences(), token.Audience, token.Issuer
	if have.Empty() && len(sent) == 1 && !asks("aud") {
		a.Add("check-audience", "accept only the audience "+sent[0], w.withAudience(sent[0]))
	}
	if w.Issuer == "" && w.IssuerDoubt == nil && iss != "" && !asks("iss") {
		a.Add("pin-issuer", "accept only the issuer "+iss, w.withIssuer(iss))
	}
	if len(a.Steps) == 0 {
		return rules.Change{}, false
	}
	change := a.change(e.Changer)
	tenant := entra.TenantOfKeys(w.keysURL())
	if tenant != "" && !strings.EqualFold(tenant, token.Tenant) {
		change.Edited = nil
		change.Refused = fmt.Sprintf("this token is of tenant %s, and the key set is that of "+
			"tenant %s: Entra ID's tenants share signing keys, so pin that tenant's issuer",
			token.Tenant, tenant)
	}
	return change, true
}
