package issued

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// atoms are, for each claim, what checks ask of it and of nothing else. Two values that get the
// same from all of them get the same verdicts, whatever else a token has.
type atoms struct {
	of       map[string][]atom // those that are tried
	literals literals          // those that are looked up

	// shapes are what is asked of a claim without a text: each rule of a policy may ask the same.
	shapes map[shape]bool

	// whole is the claims that a check looks at so closely that every value counts for itself.
	whole map[string]bool
	all   bool // that is so of every claim

	ask *question
}

// question is what values are put into to be asked about, one after the other.
type question struct {
	request rules.Request
	token   inspect.Token
	claims  source.Value
	check   rules.Check
}

// about is a request whose token has one claim and nothing else.
func (q *question) about(claim string, value *source.Value) *rules.Request {
	q.claims.Members = q.claims.Members[:0]
	if value != nil {
		q.claims.Members = append(q.claims.Members, source.Member{Key: claim, Value: value})
	}
	q.request = rules.Request{Token: &q.token}
	return &q.request
}

// atom is a predicate, or a part of an expression, that reads one claim.
type atom struct {
	test *rules.Predicate // nil for a part of an expression
	part *rules.Opaque
}

func newQuestion(blank *inspect.Token) *question {
	q := &question{token: *blank, claims: source.Value{Kind: source.Object}}
	q.token.Claims = &q.claims
	return q
}

// atomsOf takes the checks of policies apart.
func atomsOf(policies []*rules.Policy, checks []asking, ask *question) *atoms {
	a := &atoms{
		of: map[string][]atom{}, shapes: map[shape]bool{}, whole: map[string]bool{}, ask: ask,
	}
	for _, policy := range policies {
		a.all = a.all || len(policy.Effects) > 0 // later policies may see what it makes of claims
	}
	for i := range checks {
		check := &checks[i]
		if check.off || len(check.reads) == 0 {
			continue
		}
		if check.Binds != "" {
			a.seeWhole(check.reads)
			continue
		}
		check.Test.EachLeaf(a.see)
	}
	return a
}

// see takes a part of a predicate apart that asks something of one input.
func (a *atoms) see(leaf *rules.Predicate) {
	if leaf.Input.Opaque != nil {
		for _, in := range leaf.Reads() {
			a.seeExpression(in.ClaimRead(), leaf.Input.Opaque)
		}
		return
	}
	others := leaf.Input.Source != rules.FromClaim
	leaf.EachRead(func(in rules.Input) {
		others = others || in.Source != leaf.Input.Source || in.Name != leaf.Input.Name
	})
	if others {
		a.seeWhole(leaf.Reads())
		return
	}
	if leaf.Op == rules.IsList || leaf.Op == rules.Present {
		asked := shape{leaf.Op, leaf.Input, leaf.Null, leaf.NullToo, leaf.Loose, leaf.Assumed}
		if a.shapes[asked] {
			return
		}
		a.shapes[asked] = true
	}
	if claim, one := leaf.Input.Name, (atom{test: leaf}); !a.literals.add(claim, one) {
		a.of[claim] = append(a.of[claim], one)
	}
}

// shape is a predicate that compares with nothing: all that its outcome depends on.
type shape struct {
	op                   rules.Op
	in                   rules.Input
	null, nullToo, loose bool
	assumed              rules.Truth
}

func (a *atoms) seeExpression(claim string, expression *rules.Opaque) {
	if claim == "" {
		return
	}
	if expression.Parts == nil {
		a.whole[claim] = true
		return
	}
	parts, ok := expression.Parts(claim)
	if !ok {
		a.whole[claim] = true
	}
	for _, part := range parts {
		a.of[claim] = append(a.of[claim], atom{part: part})
	}
}

func (a *atoms) seeWhole(reads []rules.Input) {
	for _, in := range reads {
		if name := in.ClaimRead(); name != "" {
			a.whole[name] = true
		}
	}
}

// mostTelling bounds what each value of a claim is asked, so that it is known which values get the
// same: where policies ask more, they name as many values, and hardly any two are alike.
const mostTelling = 256

// needsWhole reports whether a claim's values have to be told apart by all that they hold.
func (a *atoms) needsWhole(claim string) bool {
	return a.all || a.whole["*"] || a.whole[claim] || len(a.of[claim]) > mostTelling
}

