package issued

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
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
	texts := source.Each(p.Values, func(literal *source.Value) string { return literal.Text })
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
		known := source.Without(names, isUnnamed)
		made := nameSets{all: r.makeSets(known)}
		for _, guard := range r.guards {
			set, cut := guard.picked(claim, known, made.all)
			if made.cut = made.cut || cut; set != nil {
				made.all = append(made.all, set)
			}
		}
		made.all = append(made.all, r.openSets(names, known)...)
		made.all = slices.Clip(made.all)
		return made
	})
}

// openSets are the sets with a name that is not known, or not known to be there: of the former one
// stands for all. So it does for the latter, where more than one alone and with all known ones may
// matter.
func (r *required) openSets(names, known []string) [][]string {
	isKnown := func(name string) bool { return !isUnnamed(name) }
	open := source.Without(names, isKnown)
	switch {
	case len(open) == 0:
		return nil
	case len(open) > 1, r.counted, r.guarded(strings.TrimPrefix(open[0], perhapsNamed)):
		return [][]string{unnamedIn(open[:1])}
	case len(known) == 0 || !strings.HasPrefix(open[0], perhapsNamed):
		return [][]string{open}
	}
	return [][]string{open, append(slices.Clone(known), open...)}
}

// guarded reports whether policies that may forbid names may look at this one.
func (r *required) guarded(name string) bool {
	return slices.ContainsFunc(r.guards, func(g *guard) bool {
		return g.names.more || g.names.named(name)
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
		some := source.Without(words, func(w string) bool { return !slices.Contains(names, w) })
		if len(some) > 1 &&
			!slices.ContainsFunc(all, func(set []string) bool { return slices.Equal(set, some) }) {
			all = append(all, some)
		}
	}
	return all
}

// mostPicked is of how many scopes or roles every combination is tried, where a gateway lets in
// none of the usual sets.
const mostPicked = 10

// guard is the policies of one gateway that may want some scopes or roles and not others: each
// alone and all together are then not all that matters.
type guard struct {
	in       *setting
	policies []*rules.Policy
	names    nameTexts
	numbers  map[string][]string // by the claim that they are compared with
	view     *View               // nil until it is asked for
	spare    []rules.Result      // that nobody looks at any more
}

// guardOf looks for what is beyond a plain list of names in checks. It is nil where there is
// nothing: of two tokens, the one with more names then gets at least as far.
func guardOf(in *setting, policies []*rules.Policy, checks []asking) *guard {
	about := func(a asking) bool { return !a.off && slices.ContainsFunc(a.reads, readsNames) }
	picks := func(a asking) bool { return about(a) && mayForbid(&a.Test) }
	nested := func(p *rules.Policy) bool { return !p.Root.IsList() }
	if !slices.ContainsFunc(checks, picks) &&
		(!slices.ContainsFunc(policies, nested) || !slices.ContainsFunc(checks, about)) {
		return nil
	}
	g := &guard{in: in, policies: policies, numbers: map[string][]string{}}
	for i := range checks {
		if about(checks[i]) {
			g.names.see(&checks[i])
			checks[i].seeNumbers(g.numbers)
		}
	}
	return g
}

// mayForbid reports whether a predicate may fail for a name beside those that it asks for.
func mayForbid(p *rules.Predicate) bool {
	switch {
	case p.Op == rules.Not:
		return p.Of[0].Op != rules.Present
	case p.Input.Opaque != nil:
		return true
	}
	for i := range p.Of {
		if mayForbid(&p.Of[i]) {
			return true
		}
	}
	return false
}

// picked finds a set of names that the gateway may let in, where it lets in none of those that a
// claim is tried with. It is cut where there are too many names to try all that may differ.
func (g *guard) picked(claim string, names []string, tried [][]string) (set []string, cut bool) {
	if !g.names.more && !slices.ContainsFunc(names, g.names.named) {
		return nil, false
	}
	alike := g.names.alike(names)
	counts := len(g.numbers[claim]) > 0
	if len(alike) < 3 && !counts { // each alone, none and all are tried
		return nil, false
	}
	if g.view == nil {
		g.view = NewView(g.policies, nil)
	}
	some := firstOfEach(alike)
	if counts { // more of those that are alike may count
		some = union(some, names)
	}
	unnamed := func(name string) bool { return !g.names.named(name) }
	some = append(source.Without(some, unnamed), source.Without(some, g.names.named)...)
	for i := range g.view.classes {
		of := g.view.OfClass(&g.view.classes[i])
		letsIn := func(set []string) bool { return g.letsIn(of, claim, inClaim(claim, set)) }
		if !g.letsIn(of, claim, g.in.chosenPerhaps) || slices.ContainsFunc(tried, letsIn) {
			continue
		}
		set = smallest(some[:min(len(some), mostPicked)], letsIn)
		if cut = set == nil && len(some) > mostPicked; set != nil || cut {
			return set, cut
		}
	}
	return nil, false
}

// inClaim is how a claim holds some names.
func inClaim(claim string, names []string) *source.Value {
	if claim == "scp" {
		return wordsOf(names)
	}
	return wordList(names)
}

// letsIn reports whether a gateway may let in a token of which one claim is known.
func (g *guard) letsIn(v *View, claim string, value *source.Value) bool {
	token := *v.blank
	token.Claims = &source.Value{Kind: source.Object}
	for _, name := range v.claims {
		held := g.in.chosenPerhaps
		if name == claim {
			held = value
		}
		if held != nil {
			token.Claims.Members = append(
				token.Claims.Members, source.Member{Key: name, Value: held},
			)
		}
	}
	request := &rules.Request{
		Token: &token, At: g.in.at, Signatures: genuine{&g.in.cloud}, Brief: true,
	}
	verdict := v.evaluate(request, g.spare)
	g.spare = verdict.Results
	return verdict.Outcome != rules.Rejected
}

// smallest is the smallest set of some names for which something holds; nil where there is none.
func smallest(names []string, holds func([]string) bool) []string {
	for size := 1; size <= len(names); size++ {
		for which := range uint(1) << len(names) {
			if bits.OnesCount(which) != size {
				continue
			}
			var set []string
			for i, name := range names {
				if which>>i&1 == 1 {
					set = append(set, name)
				}
			}
			if holds(set) {
				return set
			}
		}
	}
	return nil
}

// notTried is the scopes and roles of a token that has others than those that are tried.
func notTried(user bool) variable {
	v := variable{claims: []string{"roles"}, cut: notAllPicked()}
	if user {
		v.claims = []string{"roles", "scp"}
	}
	return v
}

// notAllPicked is the limit on what picked tries.
func notAllPicked() string { return fmt.Sprintf("%d sets of scopes or roles", 1<<mostPicked) }

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
