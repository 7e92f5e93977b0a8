package rules

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// Lacking is the scopes or roles that a check wants, and that a token of Entra ID does not carry.
type Lacking struct {
	Claim string   // "scp" or "roles"; empty where the check did not fail for want of them
	Names []string // empty where the check does not name them
	Or    []string // more names of the check, not needed beside Names
}

// Lacks says which scopes or roles a failed check finds missing. What a validation endpoint has
// answered is not Entra ID's word, and where the configuration must change no grant surely helps.
func (r *Result) Lacks() Lacking {
	profile := r.request.Profile()
	ofPermissions := r.Check.ID == CustomClaim || r.Check.ID == Scopes
	byChange := r.Check.Remedy != "" && profile.Flow != inspect.AppOnly
	if r.Outcome != Fail || !ofPermissions || byChange || r.ofAnswer() ||
		profile.IssuedBy != inspect.ByEntra || profile.Kind == inspect.KindID {
		return Lacking{}
	}
	reads := source.Without(r.Check.Test.Reads(), func(in Input) bool {
		return in.Source == FromToken // whether there is one
	})
	if len(reads) == 0 {
		return Lacking{}
	}
	claim := reads[0].ClaimRead()
	has, grantable := map[string][]string{"scp": profile.Scopes, "roles": profile.Roles}[claim]
	other := func(in Input) bool { return in.ClaimRead() != claim }
	if !grantable || slices.ContainsFunc(reads, other) || r.Check.Test.wantsSentence() {
		return Lacking{}
	}
	return r.lacks(claim, has)
}

// mostNamed is how many scopes or roles of a check are tried and named. If it wants more, none of
// them is.
const mostNamed = 20

// lacks is what must be granted beside what the token has, so that the check passes. It is nothing
// where a token with all that the check names fails too, or where no token can have it.
func (r *Result) lacks(claim string, has []string) Lacking {
	missing := Lacking{Claim: claim}
	for _, name := range wantedNames(&r.Check.Test) {
		if !entra.CanHold(claim, name) {
			return Lacking{}
		}
		if len(missing.Names) <= mostNamed && !slices.Contains(has, name) &&
			!slices.Contains(missing.Names, name) {
			missing.Names = append(missing.Names, name)
		}
	}
	granted := func(names []string) may {
		return r.request.granted(claim, has, names).judge(&r.Check.Test).may
	}
	if len(missing.Names) == 0 && len(has) > 0 { // it fails for another reason
		return Lacking{}
	}
	if len(missing.Names) > mostNamed {
		return Lacking{Claim: claim}
	}
	withAll := granted(missing.Names) // not holds alone, where something else is not known
	if len(missing.Names) > 0 && withAll&holds == 0 {
		return Lacking{}
	}
	for i := len(missing.Names) - 1; i >= 0 && len(missing.Names) > 1; i-- {
		fewer := slices.Delete(slices.Clone(missing.Names), i, i+1)
		if granted(fewer) == withAll {
			missing.Or = append(missing.Or, missing.Names[i])
			missing.Names = fewer
		}
	}
	slices.Reverse(missing.Or)
	return missing
}

// granted is the request with a token that carries more scopes or roles than it has, and nothing
// else. It shares what it can: a token may have many thousand, and many checks want another one.
func (r *Request) granted(claim string, has, more []string) *Request {
	token, claims := *r.Token, *r.Token.Claims
	var value *source.Value
	switch held := claims.Member(claim); {
	case len(has) > 0 && held.Is(source.List):
		value = &source.Value{
			Kind: source.List, Items: slices.Concat(held.Items, source.NewStrings(more...)),
		}
	case len(has) > 0 && claim == "scp" && held.Is(source.String):
		value = source.NewString(held.Text + " " + strings.Join(more, " "))
	default:
		value = entra.ValuesIn(claim, slices.Concat(has, more))
	}
	claims.Members = []source.Member{{Key: claim, Value: value}}
	token.Claims = &claims
	other := *r
	other.Token, other.profile, other.places = &token, nil, nil
	return &other
}

// wantsSentence reports whether a predicate compares a text of several words as a whole: in which
// order a token has them Entra ID decides, whoever is granted what.
func (p *Predicate) wantsSentence() bool {
	found := false
	p.EachLeaf(func(leaf *Predicate) {
		found = found || (leaf.Op == Equals || leaf.Op == OneOf) &&
			slices.ContainsFunc(leaf.Values, func(v *source.Value) bool {
				text, _ := v.Str()
				return len(strings.Fields(text)) > 1
			})
	})
	return found
}

// wantedNames lists the words that a predicate wants, those in the quotes of an expression among
// them.
func wantedNames(p *Predicate) []string {
	var all []string
	for _, wanted := range p.Wants() {
		all = append(all, strings.Fields(wanted.Text)...)
	}
	p.EachLeaf(func(leaf *Predicate) {
		if leaf.Input.Opaque == nil {
			return
		}
		parts := strings.FieldsFunc(leaf.Input.Opaque.Text, func(c rune) bool {
			return c == '\'' || c == '"'
		})
		for i := 1; i < len(parts); i += 2 {
			if word := strings.TrimSpace(parts[i]); word != "" {
				all = append(all, parts[i])
			}
		}
	})
	return all
}

// whyNotGranted says who has not been granted what; empty where that is not why the check failed.
func (r *Result) whyNotGranted() string {
	missing, profile := r.Lacks(), r.request.Profile()
	wanted := "the policy wants " + r.wanted() + ", and "
	if len(missing.Names) > 0 && len(missing.Or) == 0 {
		wanted = "the policy wants " + strings.Join(missing.Names, " and ") + ", and "
	}
	if len(missing.Names) == 0 && len(r.Check.Test.Wants()) > mostNamed {
		wanted = "" // nobody reads so many
	}
	switch {
	case missing.Claim == "":
		return ""
	case missing.Claim == "scp" && profile.Flow == inspect.AppOnly:
		return wanted + "this token is app-only: Entra ID puts no scp into it, only roles"
	case missing.Claim == "scp" && len(profile.Scopes) == 0:
		return wanted + "the token has no scp"
	case missing.Claim == "scp":
		return wanted + "the token's scp is " +
			inspect.InSentence(strings.Join(profile.Scopes, " "))
	case len(profile.Roles) > 0:
		return wanted + "the token's roles are " + strings.Join(profile.Roles, ", ")
	case profile.Flow == inspect.AppOnly:
		return wanted + "the token has no roles: no app role of this API is granted to its client"
	case profile.Flow == inspect.Delegated:
		return wanted + "the token has no roles: no app role of this API is assigned to its user"
	}
	return wanted + "the token has no roles: no app role of this API is assigned to its client " +
		"or user"
}
