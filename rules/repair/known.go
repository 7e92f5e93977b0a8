package repair

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

// known is what is known of this environment's tokens. What they look like beside it, the model of
// what Entra ID issues says.
type known struct {
	issued.Example
	traits []trait // that were given, or that make the token what it is
	had    had     // what the policies had before a change
}

// known is this environment's token: as the facts or the token that was given say, and else as the
// policies wanted it before the change. Of what they want after it, only that is taken which they
// had before, be it switched off: a value that a change has written proves nothing about it.
// What no check names, the model chooses, so that the policies before the change let it in.
func (w *work) known(before, after []*rules.Policy, solution *rules.Solution) *known {
	k := w.given(solution)
	for _, p := range before {
		k.had.checks = append(k.had.checks, p.Checks()...)
	}
	k.learn(before, func(string) bool { return true })
	k.learnTenant(before)
	k.learn(after, k.had.text)
	k.contracted(w.Contracts)
	k.User = len(k.Scopes) > 0
	k.Example = k.Assumed()
	w.settle(k, before, after)
	return k
}

// settle chooses the values that no token has shown so that the policies before the change let the
// token in. If no choice does that, it takes one with which the policies after the change do, of
// the values that the policies before it name. Of the token versions whose issuers the policies
// have, it takes the one that gets further.
func (w *work) settle(k *known, before, after []*rules.Policy) {
	assumed, contracts := k.Example, w.contracts(k)
	words := issued.NewView(before, contracts)
	best := rules.Rejected
	for i, version := range k.versions() {
		one := assumed
		one.Version = version
		got, outcome := one.Wanted(words, words, !k.sure(ofScopes), !k.sure(ofRoles))
		if i == 0 || issued.Further(outcome, best) {
			k.Example, best = got, outcome
		}
	}
	if best != rules.Rejected {
		return
	}
	view := issued.NewView(after, contracts)
	for i, version := range k.versions() {
		one := assumed
		one.Version = version
		got, outcome := one.Wanted(view, words, !k.sure(ofScopes), !k.sure(ofRoles))
		if i == 0 || issued.Further(outcome, best) {
			k.Version, best = version, outcome
			k.User, k.Scopes, k.Roles = got.User, got.Scopes, got.Roles
		}
	}
}

// versions are those that the token may have: the one that is known, or that the model takes, and
// the other where the policies before the change have an issuer of it.
func (k *known) versions() []entra.Version {
	all := []entra.Version{k.Version}
	if k.sure(ofVersion) {
		return all
	}
	for _, c := range k.had.checks {
		for _, wanted := range c.Test.Wants() {
			issuer, ok := entra.ParseIssuer(wanted.Text)
			if ok && wanted.Input.Name == "iss" && !slices.Contains(all, issuer.Version) {
				all = append(all, issuer.Version)
			}
		}
	}
	return all
}

// contracted takes for this environment's client one that has a contract, where nobody says which
// it is.
func (k *known) contracted(contracts *rules.Contracts) {
	if contracts == nil || k.Client != "" {
		return
	}
	ours := func(id string) bool { return entra.CanHold("appid", id) }
	if i := slices.IndexFunc(contracts.IDs, ours); i >= 0 {
		k.Client = contracts.IDs[i]
	}
}

// contracts are those that were given. Without them only this environment's own client has one.
func (w *work) contracts(own *known) *rules.Contracts {
	if w.Contracts != nil {
		return w.Contracts
	}
	return &rules.Contracts{IDs: []string{own.Client}}
}

// and is such a token of another client, about which these traits are known too.
func (k *known) and(traits ...trait) known {
	other := *k
	other.traits = slices.Concat(k.traits, traits, []trait{ofClient})
	return other
}

// Describes reports whether somebody has said what this environment's tokens carry: their version
// is not that.
func (f *Fix) Describes() bool {
	return len(f.Given) > 0 || f.Facts.Audience != "" || f.Facts.Tenant != "" ||
		f.Facts.Scope != ""
}

