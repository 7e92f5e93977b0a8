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

// ownToken is what is known about this environment's own tokens. The rest of what is in them comes
// from the model of what Entra ID issues.
type ownToken struct {
	issued.Example
	traits []trait // that were given, or that make the token what it is
	before earlier // the policies before a change
}

// ownToken is this environment's token: as the facts or the token that was given say, and else as
// the policies wanted it before the change. What they want after the change counts only if they
// named it before, even where it was switched off: a value that a change has written proves
// nothing about the token. What no check names, the model chooses, so that the policies before the
// change let it in.
func (w *work) ownToken(before, after []*rules.Policy, solution *rules.Solution) *ownToken {
	own := w.given(solution)
	own.before.checks = slices.Collect(rules.Wanted(before))
	own.learn(before, func(string) bool { return true })
	own.learnTenant(before)
	own.learn(after, own.before.names)
	own.contracted(w.Contracts)
	own.User = len(own.Scopes) > 0
	own.Example = own.Assumed()
	w.settle(own, before, after)
	return own
}

// settle chooses the values that no token has shown so that the policies before the change let the
// token in. If no choice does that, it takes one with which the policies after the change do, of
// the values that the policies before it name. Of the token versions whose issuers the policies
// have, it takes the one that gets further.
func (w *work) settle(own *ownToken, before, after []*rules.Policy) {
	contracts := w.contracts(own)
	words := issued.NewView(before, contracts)
	got, outcome := own.furthest(words, words)
	if outcome == rules.Rejected {
		of, _ := own.furthest(issued.NewView(after, contracts), words)
		got.Version, got.User, got.Scopes, got.Roles = of.Version, of.User, of.Scopes, of.Roles
	}
	own.Example = got
}

// furthest is the token in the version that gets furthest, with words of some policies.
func (own *ownToken) furthest(
	view, words *issued.View,
) (best issued.Example, outcome rules.Decision) {
	for i, version := range own.versions() {
		one := own.Example
		one.Version = version
		got, to := one.Wanted(view, words, !own.sure(ofScopes), !own.sure(ofRoles))
		if i == 0 || issued.Further(to, outcome) {
			best, outcome = got, to
		}
	}
	return best, outcome
}

// versions are those that the token may have: the one that is known, or that the model takes, and
// the other where the policies before the change have an issuer of it.
func (own *ownToken) versions() []entra.Version {
	all := []entra.Version{own.Version}
	if own.sure(ofVersion) {
		return all
	}
	for _, c := range own.before.checks {
		for _, wanted := range c.Test.Wants() {
			issuer, ok := entra.ParseIssuer(wanted.Text)
			if ok && wanted.Input.ClaimTold() == "iss" && !slices.Contains(all, issuer.Version) {
				all = append(all, issuer.Version)
			}
		}
	}
	return all
}

// contracted takes for this environment's client one that has a contract, where nobody says which
// it is.
func (own *ownToken) contracted(contracts *rules.Contracts) {
	if contracts == nil || own.Client != "" {
		return
	}
	ours := func(id string) bool { return entra.CanHold("appid", id) }
	if i := slices.IndexFunc(contracts.IDs, ours); i >= 0 {
		own.Client = contracts.IDs[i]
	}
}

// contracts are those that were given. Without them only this environment's own client has one.
func (w *work) contracts(own *ownToken) *rules.Contracts {
	if w.Contracts != nil {
		return w.Contracts
	}
	return &rules.Contracts{IDs: []string{own.Client}}
}

// and is such a token of another client, about which these traits are known too.
func (own *ownToken) and(traits ...trait) ownToken {
	other := *own
	other.traits = slices.Concat(own.traits, traits, []trait{ofClient})
	return other
}

// Describes reports whether somebody has said something about this environment's tokens.
func (f *Fix) Describes() bool {
	return len(f.Given) > 0 || f.Facts.Audience != "" || f.Facts.Tenant != "" ||
		f.Facts.Scope != "" || f.Facts.Version != 0
}

// sure reports whether a trait is known.
func (own *ownToken) sure(t trait) bool { return slices.Contains(own.traits, t) }

// given is what the facts say, or the token that was given.
func (w *work) given(solution *rules.Solution) *ownToken {
	own := &ownToken{Example: issued.Example{
		Version: w.Facts.Version, Tenant: w.Facts.Tenant, Audience: w.Facts.Audience,
	}}
	own.inCloud([]string{w.Facts.Cloud})
	if w.Facts.Scope != "" && (solution == nil || needs(solution, source.NeedScope)) {
		own.Scopes = []string{w.Facts.Scope}
	}
	for _, g := range []struct {
		given bool
		trait trait
	}{
		{own.Version != 0, ofVersion},
		{own.Audience != "", ofAudience},
		{own.Tenant != "", ofTenant},
		{own.Scopes != nil, ofScopes},
	} {
		if g.given {
			own.traits = append(own.traits, g.trait)
		}
	}
	if len(w.Given) > 0 && solution != nil {
		own.learnToken(w.Given[0].Request.Profile())
	}
	return own
}

// needs reports whether a solution may need an input.
func needs(solution *rules.Solution, input source.Input) bool {
	all := solution.Needs(rules.Facts{})
	return slices.ContainsFunc(all, func(n source.Need) bool { return n.Input == input })
}

// learnToken takes from a token what others of its environment look like.
func (own *ownToken) learnToken(p inspect.Profile) {
	own.Version = cmp.Or(entra.VersionNamed(p.Version), own.Version)
	own.Tenant = cmp.Or(p.Tenant, own.Tenant)
	own.Client = cmp.Or(p.ClientID.Value, own.Client)
	own.Scopes, own.Roles = p.Scopes, p.Roles
	if len(p.Audience) > 0 {
		own.Audience = p.Audience[0]
	}
	own.inCloud(p.Clouds)
	own.traits = everyTrait()
}

