package issued

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// The parties of examples of an environment that is known in part, beside those of a world that is
// made up.
const (
	assumedURI            = "api://this-environment"
	otherEnvironmentURI   = "api://another-environment"
	otherEnvironmentAPI   = "55555555-5555-4555-8555-555555555555"
	otherEnvironmentOwner = "55555555-5555-4555-8555-555555555501"
)

// Assumed is the example with a stand-in for whatever is not known of it: the version whose tokens
// carry such an audience, a tenant, an audience and a client that no configuration has.
func (e Example) Assumed() Example {
	if e.Version == 0 {
		e.Version = entra.V1
		if entra.IsGUID(e.Audience) {
			e.Version = entra.V2
		}
	}
	audience := assumedURI
	if e.Version == entra.V2 {
		audience = assumedAPI
	}
	e.Tenant, e.Client = orText(e.Tenant, assumedTenant), orText(e.Client, assumedClient)
	e.Audience = orText(e.Audience, audience)
	if e.At.IsZero() {
		e.At = assumedTime
	}
	return e
}

// Wanted is the example as policies want it to let their environment in, if they let anybody in.
// Scopes and roles that are not known are those that they ask for, and so is whatever else they
// were written for (see asWanted). Where it is not known whether a user has signed in, that is as
// the policies want it too. The words are those of some policies, which may be others.
func (e Example) Wanted(v, words *View, scopes, roles bool) (Example, rules.Decision) {
	all := []Example{e}
	if scopes && !e.User && len(words.texts["scp"]) > 0 {
		user := e
		user.User = true
		all = append(all, user)
	}
	var best Answer
	for _, one := range all {
		one.freedom = asWanted
		t := one.open()
		if roles {
			t.choices.open = append(t.choices.open, wordsVariable("roles", one.Roles, words))
		}
		if scopes && one.User {
			t.choices.open = append(t.choices.open, wordsVariable("scp", one.Scopes, words))
		}
		got := v.Furthest(t)
		if best.Token == nil || Further(got.Verdict.Outcome, best.Verdict.Outcome) {
			best = got
		}
	}
	return e.as(best.Token), best.Verdict.Outcome
}

// as is the example with what was chosen in its token.
func (e Example) as(t *Token) Example {
	e.User, e.freedom, e.chosen = t.user, t.freedom, nil
	for _, c := range t.Settled().chosen() {
		switch c.claim {
		case "roles":
			e.Roles, _ = c.value.Strings()
		case "scp":
			text, _ := c.value.Str()
			e.Scopes = strings.Fields(text)
		default:
			e.chosen = append(e.chosen, c)
		}
	}
	return e
}

// wordsVariable is which scopes or roles a token has: those that are known, and beside them all or
// one of those that policies compare with.
func wordsVariable(claim string, known []string, v *View) variable {
	var more []string
	for _, text := range v.texts[claim] {
		for _, word := range strings.Fields(text) {
			if entra.CanHold(claim, word) && !slices.Contains(known, word) &&
				!slices.Contains(more, word) && len(more) < mostTexts {
				more = append(more, word)
			}
		}
	}
	sets := [][]string{known, slices.Concat(known, more)}
	for _, word := range more {
		sets = append(sets, append(slices.Clip(known), word))
	}
	made := variable{claims: []string{claim}}
	for _, set := range sets {
		value := wordList(set)
		if claim == "scp" {
			value = wordsOf(set)
		}
		made.choices = append(made.choices, choice{values: []*source.Value{value}})
	}
	return made
}

// open is the example's token. Whether its API asks for idtyp nobody says.
func (e Example) open() *Token {
	t, made := e.token(), choices{}
	if t.choices != nil {
		made = *t.choices
	}
	if _, known := made.find("idtyp"); !known {
		made.open = []variable{typeVariable(t.user)}
	}
	t.choices = &made
	return t
}

// ofOthers is the example without what its own holder has made of it.
func (e Example) ofOthers() Example {
	e.freedom, e.chosen = ofClient, nil
	return e
}

// OfOtherEnvironment is what a client of another environment has for that environment's API: like
// this token, and with scopes and roles that are called otherwise.
func (e Example) OfOtherEnvironment() Example {
	e = e.ofOthers()
	e.Client, e.Audience = otherEnvironmentOwner, otherEnvironmentURI
	if e.Version == entra.V2 {
		e.Audience = otherEnvironmentAPI
	}
	if len(e.Scopes) > 0 {
		e.Scopes = []string{"Other.Access"}
	}
	if len(e.Roles) > 0 {
		e.Roles = []string{"Other.Role"}
	}
	return e
}

// OfStranger is what any other client of the tenant has for the same API without a user: no role
// (see grantForeign).
func (e Example) OfStranger() Example {
	e = e.ofOthers()
	e.Client, e.User, e.Scopes, e.Roles = strangerID, false, nil, nil
	return e
}

// OfStrangersUser is what any other client of the tenant has for the same API by a user's consent.
// The app roles come with the user, whichever client they sign in to (see grantForeign).
func (e Example) OfStrangersUser() Example {
	e = e.ofOthers()
	if !e.User {
		e.Roles = nil
	}
	e.Client, e.User = strangerID, true
	return e
}

// OfStrangersAPI is a token for an API that anyone in the tenant may register, whose scopes and
// roles are called as ours are.
func (e Example) OfStrangersAPI() Example {
	e = e.ofOthers()
	e.Client, e.Audience, e.freedom = strangerID, "api://"+strangersAPIID, ofAPIOwner
	if e.Version == entra.V2 {
		e.Audience = strangersAPIID
	}
	return e
}

// OfOtherTenant is what the owner of another tenant has: for an API that is called as ours is, or
// where ours is multi-tenant, for ours (see otherTenants).
func (e Example) OfOtherTenant() Example {
	e = e.ofOthers()
	e.Tenant, e.Client, e.freedom = otherTenantID, otherTenantClient, ofOtherTenant
	return e
}

// seenBy returns the example as a gateway sees it: what the policies read of it and the model does
// not say is in it as unknown.
func (e Example) seenBy(v *View) *inspect.Token { return e.open().seenBy(v) }

// Request is a request with the example, the moment after it was issued, of a gateway with these
// contracts, and with what a client usually writes beside its token.
func (e Example) Request(v *View) *rules.Request {
	return v.Usually(&rules.Request{Token: e.seenBy(v), At: e.At, Contracts: v.contracts})
}
