package issued

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// fewNames is how many scopes, or roles, of an API are modelled one by one, whether or not a check
// tells them apart.
const fewNames = 16

// nameTexts is what checks can see of the name of a scope or of a role.
type nameTexts struct {
	texts []string // that claims of names are compared with
	parts *atoms   // of expressions that make more of such a claim; nil where none does
	more  bool     // a check makes so much of such a claim that any name may count for itself
}

// see notes what a check makes of scopes and roles.
func (n *nameTexts) see(check *asking) {
	if check.off || !slices.ContainsFunc(check.reads, readsNames) {
		return
	}
	n.texts = append(n.texts, check.texts...)
	check.Test.EachLeaf(func(leaf *rules.Predicate) {
		if !comparesNames(leaf) {
			n.seeMore(leaf)
		}
	})
	n.more = n.more || len(check.texts) == mostOfAll // there may be more of them
}

// seeMore takes apart what a predicate makes of scopes and roles.
func (n *nameTexts) seeMore(leaf *rules.Predicate) {
	if leaf.Input.Opaque == nil {
		n.more = true
		return
	}
	if n.parts == nil {
		n.parts = atomsOf(nil, nil, newQuestion(blank(nil)))
	}
	for _, claim := range []string{"scp", "roles"} {
		n.parts.seeExpression(claim, leaf.Input.Opaque)
	}
	n.more = n.more || n.parts.needsWhole("scp") || n.parts.needsWhole("roles")
}

// comparesNames reports whether a part of a predicate only compares texts with its literals, each
// by itself.
func comparesNames(leaf *rules.Predicate) bool {
	switch leaf.Op {
	case rules.Present, rules.True, rules.Equals, rules.OneOf, rules.Contains, rules.HasAll,
		rules.HasAny, rules.Prefix, rules.Suffix, rules.IsList:
		return leaf.Texts == nil && leaf.Input.Opaque == nil
	}
	return !slices.ContainsFunc(leaf.Reads(), readsNames)
}

// toldApart leaves out names that no check tells from one that stays: of many names, all that are
// alike to every text have the same verdicts.
func (n *nameTexts) toldApart(names []string) []string {
	if len(names) <= fewNames || n.more {
		return names
	}
	return firstOfEach(n.alike(names))
}

// alike sorts names into groups that no check tells apart.
func (n *nameTexts) alike(names []string) [][]string {
	var all [][]string
	places := map[string]int{}
	for _, name := range names {
		appearance := name
		if !n.more {
			appearance = n.appearance(name)
		}
		at, known := places[appearance]
		if !known {
			at = len(all)
			places[appearance], all = at, append(all, nil)
		}
		all[at] = append(all[at], name)
	}
	return all
}

// firstOfEach lists the first one of each group of names.
func firstOfEach(groups [][]string) []string {
	return source.Each(groups, func(group []string) string { return group[0] })
}

// named reports whether a text may be about a name.
func (n *nameTexts) named(name string) bool {
	return slices.ContainsFunc(n.texts, func(text string) bool {
		return strings.Contains(text, name) || strings.Contains(name, text)
	})
}

// appearance is how a name relates to each text: it is the whole text, its beginning, its end, or
// inside it, or the text is several words with the name among them; and what each part gives for
// it.
func (n *nameTexts) appearance(name string) string {
	var b strings.Builder
	if n.parts != nil && (!n.parts.write("scp", source.NewString(name), &b) ||
		!n.parts.write("roles", source.NewList(name), &b)) {
		b.WriteString("\x00" + name) // by itself
	}
	for _, text := range n.texts {
		switch {
		case name == text:
			b.WriteByte('=')
		case strings.Contains(text, name):
			b.WriteString(text + "\x00" + name) // by itself
		default:
			b.WriteString(within(name, text))
		}
	}
	return b.String()
}

// within is where a name has a text: at its beginning, at its end, elsewhere.
func within(name, text string) string {
	where := []byte("---")
	if strings.HasPrefix(name, text) {
		where[0] = 'b'
	}
	if strings.HasSuffix(name, text) {
		where[1] = 'e'
	}
	if strings.Contains(name, text) {
		where[2] = 'c'
	}
	return string(where)
}