// learn takes from policies what a token has to carry to be let in, of the texts that count.
func (own *ownToken) learn(policies []*rules.Policy, counts func(text string) bool) {
	for _, c := range inForce(policies) {
		for _, wanted := range c.Test.Wants() {
			if counts(wanted.Text) {
				own.carry(wanted.Input.ClaimTold(), wanted.Text)
			}
		}
	}
}

// learnTenant takes from policies whose keys they verify with, of which cloud these are, and whose
// version of tokens has the client that they look for.
func (own *ownToken) learnTenant(policies []*rules.Policy) {
	for _, c := range inForce(policies) {
		reads := c.Test.Reads()
		uri := own.Audience != "" && !entra.IsGUID(own.Audience) // of v1.0 tokens only
		v1, v2 := slices.Contains(reads, rules.Claim("appid")),
			slices.Contains(reads, rules.Claim("azp"))
		switch {
		case v1 && !v2:
			own.Version = cmp.Or(own.Version, entra.V1)
		case v2 && !v1 && !uri:
			own.Version = cmp.Or(own.Version, entra.V2)
		}
		if c.Test.Op == rules.Not {
			continue // such a signature must not verify
		}
		for _, address := range c.Test.KeyAddresses() {
			if tenant := entra.TenantOfKeys(address); entra.CanHold("tid", tenant) {
				own.Tenant = cmp.Or(own.Tenant, tenant)
			}
			if keys, ok := entra.ParseKeysURL(address); ok {
				own.inCloud([]string{keys.Cloud.ID})
			}
		}
	}
}

// carry lets a token have what a policy wants, where it has nothing there yet, and where Entra ID
// may write such a thing at all.
func (own *ownToken) carry(claim, wanted string) {
	if of := traitOf(claim); (of == ofScopes || of == ofRoles) && own.sure(of) {
		return
	}
	if claim == "scope" {
		claim = "scp"
	}
	if claim == "scp" {
		for _, word := range strings.Fields(wanted) {
			if short := shortScope(word); entra.CanHold(claim, short) {
				own.Scopes = with(own.Scopes, short)
			}
		}
		return
	}
	if !entra.CanHold(claim, wanted) {
		return
	}
	switch claim {
	case "aud":
		own.Audience = cmp.Or(own.Audience, wanted)
	case "tid":
		own.Tenant = cmp.Or(own.Tenant, wanted)
	case "ver":
		own.Version = cmp.Or(own.Version, entra.VersionNamed(wanted))
	case "roles":
		own.Roles = with(own.Roles, wanted)
	case "appid", "azp":
		own.Client = cmp.Or(own.Client, wanted)
	case "iss":
		own.carryIssuer(wanted)
	}
}

// carryIssuer takes the tenant, the version and the cloud of an issuer.
func (own *ownToken) carryIssuer(text string) {
	issuer, ok := entra.ParseIssuer(text)
	if !ok {
		return
	}
	own.Tenant = cmp.Or(own.Tenant, issuer.Tenant)
	own.Version = cmp.Or(own.Version, issuer.Version)
	own.inCloud(issuer.Clouds)
}

// inCloud puts the token into the cloud that writes such an issuer, where that is one alone, and
// where it is in none yet.
func (own *ownToken) inCloud(clouds []string) {
	if len(clouds) == 1 && own.Cloud.ID == "" {
		own.Cloud, _ = entra.CloudByID(clouds[0])
	}
}

// earlier is the checks of the policies before a change.
type earlier struct {
	checks []*rules.Check
	texts  map[string]bool // that they are compared with; filled when somebody asks
}

// names reports whether the policies had a text, as a value or in quotes in an expression, even
// where it was switched off. A part of another text does not count. A word among words does, and
// so do words that were there one by one.
func (e *earlier) names(text string) bool {
	if e.texts == nil {
		e.texts = map[string]bool{}
		for _, c := range e.checks {
			e.note(&c.Test)
		}
	}
	words := strings.Fields(text)
	return e.texts[text] || len(words) > 1 &&
		!slices.ContainsFunc(words, func(word string) bool { return !e.texts[word] })
}

// note notes the texts of a predicate.
func (e *earlier) note(p *rules.Predicate) {
	if p.Input.Opaque != nil {
		for _, text := range issued.Quoted(p.Input.Opaque.Text) {
			e.add(text)
		}
	}
	for i := range p.Of {
		e.note(&p.Of[i])
	}
	for _, v := range p.Values {
		if v.Is(source.String) {
			e.add(v.Text)
		}
	}
}

// add notes a text with its words, and of a scope in the form of a URI what tokens carry.
func (e *earlier) add(text string) {
	e.texts[text] = true
	for _, word := range strings.Fields(text) {
		e.texts[word], e.texts[shortScope(word)] = true, true
	}
}

// inForce lists the checks that are made of a token on the way past each of the policies that
// wants most of one: a way past without a token says nothing about it. Those of disabled policies
// come last: what they want counts where no other policy says anything else.
func inForce(policies []*rules.Policy) []*rules.Check {
	var enabled, disabled []*rules.Policy
	for _, p := range policies {
		if p.When.Disabled {
			disabled = append(disabled, p)
		} else {
			enabled = append(enabled, p)
		}
	}
	var all []*rules.Check
	for _, p := range append(enabled, disabled...) {
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
