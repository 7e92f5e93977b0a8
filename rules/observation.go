package rules

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// Observation is what a real gateway answered, as far as somebody noted it.
type Observation struct {
	Status  int      // 0 where not known
	Body    *string  // nil where not known
	Headers []string // "name: value", those that were noted

	Before time.Time // the gateway had answered by then; zero where that is not known
}

// Match says what of an observed answer speaks for a row of the table of behaviours.
type Match string

// The matches, best first.
const (
	ByBody   Match = "body"
	ByHeader Match = "header"
	ByStatus Match = "status"
	ByNone   Match = "none" // nothing speaks for it or against it
)

// LetIn reports whether the request got through to the API behind the gateway.
func (o *Observation) LetIn() bool { return o.Status >= 200 && o.Status < 300 }

// fits reports whether the answer may come from a gateway that answers as the row says, and what
// speaks for it. A body that is published for another situation speaks against a row that has a
// body. A body that is published nowhere does not, since bodies change with versions.
func (o *Observation) fits(b *Behaviour, published bool) (Match, bool) {
	if o.Status != 0 && !b.Answer.allows(o.Status) && !(o.LetIn() && b.Answer.Status == 200) {
		return ByNone, false
	}
	body := b.Answer.hasBody(o.Body)
	header := o.header(b.Headers)
	switch {
	case header == No, body == No && (published || b.Answer.NoBody):
		return ByNone, false
	case body == Yes:
		return ByBody, true
	case header == Yes:
		return ByHeader, true
	}
	return ByStatus, o.Status != 0
}

// hasBody compares an observed body with the answer's; Maybe where either is not known.
func (a *Answer) hasBody(body *string) Truth {
	switch {
	case body == nil:
		return Maybe
	case a.NoBody:
		return TruthOf(strings.TrimSpace(*body) == "")
	case a.Body != "":
		return TruthOf(sameBody(a.Body, *body))
	case slices.ContainsFunc(a.Unlike, func(other string) bool { return sameBody(other, *body) }):
		return No
	case a.Says != "":
		return TruthOf(says(*body, a.Says))
	}
	return Maybe
}

// sameBody compares an observed body with a known one. Of JSON it compares the content, since
// people often reformat what they paste. The observed one may be megabytes, and is held against
// each row of a table: it is not copied, and is read no further than to the first difference.
func sameBody(known, observed string) bool {
	var content bytes.Buffer
	if json.Compact(&content, []byte(known)) == nil {
		return sameContent(content.String(), observed)
	}
	return strings.TrimSpace(known) == strings.TrimSpace(observed)
}

// sameContent reports whether a text is JSON of this content, which has no blanks of its own.
func sameContent(content, text string) bool {
	inString := false
	for i := 0; i < len(text); i++ {
		c := text[i]
		if !inString && strings.IndexByte(" \t\r\n", c) >= 0 {
			continue
		}
		if content == "" || content[0] != c {
			return false
		}
		content = content[1:]
		switch {
		case c == '"':
			inString = !inString
		case c == '\\' && inString && i+1 < len(text):
			if i++; content == "" || content[0] != text[i] {
				return false
			}
			content = content[1:]
		}
	}
	return content == "" && json.Valid([]byte(text))
}

// says reports whether a text has these words, in either case.
func says(text, words string) bool {
	first := strings.ToLower(words[:1]) + strings.ToUpper(words[:1])
	for {
		i := strings.IndexAny(text, first)
		if i < 0 || len(text)-i < len(words) {
			return false
		}
		if strings.EqualFold(text[i:i+len(words)], words) {
			return true
		}
		text = text[i+1:]
	}
}

// header compares the observed headers with those of a row; Maybe where they have no name in
// common. The type of the content says nothing about the situation.
func (o *Observation) header(row []string) Truth {
	result := Maybe
	for _, want := range row {
		wanted, value, _ := strings.Cut(want, ":")
		for _, got := range o.Headers {
			name, observed, _ := strings.Cut(got, ":")
			if !strings.EqualFold(strings.TrimSpace(name), wanted) ||
				strings.EqualFold(wanted, "content-type") {
				continue
			}
			if !sameHeader(strings.TrimSpace(value), strings.TrimSpace(observed)) {
				return No
			}
			result = Yes
		}
	}
	return result
}

// sameHeader compares a header's value with a known one. What the known one has in <> stands for
// any text that lacks the character behind it, as a quotation mark.
func sameHeader(known, observed string) bool {
	before, rest, inWords := strings.Cut(known, "<")
	_, after, _ := strings.Cut(rest, ">")
	switch between := len(observed) - len(after); {
	case !inWords:
		return strings.EqualFold(known, observed)
	case between < len(before):
		return false
	default:
		return strings.EqualFold(observed[:len(before)], before) &&
			strings.EqualFold(observed[between:], after) &&
			(after == "" || !strings.Contains(observed[len(before):between], after[:1]))
	}
}

