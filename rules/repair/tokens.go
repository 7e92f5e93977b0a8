package repair

import (
	"net/url"
	"slices"

	"github.com/gatewhy/gatewhy/inspect/entra"
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
	known    ownToken // of it
	request  *rules.Request
}

// expected is what the gateway should answer. Which classes of requests this environment's token
// is for nobody says.
func (m *modelled) expected(class string) rules.Decision {
	switch {
	case m.outsider != "":
		return rules.Rejected
	case class != "":
		return ""
	}
	return rules.Accepted
}

// modelled lists the tokens that a change is proved with, the one of this environment first. What
// that looks like comes from what was given, and from what the policies wanted before the change
// (see [ownToken]); what others have beside it, and all else, the model says.
// Several proofs of the same policies ask for the same tokens, which are made once.
func (w *work) modelled(before, after []*rules.Policy, solution *rules.Solution) []modelled {
	of := proving{first(before), first(after), solution}
	all, known := w.tokens[of]
	if !known {
		all = w.model(before, after, solution)
		if w.tokens == nil {
			w.tokens = map[proving][]modelled{}
		}
		w.tokens[of] = all
	}
	return all
}

// proving is what tokens are modelled for: the policies of an API instance, by the first of them,
// before and after a change.
type proving struct {
	before, after *rules.Policy
	solution      *rules.Solution
}

func first(policies []*rules.Policy) *rules.Policy {
	if len(policies) == 0 {
		return nil
	}
	return policies[0]
}

func (w *work) model(before, after []*rules.Policy, solution *rules.Solution) []modelled {
	own := w.ownToken(before, after, solution)
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
func (own *ownToken) tokens() []modelled {
	all := []modelled{
		{name: "this environment's token", example: own.Example, known: *own},
		{
			name: "another environment's token", outsider: rules.OtherEnvironment,
			example: own.OfOtherEnvironment(), known: own.and(ofAudience, ofScopes, ofRoles),
			kept: "only an audience, a scope or a role of this environment keeps it out",
		},
		{
			name: "another client's app-only token for this API", outsider: rules.OtherClient,
			example: own.OfStranger(), known: own.and(ofScopes, ofRoles),
			kept: "only contracts, a role, or required assignment keep it out",
		},
	}
	if len(own.Scopes) > 0 {
		all = append(all, modelled{
			name:     "another client's token of a user, for this API",
			outsider: rules.OtherClient, example: own.OfStrangersUser(), known: own.and(ofRoles),
			kept: "only contracts, or required consent of an administrator, keep it out",
		})
	}
	if len(own.Scopes)+len(own.Roles) > 0 {
		all = append(all, modelled{
			name: "another API's token with " + own.sameWords(), outsider: rules.OtherAPI,
			example: own.OfStrangersAPI(), known: own.and(ofAudience),
			kept: "anyone who may register an API can use the same name for a scope or role, " +
				"and only the audience distinguishes them",
			how: "checks it",
		})
	}
	return append(all, modelled{
		name: "another tenant's token", outsider: rules.OtherTenant,
		example: own.OfOtherTenant(), known: own.and(ofTenant),
		kept: "Entra ID's tenants share signing keys, and only the issuer distinguishes them",
		how:  "pins it",
	})
}

func (own *ownToken) sameWords() string {
	if len(own.Scopes) > 0 {
		return "a scope of the same name"
	}
	return "a role of the same name"
}

// unknownTo says why the token's rejection shows nothing, and what would help: a check wants a
// value that nobody has given and that no policy wanted before, or the tokens of another provider.
// It is empty where the rejection shows something.
func (m *modelled) unknownTo(v *rules.Verdict) (why string, need source.Need) {
	if v.Outcome != rules.Rejected || v.Decided == nil {
		return "", source.Need{}
	}
	if v.Decided.Check.ID == rules.Algorithm && signedByOthers(v.Decided.Policy) {
		return othersTokens, ofClient.need()
	}
	if by := m.unsureOf(&v.Decided.Check.Test); by != "" {
		return "nobody says which " + string(by) + " they have, and an expression asks for it",
			by.need()
	}
	var by trait
	for _, want := range v.Decided.Check.Test.Wants() {
		if want.Input.ClaimTold() == "iss" && ofAnotherProvider(want.Text) {
			return othersTokens, ofClient.need()
		}
		by = traitOf(want.Input.ClaimTold())
		if by == "" || m.known.sure(by) || m.known.before.names(want.Text) {
			return "", source.Need{}
		}
	}
	if by == "" {
		return "", source.Need{}
	}
	return "only the change itself says which " + string(by) + " they have", by.need()
}

// unsureOf is what an expression reads and nobody knows of the token; empty where there is no such
// thing.
func (m *modelled) unsureOf(p *rules.Predicate) trait {
	for i := range p.Of {
		if by := m.unsureOf(&p.Of[i]); by != "" {
			return by
		}
	}
	if p.Input.Opaque == nil {
		return ""
	}
	for _, in := range p.Input.Opaque.Reads {
		if by := traitOf(in.Name); by != "" && in.Source == rules.FromClaim && !m.known.sure(by) {
			return by
		}
	}
	return ""
}

const othersTokens = "the policy wants tokens of another provider, which are not modelled"

// signedByOthers reports whether a policy verifies with a secret: Entra ID shares none.
func signedByOthers(p *rules.Policy) bool {
	return slices.ContainsFunc(p.Checks(), func(c *rules.Check) bool {
		return c.ID == rules.Signature && c.Test.Key != nil && c.Test.Key.HMAC
	})
}

// ofAnotherProvider reports whether an issuer is not one of a tenant's access tokens, and was not
// meant to be: Azure AD B2C and External ID are other providers.
func ofAnotherProvider(issuer string) bool {
	if parsed, ok := entra.ParseIssuer(issuer); ok {
		return parsed.Kind != entra.Workforce
	}
	u, err := url.Parse(issuer)
	return err == nil && u.Host != "" && !entra.IsEntraHost(u.Hostname())
}

// trait is something that policies tell tokens apart by.
type trait string

// The traits.
const (
	ofVersion  trait = "version"
	ofAudience trait = "audience"
	ofTenant   trait = "tenant"
	ofClient   trait = "client"
	ofScopes   trait = "scopes"
	ofRoles    trait = "roles"
)

func everyTrait() []trait {
	return []trait{ofVersion, ofAudience, ofTenant, ofClient, ofScopes, ofRoles}
}

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