// appearance is what the checks can see of a claim that a token holds, with any other claims.
func (a *atoms) appearance(t *Token, claim string) string {
	value, open := t.claim(claim)
	if open || isClient(claim) || t.identity && claim == "aud" {
		return t.fact(claim)
	}
	var b strings.Builder
	a.writeAppearance(claim, value, &b)
	return b.String()
}

// writeAppearance writes what the checks can see of a value of a claim: what the atoms give for a
// text or a list, and all of it where they do not know, or it counts for itself.
func (a *atoms) writeAppearance(claim string, value *source.Value, b *strings.Builder) {
	known := (value.Is(source.String) || value.Is(source.List)) && !a.needsWhole(claim)
	if known {
		b.WriteByte('=')
		known = a.write(claim, value, b)
	}
	if !known {
		b.WriteString(shortly(value))
	}
	b.WriteByte(0)
}

// fact is what a claim holds, in short; of the client's id, that there is one; of a claim that is
// still to be chosen, who chooses.
func (t *Token) fact(name string) string {
	value, open := t.claim(name)
	switch {
	case open && t.user:
		return "*u" + string('0'+rune(t.freedom))
	case open:
		return "*" + string('0'+rune(t.freedom))
	case value != nil && (isClient(name) || t.identity && name == "aud"):
		return "+"
	}
	return shortly(value)
}

// shortly is all that a claim holds.
func shortly(value *source.Value) string {
	switch {
	case value == nil:
		return "-"
	case value.Kind == source.Unknown && value.Present:
		return "?+"
	case value.Kind == source.Unknown:
		return "?"
	}
	return value.JSON()
}

// write is what the atoms give for a value. It is not ok where one of them does not know: it may
// know with another value of another claim.
func (a *atoms) write(claim string, value *source.Value, b *strings.Builder) (ok bool) {
	request := a.ask.about(claim, value)
	left := a.literals.write(claim, value, b)
	for _, all := range [...][]atom{left, a.of[claim]} {
		for i := range all {
			if !all[i].write(request, &a.ask.check, b) {
				return false
			}
		}
	}
	return true
}

func (a *atom) write(r *rules.Request, over *rules.Check, b *strings.Builder) (ok bool) {
	if a.test != nil {
		over.Test = *a.test
		outcome := r.Try(over)
		b.WriteByte(outcome[0])
		return outcome != rules.Unsure
	}
	return writeReading(r.Read(rules.Input{Source: rules.FromExpression, Opaque: a.part}), b)
}

// writeReading writes what an expression gives. It is not ok where that is not known.
func writeReading(reading rules.Reading, b *strings.Builder) (ok bool) {
	switch {
	case reading.Unknown != nil:
		return false
	case reading.Fault != "":
		b.WriteString("!" + reading.Fault)
	case reading.Value == nil:
		b.WriteByte('-')
	default:
		b.WriteString(reading.Value.JSON())
	}
	b.WriteByte(0)
	return true
}

// mostBarred is how many checks of policies are asked, each by itself, whether they bar a token.
// Where there are more, not all choices of a token are tried, and what was not tried is unknown.
const mostBarred = 64

// singles are the checks that surely have to hold and that read one claim and nothing else, by
// that claim.
func (v *View) singles(checks []asking) map[string][]*rules.Check {
	if len(v.classes) != 1 || v.checks > mostBarred {
		return nil
	}
	all := map[string][]*rules.Check{}
	for i, policy := range v.policies {
		if len(policy.Effects) > 0 {
			return nil // an earlier policy may change what a later one sees
		}
		if policy.Runs(v.classes[0].Applies[i]) != rules.Yes {
			continue
		}
		for _, part := range policy.Root.All {
			at := slices.IndexFunc(checks, func(a asking) bool { return a.Check == part.Check })
			if part.Check == nil || at < 0 {
				continue
			}
			if name := onlyClaim(checks[at].reads); name != "" {
				all[name] = append(all[name], part.Check)
			}
		}
	}
	return all
}

// onlyClaim is the claim that some inputs all are; empty where there are others.
func onlyClaim(reads []rules.Input) string {
	if len(reads) != 1 || reads[0].Source != rules.FromClaim || reads[0].Name == "*" {
		return ""
	}
	return reads[0].Name
}

