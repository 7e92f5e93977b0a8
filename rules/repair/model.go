package repair

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// modelled is a token that Entra ID could issue, and whether this environment should let it in.
type modelled struct {
	name     string
	outsider rules.Outsider // empty where it belongs to this environment
	kept     string         // what keeps it out
	how      string         // what a solution does that keeps it out
	model    tokenModel
	request  *rules.Request
}

func (m *modelled) expected() rules.Decision {
	if m.outsider == "" {
		return rules.Accepted
	}
	return rules.Rejected
}

// modelled lists the tokens that a change is proved with, the one of this environment first. What
// they look like comes from what was given, and from what the policies wanted before the change.
// Of what they want after it, only that is taken which they had before, be it switched off: a
// value that a change has written proves nothing about it.
func (w *work) modelled(before, after []*rules.Policy, solution *rules.Solution) []modelled {
	own := w.given(solution)
	own.learn(before)
	own.learnAgain(after)
	own.settleVersion()
	contracts := w.Contracts
	if contracts == nil {
		contracts = &rules.Contracts{IDs: []string{cmp.Or(own.client, modelClient)}}
	}
	all := own.tokens()
	for i := range all {
		all[i].request = all[i].model.request(contracts, w.Signatures)
	}
	return all
}

// tokenModel is a token that Entra ID could issue. What is empty is filled in with a stand-in.
type tokenModel struct {
	version                  entra.Version
	tenant, audience, client string
	scopes, roles            []string

	sure []trait // that were given, or that make the token what it is
	had  had     // what the policies had before a change
}

// trait is something that policies tell tokens apart by.
type trait string

// The traits.
const (
	ofAudience trait = "audience"
	ofTenant   trait = "tenant"
	ofClient   trait = "client"
	ofScopes   trait = "scopes"
	ofRoles    trait = "roles"
)

// traitOf is the trait that a claim shows; empty for any other claim.
func traitOf(claim string) trait {
	switch claim {
	case "aud":
		return ofAudience
	case "tid", "iss":
		return ofTenant
	case "appid", "azp":
		return ofClient
	case "scp", "scope":
		return ofScopes
	case "roles":
		return ofRoles
	}
	return ""
}

// need is what would say what is not known of a token.
func (t trait) need() source.Need {
	switch t {
	case ofAudience:
		return source.Need{
			Input: source.NeedAudience, For: "this environment's audience, as its tokens carry it",
		}
	case ofTenant:
		return source.Need{Input: source.NeedTenant, For: "the id of this environment's tenant"}
	case ofScopes:
		return source.Need{
			Input: source.NeedScope, For: "a scope that only this environment's API exposes",
		}
	}
	return source.Need{Input: source.NeedToken, For: "a token of this environment"}
}

// unknownTo tells whether the token is rejected for what is not known of it: a check wants a value
// that nobody has given, and that no policy wanted before.
func (m *modelled) unknownTo(v *rules.Verdict) (by trait, unknown bool) {
	if v.Outcome != rules.Rejected || v.Decided == nil {
		return "", false
	}
	for _, want := range v.Decided.Check.Test.Wants() {
		by = traitOf(want.Input.Name)
		if by == "" || slices.Contains(m.model.sure, by) || m.model.had.text(want.Text) {
			return "", false
		}
	}
	return by, by != ""
}

// given is this environment's token, as far as the facts or the token that was given say what it
// looks like.
func (w *work) given(solution *rules.Solution) tokenModel {
	m := tokenModel{version: w.Facts.Version, tenant: w.Facts.Tenant, audience: w.Facts.Audience}
	if w.Facts.Scope != "" && (solution == nil || needs(solution, source.NeedScope)) {
		m.scopes = []string{w.Facts.Scope}
	}
	for _, g := range []struct {
		given bool
		trait trait
	}{{m.audience != "", ofAudience}, {m.tenant != "", ofTenant}, {m.scopes != nil, ofScopes}} {
		if g.given {
			m.sure = append(m.sure, g.trait)
		}
	}
	if len(w.Given) > 0 && solution != nil {
		m.learnToken(w.Given[0].Request.Profile())
	}
	return m
}

