package lint

import (
	"encoding/binary"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// memory is what the model has answered about policies of other subjects. Policies that differ
// only in where they are share an answer, as many files of an estate do. One goroutine uses it at
// a time.
type memory struct {
	known map[alike]*exposed
	looks []byte // of the policies that were asked about last

	looked int // conditions, of all subjects since somebody has asked
}

// kept is what a subject remembers of others; nil where nothing is.
func kept(s *rules.Subject) *memory {
	m, _ := s.Kept.(*memory)
	return m
}

// alike is what policies have in common if the model says the same of them.
type alike struct {
	app   *entra.Registration
	looks string
}

// mostKnown limits what is remembered: each holds what was compiled of a file, and what was worked
// out for it.
const mostKnown = 256

// mostLooks limits the policies that are compared, in bytes of their looks.
const mostLooks = 8 << 10

// exposed is what the model says of policies, from what it knows of others where they are alike.
// It may be asked of a nil memory.
func (m *memory) exposed(policies []*rules.Policy, app *entra.Registration) *exposed {
	if m == nil {
		return m.newExposed(policies, app)
	}
	b := looking{text: m.looks[:0]}
	b.policies(policies)
	m.looks = b.text
	if b.unlike || len(b.text) > mostLooks {
		return m.newExposed(policies, app)
	}
	kept := m.known[alike{app, string(b.text)}]
	if kept == nil {
		if len(m.known) == mostKnown {
			clear(m.known)
		}
		kept = m.newExposed(policies, app)
		m.known[alike{app, string(b.text)}] = kept
	}
	here := *kept
	here.policies = policies
	return &here
}

// looking writes down all of policies that the model looks at. It leaves out what only words and
// places depend on.
type looking struct {
	text   []byte
	unlike bool // something is not written down, so that no other policies count as alike
}

func (l *looking) word(text string) {
	l.number(len(text))
	l.text = append(l.text, text...)
}

func (l *looking) number(n int) { l.text = binary.AppendVarint(l.text, int64(n)) }

// yes writes down which of some things hold.
func (l *looking) yes(all ...bool) {
	for _, one := range all {
		if one {
			l.text = append(l.text, '+')
		} else {
			l.text = append(l.text, '-')
		}
	}
}

// only says that nothing is written down of what holds here.
func (l *looking) only(plain bool) { l.unlike = l.unlike || !plain }

func (l *looking) policies(all []*rules.Policy) {
	l.number(len(all))
	for _, p := range all {
		w := &p.When
		l.only(!w.Disabled && !w.OfOthers && w.Unknown == nil && len(w.Routes) == 0)
		l.only(len(p.Effects) == 0 && len(p.Asides) == 0 && p.MayYield == nil && !p.Early)
		l.yes(p.Untried)
		l.node(&p.Root)
	}
}

func (l *looking) node(n *rules.Node) {
	if l.unlike || len(l.text) > mostLooks {
		return
	}
	l.yes(n.Check != nil, n.Not != nil, n.First != nil, n.Any != nil, n.Exempts)
	l.number(int(n.Reports))
	switch {
	case n.Check != nil:
		l.check(n.Check)
	case n.Not != nil:
		l.node(n.Not)
	case n.First != nil:
		l.number(len(n.First.Branches))
		for i := range n.First.Branches {
			l.node(&n.First.Branches[i].If)
			l.node(&n.First.Branches[i].Then)
		}
		l.node(&n.First.Default)
	default:
		some := n.All
		if n.Any != nil {
			some = n.Any
		}
		l.number(len(some))
		for i := range some {
			l.node(&some[i])
		}
	}
}

func (l *looking) check(c *rules.Check) {
	l.only(c.Unknown == nil && c.MaySkip == nil)
	l.word(string(c.ID))
	l.word(c.Claim)
	l.word(c.Binds)
	l.yes(c.Skip != "")
	l.predicate(&c.Test)
}

func (l *looking) predicate(p *rules.Predicate) {
	l.number(int(p.Op))
	l.input(&p.Input)
	l.number(len(p.Values))
	for _, v := range p.Values {
		l.only(len(v.Items)+len(v.Members) == 0 && v.Kind != source.Unknown)
		l.number(int(v.Kind))
		l.word(v.Text)
	}
	l.number(len(p.Of))
	for i := range p.Of {
		l.predicate(&p.Of[i])
	}
	l.key(p.Key)
	l.number(len(p.Kinds))
	for _, kind := range p.Kinds {
		l.number(int(kind))
	}
	l.number(len(p.Elsewhere))
	for _, path := range p.Elsewhere {
		l.word(path)
	}
	l.texts(p.Texts)
	l.lookup(p.Lookup)
	l.yes(p.Overflow != nil, p.Null, p.NullToo, p.Members, p.Loose, p.Inclusive, p.Lenient)
	l.number(int(p.Zero))
	l.number(int(p.Assumed))
	l.number(int(p.Leeway))
	l.number(int(p.Doubt))
	l.number(int(p.Limit))
	l.number(int(p.Sure))
}

func (l *looking) input(in *rules.Input) {
	l.only(in.Model == nil)
	l.word(string(in.Source))
	l.word(in.Name)
	l.yes(in.LastCounts, in.AnyCase, in.NullKeeps, in.Opaque != nil)
	if in.Opaque == nil {
		return
	}
	l.only(in.Opaque.Language != "")
	l.word(in.Opaque.Language)
	l.word(in.Opaque.Text)
	l.number(len(in.Opaque.Reads))
	for i := range in.Opaque.Reads {
		l.input(&in.Opaque.Reads[i])
	}
}

// key writes down where keys come from. What is in a policy may be secret, and is soon taken out
// of memory.
func (l *looking) key(k *rules.Key) {
	if l.yes(k != nil); k == nil {
		return
	}
	l.only(!k.Own && k.Text == "")
	l.word(k.URL)
	l.word(k.Nowhere)
	l.yes(k.List, k.Set, k.HMAC, k.Loose, k.Unread != nil)
	l.yes(k.Lenience.AnyCrit, k.Lenience.EmptyCrit, k.Lenience.B64, k.Lenience.GoOIDC)
	l.yes(k.Lenience.Kidless)
}

func (l *looking) texts(t *rules.Texts) {
	if l.yes(t != nil); t == nil {
		return
	}
	l.number(len(t.Patterns))
	for _, pattern := range t.Patterns {
		l.word(pattern.String())
	}
	l.word(t.Separator)
	l.yes(t.FoldCase, t.SlashAlike, t.SchemeAlike)
}

func (l *looking) lookup(k *rules.Lookup) {
	if l.yes(k != nil); k == nil {
		return
	}
	l.yes(k.Otherwise != nil)
	l.number(int(k.Several))
	l.number(len(k.Locations))
	for i := range k.Locations {
		at := &k.Locations[i]
		l.only(at.Basic == nil)
		l.input(&at.Input)
		l.word(at.Prefix)
		l.yes(at.FoldCase, at.Optional, at.Inside)
	}
}
