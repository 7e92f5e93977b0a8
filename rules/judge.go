package rules

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// judgement is what a predicate comes out as, the part of it that decided, and what that part has
// read.
type judgement struct {
	may     may
	leaf    *Predicate
	reading Reading
	result  *SignatureResult
	answer  *Answer // where the part that decided has an answer of its own
	absence bool    // the part asks whether something is not there
}

// judged is a judgement of which nothing else is to be said.
func judged(t Truth) judgement { return judgement{may: t.as()} }

// unknownFor is the judgement that can't be made, for this reason.
func unknownFor(u *Unknown) judgement {
	return judgement{may: u.may(), reading: Reading{Unknown: u}}
}

// judge evaluates a predicate for this request.
func (r *Request) judge(p *Predicate) judgement {
	switch p.Op {
	case And:
		return r.combine(p.Of, allOf())
	case Or:
		return r.combine(p.Of, anyOf())
	case Not:
		j := r.judge(&p.Of[0])
		j.may = j.may.not()
		j.absence = !j.absence && j.leaf != nil && j.leaf.Op == Present
		return j
	}
	j := r.judgeLeaf(*p)
	if j.leaf == nil {
		j.leaf = p
	}
	if j.may == fails && p.Otherwise != nil {
		j.answer = p.Otherwise
	}
	return j
}

// combine evaluates parts up to the one that surely ends the series. That part decides; if the
// whole is open, the first part that is open; else the last that looks at anything, but no
// alternative that is for a request without what is there.
func (r *Request) combine(parts []Predicate, s series) judgement {
	var last, unknown judgement
	open := false
	for i := range parts {
		j := r.judge(&parts[i])
		ends := s.next(j.may)
		if ends || last.leaf == nil || j.leaf != nil && !(j.absence && j.may == fails) {
			last = j
		}
		if ends {
			break
		}
		if !j.may.sure() && !open {
			unknown, open = j, true
		}
	}
	deciding := &last
	if open && (!s.ended || s.may().open()) {
		deciding = &unknown
	}
	deciding.may = s.may()
	return *deciding
}

// readable says whether the token is a readable JWS. One beyond gatewhy's own limits may be.
func (r *Request) readable(p Predicate) judgement {
	switch {
	case r.Token == nil:
		return judged(No)
	case r.Token.Fault != nil && r.Token.Fault.Limit:
		return unknownFor(&Unknown{Why: r.Token.Fault.Cause})
	case r.Token.Fault != nil && r.Token.Fault.SomeRead && p.Loose:
		return unknownFor(&Unknown{
			Why: "it is not documented how the gateway handles this: " + r.Token.Fault.Cause,
		})
	case r.Token.Fault != nil:
		return judged(No)
	case p.Loose:
		for i := range r.Token.Observations {
			o := &r.Token.Observations[i]
			if readersDiffer(o.ID) && !slices.Contains(p.Elsewhere, o.Path) {
				return unknownFor(&Unknown{
					Why: "it is not documented how the gateway handles this: " + o.Message,
				})
			}
		}
	}
	return judged(Yes)
}

// readersDiffer reports whether an observation is of something that some gateways take and others
// refuse. The others are of how a token was copied.
func readersDiffer(id string) bool {
	return !slices.Contains([]string{
		"white-space", "invisible-character", "url-encoded", "several-tokens",
		"base64-non-canonical",
	}, id)
}

func (r *Request) judgeLeaf(p Predicate) judgement {
	switch p.Op {
	case Sent:
		return r.sent(p)
	case Readable:
		return r.readable(p)
	case Verifies:
		return r.verifies(p.Key)
	case Active:
		return r.active(p)
	}
	reading := r.Read(p.Input)
	if p.overflows(reading.Value) {
		return judgement{may: fails, reading: reading, answer: p.Overflow}
	}
	m := r.holds(p, &reading)
	return judgement{may: m, reading: reading}
}

// holds evaluates an operator on what was read. It may add to the reading why the outcome is
// unknown.
func (r *Request) holds(p Predicate, reading *Reading) may {
	switch {
	case reading.Unknown != nil && p.Input.isAmbiguous(r.Path):
		return r.normalized(p, reading)
	case reading.Unknown != nil && p.Assumed != Maybe:
		return p.Assumed.as()
	case reading.Unknown != nil:
		return p.ofUnknown(reading.Unknown)
	case reading.Fault != "":
		return errs
	case p.Loose && p.odd(reading):
		reading.Unknown = p.notDocumentedFor(reading.Value)
		return holds | fails
	case p.Op == Present:
		return p.present(reading).as()
	case p.Op == Listed:
		return r.listed(reading).as()
	case p.Op == Typed:
		return TruthOf(reading.absent() || p.typed(reading.Value)).as()
	case reading.Value == nil:
		return fails
	}
	if p.Op == After || p.Op == NotAfter {
		return r.compareTime(p, reading).as()
	}
	matches := p.matches(reading)
	if matches == Maybe && reading.Unknown == nil {
		reading.Unknown = p.notDocumentedFor(reading.Value)
	}
	return matches.as()
}

