package issued

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/rules"
)

// required is what policies ask for that tokens need not be modelled with where none does.
type required struct {
	// lists is the words that whole claims are compared with, or may be: a scp of exactly two
	// scopes out of three is a token that Entra issues, and only such a policy tells it from the
	// others.
	lists [][]string
	typed bool // a policy reads idtyp

	// counted is true where an expression reads scopes or roles: it may count them.
	counted bool

	scopes, roles []string // that are compared with scp, and with roles
	names         nameTexts
	guards        []*guard // gateways that may want some names and not others
	made          map[namesOf]nameSets
}

// requiredBy collects what checks ask for.
func requiredBy(checks []asking) required {
	r := required{made: map[namesOf]nameSets{}}
	some := false // role will do
	for i := range checks {
		check := &checks[i]
		r.see(check.Test)
		r.names.see(check)
		r.typed = r.typed || check.readsClaim("idtyp", "*")
		if check.readsClaim("scp") {
			r.scopes = appendWords(r.scopes, check.textsFor("scp"))
		}
		if check.readsClaim("roles") {
			r.roles = appendWords(r.roles, check.textsFor("roles"))
			some = true
		}
	}
	if some && len(r.roles) == 0 {
		r.roles = []string{assumedRole}
	}
	return r
}

// appendWords adds the words of texts that are not there yet.
func appendWords(all, texts []string) []string {
	for _, text := range texts {
		for _, word := range strings.Fields(text) {
			if len(all) < mostTexts && !slices.Contains(all, word) {
				all = append(all, word)
			}
		}
	}
	return all
}

// readsNames reports whether an input is scopes or roles, or any claim.
func readsNames(in rules.Input) bool {
	return slices.Contains([]string{"scp", "roles", "*"}, in.ClaimRead())
}

// types lists which tokens may have idtyp where the owner of their API chooses.
func (r *required) types() []idtyp {
	if r.typed {
		return []idtyp{untyped, allTyped}
	}
	return []idtyp{untyped}
}

// see collects the lists of a predicate: the words of each literal, and of an expression those of
// each text in quotes, and the texts together.
func (r *required) see(p rules.Predicate) {
	for _, part := range p.Of {
		r.see(part)
	}
	var texts []string
	for _, literal := range p.Values {
		texts = append(texts, literal.Text)
	}
	if p.Input.Opaque != nil {
		texts = append(texts, Quoted(p.Input.Opaque.Text)...)
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

// namesOf is names that a claim may hold.
type namesOf struct{ claim, names string }

// nameSets is the sets of names that a token may turn out to carry. They are cut where a policy
// may let in another one.
type nameSets struct {
	all [][]string
	cut bool
}

// sets lists the sets of names that a claim may turn out to hold: none, each alone, all, and those
// that policies ask for; where an expression may count them, one of every size; and where a
// gateway lets in none of these, another one that it may.
func (r *required) sets(claim string, names []string) nameSets {
	return kept(r.made, namesOf{claim, strings.Join(names, "\x00")}, func() nameSets {
		known := slices.DeleteFunc(slices.Clone(names), isUnnamed)
		made := nameSets{all: r.makeSets(known)}
		for _, guard := range r.guards {
			set, cut := guard.picked(claim, known, made.all)
			if made.cut = made.cut || cut; set != nil {
				made.all = append(made.all, set)
			}
		}
		if i := slices.IndexFunc(names, isUnnamed); i >= 0 {
			made.all = append(made.all, names[i:i+1])
		}
		made.all = slices.Clip(made.all)
		return made
	})
}

func (r *required) makeSets(names []string) [][]string {
	all := [][]string{nil}
	for _, name := range r.names.toldApart(names) {
		all = append(all, []string{name})
	}
	if len(names) > 1 {
		all = append(all, names)
	}
	for size := 2; r.counted && size < min(len(names), mostCounted); size++ {
		all = append(all, names[:size])
	}
	for _, words := range r.lists {
		some := slices.DeleteFunc(
			slices.Clone(words), func(w string) bool { return !slices.Contains(names, w) },
		)
		if len(some) > 1 &&
			!slices.ContainsFunc(all, func(set []string) bool { return slices.Equal(set, some) }) {
			all = append(all, some)
		}
	}
	return all
}
