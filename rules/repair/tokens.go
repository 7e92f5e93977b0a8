package repair

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

// modelled is a token that Entra ID could issue, and whether this environment should let it in.
type modelled struct {
	name     string
	outsider rules.Outsider // empty where it belongs to this environment
	kept     string         // what keeps it out
	how      string         // what a solution does that keeps it out
	example  issued.Example
	known    known // of it
	request  *rules.Request
}

func (m *modelled) expected() rules.Decision {
	if m.outsider == "" {
		return rules.Accepted
	}
	return rules.Rejected
}

// modelled lists the tokens that a change is proved with, the one of this environment first. What
// that looks like comes from what was given, and from what the policies wanted before the change
// (see known); what others have beside it, and all else, the model says.
func (w *work) modelled(before, after []*rules.Policy, solution *rules.Solution) []modelled {
	own := w.known(before, after, solution)
	view := issued.NewView(slices.Concat(before, after), w.contracts(own))
	all := own.tokens()
	for i := range all {
		all[i].request = all[i].example.Request(view)
		all[i].request.Signatures = w.Signatures
	}
	return all
}

// tokens lists the token that belongs to this environment, another environment's token that is
// replayed here, and tokens that someone else can obtain for this API, or for one like it.
func (k *known) tokens() []modelled {
	own := k.Example
	all := []modelled{
		{name: "this environment's token", example: own, known: *k},
		{
			name: "another environment's token", outsider: rules.OtherEnvironment,
			example: own.OfOtherEnvironment(), known: k.and(ofAudience, ofScopes, ofRoles),
			kept: "only an audience, a scope or a role of this environment keeps it out",
		},
		{
			name: "another client's app-only token for this API", outsider: rules.OtherClient,
			example: own.OfStranger(), known: k.and(ofScopes, ofRoles),
			kept: "only contracts, a role, or required assignment keep it out",
		},
	}
	if len(own.Scopes) > 0 {
		all = append(all, modelled{
			name:     "another client's token of a user, for this API",
			outsider: rules.OtherClient, example: own.OfStrangersUser(), known: k.and(ofRoles),
			kept: "only contracts, or required consent of an administrator, keep it out",
		})
	}
	if len(own.Scopes)+len(own.Roles) > 0 {
		all = append(all, modelled{
			name: "another API's token with " + k.sameWords(), outsider: rules.OtherAPI,
			example: own.OfStrangersAPI(), known: k.and(ofAudience),
			kept: "anyone who may register an API can use the same name for a scope or role, " +
				"and only the audience distinguishes them",
			how: "checks it",
		})
	}
	return append(all, modelled{
		name: "another tenant's token", outsider: rules.OtherTenant,
		example: own.OfOtherTenant(), known: k.and(ofTenant),
		kept: "Entra ID's tenants share signing keys, and only the issuer distinguishes them",
		how:  "pins it",
	})
}

func (k *known) sameWords() string {
	if len(k.Scopes) > 0 {
		return "a scope of the same name"
	}
	return "a role of the same name"
}

// unknownTo tells whether the token is rejected for what is not known of it: a check wants a value
// that nobody has given, and that no policy wanted before.
func (m *modelled) unknownTo(v *rules.Verdict) (by trait, unknown bool) {
	if v.Outcome != rules.Rejected || v.Decided == nil {
		return "", false
	}
	for _, want := range v.Decided.Check.Test.Wants() {
		by = traitOf(want.Input.Name)
		if by == "" || m.known.sure(by) || m.known.had.text(want.Text) {
			return "", false
		}
	}
	return by, by != ""
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
