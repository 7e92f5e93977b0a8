package rules

import (
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// Expected is what the check wanted, in words; empty where it is switched off.
func (r *Result) Expected() string { return r.expected(math.MaxInt) }

// wanted is Expected as a sentence has it: a long list is cut.
func (r *Result) wanted() string { return r.expected(inspect.MostListed) }

func (r *Result) expected(most int) string {
	switch {
	case r.Check.Skip != "":
		return ""
	case r.Check.Wants != "":
		return r.Check.Wants
	case r.Check.Unknown != nil && r.Check.Test.wantsNothing():
		return "" // what the field wants is not known
	}
	if r.judged.result != nil && r.judged.result.Expected != "" {
		return r.judged.result.Expected
	}
	if leaf := r.judged.leaf; leaf != nil { // it may say more than the words of the whole test
		if r.judged.absence && r.Outcome == Fail {
			return Negate(*leaf).words(most)
		}
		timely := leaf.Op == After || leaf.Op == NotAfter || leaf.Op == Positive
		if leaf.Op == Present || r.Outcome == Fail &&
			(leaf.Op == Typed || timely && r.Check.Test.Op != Active) {
			return leaf.words(most)
		}
	}
	return r.Check.Test.words(most)
}

// words describes what a predicate wants, with so many values of a list at most.
func (p Predicate) words(most int) string {
	switch p.Op {
	case Present:
		return p.Input.words()
	case True:
		return "true from " + p.Input.words()
	case Equals:
		return eachOf(p.Values, most)
	case OneOf, HasAny:
		return oneOf(p.Values, most)
	case Contains:
		return p.Input.words() + " with " + eachOf(p.Values, most)
	case HasAll:
		return eachOf(p.Values, most)
	case After:
		if p.Zero == Yes {
			return p.Input.Name + " in the future or 0"
		}
		return p.Input.Name + " in the future"
	case NotAfter:
		return p.Input.Name + " in the past"
	case Positive:
		return p.Input.Name + " above zero"
	case Prefix:
		return p.Input.words() + " that begins with " + oneOf(p.Values, most)
	case Suffix:
		return p.Input.words() + " that ends with " + oneOf(p.Values, most)
	case IsList:
		return "a list in " + p.Input.words()
	case Typed:
		return p.Input.words() + " as " + kinds(p.Kinds)
	case Matches:
		return p.Input.words() + " that matches " + patterns(p.patterns())
	case Sent:
		return "a token in " + places(p.locations())
	case Readable:
		return "a signed JWT in compact form"
	case Verifies:
		return "a signature that verifies" + p.Key.words()
	case Active:
		return "an active token"
	case Listed:
		return "an approved contract for the client id"
	}
	return p.compound(most)
}

// compound describes And, Or and Not. It leaves out what goes without saying: that a claim must be
// there, beside its value; its kind, and what only the deployment decides, beside that too; and
// that there must be a token, beside what it must say.
func (p Predicate) compound(most int) string {
	p = p.simplified()
	switch {
	case p.Op != And && p.Op != Or && p.Op != Not:
		return p.words(most)
	case p.Op == Not:
		return p.Of[0].negated(most)
	case len(p.Of) == 0 && p.Op == Or:
		return "what no request has"
	case len(p.Of) == 0:
		return "any request"
	}
	of := source.Without(p.Of, Predicate.undecided)
	if len(of) == 0 {
		of = p.Of
	}
	var parts []string
	for _, part := range of {
		if part.Op == Present || part.Op == Not && part.Of[0].Op == Present ||
			p.Op == And && p.goesWithoutSaying(part) {
			continue
		}
		parts = source.Union(parts, part.words(most))
	}
	switch {
	case len(parts) == 0:
		return of[0].words(most)
	case p.Op == And:
		return strings.Join(parts, " and ")
	}
	return strings.Join(parts, " or ")
}

// goesWithoutSaying reports whether a part adds nothing for the reader to the other parts.
func (p Predicate) goesWithoutSaying(part Predicate) bool {
	if part.Op == Or && slices.ContainsFunc(part.Of, Predicate.undecided) {
		part = part.decided()
		return part.Op == Not && part.Of[0].Op == IsList && p.compares(part.Of[0].Input)
	}
	return part.IsSent() || part.Op == Typed && p.compares(part.Input)
}

// decided is the predicate without what only the deployment decides.
func (p Predicate) decided() Predicate {
	p.Of = source.Without(p.Of, Predicate.undecided)
	return p.simplified()
}

// wantsNothing reports whether no request can fulfil a predicate, whatever it reads.
func (p Predicate) wantsNothing() bool {
	p = p.simplified()
	return p.Op == Or && len(p.Of) == 0
}

// simplified is the same predicate without the parts that every request fulfils, or none.
func (p Predicate) simplified() Predicate {
	decisive, neutral := Or, And // what a part without parts is, if it decides, or does nothing
	switch p.Op {
	case And:
	case Or:
		decisive, neutral = And, Or
	case Not:
		switch of := p.Of[0].simplified(); {
		case of.Op == And && len(of.Of) == 0:
			return Never()
		case of.Op == Or && len(of.Of) == 0:
			return Both()
		default:
			return Negate(of)
		}
	default:
		return p
	}
	var parts []Predicate
	for _, part := range p.Of {
		part = part.simplified()
		switch {
		case part.Op == decisive && len(part.Of) == 0:
			return part
		case part.Op != neutral || len(part.Of) > 0:
			parts = append(parts, part)
		}
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return Predicate{Op: p.Op, Of: parts}
}

// undecided reports whether only the deployment decides what a predicate comes out as.
func (p Predicate) undecided() bool {
	if p.Op == And || p.Op == Or || p.Op == Not {
		return !slices.ContainsFunc(p.Of, func(part Predicate) bool { return !part.undecided() })
	}
	return p.Input.Opaque != nil && p.Input.Opaque.Unknown != nil
}

// compares reports whether a part of the predicate compares an input with values.
func (p Predicate) compares(in Input) bool {
	return slices.ContainsFunc(p.Wants(), func(want Want) bool {
		return want.Input.Name == in.Name
	})
}

// negated describes what a predicate rules out. It moves the "not" inwards to the single
// conditions: before a list it could be read as if it were about the first one alone.
func (p Predicate) negated(most int) string {
	switch {
	case p.Op == Not:
		return p.Of[0].words(most)
	case p.Op == Present:
		return "no " + p.words(most)
	case p.Op != And && p.Op != Or:
		return "not " + p.words(most)
	}
	inverse := Predicate{Op: And}
	if p.Op == And {
		inverse.Op = Or
	}
	for _, part := range p.Of {
		inverse.Of = append(inverse.Of, Negate(part))
	}
	return inverse.words(most)
}

// IsSent reports whether the predicate is that there is a token, in one place or one of several.
func (p Predicate) IsSent() bool {
	other := func(part Predicate) bool { return !part.IsSent() }
	return p.Op == Sent || p.Op == Or && len(p.Of) > 0 && !slices.ContainsFunc(p.Of, other)
}

func (k *Key) words() string {
	switch {
	case k == nil:
		return ""
	case k.URL != "":
		return " with a key of " + strings.Join(k.Addresses(), " or ")
	case k.HMAC:
		return " with the policy's shared secret"
	}
	return " with the policy's own key"
}

// kinds are kinds of value in words: "a text or a list".
func kinds(all []source.Kind) string {
	words := source.Each(all, source.Kind.String)
	return strings.Join(words, " or ")
}

// patterns are regular expressions as the configuration writes them.
func patterns(all []*regexp.Regexp) string {
	return strings.Join(expressionTexts(all), " or ")
}

func expressionTexts(all []*regexp.Regexp) []string {
	return source.Each(all, func(re *regexp.Regexp) string {
		return strings.TrimSuffix(strings.TrimPrefix(re.String(), wholeStart), wholeEnd)
	})
}

func oneOf(values []*source.Value, most int) string { return inspect.OneOf(briefs(values), most) }

func eachOf(values []*source.Value, most int) string { return inspect.AllOf(briefs(values), most) }

// briefs are values in words: a text and the number that is written as it only once.
func briefs(values []*source.Value) []string {
	all := make([]string, 0, len(values))
	said := map[string]bool{}
	for _, v := range values {
		text := v.Text
		if v.Kind == source.Null { // which has none, as an empty text has
			text = v.JSON()
		}
		isScalar := !v.Is(source.List) && !v.Is(source.Object)
		if isScalar && said[text] {
			continue
		}
		said[text] = isScalar
		all = append(all, brief(v))
	}
	return all
}

// words names the input as a reader knows it.
func (i Input) words() string {
	switch i.Source {
	case FromToken:
		return "a text"
	case FromClaim, FromIntrospection:
		return inspect.InSentence(i.Name)
	case FromHTTP:
		return "the header " + i.Name
	case FromRequest:
		return "the request's " + i.Name
	case FromExpression:
		return i.Opaque.Text
	}
	return i.String()
}

// Actual is what the check found, in words; empty where it found nothing out.
func (r *Result) Actual() string {
	if r.Outcome == Skipped || r.Outcome == Unsure && r.judged.reading.Value == nil {
		return ""
	}
	if r.judged.result != nil {
		return r.judged.result.Actual
	}
	if r.judged.leaf == nil {
		return ""
	}
	switch leaf := r.judged.leaf; {
	case leaf.Op == Sent:
		return r.request.sentInstead(r.Outcome, leaf)
	case leaf.Input.Source == FromHTTP || leaf.Input.Source == FromCookie:
		return shownAs(r.judged.reading.Value != nil)
	}
	return r.found()
}

// found is the value that was read, in words.
func (r *Result) found() string {
	switch reading := r.judged.reading; {
	case r.judged.leaf.Op == Readable, r.judged.leaf.Input.Source == FromToken,
		r.Check.ID == TokenFormat && r.Outcome == Pass:
		return r.shape()
	case reading.Fault != "":
		return "an error: " + reading.Fault
	case reading.Unknown != nil && r.judged.leaf.Op == True:
		return "false or an error"
	case reading.Value == nil:
		return "none"
	case r.judged.leaf.Op == After || r.judged.leaf.Op == NotAfter ||
		r.Check.ID == Expiry && r.judged.leaf.Input.IsClaim("exp"):
		if instant := inspect.ReadInstant(reading.Value); instant.Known() {
			return r.judged.leaf.Input.Name + " " + instant.String()
		}
	}
	value := r.judged.reading.Value
	if value.Kind == source.String && r.judged.leaf.Input.Opaque != nil {
		// it may be words about what an expression gives
		return inspect.ShortenMiddle(inspect.Visible(value.Text), mostOfValue)
	}
	return brief(value)
}

// shape says what the token is, if a readable JWS was wanted.
func (r *Result) shape() string {
	switch token := r.request.Token; {
	case token == nil:
		return "no token"
	case token.Fault != nil:
		return token.Fault.Cause
	case len(token.Signature) == 0 && !token.Masked:
		return "an unsigned JWT"
	}
	return "a signed JWT"
}

// shownAs never shows what was given: it may be a secret.
func shownAs(is bool) string {
	if is {
		return "given"
	}
	return "none"
}

// mostOfValue is how much of a value a sentence shows, in characters.
const mostOfValue = 120

// brief is a value in a form that fits into a sentence.
func brief(v *source.Value) string {
	if v.Kind == source.List || v.Kind == source.Object || v.Kind == source.Null {
		return inspect.ShortenMiddle(v.JSON(), mostOfValue)
	}
	return inspect.ShortenMiddle(inspect.InSentence(v.Text), mostOfValue)
}