// sure reports whether a trait is known.
func (k *known) sure(t trait) bool { return slices.Contains(k.traits, t) }

// given is what the facts say, or the token that was given.
func (w *work) given(solution *rules.Solution) *known {
	k := &known{Example: issued.Example{
		Version: w.Facts.Version, Tenant: w.Facts.Tenant, Audience: w.Facts.Audience,
	}}
	if w.Facts.Scope != "" && (solution == nil || needs(solution, source.NeedScope)) {
		k.Scopes = []string{w.Facts.Scope}
	}
	for _, g := range []struct {
		given bool
		trait trait
	}{
		{k.Version != 0, ofVersion},
		{k.Audience != "", ofAudience},
		{k.Tenant != "", ofTenant},
		{k.Scopes != nil, ofScopes},
	} {
		if g.given {
			k.traits = append(k.traits, g.trait)
		}
	}
	if len(w.Given) > 0 && solution != nil {
		k.learnToken(w.Given[0].Request.Profile())
	}
	return k
}

// needs reports whether a solution may need an input.
func needs(solution *rules.Solution, input source.Input) bool {
	all := solution.Needs(rules.Facts{})
	return slices.ContainsFunc(all, func(n source.Need) bool { return n.Input == input })
}

// learnToken takes from a token what others of its environment look like.
func (k *known) learnToken(p inspect.Profile) {
	k.Version = cmp.Or(versionNamed(p.Version), k.Version)
	k.Tenant = cmp.Or(p.Tenant, k.Tenant)
	k.Client = cmp.Or(p.ClientID.Value, k.Client)
	k.Scopes, k.Roles = p.Scopes, p.Roles
	if len(p.Audience) > 0 {
		k.Audience = p.Audience[0]
	}
	k.traits = everyTrait()
}

// versionNamed is the version of tokens that a profile names; 0 for none.
func versionNamed(text string) entra.Version {
	for _, v := range []entra.Version{entra.V1, entra.V2} {
		if v.String() == text {
			return v
		}
	}
	return 0
}

// learn takes from policies what a token has to carry to be let in, of the texts that count.
func (k *known) learn(policies []*rules.Policy, counts func(text string) bool) {
	for _, c := range inForce(policies) {
		for _, wanted := range c.Test.Wants() {
			if counts(wanted.Text) {
				k.carry(wanted.Input.Name, wanted.Text)
			}
		}
	}
}

// learnTenant takes from policies whose keys they verify with, and whose version of tokens has the
// client that they look for.
func (k *known) learnTenant(policies []*rules.Policy) {
	for _, c := range inForce(policies) {
		reads := c.Test.Reads()
		uri := k.Audience != "" && !entra.IsGUID(k.Audience) // of v1.0 tokens only
		v1, v2 := slices.Contains(reads, rules.Claim("appid")),
			slices.Contains(reads, rules.Claim("azp"))
		switch {
		case v1 && !v2:
			k.Version = cmp.Or(k.Version, entra.V1)
		case v2 && !v1 && !uri:
			k.Version = cmp.Or(k.Version, entra.V2)
		}
		if c.Test.Key == nil {
			continue
		}
		for _, address := range c.Test.Key.Addresses() {
			if tenant := entra.TenantOfKeys(address); entra.CanHold("tid", tenant) {
				k.Tenant = cmp.Or(k.Tenant, tenant)
			}
		}
	}
}

