package rules

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// Cause is something that a prediction does not see. It would explain why the gateway answers
// otherwise.
type Cause struct {
	ID       string // kebab-case
	Title    string
	Why      string // how it comes to that answer
	Look     string // what to check; may be empty where Need says it
	Need     Need   // what to pass to know more; may be none
	Evidence Evidence

	// What it explains.
	Situations []string // the answers that the table of behaviours has for these situations
	LetsIn     bool     // that a request is let in
	Elsewhere  bool     // an answer that the table has for policies that were not given
	Any        bool     // any answer
	AnyGateway bool     // of Situations: the rows of every gateway count

	// Possible reports whether the cause fits what is known; nil where it always does.
	Possible func(*Prediction, *Observation) bool
}

// AnyGateway is the reference for what may happen around any gateway.
const AnyGateway = "deduced, for any gateway"

// AnsweredBeside is the cause that something before or behind the gateway answered, whichever
// gateway it is. Where the answer is in the gateway's own words, it is none; a single word, or no
// body at all, anybody may send.
func AnsweredBeside() Cause {
	return Cause{
		ID: "backend-or-firewall",
		Title: "the answer comes from the API behind the gateway, or from a firewall in " +
			"front of it",
		Why: "both send their own statuses and bodies, the API often 401 or 403 too",
		Look: "whether the request is in the API's own log; headers such as server and via " +
			"of the answer",
		Evidence: Inferred.From(AnyGateway),
		Any:      true,
		Possible: func(p *Prediction, o *Observation) bool {
			return !o.LetIn() &&
				!(p.tabled(o) && strings.Contains(strings.TrimSpace(*o.Body), " "))
		},
	}
}

// PossibleCause is a cause that would explain an observed answer.
type PossibleCause struct {
	Cause
	Rank int    // from 1, the likeliest
	By   Match  // what of the answer speaks for it
	Seen string // the situation of the table that answers so, in words; may be empty
}

// possibleCauses are the causes that would explain the answer and fit what was given.
func (p *Prediction) possibleCauses(o *Observation) []PossibleCause {
	var all []PossibleCause
	for _, cause := range p.Causes {
		if cause.Possible != nil && !cause.Possible(p, o) {
			continue
		}
		if s, ok := p.possibleCause(cause, o); ok {
			all = append(all, s)
		}
	}
	return all
}

// possibleCause compares one cause with the answer.
func (p *Prediction) possibleCause(cause Cause, o *Observation) (PossibleCause, bool) {
	best := PossibleCause{Cause: cause, By: ByNone}
	found := cause.Any
	if cause.LetsIn && o.LetIn() {
		best.By, found = ByStatus, true
	}
	published := p.published(o)
	for i := range p.Behaviours {
		b := &p.Behaviours[i]
		if !p.counts(&cause, b) {
			continue
		}
		by, ok := o.fits(b, published)
		if cause.Elsewhere && by == ByStatus {
			continue // the status alone points at no policy
		}
		if cause.Any && b.Answer.hasBody(o.Body) == No {
			continue // nor does it at a cause of any answer, with a body that nothing explains
		}
		if ok && by.rank() < best.By.rank() {
			best.By, best.Seen, found = by, b.Title, true
			if cause.Elsewhere {
				best.Seen = strings.Join(b.Policies, " or ") + " answers like this if " + b.Title
			}
		}
	}
	return best, found
}

// counts reports whether a row of the table says what the cause would lead to.
func (p *Prediction) counts(cause *Cause, b *Behaviour) bool {
	switch {
	case cause.Elsewhere:
		return len(b.Policies) > 0 && !p.given(b)
	case !slices.Contains(cause.Situations, b.Situation), p.switchedOff(b.Situation):
		return false
	}
	return p.own(b) || cause.AnyGateway
}

