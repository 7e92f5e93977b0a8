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
}

// Lacks says which scopes or roles a failed check finds missing. What a validation endpoint has
// answered is not Entra ID's word.
func (r *Result) Lacks() Lacking {
	profile := r.request.Profile()
	ofPermissions := r.Check.ID == CustomClaim || r.Check.ID == Scopes
	if r.Outcome != Fail || !ofPermissions || r.request.Introspection != nil ||
		profile.IssuedBy != inspect.ByEntra || profile.Kind == inspect.KindID {
		return Lacking{}
	}
	reads := r.Check.Test.Reads()
	for _, claim := range []string{"scp", "roles"} {
		other := func(in Input) bool { return in.ClaimRead() != claim }
		if len(reads) == 0 || slices.ContainsFunc(reads, other) {
			continue
		}
		has := profile.Scopes
		if claim == "roles" {
			has = profile.Roles
		}
		if r.Check.Test.wantsSentence() {
			return Lacking{} // Entra ID decides in which order scopes are, whoever is granted what
		}
		missing := Lacking{Claim: claim}
		for _, name := range wantedNames(&r.Check.Test) {
			if !entra.CanHold(claim, name) {
				return Lacking{} // it is in no token, whoever is granted what
			}
			if !slices.Contains(has, name) && !slices.Contains(missing.Names, name) {
				missing.Names = append(missing.Names, name)
			}
		}
		if len(missing.Names) == 0 && len(has) > 0 {
			return Lacking{} // it fails for another reason
		}
		return missing
	}
	return Lacking{}
}

// wantsSentence reports whether a predicate compares a text of several words as a whole.
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
	wanted := "the policy wants " + r.Expected() + ", and "
	if len(missing.Names) > 0 {
		wanted = "the policy wants " + strings.Join(missing.Names, " and ") + ", and "
	}
	switch {
	case missing.Claim == "":
		return ""
	case missing.Claim == "scp" && profile.Flow == inspect.AppOnly:
		return wanted + "this token is app-only: Entra ID puts no scp into it, only roles"
	case missing.Claim == "scp" && len(profile.Scopes) == 0:
		return wanted + "the token has no scp"
	case missing.Claim == "scp":
		return wanted + "the token's scp is " + strings.Join(profile.Scopes, " ")
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