// normalized evaluates an operator on each path that the gateway may compare instead of an
// ambiguous one. Where all agree, it does not matter which one that is.
func (r *Request) normalized(p Predicate, reading *Reading) (all may) {
	for _, path := range normalizedPaths(r.Path) {
		one := Reading{Value: source.NewString(path)}
		all |= r.holds(p, &one)
	}
	if all != holds && all != fails {
		return p.ofUnknown(reading.Unknown)
	}
	*reading = Reading{Value: source.NewString(r.Path)}
	return all
}

// notDocumentedFor is why we do not know what a gateway makes of a value.
func (p Predicate) notDocumentedFor(v *source.Value) *Unknown {
	return &Unknown{
		Why: "it is not documented how the gateway handles " + p.Input.words() + " if it is " +
			brief(v),
	}
}

// ofUnknown is what an operator comes out as if its input is not known. An input may be known to
// be present, and nothing else be known of it.
func (p Predicate) ofUnknown(u *Unknown) may {
	switch {
	case p.Op == Present && u.Present:
		return holds
	case p.Op == Present && u.NeverFound && p.Null:
		return u.may() &^ holds
	case p.Op == True:
		return u.may()
	case u.MayErr:
		return holds | fails | errs
	}
	return holds | fails
}

// odd reports whether a value lacks the form that the operator is documented for, so that it is
// open whether the operator holds.
func (p Predicate) odd(reading *Reading) bool {
	v := reading.Value
	if v == nil || p.Op != OneOf && p.Op != Present {
		return false
	}
	texts, ok := v.Strings()
	isTexts := ok && len(texts) > 0
	switch {
	case p.Op == OneOf:
		return !isTexts && p.matches(reading) != No
	case p.Null:
		return v.Kind != source.String && v.Kind != source.Null ||
			v.Kind == source.String && strings.TrimSpace(v.Text) == ""
	default:
		return !isTexts && v.Kind != source.Null
	}
}

// matches evaluates the operators that compare a value with literals.
func (p Predicate) matches(reading *Reading) Truth {
	v := reading.Value
	switch p.Op {
	case True:
		return TruthOf(v.Kind == source.Bool && v.Text == "true")
	case Equals:
		return p.equals(reading)
	case OneOf:
		return p.oneOf(v)
	case Prefix:
		return p.anyText(v, strings.HasPrefix)
	case Suffix:
		return p.anyText(v, strings.HasSuffix)
	case Matches:
		return anyItem(v, p.matchesPattern)
	case Contains:
		return p.contains(v)
	case IsList:
		return TruthOf(v.Kind == source.List)
	case HasAll, HasAny:
		return p.hasWords(reading)
	case Positive:
		return p.positive(reading)
	}
	return Maybe
}

// typed reports whether a value is of one of the kinds, and of a list, each of its items.
func (p Predicate) typed(v *source.Value) bool {
	isList := v.Kind == source.List
	return slices.Contains(p.Kinds, v.Kind) &&
		!(isList && slices.ContainsFunc(v.Items, func(item *source.Value) bool {
			return item.Kind == source.List || !slices.Contains(p.Kinds, item.Kind)
		}))
}

// present says whether an input is there. It is not documented whether a claim that is null counts
// as there, or such a member of the validation endpoint's answer.
func (p Predicate) present(reading *Reading) Truth {
	ofToken := p.Input.Source == FromClaim || p.Input.Source == FromIntrospection
	if p.NullToo {
		return TruthOf(reading.Value != nil)
	}
	if p.Null || !ofToken || !reading.Value.Is(source.Null) {
		return TruthOf(!reading.absent())
	}
	return reading.unknown(p.Input.Name + " is null, and it is not documented whether the " +
		"gateway counts that as a claim that exists")
}

func (p Predicate) positive(reading *Reading) Truth {
	n, err := strconv.ParseFloat(reading.Value.Text, 64)
	switch {
	case reading.Value.Kind != source.Number || err != nil:
		return reading.unknown(p.Input.Name + " is " + brief(reading.Value) + ", not a number")
	case n == 0 && p.Zero == Maybe:
		return reading.unknown(p.Input.Name + " is 0, which older versions of the policy treat " +
			"as a token that has not expired")
	case n == 0:
		return p.Zero
	}
	return TruthOf(n > 0)
}