// needs reports whether a solution may need an input.
func needs(solution *rules.Solution, input source.Input) bool {
	all := solution.Needs(rules.Facts{})
	return slices.ContainsFunc(all, func(n source.Need) bool { return n.Input == input })
}

// learnToken takes from a token what others of its environment look like.
func (m *tokenModel) learnToken(p inspect.Profile) {
	m.version = cmp.Or(versionNamed(p.Version), m.version)
	m.tenant = cmp.Or(p.Tenant, m.tenant)
	m.client = cmp.Or(p.ClientID.Value, m.client)
	m.scopes, m.roles = p.Scopes, p.Roles
	if len(p.Audience) > 0 {
		m.audience = p.Audience[0]
	}
	m.sure = []trait{ofAudience, ofTenant, ofClient, ofScopes, ofRoles}
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

// had is the checks of policies before a change.
type had []*rules.Check

// text reports whether a text stood in the policies, as a value or in an expression, be it
// switched off.
func (h had) text(text string) bool {
	return slices.ContainsFunc(h, func(c *rules.Check) bool { return stands(&c.Test, text) })
}

func stands(p *rules.Predicate, text string) bool {
	if p.Input.Opaque != nil && strings.Contains(p.Input.Opaque.Text, text) {
		return true
	}
	for i := range p.Of {
		if stands(&p.Of[i], text) {
			return true
		}
	}
	return slices.ContainsFunc(p.Values, func(v *source.Value) bool {
		return v.Is(source.String) && (v.Text == text || shortScope(v.Text) == text)
	})
}

// inForce lists the checks that are made of a token on the first way past each of the policies.
func inForce(policies []*rules.Policy) []*rules.Check {
	var all []*rules.Check
	for _, p := range policies {
		ways, _ := p.Root.Ways()
		if len(ways) == 0 {
			continue // nobody gets past it
		}
		for _, c := range ways[0] {
			if c.Skip == "" && c.Unknown == nil {
				all = append(all, c)
			}
		}
	}
	return all
}

// learn takes from the policies before a change what a token has to carry to be let in.
func (m *tokenModel) learn(policies []*rules.Policy) {
	for _, p := range policies {
		m.had = append(m.had, p.Checks()...)
	}
	for _, c := range inForce(policies) {
		for _, wanted := range c.Test.Wants() {
			m.carry(wanted)
		}
		if slices.Contains(c.Test.Reads(), rules.Claim("azp")) {
			m.version = cmp.Or(m.version, entra.V2)
		}
		if c.Test.Key != nil {
			m.tenant = cmp.Or(m.tenant, entra.TenantOfKeys(c.Test.Key.URL))
		}
	}
}

// learnAgain takes from the policies after a change what they had before.
func (m *tokenModel) learnAgain(policies []*rules.Policy) {
	for _, c := range inForce(policies) {
		for _, wanted := range c.Test.Wants() {
			if m.had.text(wanted.Text) {
				m.carry(wanted)
			}
		}
	}
}

// settleVersion takes the version whose tokens carry such an audience, where nothing says which it
// is.
func (m *tokenModel) settleVersion() {
	switch {
	case m.version != 0:
	case entra.IsGUID(m.audience):
		m.version = entra.V2
	default:
		m.version = entra.V1
	}
}

// carry lets a token have what a policy wants, where it has nothing there yet.
func (m *tokenModel) carry(wanted rules.Want) {
	switch wanted.Input.Name {
	case "aud":
		m.audience = cmp.Or(m.audience, wanted.Text)
	case "tid":
		m.tenant = cmp.Or(m.tenant, wanted.Text)
	case "scp", "scope":
		m.scopes = with(m.scopes, shortScope(wanted.Text))
	case "roles":
		m.roles = with(m.roles, wanted.Text)
	case "appid", "azp":
		m.client = cmp.Or(m.client, wanted.Text)
	case "iss":
		if issuer, ok := entra.ParseIssuer(wanted.Text); ok {
			m.tenant = cmp.Or(m.tenant, issuer.Tenant)
			m.version = cmp.Or(m.version, issuer.Version)
		}
	}
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
