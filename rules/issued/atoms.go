package issued

import (
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// atoms are, for each claim, what checks ask of it and of nothing else. Two values that get the
// same from all of them get the same verdicts, whatever else a token has.
type atoms struct {
	of map[string][]atom

	// whole is the claims of which a check makes so much that every value counts for itself.
	whole map[string]bool
	all   bool // that is so of every claim

	question *question
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
	q.claims.Members = append(q.claims.Members[:0], source.Member{Key: claim, Value: value})
	q.request = rules.Request{Token: &q.token}
	return &q.request
}

// atom is a predicate, or a part of an expression, that reads one claim.
type atom struct {
	test *rules.Predicate // nil for a part of an expression
	part *rules.Opaque
}

func newQuestion() *question {
	q := &question{token: *blank(nil), claims: source.Value{Kind: source.Object}}
	q.token.Claims = &q.claims
	return q
}

// atomsOf takes the checks of policies apart.
func atomsOf(policies []*rules.Policy, checks []asking) atoms {
	a := atoms{
		of: map[string][]atom{}, whole: map[string]bool{}, question: newQuestion(),
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
	reads := leaf.Reads()
	switch {
	case leaf.Input.Opaque != nil:
		for _, in := range reads {
			a.seeExpression(in.ClaimRead(), leaf.Input.Opaque)
		}
	case len(reads) == 1 && reads[0].Source == rules.FromClaim:
		test := *leaf
		a.of[reads[0].Name] = append(a.of[reads[0].Name], atom{test: &test})
	default:
		a.seeWhole(reads)
	}
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

// tells reports whether a claim's values have to be told apart by all that they hold.
func (a *atoms) tells(claim string) bool { return a.all || a.whole["*"] || a.whole[claim] }

// look is what can be told of a claim that a token holds, with any other claims.
func (a *atoms) look(t *Token, claim string) string {
	value, open := t.look(claim)
	asText := value.Is(source.String) || value.Is(source.List)
	if open || !asText || isClient(claim) || t.identity && claim == "aud" || a.tells(claim) {
		return t.fact(claim)
	}
	var b strings.Builder
	b.WriteByte('=')
	if !a.write(claim, value, &b) {
		return t.fact(claim)
	}
	return b.String()
}

// write is what the atoms give for a value. It is not ok where one of them does not know: it may
// know with another value of another claim.
func (a *atoms) write(claim string, value *source.Value, b *strings.Builder) (ok bool) {
	if len(a.of[claim]) == 0 {
		return true
	}
	request := a.question.about(claim, value)
	for i := range a.of[claim] {
		if !a.of[claim][i].write(request, &a.question.check, b) {
			return false
		}
	}
	return true
}

func (a *atom) write(r *rules.Request, over *rules.Check, b *strings.Builder) (ok bool) {
	if a.test != nil {
		over.Test = *a.test
		outcome := r.Try(over)
		b.WriteString(string(outcome))
		b.WriteByte(0)
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
