package environments

import (
	"regexp"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/rules"
)

// sought is what policies ask for that tokens need not be modelled with where none does.
type sought struct {
	// lists is the words that whole claims are compared with, or may be: a scp of exactly two scopes out of three is a token that Entra
	// issues, and only such a policy tells it from the others.
	lists [][]string
	typed bool // a policy reads idtyp

	// counted is true where an expression reads scopes or roles: it may count them.
	counted bool
}

// soughtBy collects the lists in the policies of all environments.
func (e *Estate) soughtBy() sought {
	var s sought
	for i := range e.Sites {
		for _, policy := range e.Sites[i].Policies {
			for _, check := range policy.Checks() {
				s.see(check.Test)
				s.typed = s.typed || slices.ContainsFunc(check.Reads(), readsType)
			}
		}
	}
	return s
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
func (s *sought) types() []idtyp {
	if s.typed {
		return []idtyp{untyped, allTyped}
	}
	return []idtyp{untyped}
}

// see collects the lists of a predicate: the words of each literal, and of an expression those of each text in quotes, and the texts
// together.
func (s *sought) see(p rules.Predicate) {
	for _, part := range p.Of {
		s.see(part)
	}
	var texts []string
	for _, literal := range p.Values {
		texts = append(texts, literal.Text)
	}
	if p.Input.Opaque != nil {
		texts = append(texts, quoted(p.Input.Opaque.Text)...)
		s.counted = s.counted || slices.ContainsFunc(p.Input.Opaque.Reads, readsNames)
	}
	for _, text := range texts {
		s.add(strings.Fields(text))
	}
	s.add(texts)
}

func (s *sought) add(words []string) {
	if len(words) > 1 {
		s.lists = append(s.lists, words)
	}
}

// quoted lists the texts of an expression that stand in quotes of either sort.
func quoted(expression string) []string {
	var all []string
	for _, found := range regexp.MustCompile(`'[^']*'|"[^"]*"`).FindAllString(expression, -1) {
		all = append(all, found[1:len(found)-1])
	}
	return all
}

// mostCounted limits the sizes of sets that are modelled for expressions that may count.
const mostCounted = 16

// sets lists the sets of names that a token may turn out to carry: none, each alone, all, and those that policies ask for; where an
// expression may count them, one of every size.
func (s *sought) sets(names []string) [][]string {
	all := [][]string{nil}
	for _, name := range names {
		all = append(all, []string{name})
	}
	if len(names) > 1 {
		all = append(all, names)
	}
	for size := 2; s.counted && size < min(len(names), mostCounted); size++ {
		all = append(all, names[:size])
	}
	for _, words := range s.lists {
		some := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return !slices.Contains(names, w) })
		if len(some) > 1 && !slices.ContainsFunc(all, func(set []string) bool { return slices.Equal(set, some) }) {
			all = append(all, some)
		}
	}
	return all
}