// Prediction is a verdict with what it was made from, to be compared with an observed answer.
type Prediction struct {
	Verdict    *Verdict
	Request    *Request
	Policies   []*Policy
	Behaviours []Behaviour
	Causes     []Cause // what else could explain an answer, the likeliest first
	AnyOrder   bool    // the gateway may run the checks of a policy in another order

	Known []Adapter // of all vendors: the request may have passed another one's gateway too

	// Earlier is the verdict of one second after the token was issued, if it has expired since;
	// else nil.
	Earlier *Verdict
}

// Comparison is what follows from an observed answer.
type Comparison struct {
	Observed Observation
	Agrees   Truth           // Maybe where we can't say
	Body     Truth           // whether the body is the predicted one; Maybe where we can't say
	Follows  string          // what follows, in a sentence without a full stop; may be empty
	Need     Need            // what to pass to know more; may be none
	Causes   []PossibleCause // the likeliest first; none where the prediction agrees
}

// Compare says whether a prediction agrees with what the real gateway answered, and what would
// explain it where it does not.
func (p *Prediction) Compare(o Observation) Comparison {
	o.Body = p.bodyOf(o.Body)
	if p.isHead() && o.Body != nil && strings.TrimSpace(*o.Body) == "" {
		o.Body = nil // it says nothing: the answer to GET may have one
	}
	c := Comparison{Observed: o}
	switch p.Verdict.Outcome {
	case Accepted:
		c.Agrees, c.Follows = p.accepted(&o)
	case Rejected:
		c.Agrees, c.Follows, c.Need = p.rejected(&o)
		c.Body = p.Verdict.Answer.hasBody(o.Body)
	default:
		return p.undetermined(c)
	}
	if c.Agrees != Yes {
		c.Causes = p.explained(
			&o, slices.Concat(p.whileValid(o), p.fromTrace(&o), p.possibleCauses(&o)),
		)
	}
	return c
}

// bodyOf is the body that was answered where a line of a gateway's log was noted in its place:
// people have that line where they do not have the body. Any vendor's gateway may have written it.
func (p *Prediction) bodyOf(noted *string) *string {
	if noted == nil {
		return nil
	}
	for i := range p.Known {
		if p.Known[i].Logged == nil {
			continue
		}
		if body := p.Known[i].Logged(*noted); body != "" {
			return &body
		}
	}
	return noted
}

// isHead reports whether the request is one to which no answer has a body (RFC 9110, section
// 9.3.2).
func (p *Prediction) isHead() bool { return p.Request != nil && p.Request.Method == "HEAD" }

// whileValid is the cause that the request was made before its token expired, if the prediction
// for that time agrees.
func (p *Prediction) whileValid(o Observation) []PossibleCause {
	if p.Earlier == nil {
		return nil
	}
	then := Prediction{
		Verdict:    p.Earlier,
		Request:    p.Request,
		Policies:   p.Policies,
		Behaviours: p.Behaviours,
	}
	if then.Compare(o).Agrees != Yes {
		return nil
	}
	why := "the prediction for one second after it was issued agrees: accepted"
	if then := p.Earlier.Why(); then != "" {
		why = "the prediction for one second after it was issued agrees: " + then
	}
	by := ByStatus
	if o.Body != nil {
		by = ByBody
	}
	return []PossibleCause{{By: by, Cause: Cause{
		ID: "made-while-valid", Title: "the request was made before the token expired",
		Why: why, Look: TimeOfRequest, Need: Need{Input: source.NeedTime},
		Evidence: p.Earlier.Evidence(),
	}}}
}

// accepted compares with the prediction that the request reaches the API. A status that these
// policies never send does not contradict it: the API itself may have answered so.
func (p *Prediction) accepted(o *Observation) (Truth, string) {
	switch {
	case o.LetIn():
		return Yes, ""
	case p.sends(o):
		return No, ""
	}
	return Maybe, "none of these policies is known to answer like this: the request may have " +
		"passed them, as predicted"
}

// rejected compares with the answer of the check that decides.
func (p *Prediction) rejected(o *Observation) (Truth, string, Need) {
	a := &p.Verdict.Answer
	body := a.hasBody(o.Body)
	switch {
	case o.Status != 0 && p.Verdict.Status == 0 && a.OneOf == nil:
		need := Need{}
		if p.Verdict.StatusByClass() != nil {
			need = p.Verdict.Question()
		}
		return Maybe, "the status of the predicted answer is not known", need
	case o.Status != 0 && !a.allows(o.Status), p.header(o) == No:
		return No, "", Need{}
	case body == No && p.published(o):
		return No, "", Need{}
	case body == Maybe && p.foreign(o):
		return Maybe, "no source gives the body of the predicted answer, and this one is " +
			"another gateway's", Need{}
	case body == Maybe && len(p.elsewhere(o)) == 1:
		return Maybe, "no source gives the body of the predicted answer, and this one belongs " +
			"to another situation", Need{}
	case body == No:
		return Maybe, "the body differs from the published one: another version of the policy, " +
			"or something else, answered", Need{}
	case body == Yes:
		return Yes, p.confirmed(o), Need{}
	case o.Status == 0:
		return Maybe, "no source gives the body of the predicted answer", Need{
			Input: source.NeedObservedStatus,
		}
	case o.Body == nil && p.isHead():
		return Yes, "the status agrees; an answer to HEAD has no body", Need{}
	case o.Body == nil:
		return Yes, "the status agrees", Need{Input: source.NeedObservedBody}
	}
	return Yes, "the status agrees; no source gives the body of the predicted answer" +
		p.sameWhere(o), Need{}
}

