package rules

import (
	"regexp"
	"slices"
	"time"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// Op is what a predicate asks of its input.
type Op uint8

// The operators. All but And, Or and Not ask something of one input.
const (
	Present  Op = iota // the input is there
	True               // the input is the boolean true; anything else is not
	Equals             // the input equals the one literal, type and all
	OneOf              // the input is one of the literals, or a list that holds one of them
	Contains           // the input is a list that holds the literal, or a text with it as a part
	HasAll             // the input, a text of words or a list, has every literal as a word
	HasAny             // the input, a text of words or a list, has at least one literal as a word
	Prefix             // a text begins with one of the literals: the input, or one that it lists
	Suffix             // a text ends with one of the literals: the input, or one that it lists
	IsList             // the input is a list
	Typed              // the input is of one of Kinds, absent or null; so is each item of a list
	Matches            // a whole text matches a pattern of Texts: the input, or one that it lists
	After              // the input is an instant after the clock's
	NotAfter           // the input is an instant that is not after the clock's
	Positive           // the input is a number above zero
	Sent               // the token arrives where Lookup says
	Readable           // the token is a readable JWS
	Verifies           // the token's signature verifies with a key of Key
	Active             // the validation endpoint calls the token active
	Listed             // the input is the client id of an approved contract
	And                // all of Of
	Or                 // at least one of Of
	Not                // not the one of Of
)

// Predicate is what a check tests, as data.
type Predicate struct {
	Op     Op
	Input  Input
	Values []*source.Value // the literals
	Of     []Predicate     // of And, Or, Not
	Key    *Key            // of Verifies
	Kinds  []source.Kind   // of Typed: a list may be one of them

	Texts  *Texts  // how texts are compared; nil for whole, exact, and split at white space
	Lookup *Lookup // of Sent; nil for the Authorization header as RFC 6750, section 2.1, has it

	// Null says that a value of null counts as absent, of Present. Without it a claim that is null
	// is unknown: it is not documented whether the gateway counts it as there.
	Null bool

	// NullToo says that a value of null is there as any other is, of Present.
	NullToo bool

	// Members says that a text holds nothing, and an object holds the names of its members, of
	// Contains.
	Members bool

	// Zero is what zero counts as: of Positive, where versions of a gateway differ; of After,
	// where Maybe says that it is an instant like others.
	Zero Truth

	// Loose says what is not documented: of Equals, how the gateway compares a literal with a
	// value of another kind; of OneOf and Present, what it makes of a value that is no text or
	// list of texts, though one of its texts fits; of Present with Null, of one that is no text,
	// or nothing but blanks; of Sent, whether it takes another spelling of Bearer; of Readable,
	// what it makes of a form that readers differ on.
	Loose bool

	// Elsewhere are the paths of members that another check looks at, of Readable with Loose.
	Elsewhere []string

	// Assumed is what counts where the input is not known: No for what no request of a real client
	// has, Yes for what every one has. A request whose path is not known is then not split into
	// classes for it. Maybe leaves it open.
	Assumed Truth

	// Inclusive says that the very instant still holds, of After.
	Inclusive bool

	// Leeway is the tolerance that the gateway gives to clocks, of After and NotAfter: an instant
	// that is missed by no more than this holds.
	Leeway time.Duration

	// Doubt is more leeway, which the gateway may or may not give: an instant that is missed by no
	// more than this is unknown.
	Doubt time.Duration

	// Lenient says that the gateway reads an instant as Go's JSON reader does where it is told to
	// take any number, of After and NotAfter: in quotes or not, and without its fraction. One
	// beyond 64 bits is long past, and what is no number fails.
	Lenient bool

	// Seconds says that the gateway takes any number for seconds, of After and NotAfter, and drops
	// a fraction of it, and of its clock.
	Seconds bool

	// Limit is the largest number that the gateway reads as an instant, of After and NotAfter; 0
	// where we know none. A larger number makes the gateway fail with Overflow.
	Limit    int64
	Overflow *Answer

	// Otherwise is what the gateway sends where this part of a test is what fails; nil for what it
	// sends where the check fails.
	Otherwise *Answer

	// Sure is the largest number that the gateway surely reads as an instant, where it is known
	// to be another than Limit; else 0. A number between them is unknown.
	Sure int64
}

// Texts says how a predicate compares texts.
type Texts struct {
	Patterns  []*regexp.Regexp // of Matches, as WholePattern makes them
	Signs     string           // of Matches: all that a text may have but letters and digits
	Separator string           // of HasAll and HasAny: what splits a text; empty for white space
	FoldCase  bool             // case does not count; a pattern says so itself

	// SlashAlike and SchemeAlike say what does not count, of Equals and OneOf: one slash at the
	// end; http:// or https:// at the beginning.
	SlashAlike, SchemeAlike bool
}

// WholePattern is the regular expression, in the syntax of RE2, that a whole text has to match.
func WholePattern(expression string) (*regexp.Regexp, error) {
	return regexp.Compile(wholeStart + expression + wholeEnd)
}

// What makes an expression match whole texts only.
const (
	wholeStart = `\A(?:`
	wholeEnd   = `)\z`
)

// Has is the predicate that an input is there.
func Has(in Input) Predicate { return Predicate{Op: Present, Input: in} }

// Found is the predicate that an input is there and not null.
func Found(in Input) Predicate { return Predicate{Op: Present, Input: in, Null: true} }

// Both is the predicate that each of them holds.
func Both(of ...Predicate) Predicate { return Predicate{Op: And, Of: of} }

// Either is the predicate that at least one of them holds.
func Either(of ...Predicate) Predicate { return Predicate{Op: Or, Of: of} }

// Never is the predicate that does not hold, whatever the request.
func Never() Predicate { return Predicate{Op: Or} }

// Undecided is a predicate whose outcome nobody knows.
func Undecided(why *Unknown) Predicate {
	eval := func(*Request) Reading { return Reading{Unknown: why} }
	return Predicate{Op: True, Input: Input{
		Source: FromExpression, Opaque: &Opaque{Text: why.Why, Unknown: why, Eval: eval},
	}}
}

// Negate is the predicate that p does not hold.
func Negate(p Predicate) Predicate { return Predicate{Op: Not, Of: []Predicate{p}} }

// Required is p, and its input must be there.
func Required(in Input, p Predicate) Predicate { return Both(Has(in), p) }

// IfPresent is p, or the input is absent.
func IfPresent(in Input, p Predicate) Predicate { return Either(Negate(Has(in)), p) }

// Literals returns strings as the literals of a predicate.
func Literals(texts ...string) []*source.Value { return source.NewStrings(texts...) }

// Reads lists everything that the predicate reads, each once.
func (p *Predicate) Reads() []Input {
	var all []Input
	var names map[string]bool // of many
	add := func(in Input) {
		if len(all) == manyRead {
			names = make(map[string]bool, 2*manyRead)
			for _, known := range all {
				names[known.String()] = true
			}
		}
		switch {
		case names == nil && slices.ContainsFunc(all, in.same):
			return
		case names != nil:
			name := in.String()
			if names[name] {
				return
			}
			names[name] = true
		}
		all = append(all, in)
	}
	p.EachLeaf(func(leaf *Predicate) { leaf.EachRead(add) })
	return all
}

// manyRead is from how many inputs on they are looked up by their names.
const manyRead = 32

// Conjuncts are what must hold together: the predicate itself, unless it is an And.
func (p *Predicate) Conjuncts() []Predicate {
	if p.Op == And {
		return p.Of
	}
	return []Predicate{*p}
}

// EachLeaf visits every part that asks something of an input.
func (p *Predicate) EachLeaf(visit func(*Predicate)) {
	if p.Op != And && p.Op != Or && p.Op != Not {
		visit(p)
		return
	}
	for i := range p.Of {
		p.Of[i].EachLeaf(visit)
	}
}

// Conditions is for how many conditions a leaf counts, by the work that it is.
func (p *Predicate) Conditions() int {
	if o := p.Input.Opaque; o != nil {
		return 1 + o.Size
	}
	return 1
}

// HasExpression reports whether a part of the predicate asks something of an expression.
func (p *Predicate) HasExpression() bool {
	for i := range p.Of {
		if p.Of[i].HasExpression() {
			return true
		}
	}
	return p.Input.Opaque != nil
}

// EachRead visits what a predicate without parts reads, some of it twice.
func (p *Predicate) EachRead(visit func(Input)) {
	switch p.Op {
	case Verifies:
		visit(Input{Source: FromToken})
		visit(Input{Source: FromKeys})
		return
	case Sent, Readable:
		visit(Input{Source: FromToken})
		return
	case After, NotAfter:
		visit(p.Input)
		visit(Input{Source: FromClock})
		return
	case Listed:
		visit(p.Input)
		visit(Input{Source: FromContracts})
		return
	case Active:
		visit(p.Input)
		if p.Input.Model != nil {
			p.Input.Model.Alive.EachLeaf(func(leaf *Predicate) { leaf.EachRead(visit) })
		}
		return
	}
	if p.Input.Opaque == nil {
		visit(p.Input)
		return
	}
	for _, in := range p.Input.Opaque.Reads {
		visit(in)
	}
}

// Want is a text that a predicate wants an input to have.
type Want struct {
	Input    Input
	Text     string
	compared *Texts // how; nil for as it is
}

// Keys lists the keys that the predicate verifies a signature with.
func (p *Predicate) Keys() []*Key {
	var all []*Key
	p.EachLeaf(func(part *Predicate) {
		if part.Key != nil {
			all = append(all, part.Key)
		}
	})
	return all
}

// KeyAddresses lists the addresses that these keys are fetched from; an empty text for a key that
// is not fetched.
func (p *Predicate) KeyAddresses() []string {
	return slices.Concat(source.Each(p.Keys(), (*Key).Addresses)...)
}

// Wants lists the texts that a predicate wants inputs to have, those of every alternative. What is
// below a Not is left out.
func (p Predicate) Wants() []Want { return p.addWants(nil) }

// addWants adds them to others: alternatives may lie deep inside each other.
func (p *Predicate) addWants(all []Want) []Want {
	if p.Op == Not {
		return all
	}
	for i := range p.Of {
		all = p.Of[i].addWants(all)
	}
	for _, v := range p.Values {
		if text, ok := v.Str(); ok {
			all = append(all, Want{p.Input, text, p.Texts})
		}
	}
	return all
}