// switchedOff reports whether the policies have a check that answers in a situation, and none of
// them makes it: then nothing leads there as they are.
func (p *Prediction) switchedOff(situation string) bool {
	off := false
	for i := range p.Verdict.Results {
		check := p.Verdict.Results[i].Check
		switch {
		case check.Answer.Situation != situation:
		case check.Skip == "":
			return false
		default:
			off = true
		}
	}
	return off
}

// given reports whether one of the policies is of a kind that the row is about, on any gateway.
func (p *Prediction) given(b *Behaviour) bool {
	return slices.ContainsFunc(p.Policies, func(policy *Policy) bool {
		return slices.Contains(b.Policies, policy.Asset)
	})
}

func (m Match) rank() int {
	return slices.Index([]Match{ByBody, ByHeader, ByStatus, ByNone}, m)
}

// ranked orders causes: first those whose body is in the table, then those whose header is, then
// those whose status is, then the rest. Within each group their order stays.
func ranked(all []PossibleCause) []PossibleCause {
	slices.SortStableFunc(all, func(a, b PossibleCause) int {
		return cmp.Compare(a.By.rank(), b.By.rank())
	})
	for i := range all {
		all[i].Rank = i + 1
	}
	return all
}

// explained ranks causes. Where the body is that of another situation and none of them names it,
// that situation is the first.
func (p *Prediction) explained(o *Observation, all []PossibleCause) []PossibleCause {
	rows := p.elsewhere(o)
	named := func(s PossibleCause) bool { return s.By == ByBody && !s.Any }
	if len(rows) > 0 && !slices.ContainsFunc(all, named) {
		titles := titlesOf(rows)
		why := "the published body belongs to that situation, but the prediction is for " +
			"another one"
		made := func(b *Behaviour) bool { return !p.switchedOff(b.Situation) }
		if !slices.ContainsFunc(rows, made) {
			why = "the file switches that check off, so the gateway runs another configuration"
		}
		all = append([]PossibleCause{{By: ByBody, Seen: titles, Cause: Cause{
			ID:       "another-situation",
			Title:    "the policy itself answers like this if " + titles,
			Why:      why,
			Look:     "the request as it arrived, and the policies as the gateway has them",
			Evidence: rows[0].Answer.Evidence,
		}}}, all...)
	}
	if products, rows := p.others(o); rows != nil {
		all = append([]PossibleCause{{By: ByBody, Seen: titlesOf(rows), Cause: Cause{
			ID:    "another-gateway",
			Title: "another gateway answered, such as " + products,
			Why:   "its answers have this body, and these policies are not known to send it",
			Look: "which gateways the request passes; then explain the token by the policies " +
				"of the one that answered",
			Evidence: rows[0].Answer.Evidence,
		}}}, all...)
	}
	return ranked(all)
}

// others are the gateways of other vendors that send the observed body, where the table of these
// policies' own vendor has it nowhere, and the first one's rows with it. Bodies of one word are
// left out: anybody may send them.
func (p *Prediction) others(o *Observation) (products string, rows []*Behaviour) {
	if o.Body == nil || p.tabled(o) {
		return "", nil
	}
	for i := range p.Known {
		table := p.Known[i].Behaviours()
		for _, variant := range p.Known[i].Variants {
			switch sent := sentBy(variant.Name, table, *o.Body); {
			case sent == nil:
			case rows == nil:
				products, rows = variant.Product, sent
			default:
				products += " or " + variant.Product
			}
		}
	}
	return products, rows
}

// sentBy are the rows of a gateway that have a body of several words.
func sentBy(variant string, table []Behaviour, body string) (rows []*Behaviour) {
	for i := range table {
		b := &table[i]
		if b.Variant == variant && strings.Contains(b.Answer.Body, " ") &&
			sameBody(b.Answer.Body, body) {
			rows = append(rows, b)
		}
	}
	return rows
}

