package lint

import (
	"encoding/binary"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// cache has what the model has answered about policies of other subjects. Policies that differ
// only in where they are share an answer, as many files of an estate do. One goroutine uses it at
// a time.
type cache struct {
	known  map[cacheKey]*exposed // nil for policies that were met once
	recent map[cacheKey]*exposed // those of them that were met last
	buffer []byte                // of the key that was written last

	looked int // conditions, of all subjects since somebody has asked
}

func newCache() *cache {
	return &cache{known: map[cacheKey]*exposed{}, recent: map[cacheKey]*exposed{}}
}

// kept is what a subject remembers of others; nil where nothing is.
func kept(s *rules.Subject) *cache {
	m, _ := s.Kept.(*cache)
	return m
}

// cacheKey is what policies have in common if the model says the same of them.
type cacheKey struct {
	app      *entra.Registration
	policies string // as a keyWriter writes them
}

// Limits of the cache: each entry holds what was compiled of a file, and what was worked out for
// it. Most files of an estate may be unlike any other: only what was met twice is kept for long.
const (
	mostCached = 256
	mostRecent = 16
)

// longestKey limits the policies that are compared, in bytes of their key.
const longestKey = 8 << 10

// exposed is what the model says of policies, from what it knows of others where they are alike.
// It may be asked of a nil cache.
func (m *cache) exposed(policies []*rules.Policy, app *entra.Registration) *exposed {
	if m == nil {
		return m.newExposed(policies, app)
	}
	w := keyWriter{key: m.buffer[:0]}
	w.policies(policies)
	m.buffer = w.key
	if w.incomplete || len(w.key) > longestKey {
		return m.newExposed(policies, app)
	}
	key := cacheKey{app, string(w.key)}
	kept, again := m.known[key]
	if kept == nil {
		kept = m.recent[key]
	}
	if kept == nil {
		kept = m.newExposed(policies, app)
	}
	m.keep(key, kept, again)
	here := *kept
	here.policies = policies
	return &here
}

// keep remembers what the model says of policies, which were met again or for the first time.
func (m *cache) keep(key cacheKey, of *exposed, again bool) {
	if again {
		m.known[key] = of
		return
	}
	if len(m.known) == mostCached {
		clear(m.known)
	}
	if len(m.recent) == mostRecent {
		clear(m.recent)
	}
	m.known[key], m.recent[key] = nil, of
}

// keyWriter writes down all of policies that the model looks at. It leaves out what only words and
// places depend on.
type keyWriter struct {
	key        []byte
	incomplete bool // something is not written down, so that no other policies have the same key
}

func (w *keyWriter) word(text string) {
	w.number(len(text))
	w.key = append(w.key, text...)
}

func (w *keyWriter) number(n int) { w.key = binary.AppendVarint(w.key, int64(n)) }

// flags writes down which of some things hold.
func (w *keyWriter) flags(all ...bool) {
	for _, one := range all {
		if one {
			w.key = append(w.key, '+')
		} else {
			w.key = append(w.key, '-')
		}
	}
}

// require says that the key is complete only if something holds, since nothing else is written.
func (w *keyWriter) require(plain bool) { w.incomplete = w.incomplete || !plain }

func (w *keyWriter) policies(all []*rules.Policy) {
	w.number(len(all))
	for _, p := range all {
		when := &p.When
		w.require(!when.Disabled && !when.OfOthers && when.Unknown == nil &&
			len(when.Routes) == 0)
		w.require(len(p.Effects) == 0 && p.MayYield == nil && !p.Early)
		w.flags(p.Untried)
		w.node(&p.Root)
		w.number(len(p.Asides))
		for i := range p.Asides {
			w.aside(&p.Asides[i])
		}
	}
}

// aside writes down one of which nobody knows what becomes.
func (w *keyWriter) aside(a *rules.Aside) {
	unknown := len(a.Root.All) == 1 && a.Root.All[0].Check != nil &&
		a.Root.All[0].Check.Unknown != nil
	w.require(unknown)
	w.predicate(&a.If)
	if unknown {
		w.unknown(a.Root.All[0].Check.Unknown)
	}
}

func (w *keyWriter) node(n *rules.Node) {
	if w.incomplete || len(w.key) > longestKey {
		return
	}
	w.flags(n.Check != nil, n.Not != nil, n.First != nil, n.Any != nil, n.Exempts)
	w.number(int(n.Reports))
	switch {
	case n.Check != nil:
		w.check(n.Check)
	case n.Not != nil:
		w.node(n.Not)
	case n.First != nil:
		w.number(len(n.First.Branches))
		for i := range n.First.Branches {
			w.node(&n.First.Branches[i].If)
			w.node(&n.First.Branches[i].Then)
		}
		w.node(&n.First.Default)
	default:
		some := n.All
		if n.Any != nil {
			some = n.Any
		}
		w.number(len(some))
		for i := range some {
			w.node(&some[i])
		}
	}
}

func (w *keyWriter) check(c *rules.Check) {
	w.unknown(c.Unknown)
	w.unknown(c.MaySkip)
	w.word(string(c.ID))
	w.word(c.Claim)
	w.word(c.Binds)
	w.flags(c.Skip != "", c.Meant)
	if neverAsked(c) {
		w.inputs(c.Reads())
	} else {
		w.predicate(&c.Test)
	}
}

// neverAsked reports whether rules take a check for passed, whatever they ask: when a token is
// used and how it is sent says nothing of who has it. What it reads still matters.
func neverAsked(c *rules.Check) bool {
	return c.ID == rules.Expiry || c.ID == rules.NotBefore ||
		c.ID == rules.TokenPresent && c.Test.Op == rules.Sent
}

func (w *keyWriter) unknown(u *rules.Unknown) {
	if w.flags(u != nil); u == nil {
		return
	}
	w.word(u.Why)
	w.word(string(u.Need.Input))
	w.word(u.Need.Name)
	w.word(u.Need.Value)
	w.word(u.Need.For)
	w.flags(u.MayErr, u.NeverTrue, u.Present, u.NeverFound)
}

func (w *keyWriter) predicate(p *rules.Predicate) {
	w.number(int(p.Op))
	w.input(&p.Input)
	w.number(len(p.Values))
	for _, v := range p.Values {
		w.require(len(v.Items)+len(v.Members) == 0 && v.Kind != source.Unknown)
		w.number(int(v.Kind))
		w.word(v.Text)
	}
	w.number(len(p.Of))
	for i := range p.Of {
		w.predicate(&p.Of[i])
	}
	w.keyOf(p.Key)
	w.number(len(p.Kinds))
	for _, kind := range p.Kinds {
		w.number(int(kind))
	}
	w.number(len(p.Elsewhere))
	for _, path := range p.Elsewhere {
		w.word(path)
	}
	w.texts(p.Texts)
	w.lookup(p.Lookup)
	w.flags(p.Overflow != nil, p.Null, p.NullToo, p.Members, p.Loose, p.Inclusive, p.Lenient,
		p.Seconds)
	w.number(int(p.Zero))
	w.number(int(p.Assumed))
	w.number(int(p.Leeway))
	w.number(int(p.Doubt))
	w.number(int(p.Limit))
	w.number(int(p.Sure))
}

func (w *keyWriter) input(in *rules.Input) {
	w.require(in.Model == nil)
	w.word(string(in.Source))
	w.word(in.Name)
	w.flags(in.LastCounts, in.AnyCase, in.NullKeeps, in.Normalized, in.Opaque != nil)
	if in.Opaque == nil {
		return
	}
	w.require(in.Opaque.Language != "")
	w.word(in.Opaque.Language)
	w.word(in.Opaque.Text)
	w.inputs(in.Opaque.Reads)
}

func (w *keyWriter) inputs(all []rules.Input) {
	w.number(len(all))
	for i := range all {
		w.input(&all[i])
	}
}

// keyOf writes down where keys come from. What is in a policy may be secret, and is soon taken out
// of memory.
func (w *keyWriter) keyOf(k *rules.Key) {
	if w.flags(k != nil); k == nil {
		return
	}
	w.require(!k.Own && k.Text == "")
	w.word(k.URL)
	w.word(k.Nowhere)
	w.word(k.Unfit)
	w.flags(k.List && strings.Contains(k.URL, ","), k.Set, k.HMAC, k.Loose, k.Unread != nil)
	w.flags(k.Lenience.AnyCrit, k.Lenience.EmptyCrit, k.Lenience.B64, k.Lenience.GoOIDC)
	w.flags(k.Lenience.AnyKid, k.Lenience.Kidless, k.Lenience.AnyUse, k.Lenience.UsualKeys)
}

func (w *keyWriter) texts(t *rules.Texts) {
	if w.flags(t != nil); t == nil {
		return
	}
	w.number(len(t.Patterns))
	for _, pattern := range t.Patterns {
		w.word(pattern.String())
	}
	w.word(t.Separator)
	w.word(t.Signs)
	w.flags(t.FoldCase, t.SlashAlike, t.SchemeAlike)
}

func (w *keyWriter) lookup(k *rules.Lookup) {
	if w.flags(k != nil); k == nil {
		return
	}
	w.flags(k.Otherwise != nil, k.SparesPreflights)
	w.number(int(k.Several))
	w.number(len(k.Locations))
	for i := range k.Locations {
		at := &k.Locations[i]
		w.require(at.Basic == nil)
		w.input(&at.Input)
		w.word(at.Prefix)
		w.flags(at.FoldCase, at.Optional, at.Inside, at.Cut, at.Blank)
	}
}
