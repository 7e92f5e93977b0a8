package cmd

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
)

// modelledToken is a token that Entra ID could issue, and whether this environment should let it in.
type modelledToken struct {
	name    string
	belongs bool
	model   tokenModel
	kept    string // what keeps it out

	solutions []string // which keep it out
}

// prove runs the tokens that were given, and modelled ones, before and after, for each API instance that was changed.
func (f *fixer) prove() error {
	before, after := f.adapter.Compile(f.before), f.adapter.Compile(f.after)
	was, is := f.instances(before.Policies), f.instances(after.Policies)
	for i, policies := range is {
		switch api := policies[0].API; {
		case len(is) == 1:
			f.proveAPI("", was[i], policies)
		case slices.Contains(f.touched, api):
			f.proveAPI(api, was[i], policies)
		}
	}
	return nil
}

// instances are the policies that a request meets together: those of each API instance.
func (f *fixer) instances(policies []*rules.Policy) [][]*rules.Policy {
	if f.options.API != "" {
		return [][]*rules.Policy{policies}
	}
	return byAPI(policies)
}

// proveAPI runs the tokens against the policies of one API instance. Beside tokens that were given modelled ones are shown of a solution
// only, which is made for the first; what they could do after the change and not before is always told.
func (f *fixer) proveAPI(api string, before, after []*rules.Policy) {
	for _, r := range f.requests {
		f.report.Tokens = append(f.report.Tokens, render.FixedToken{
			Name: r.name, API: api, Before: rules.Evaluate(before, r.request), After: rules.Evaluate(after, r.request),
		})
	}
	own := f.ownModel()
	own.learn(after)
	contracts := f.contractsOf(own)
	for _, m := range own.others() {
		if m.belongs && len(f.requests) > 0 {
			continue // a token that was given stands for it
		}
		request := m.model.request(contracts)
		token := render.FixedToken{
			Name: m.name, API: api, Modelled: true, Expected: m.expected(),
			Before: rules.Evaluate(before, request), After: rules.Evaluate(after, request),
		}
		if len(f.requests) == 0 || f.solution != "" {
			f.report.Tokens = append(f.report.Tokens, token)
		}
		if warning := m.opened(&token); warning != "" && !slices.Contains(f.report.Warnings, warning) {
			f.report.Warnings = append(f.report.Warnings, warning)
		}
	}
}

func (m *modelledToken) expected() rules.Decision {
	if m.belongs {
		return rules.Accepted
	}
	return rules.Rejected
}

// opened says that a change lets a token in that was kept out, or may have been; it is empty where that is not so.
func (m *modelledToken) opened(token *render.FixedToken) string {
	if m.belongs || strictness(token.After.Outcome) >= strictness(token.Before.Outcome) {
		return ""
	}
	is, was := "is", "was not"
	if token.After.Outcome == rules.Undetermined {
		is = "may be"
	}
	if token.Before.Outcome == rules.Undetermined {
		was = "perhaps was not"
	}
	return fmt.Sprintf("after this change %s %s let in, and %s before: %s", m.name, is, was, m.kept)
}

// contractsOf are the contracts that were given, else one of this environment's own client.
func (f *fixer) contractsOf(own tokenModel) *rules.Contracts {
	if f.contracts != nil {
		return f.contracts
	}
	return &rules.Contracts{IDs: []string{cmp.Or(own.client, modelClient)}}
}

// ownModel is this environment's token, as far as the facts or the token given tell what it looks like. It has the scopes and roles that
// the policies ask for already.
func (f *fixer) ownModel() tokenModel {
	m := tokenModel{version: f.facts.Version, tenant: f.facts.Tenant, audience: f.facts.Audience, scopes: f.wanted.scopes, roles: f.wanted.roles}
	if f.facts.Scope != "" && f.solution != "jwt" {
		m.scopes = with(m.scopes, f.facts.Scope)
	}
	if len(f.requests) > 0 && f.solution != "" {
		m.learnToken(f.requests[0].request.Profile())
	}
	return m
}

// learnToken takes from a token what others of its environment look like.
func (m *tokenModel) learnToken(p inspect.Profile) {
	m.version, m.tenant, m.client = cmp.Or(versionNamed(p.Version), m.version), cmp.Or(p.Tenant, m.tenant), cmp.Or(p.ClientID.Value, m.client)
	m.scopes, m.roles = p.Scopes, p.Roles
	if len(p.Audience) > 0 {
		m.audience = p.Audience[0]
	}
}

// others lists the token that belongs to this environment, and those that the two holes of KB 005321722 are about: another environment's
// token that is replayed here, and tokens for this API that someone else can obtain.
func (m tokenModel) others() []modelledToken {
	elsewhere, app, user, same, stranger := m, m, m, m, m
	elsewhere.audience, elsewhere.client = otherAPI(m.audience), modelOtherClient
	elsewhere.scopes, elsewhere.roles = otherWords(m.scopes, "Other.Access"), otherWords(m.roles, "Other.Role")
	app.client, app.scopes, app.roles = modelOtherClient, nil, nil
	user.client, user.roles = modelOtherClient, nil
	same.audience, same.client = otherAPI(m.audience), modelOtherClient
	stranger.tenant, stranger.client = modelOtherTenant, modelOtherClient

	all := []modelledToken{
		{name: "this environment's token", belongs: true, model: m},
		{
			name: "another environment's token", model: elsewhere, solutions: solutions(),
			kept: "only an audience, a scope or a role of this environment keeps it out",
		},
		{
			name: "another client's app-only token for this API", model: app,
			kept: "only contracts, a role, or required assignment keep it out",
		},
	}
	if len(m.scopes) > 0 {
		all = append(all, modelledToken{
			name: "another client's token of a user, for this API", model: user,
			kept: "only contracts, or required consent of an administrator, keep it out",
		})
	}
	if len(m.scopes)+len(m.roles) > 0 {
		all = append(all, modelledToken{
			name: "another API's token with " + sameWords(m), model: same, solutions: []string{"jwt"},
			kept: "whoever may register an API can name a scope or role alike, and only the audience tells them apart: --solution jwt checks it",
		})
	}
	return append(all, modelledToken{
		name: "another tenant's token", model: stranger, solutions: []string{"jwt"},
		kept: "Entra ID's tenants share signing keys, and only the issuer tells them apart: --solution jwt pins it",
	})
}

func sameWords(m tokenModel) string {
	if len(m.scopes) > 0 {
		return "a scope of the same name"
	}
	return "a role of the same name"
}

func otherWords(words []string, other string) []string {
	if len(words) == 0 {
		return nil
	}
	return []string{other}
}

func otherAPI(audience string) string {
	if entra.IsGUID(audience) {
		return modelOtherAPI
	}
	return modelOtherURI
}