// Bars reports whether one check alone keeps a token out, whatever its holder chooses.
func (v *View) Bars(t *Token) bool {
	return t.choices != nil && len(t.choices.chosen) == 0 && v.barsAny(t.choices.open)
}

// barsAny reports whether one check alone fails for all choices of one of some variables.
func (v *View) barsAny(open []variable) bool {
	if v == nil || len(v.single) == 0 {
		return false
	}
	for i := range open {
		if v.distinct(&open[i], true).barred {
			return true
		}
	}
	return false
}

// barred reports whether one check fails for each of some choices.
func (v *View) barred(one *variable, choices []int) bool {
	if one.cut != "" {
		return false
	}
	for at, name := range one.claims {
		for _, check := range v.single[name] {
			passes := func(i int) bool { return !v.fails(check, name, one.choices[i].values[at]) }
			if !slices.ContainsFunc(choices, passes) {
				return true
			}
		}
	}
	return false
}

// fails reports whether a check that reads one claim surely fails for a value of it.
func (v *View) fails(check *rules.Check, claim string, value *source.Value) bool {
	request := v.ask.about(claim, value)
	request.Contracts, request.Brief = v.contracts, true
	return request.Try(check) == rules.Fail
}

// literals are the atoms that compare the texts of a claim with literals, and do no more. Which of
// them a text passes is looked up: there may be thousands, and as many texts to ask about.
type literals struct {
	of     map[string][]atom // by claim
	passed map[literal]passed
}

// literal is a text that atoms compare the texts of a claim with.
type literal struct {
	claim, text string
	op          rules.Op
}

// passed are the numbers of the atoms that a text passes: of those that pass no other text, one.
type passed struct {
	alone   bool // there is such a one
	numbers []int
}

// add adds an atom. It does not if the atom does more than to compare texts.
func (l *literals) add(claim string, one atom) bool {
	if !one.comparesTexts() {
		return false
	}
	if l.of == nil {
		l.of, l.passed = map[string][]atom{}, map[literal]passed{}
	}
	alone, number := len(one.test.Values) == 1, len(l.of[claim])
	for _, wanted := range one.test.Values {
		text, _ := wanted.Str()
		at := literal{claim, text, one.test.Op}
		known := l.passed[at]
		if alone && known.alone {
			continue
		}
		l.passed[at] = passed{alone || known.alone, append(known.numbers, number)}
	}
	l.of[claim] = append(l.of[claim], one)
	return true
}

// comparesTexts reports whether an atom passes a text that is one of its literals, or contains it,
// and no other.
func (a *atom) comparesTexts() bool {
	if a.test == nil || a.test.Texts != nil {
		return false
	}
	switch a.test.Op {
	case rules.Equals, rules.OneOf, rules.Contains:
	default:
		return false
	}
	return !slices.ContainsFunc(a.test.Values, func(value *source.Value) bool {
		_, ok := value.Str()
		return !ok
	})
}

// write writes which atoms a text passes, or a list of texts, and returns those that are left to
// be tried: of a list, those with Equals.
func (l *literals) write(claim string, value *source.Value, b *strings.Builder) (left []atom) {
	all := l.of[claim]
	if len(all) == 0 {
		return nil
	}
	var buffer [8]int
	numbers := buffer[:0]
	texts, areTexts := value.Strings()
	switch {
	case !areTexts || len(texts) == 0:
		return all
	case value.Is(source.List):
		for _, one := range all {
			if one.test.Op == rules.Equals {
				left = append(left, one)
			}
		}
		for _, text := range texts {
			numbers = append(numbers, l.passed[literal{claim, text, rules.Contains}].numbers...)
		}
	default:
		numbers = append(numbers, l.passed[literal{claim, texts[0], rules.Equals}].numbers...)
		for number, one := range all {
			if one.test.Op == rules.Contains &&
				strings.Contains(texts[0], one.test.Values[0].Text) {
				numbers = append(numbers, number)
			}
		}
	}
	for _, text := range texts {
		numbers = append(numbers, l.passed[literal{claim, text, rules.OneOf}].numbers...)
	}
	slices.Sort(numbers)
	for _, number := range slices.Compact(numbers) {
		b.WriteString(strconv.Itoa(number))
		b.WriteByte(',')
	}
	b.WriteByte(0)
	return left
}