// carry lets a token have what a policy wants, where it has nothing there yet, and where Entra ID
// may write such a thing at all.
func (k *known) carry(claim, wanted string) {
	if of := traitOf(claim); (of == ofScopes || of == ofRoles) && k.sure(of) {
		return
	}
	if claim == "scope" {
		claim = "scp"
	}
	if claim == "scp" {
		for _, word := range strings.Fields(wanted) {
			if short := shortScope(word); entra.CanHold(claim, short) {
				k.Scopes = with(k.Scopes, short)
			}
		}
		return
	}
	if !entra.CanHold(claim, wanted) {
		return
	}
	switch claim {
	case "aud":
		k.Audience = cmp.Or(k.Audience, wanted)
	case "tid":
		k.Tenant = cmp.Or(k.Tenant, wanted)
	case "roles":
		k.Roles = with(k.Roles, wanted)
	case "appid", "azp":
		k.Client = cmp.Or(k.Client, wanted)
	case "iss":
		k.carryIssuer(wanted)
	}
}

// carryIssuer takes the tenant, the version and the cloud of an issuer.
func (k *known) carryIssuer(text string) {
	issuer, ok := entra.ParseIssuer(text)
	if !ok {
		return
	}
	k.Tenant = cmp.Or(k.Tenant, issuer.Tenant)
	k.Version = cmp.Or(k.Version, issuer.Version)
	if cloud, ok := entra.CloudByID(issuer.Clouds[0]); ok && k.Cloud.ID == "" {
		k.Cloud = cloud
	}
}

// had is the checks of policies before a change.
type had struct {
	checks []*rules.Check
	texts  map[string]bool // they are compared with, filled when it is asked for
}

// text reports whether a text stood in the policies, as a value or in quotes in an expression, be
// it switched off. A part of another text is none, but a word among words is, and so are words
// that stood there one by one.
func (h *had) text(text string) bool {
	if h.texts == nil {
		h.texts = map[string]bool{}
		for _, c := range h.checks {
			h.look(&c.Test)
		}
	}
	words := strings.Fields(text)
	return h.texts[text] || len(words) > 1 &&
		!slices.ContainsFunc(words, func(word string) bool { return !h.texts[word] })
}

// look notes what a predicate has in it.
func (h *had) look(p *rules.Predicate) {
	if p.Input.Opaque != nil {
		for _, text := range issued.Quoted(p.Input.Opaque.Text) {
			h.add(text)
		}
	}
	for i := range p.Of {
		h.look(&p.Of[i])
	}
	for _, v := range p.Values {
		if v.Is(source.String) {
			h.add(v.Text)
		}
	}
}

// add notes a text with its words, and of a scope in the form of a URI what tokens carry.
func (h *had) add(text string) {
	h.texts[text] = true
	for _, word := range strings.Fields(text) {
		h.texts[word], h.texts[shortScope(word)] = true, true
	}
}

// inForce lists the checks that are made of a token on the way past each of the policies that
// wants most of one: a way past without a token says nothing about it.
func inForce(policies []*rules.Policy) []*rules.Check {
	var all []*rules.Check
	for _, p := range policies {
		ways, _ := p.Root.Ways()
		if len(ways) == 0 {
			continue // nobody gets past it
		}
		for _, c := range mostWanted(ways) {
			if c.Skip == "" && c.Unknown == nil {
				all = append(all, c)
			}
		}
	}
	return all
}

// mostWanted is the first of the ways past a policy on which the most checks want something.
func mostWanted(ways [][]*rules.Check) []*rules.Check {
	best, most := ways[0], -1
	for _, way := range ways {
		wanting := 0
		for _, c := range way {
			if c.Skip == "" && len(c.Test.Wants()) > 0 {
				wanting++
			}
		}
		if wanting > most {
			best, most = way, wanting
		}
	}
	return best
}

// shortScope is a scope as tokens carry it: clients ask for it in the form of a URI, and scp has
// what follows the last slash.
func shortScope(scope string) string {
	short := scope[strings.LastIndexByte(scope, '/')+1:]
	if short == "" || short == ".default" || strings.Contains(scope, " ") {
		return scope
	}
	return short
}

// with adds a word to a list that does not have it.
func with(words []string, word string) []string {
	if slices.Contains(words, word) {
		return words
	}
	return append(slices.Clip(words), word)
}