// confirmed says in words that an observed body is the predicted one.
func (p *Prediction) confirmed(o *Observation) string {
	agrees := "the body is the one that is published for the predicted answer"
	switch a := &p.Verdict.Answer; {
	case a.NoBody:
		agrees = "there is no body, as predicted"
	case a.Body == "":
		agrees = "the body contains the words that are known from the predicted answer"
	}
	if o.Status != 0 {
		agrees = "the status agrees, and " + agrees
	}
	return agrees + p.sameWhere(o)
}

// sameWhere says in which other situations these policies send the observed body; empty where they
// are known to in none.
func (p *Prediction) sameWhere(o *Observation) string {
	titles := titlesOf(p.elsewhere(o))
	if titles == "" {
		return ""
	}
	return "; the same body is also published if " + titles
}

// header compares the observed headers with those of the row that the prediction was read from.
func (p *Prediction) header(o *Observation) Truth {
	result := Maybe
	d := p.Verdict.Decided
	for i := range p.Behaviours {
		b := &p.Behaviours[i]
		if d != nil && b.isOf(&p.Verdict.Answer, d.Policy) {
			if got := o.header(b.Headers); got == Yes || result == Maybe {
				result = got
			}
		}
	}
	return result
}

// undetermined says what would have to be true of the checks that are not known.
func (p *Prediction) undetermined(c Comparison) Comparison {
	const answered = "if these policies gave this answer, and the rest is as given, "
	open := p.open()
	if c.Observed.LetIn() {
		c.Follows = "if these policies ran on this request, every check passed, including those " +
			"that are not known: " + checkNames(open)
		return c
	}
	fit := source.Without(
		open, func(r *Result) bool { return !p.explains(r, &r.Check.Answer, &c.Observed) },
	)
	all := p.possibleCauses(&c.Observed)
	switch {
	case len(fit) == 0:
		c.Follows = "no check that is still open is known to answer like this"
	case len(fit) == 1 && fit[0].Check.Answer.hasBody(c.Observed.Body) == Yes:
		c.Follows = answered + "it was the check that is not known, whose body this is: " +
			checkNames(fit)
	case len(fit) == 1:
		c.Follows = answered + "it was the check that is not known: " + checkNames(fit)
	default:
		c.Follows = answered + "it was one of the checks that are not known: " + checkNames(fit)
	}
	if len(fit) > 0 {
		all = source.Without(all, func(s PossibleCause) bool { return s.By == ByNone })
	}
	c.Causes = p.explained(&c.Observed, all)
	return c
}

// open lists the checks that are not known.
func (p *Prediction) open() []*Result {
	var all []*Result
	for i := range p.Verdict.Results {
		if r := &p.Verdict.Results[i]; r.Outcome == Unsure && !r.Harmless {
			all = append(all, r)
		}
	}
	return all
}

func checkNames(results []*Result) string {
	var names []string
	for _, r := range results {
		name := strings.ReplaceAll(string(r.Check.ID), "-", " ")
		if r.Check.Claim != "" {
			name += " " + inspect.InSentence(r.Check.Claim)
		}
		names = source.Union(names, name)
	}
	return strings.Join(names, ", ")
}

// sends reports whether any of the policies is known to answer so.
func (p *Prediction) sends(o *Observation) bool {
	return slices.ContainsFunc(p.Behaviours, func(b Behaviour) bool {
		if !p.own(&b) {
			return false
		}
		_, ok := o.fits(&b, p.published(o))
		return ok
	})
}

// published reports whether a table has the observed body, for any gateway.
func (p *Prediction) published(o *Observation) bool {
	return p.tabled(o) || p.foreign(o)
}

// foreign reports whether the observed body is one of another vendor's gateways.
func (p *Prediction) foreign(o *Observation) bool {
	_, rows := p.others(o)
	return rows != nil
}

// tabled reports whether the vendor's own table has the observed body.
func (p *Prediction) tabled(o *Observation) bool {
	return slices.ContainsFunc(
		p.Behaviours, func(b Behaviour) bool { return b.Answer.hasBody(o.Body) == Yes },
	)
}

// own reports whether a row is about one of the policies.
func (p *Prediction) own(b *Behaviour) bool {
	return slices.ContainsFunc(p.Policies, b.holdsFor)
}

// isOf reports whether the row is the one that a policy's answer was read from.
func (b *Behaviour) isOf(a *Answer, policy *Policy) bool {
	return b.Situation == a.Situation && b.Condition == a.Condition && b.holdsFor(policy)
}

// holdsFor reports whether the row is about this policy on this gateway.
func (b *Behaviour) holdsFor(policy *Policy) bool {
	return b.Variant == policy.Variant &&
		(len(b.Policies) == 0 || slices.Contains(b.Policies, policy.Asset))
}