// equals compares a value with the one literal. A list or an object never equals a text.
func (p Predicate) equals(reading *Reading) Truth {
	kind := reading.Value.Kind
	if p.Loose && (kind == source.Number || kind == source.Bool) {
		return reading.unknown(p.Input.Name + " is " + kind.String() +
			", and it is not documented how the gateway compares it with a text")
	}
	return p.Texts.equal(reading.Value, p.Values[0])
}

// plain is a value's text without what does not count when texts are compared.
func (t *Texts) plain(v *source.Value) string {
	if t == nil || v.Kind != source.String {
		return v.Text
	}
	return t.Plain(v.Text)
}

// Plain is a text without what does not count where whole texts are compared so. The receiver may
// be nil.
func (t *Texts) Plain(text string) string {
	if t == nil {
		return text
	}
	if t.FoldCase {
		text = strings.ToLower(text)
	}
	if t.SchemeAlike { // one scheme counts for none, and a second one is part of the text
		bare := strings.TrimPrefix(text, "http://")
		if bare == text {
			bare = strings.TrimPrefix(text, "https://")
		}
		text = bare
	}
	return t.Bare(text)
}

// Bare is a text without a slash at its end, where that does not count. The receiver may be nil.
func (t *Texts) Bare(text string) string {
	if t == nil || !t.SlashAlike {
		return text
	}
	return strings.TrimSuffix(text, "/")
}

// folded is a text in the form in which it is compared.
func (p Predicate) folded(text string) string {
	if p.Texts != nil && p.Texts.FoldCase {
		return strings.ToLower(text)
	}
	return text
}

// equal compares by kind and value. Numbers are compared as they are written: of two spellings we
// do not know whether they are one number.
func (t *Texts) equal(a, b *source.Value) Truth {
	switch {
	case a.Kind != b.Kind:
		return No
	case isDeep(a), a.Kind == source.Number && a.Text != b.Text && (isReal(a) || isReal(b)):
		return Maybe
	}
	return TruthOf(t.plain(a) == t.plain(b))
}

func isDeep(v *source.Value) bool {
	return v.Kind == source.List || v.Kind == source.Object || v.Kind == source.Unknown
}

// isReal reports whether a number may be written in more than one way.
func isReal(v *source.Value) bool {
	return v.Kind == source.Number && strings.ContainsAny(v.Text, ".eE")
}

// anyItem tells whether a value passes a test; of a list, whether one of its items does.
func anyItem(v *source.Value, is func(*source.Value) Truth) Truth {
	if v.Kind != source.List {
		return is(v)
	}
	return anyOne(v.Items, is)
}

// anyOne tells whether one of some values passes a test.
func anyOne(values []*source.Value, is func(*source.Value) Truth) Truth {
	found := No
	for _, v := range values {
		if found = max(found, is(v)); found == Yes {
			break
		}
	}
	return found
}

// mostPairs is how many items and literals are compared one by one. A token may have as many
// thousand items as a policy has literals.
const mostPairs = 10_000

// oneOf tells whether a value, or an item of a list, is one of the literals.
func (p Predicate) oneOf(v *source.Value) Truth {
	if v.Kind == source.List && len(p.Values) > 1 && len(v.Items)*len(p.Values) > mostPairs {
		return p.oneOfMany(v.Items)
	}
	return anyItem(v, func(item *source.Value) Truth {
		return anyOne(p.Values, func(literal *source.Value) Truth {
			return p.Texts.equal(item, literal)
		})
	})
}

// oneOfMany tells the same as to compare each item with each literal: it is open where one is deep
// or a real number, and one of its kind is among the others. The fewer of both are looked up, of
// those that end as one of them does.
func (p Predicate) oneOfMany(items []*source.Value) Truth {
	type scalar struct {
		kind source.Kind
		text string
	}
	of := func(v *source.Value) scalar { return scalar{v.Kind, p.Texts.plain(v)} }
	few, many := items, p.Values
	if len(few) > len(many) {
		few, many = many, few
	}
	known := make(map[scalar]bool, len(few))
	var ends [mostEnds]bool
	for _, v := range few {
		one := of(v)
		known[one], ends[endOf(one.text)] = !isDeep(v), true
	}
	for _, v := range many {
		if one := of(v); ends[endOf(one.text)] && known[one] {
			return Yes
		}
	}
	var among, open [source.Unknown + 1]bool // by the kind
	for _, v := range p.Values {
		among[v.Kind] = true
		open[v.Kind] = open[v.Kind] || isDeep(v) || isReal(v)
	}
	for _, v := range items {
		if open[v.Kind] || among[v.Kind] && isReal(v) {
			return Maybe
		}
	}
	return No
}

// mostEnds is how many ends of texts are told apart.
const mostEnds = 4096

// endOf tells a text's end from most others.
func endOf(text string) (end uint) {
	for i := max(0, len(text)-4); i < len(text); i++ {
		end = end<<3 ^ uint(text[i])
	}
	return end % mostEnds
}

