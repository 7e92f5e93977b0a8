package rules

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// leeway is the largest tolerance for clocks that is common among gateways. Where a gateway's own is not
// documented, an instant that is missed by no more than this is unknown.
const leeway = 5 * time.Minute

// judgement is the truth of a predicate, with the part of it that decided and what that part has read.
type judgement struct {
	truth   Truth
	leaf    *Predicate
	reading Reading
	result  *SignatureResult
	answer  *Answer // where the part that decided has an answer of its own
}

// judge evaluates a predicate for this request.
func (r *Request) judge(p Predicate) judgement {
	switch p.Op {
	case And:
		return r.combine(p.Of, No)
	case Or:
		return r.combine(p.Of, Yes)
	case Not:
		j := r.judge(p.Of[0])
		j.truth = -j.truth
		return j
	}
	j := r.judgeLeaf(p)
	if j.leaf == nil {
		j.leaf = &p
	}
	return j
}

// combine evaluates the parts of And, which one No decides, and of Or, which one Yes decides. Otherwise the
// first Maybe, else the last part.
func (r *Request) combine(parts []Predicate, decides Truth) judgement {
	var last judgement
	var unknown *judgement
	for _, part := range parts {
		last = r.judge(part)
		if last.truth == decides {
			return last
		}
		if last.truth == Maybe && unknown == nil {
			first := last
			unknown = &first
		}
	}
	if unknown != nil {
		return *unknown
	}
	return last
}

func (r *Request) judgeLeaf(p Predicate) judgement {
	switch p.Op {
	case Readable:
		return judgement{truth: truth(r.Token != nil && r.Token.Fault == nil)}
	case Verifies:
		return r.verifies(p.Key)
	case Active:
		return r.active(p)
	}
	reading := r.Read(p.Input)
	if p.overflows(reading.Value) {
		return judgement{truth: No, reading: reading, answer: p.Overflow}
	}
	holds := r.holds(p, &reading)
	return judgement{truth: holds, reading: reading}
}

// overflows reports whether the value is a number that the gateway can't read as an instant.
func (p Predicate) overflows(v *source.Value) bool {
	if p.Overflow == nil || !v.Is(source.Number) {
		return false
	}
	n, err := strconv.ParseFloat(v.Text, 64)
	return err == nil && n > float64(p.Limit)
}

// holds evaluates an operator on what was read. It may add to the reading why the outcome is unknown.
func (r *Request) holds(p Predicate, reading *Reading) Truth {
	switch {
	case reading.Unknown != nil:
		return Maybe
	case reading.Fault != "":
		return No
	case p.Op == Present:
		return p.present(reading)
	case p.Op == Listed && reading.absent():
		reading.Unknown = r.nobodyListed()
		return Maybe
	case reading.Value == nil:
		return No
	}
	switch p.Op {
	case After, NotAfter:
		return r.compareTime(p, reading)
	case Listed:
		return r.listed(reading)
	}
	return p.matches(reading)
}

// matches evaluates the operators that compare a value with literals.
func (p Predicate) matches(reading *Reading) Truth {
	v := reading.Value
	switch p.Op {
	case True:
		return truth(v.Kind == source.Bool && v.Text == "true")
	case Equals:
		return p.equals(reading)
	case OneOf:
		return oneOf(v, p.Values)
	case Contains:
		return contains(v, p.Values[0])
	case HasAll, HasAny:
		return p.hasWords(reading)
	case Positive:
		return p.positive(reading)
	}
	return Maybe
}

// present tells whether an input is there. Whether a claim that is null counts as there is not documented.
func (p Predicate) present(reading *Reading) Truth {
	if p.Null || reading.Value == nil || reading.Value.Kind != source.Null || p.Input.Source != FromClaim {
		return truth(!reading.absent())
	}
	reading.Unknown = &Unknown{Why: p.Input.Name + " is null, and it is not documented whether the gateway counts that as a claim that is there"}
	return Maybe
}

func (p Predicate) positive(reading *Reading) Truth {
	n, err := strconv.ParseFloat(reading.Value.Text, 64)
	if err == nil && n == 0 {
		if p.Zero == Maybe {
			reading.Unknown = &Unknown{Why: p.Input.Name + " is 0, which older versions of the policy take for a token that has not expired"}
		}
		return p.Zero
	}
	return truth(err == nil && n > 0)
}

// equals compares a value with the one literal. A list or an object never equals a text.
func (p Predicate) equals(reading *Reading) Truth {
	kind := reading.Value.Kind
	if p.Loose && (kind == source.Number || kind == source.Bool) {
		reading.Unknown = &Unknown{Why: p.Input.Name + " is " + kind.String() + ", and it is not documented how the gateway compares it with a text"}
		return Maybe
	}
	return equal(reading.Value, p.Values[0])
}

