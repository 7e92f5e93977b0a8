package issued

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/rules"
)

// required is what policies ask for that tokens need not be modelled with where none does.
type required struct {
	// lists is the words that whole claims are compared with, or may be: a scp of exactly two scopes out of three is a token that Entra
	// issues, and only such a policy tells it from the others.
	lists [][]string
	typed bool // a policy reads idtyp

	// counted is true where an expression reads scopes or roles: it may count them.
	counted bool

	scopes, roles []string // that are compared with scp, and with roles
}

// requiredBy collects what policies ask for.
func requiredBy(policies []*rules.Policy) required {
	var r required
	for _, policy := range policies {
		for _, check := range policy.Checks() {
			r.see(check.Test)
			r.typed = r.typed || slices.ContainsFunc(check.Reads(), readsType)
			r.scopes = r.names(r.scopes, check, "scp")
			r.roles = r.names(r.roles, check, "roles")
		}
	}
	return r
}

// names adds the words that a check compares a claim with.
func (r *required) names(all []string, check *rules.Check, claim string) []string {
	if !readsClaim(check, claim) {
		return all
	}
	for _, text := range TextsOf(check) {
		for _, word := range strings.Fields(text) {
			if len(all) < mostTexts && !slices.Contains(all, word) {
				all = append(all, word)
			}
		}
	}
	return all
}

func readsType(in rules.Input) bool {
	name := claimOf(in)
	return name == "idtyp" || name == "*"
}

func readsNames(in rules.Input) bool {
	name := claimOf(in)
	return name == "scp" || name == "roles" || name == "*"
}

// types lists which tokens may have idtyp where the owner of their API chooses.
func (r *required) types() []idtyp {
	if r.typed {
		return []idtyp{untyped, allTyped}
	}
	return []idtyp{untyped}
}

// see collects the lists of a predicate: the words of each literal, and of an expression those of each text in quotes, and the texts
// together.
func (r *required) see(p rules.Predicate) {
	for _, part := range p.Of {
		r.see(part)
	}
	var texts []string
	for _, literal := range p.Values {
		texts = append(texts, literal.Text)
	}
	if p.Input.Opaque != nil {
		texts = append(texts, quoted(p.Input.Opaque.Text)...)
		r.counted = r.counted || slices.ContainsFunc(p.Input.Opaque.Reads, readsNames)
	}
	for _, text := range texts {
		r.add(strings.Fields(text))
	}
	r.add(texts)
}

func (r *required) add(words []string) {
	if len(words) > 1 {
		r.lists = append(r.lists, words)
	}
}

// mostCounted limits the sizes of sets that are modelled for expressions that may count.
const mostCounted = 16

// sets lists the sets of names that a token may turn out to carry: none, each alone, all, and those that policies ask for; where an
// expression may count them, one of every size.
func (r *required) sets(names []string) [][]string {
	all := [][]string{nil}
	for _, name := range names {
		all = append(all, []string{name})
	}
	if len(names) > 1 {
		all = append(all, names)
	}
	for size := 2; r.counted && size < min(len(names), mostCounted); size++ {
		all = append(all, names[:size])
	}
	for _, words := range r.lists {
		some := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return !slices.Contains(names, w) })
		if len(some) > 1 && !slices.ContainsFunc(all, func(set []string) bool { return slices.Equal(set, some) }) {
			all = append(all, some)
		}
	}
	return all
}