// anyText reports whether a text has one of the literals at its beginning or end; of a list,
// whether one of its texts does.
func (p Predicate) anyText(v *source.Value, has func(text, part string) bool) Truth {
	return anyItem(v, func(item *source.Value) Truth {
		return TruthOf(item.Kind == source.String &&
			slices.ContainsFunc(p.Values, func(literal *source.Value) bool {
				return has(p.folded(item.Text), p.folded(literal.Text))
			}))
	})
}

func (p Predicate) patterns() []*regexp.Regexp {
	if p.Texts == nil {
		return nil
	}
	return p.Texts.Patterns
}

// matchesPattern reports whether a whole text matches one of the patterns, and has no other
// characters than it may.
func (p Predicate) matchesPattern(v *source.Value) Truth {
	anySign := p.Texts == nil || p.Texts.Signs == ""
	return TruthOf(v.Kind == source.String && (anySign || source.IsPlain(v.Text, p.Texts.Signs)) &&
		slices.ContainsFunc(p.patterns(), func(re *regexp.Regexp) bool {
			return re.MatchString(v.Text)
		}))
}

// contains looks for the one literal in a list or in a text.
func (p Predicate) contains(v *source.Value) Truth {
	switch literal := p.Values[0]; {
	case v.Kind == source.Null:
		return No
	case v.Kind == source.List:
		return p.oneOf(v)
	case p.Members:
		return TruthOf(v.Kind == source.Object && v.Find(literal.Text) != nil)
	case v.Kind == source.String && literal.Kind == source.String:
		return TruthOf(strings.Contains(p.folded(v.Text), p.folded(literal.Text)))
	}
	return Maybe
}

// hasWords looks for words in a list of strings, or in a string. A string is split at white space,
// or at the separator.
func (p Predicate) hasWords(reading *Reading) Truth {
	words, ok := reading.Value.Strings()
	if !ok {
		return reading.unknown(p.Input.Name + " is " + reading.Value.Kind.String() +
			", not a string or a list of strings")
	}
	switch {
	case reading.Value.Kind == source.String && p.Texts != nil && p.Texts.Separator != "":
		words = strings.Split(reading.Value.Text, p.Texts.Separator)
	case reading.Value.Kind == source.String:
		words = strings.Fields(reading.Value.Text)
	}
	has := func(literal *source.Value) bool {
		return slices.ContainsFunc(words,
			func(w string) bool { return p.folded(w) == p.folded(literal.Text) })
	}
	if p.Op == HasAny {
		return TruthOf(slices.ContainsFunc(p.Values, has))
	}
	hasNot := func(literal *source.Value) bool { return !has(literal) }
	return TruthOf(!slices.ContainsFunc(p.Values, hasNot))
}

// listed looks a client id up among those that have a contract.
func (r *Request) listed(reading *Reading) Truth {
	id, ok := reading.Value.Str()
	switch {
	case r.Contracts == nil:
		reading.Unknown = needsContracts(
			"the approved contracts of the API instance are not known",
			"the client ids that have an approved contract on this API instance")
		return Maybe
	case reading.absent():
		return reading.unknown("no client id was found to look up")
	case !ok:
		return reading.unknown("the client id is " + reading.Value.Kind.String() +
			", not a string")
	}
	listed := r.Contracts.Has(id)
	if listed == Maybe {
		reading.Unknown = needsContracts(
			"the list of contracts may not be complete: it may be only one page",
			"all pages of the list (its total says how many)")
	}
	return listed
}

func needsContracts(why, which string) *Unknown {
	return &Unknown{Why: why, Need: Need{Input: source.NeedContracts, For: which}}
}

func (r *Request) verifies(key *Key) judgement {
	if r.Token == nil {
		return judged(No)
	}
	if key.Nowhere != "" {
		// that no signature verifies is sure, what the gateway answers then is not
		why := "the gateway can fetch no key from the key URL: " + key.Nowhere
		return unknownFor(&Unknown{Why: why})
	}
	if key.Unfit != "" {
		return unknownFor(&Unknown{Why: key.Unfit})
	}
	if r.Signatures == nil {
		return unknownFor(NoKeySet("no key set was given"))
	}
	result := r.Signatures.Verify(r.Token, key)
	if result.Outcome == keys.Unknown && result.Unknown == nil {
		result.Unknown = &Unknown{Why: result.Why}
	}
	if result.Unknown == nil {
		result.Unknown = key.doubt(r.Token.Header, &result.Result)
	}
	if result.Unknown != nil {
		j := unknownFor(result.Unknown)
		j.result = &result
		return j
	}
	return judgement{may: TruthOf(result.Outcome == keys.Pass).as(), result: &result}
}
