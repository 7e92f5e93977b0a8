package repair

import (
	"iter"
	"net/url"
	"slices"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

// modelled is a token that Entra ID could issue, or all that some outsiders can have, and whether
// this environment should let it in.
type modelled struct {
	name     string
	outsider rules.Outsider // empty where it belongs to this environment
	kept     string         // what keeps it out
	how      string         // what a solution does that keeps it out
	known    ownToken       // of it

	request *rules.Request // of this environment's token; nil for outsiders

	tokens     []*issued.Token // of outsiders
	was, is    *issued.View    // what policies see of these, before a change and after it
	signatures rules.Signatures
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

// modelledOwn is the token of this environment that a change is proved with. What that looks like
// comes from what was given, and from what the policies wanted before the change (see [ownToken]).
// Several proofs of the same policies ask for the same token, which is made once.
func (w *work) modelledOwn(before, after []*rules.Policy, solution *rules.Solution) modelled {
	of := proving{first(before), first(after), solution}
	made, known := w.owns[of]
	if !known {
		own := w.ownToken(before, after, solution)
		view := issued.NewView(slices.Concat(before, after), w.contracts(own))
		made = modelled{name: "this environment's token", known: *own, request: own.Request(view)}
		made.request.Signatures = w.Signatures
		if w.owns == nil {
			w.owns = map[proving]modelled{}
		}
		w.owns[of] = made
	}
	return made
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

// outsiders are those whose tokens the model has beside this environment's.
func (w *work) outsiders(
	before, after []*rules.Policy, solution *rules.Solution,
) (all []modelled) {
	own := w.modelledOwn(before, after, solution).known
	h := own.Around(w.App, slices.Concat(before, after), w.contracts(&own))
	was, is := h.View(before), h.View(after)
	for _, m := range own.outsiders(h, w.App != nil) {
		if len(m.tokens) > 0 {
			m.was, m.is, m.signatures = was, is, w.Signatures
			all = append(all, m)
		}
	}
	return all
}

// outsiders lists another environment's token that is replayed here, and the tokens that someone
// else can obtain for this API, or for one like it.
func (own *ownToken) outsiders(h *issued.Holders, registered bool) []modelled {
	byUser := func(user bool) []*issued.Token {
		return listed(h.Strangers().Only(func(t *issued.Token) bool {
			return t.User() == user && !t.Unlikely()
		}))
	}
	all := []modelled{
		{
			name: "another environment's token", outsider: rules.OtherEnvironment,
			tokens: []*issued.Token{own.OfOtherEnvironment().Token()},
			known:  own.and(ofAudience, ofScopes, ofRoles),
			kept:   "only an audience, a scope or a role of this environment keeps it out",
		},
		{
			name: "another client's app-only token for this API", outsider: rules.OtherClient,
			tokens: byUser(false), known: own.and(ofScopes, ofRoles),
			kept: "only contracts, a role, or required assignment keep it out",
		},
	}
	if len(own.Scopes) > 0 || registered {
		all = append(all, modelled{
			name:     "another client's token of a user, for this API",
			outsider: rules.OtherClient, tokens: byUser(true), known: own.and(ofRoles),
			kept: "only contracts, or required consent of an administrator, keep it out",
		})
	}
	if len(own.Scopes)+len(own.Roles) > 0 {
		all = append(all, modelled{
			name: "another API's token with " + own.sameWords(), outsider: rules.OtherAPI,
			tokens: listed(h.StrangersElsewhere(h.FindsParts(), true)),
			known:  own.and(ofAudience),
			kept: "anyone who may register an API can use the same name for a scope or role, " +
				"and only the audience distinguishes them",
			how: "checks it",
		})
	}
	return append(all, modelled{
		name: "another tenant's token", outsider: rules.OtherTenant,
		tokens: listed(h.OtherTenants()), known: own.and(ofTenant),
		kept: "Entra ID's tenants share signing keys, and only the issuer distinguishes them",
		how:  "pins it",
	})
}

func listed(all issued.Tokens) []*issued.Token {
	return slices.Collect(iter.Seq[*issued.Token](all))
}

// furthest is what policies answer outsiders, in each class of requests to the token that gets
// furthest there.
func (m *modelled) furthest(
	v *issued.View, classes []rules.Class, policies []*rules.Policy,
) rules.Verdict {
	all := make([]rules.Verdict, len(classes))
	for i := range classes {
		view := v.OfClass(&classes[i])
		all[i] = m.furthestIn(view, func(r *rules.Request) rules.Verdict {
			if i > 0 {
				return classes[i].Beside(policies, r)
			}
			return classes[i].Evaluate(policies, r)
		})
	}
	if len(all) == 1 {
		return all[0]
	}
	return rules.OfClasses(all)
}

// furthestIn is the answer to the token that gets furthest. Where none gets in, that is the first
// of this environment's version, which shows the most.
func (m *modelled) furthestIn(
	v *issued.View, evaluate func(*rules.Request) rules.Verdict,
) (best rules.Verdict) {
	over, ours := &issued.Scratch{}, false
	for _, t := range m.tokens {
		answer := v.Passes(t, over)
		shows := !ours && t.Version() == m.known.Version
		if answer.Verdict.Outcome == rules.Rejected {
			if best.Outcome != "" && (best.Outcome != rules.Rejected || !shows) {
				continue
			}
			answer = v.Furthest(t) // with all that has been chosen
			answer.Token = answer.Token.Settled()
		}
		r := answer.Token.Request(v)
		answer.Written.Into(r)
		r.Signatures = m.signatures
		got := evaluate(r)
		if answer.Token.Doubt() != "" && got.Outcome == rules.Accepted {
			got.Outcome, got.Status = rules.Undetermined, 0 // perhaps nobody has it
		}
		if best.Outcome == "" || issued.Further(got.Outcome, best.Outcome) ||
			got.Outcome == best.Outcome && shows {
			best, ours = got, shows
		}
		if best.Outcome == rules.Accepted {
			break
		}
	}
	return best
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