// equal compares by kind and value. Numbers are compared as they are written: two spellings of one number are
// left unknown.
func equal(a, b *source.Value) Truth {
	if a.Kind != b.Kind {
		return No
	}
	switch a.Kind {
	case source.List, source.Object, source.Unknown:
		return Maybe
	case source.Number:
		if a.Text != b.Text && strings.ContainsAny(a.Text+b.Text, ".eE") {
			return Maybe
		}
	}
	return truth(a.Text == b.Text)
}

func oneOf(v *source.Value, literals []*source.Value) Truth {
	items := []*source.Value{v}
	if v.Kind == source.List {
		items = v.Items
	}
	for _, item := range items {
		for _, literal := range literals {
			if equal(item, literal) == Yes {
				return Yes
			}
		}
	}
	return No
}

func contains(v, literal *source.Value) Truth {
	switch v.Kind {
	case source.Null:
		return No
	case source.List:
		return oneOf(v, []*source.Value{literal})
	case source.String:
		if literal.Kind == source.String {
			return truth(strings.Contains(v.Text, literal.Text))
		}
	}
	return Maybe
}

// hasWords looks for words in a string that is split at white space, or in a list of strings.
func (p Predicate) hasWords(reading *Reading) Truth {
	words, ok := reading.Value.Strings()
	if !ok {
		reading.Unknown = &Unknown{Why: p.Input.Name + " is " + reading.Value.Kind.String() + ", not a string or a list of strings"}
		return Maybe
	}
	if reading.Value.Kind == source.String {
		words = strings.Fields(reading.Value.Text)
	}
	found := 0
	for _, literal := range p.Values {
		for _, word := range words {
			if word == literal.Text {
				found++
				break
			}
		}
	}
	if p.Op == HasAny {
		return truth(found > 0)
	}
	return truth(found == len(p.Values))
}

// plain reports whether every reader of NumericDates reads the same instant.
func plain(instant inspect.Instant) bool {
	switch instant.Problem {
	case inspect.NoProblem, inspect.Fraction, inspect.Negative:
		return true
	}
	return false
}

func (r *Request) compareTime(p Predicate, reading *Reading) Truth {
	instant := inspect.ReadInstant(reading.Value)
	if !plain(instant) {
		reading.Unknown = &Unknown{Why: fmt.Sprintf("%s is %s (%s), and it is not documented what the gateway makes of that", p.Input.Name, brief(reading.Value), instant.Problem)}
		return Maybe
	}
	missed := r.At.Sub(instant.At) // After: by how much the clock is past the instant
	if p.Op == NotAfter {
		missed = -missed
	}
	switch {
	case p.Op == After && missed < 0, p.Op == NotAfter && missed <= 0:
		return Yes
	case missed <= p.Doubt:
		reading.Unknown = &Unknown{
			Why: "the gateway's leeway is not documented, and " + p.Input.Name + " is missed by no more than five minutes",
			Ask: "--at TIME: an instant further from " + p.Input.Name,
		}
		return Maybe
	}
	return No
}

// noContracts is what is not known without a list of contracts.
func noContracts() *Unknown {
	return &Unknown{
		Why: "the approved contracts of the API instance are not known",
		Ask: "--contracts FILE: the client ids that have an approved contract on this API instance",
	}
}

// nobodyListed is why nothing can be said of a contract where no client id was read: once it can be read, it depends on
// the id.
func (r *Request) nobodyListed() *Unknown {
	if r.Contracts == nil {
		return noContracts()
	}
	return &Unknown{Why: "no client id was read that could be looked up"}
}

func (r *Request) listed(reading *Reading) Truth {
	if r.Contracts == nil {
		reading.Unknown = noContracts()
		return Maybe
	}
	id, ok := reading.Value.Str()
	if !ok {
		reading.Unknown = &Unknown{Why: "the client id is " + reading.Value.Kind.String() + ", not a string"}
		return Maybe
	}
	listed := r.Contracts.Has(id)
	if listed == Maybe {
		reading.Unknown = &Unknown{
			Why: "the list of contracts says itself that it is not complete",
			Ask: "--contracts FILE: all pages of the list (its total says how many)",
		}
	}
	return listed
}

func (r *Request) verifies(key *Key) judgement {
	if r.Token == nil {
		return judgement{truth: No}
	}
	if r.Signatures == nil {
		return judgement{reading: Reading{Unknown: &Unknown{Why: "no key set was given", Ask: "--jwks FILE|URL: the key set that the policy verifies with"}}}
	}
	result := r.Signatures.Verify(r.Token, key)
	j := judgement{result: &result, reading: Reading{Unknown: result.Unknown}}
	if result.Unknown == nil {
		j.truth = truth(result.Outcome == keys.Pass)
	}
	return j
}