// elsewhere lists the rows of these policies that have the observed body and are about another
// situation than the predicted one, each situation once.
func (p *Prediction) elsewhere(o *Observation) []*Behaviour {
	var all []*Behaviour
	for i := range p.Behaviours {
		b := &p.Behaviours[i]
		if !p.own(b) || len(b.Policies) == 0 || b.Answer.hasBody(o.Body) != Yes ||
			b.Situation == p.Verdict.Answer.Situation ||
			o.Status != 0 && b.Answer.Status != o.Status {
			continue
		}
		same := func(have *Behaviour) bool { return have.Situation == b.Situation }
		if !slices.ContainsFunc(all, same) {
			all = append(all, b)
		}
	}
	return all
}

// titlesOf joins the situations of rows in words.
func titlesOf(rows []*Behaviour) string {
	titles := source.Each(rows, func(b *Behaviour) string { return b.Title })
	return strings.Join(titles, ", or if ")
}

// fromTrace lists checks that would explain the answer: one before the deciding check that is not
// known; or one after it that fails too, since the gateway may run them in another order.
func (p *Prediction) fromTrace(o *Observation) []PossibleCause {
	var all []PossibleCause
	before := true
	for i := range p.Verdict.Results {
		r := &p.Verdict.Results[i]
		switch {
		case r == p.Verdict.Decided:
			before = false
		case r.Harmless:
		case r.Outcome == Unsure && before && p.explains(r, &r.Check.Answer, o):
			all = append(all, openCheck(r, r.Check.Answer.speaks(o)))
		case r.Outcome == Fail && !before && p.AnyOrder && p.explains(r, &r.Answer, o):
			all = append(all, p.laterCheck(r, r.Answer.speaks(o)))
		}
	}
	return all
}

// speaks says what of an observed answer is known to be this answer's.
func (a *Answer) speaks(o *Observation) Match {
	if a.hasBody(o.Body) == Yes {
		return ByBody
	}
	return ByStatus
}

func openCheck(r *Result, by Match) PossibleCause {
	name, look := checkNames([]*Result{r}), ""
	if r.Need().None() { // no input would decide it
		look = "what the gateway's log says about it"
	}
	return PossibleCause{By: by, Cause: Cause{
		ID: "unknown-check-fails", Title: "the " + name + " check, which is not known, fails",
		Why: "it runs before the check that decides the prediction, and answers like this: " +
			r.Why(),
		Look: look, Need: r.Need(), Evidence: r.Check.Answer.Evidence,
	}}
}

// TimeOfRequest is what says whether a token was valid when the gateway saw it.
const TimeOfRequest = "the time of the request"

func (p *Prediction) laterCheck(r *Result, by Match) PossibleCause {
	name, look, need := checkNames([]*Result{r}), "repair "+r.Check.Field, Need{}
	switch d := p.Verdict.Decided; {
	case r.Check.ID == Expiry: // no field repairs that
		look, need.Input = TimeOfRequest, source.NeedTime
	case d != nil && d.Check.Field != r.Check.Field:
		look = "repair both " + r.Check.Field + " and " + d.Check.Field
	}
	return PossibleCause{By: by, Cause: Cause{
		ID:       "other-check-first",
		Title:    "the " + name + " check fails too, and the gateway may run it first",
		Why:      "the order of a policy's checks is not documented in full: " + r.Why(),
		Look:     look,
		Need:     need,
		Evidence: r.Evidence(),
	}}
}

// explains reports whether a check that fails with this answer could have given the observed one.
func (p *Prediction) explains(r *Result, a *Answer, o *Observation) bool {
	row := Behaviour{Answer: *a}
	for i := range p.Behaviours {
		if b := &p.Behaviours[i]; b.isOf(a, r.Policy) {
			row.Headers = b.Headers
		}
	}
	if rows := p.elsewhere(o); len(rows) == 1 && rows[0].Situation != a.Situation &&
		a.hasBody(o.Body) != Yes {
		return false // the body is that of another check
	}
	if a.Status == 0 && a.OneOf == nil {
		return r.Outcome == Unsure && !p.published(o)
	}
	_, ok := o.fits(&row, p.published(o))
	return ok
}
