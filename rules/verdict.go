package rules

import (
	"fmt"
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// Verdict is the gateway's predicted answer.
type Verdict struct {
	Outcome Decision
	Status  int // 0 where it is not known

	// Decided is the check that decides, or the first that keeps the verdict from being known; nil
	// where the request is accepted.
	Decided  *Result
	Answer   Answer // what the gateway sends; only where the request is rejected
	Results  []Result
	Findings []Finding

	// Class is the class of requests that the verdict is about, where the policies have several.
	// Classes are the verdicts of all of them, if nothing picks one.
	Class   *Class
	Classes []Verdict
}

// Evaluate runs every check of every policy that applies, in the gateway's order: none is left out
// because an earlier one failed. If the policies have several classes of requests, and the
// request's method or path is not known, it evaluates every class: see [Verdict.Classes].
func Evaluate(policies []*Policy, request *Request) Verdict {
	return EvaluateIn(Classes(policies, request.Method, request.Path), policies, request)
}

// EvaluateIn is [Evaluate] for a request of one of these classes, which come from [Classes]. Many
// requests of the same policies share them.
func EvaluateIn(classes []Class, policies []*Policy, request *Request) Verdict {
	if len(classes) == 1 {
		return classes[0].Evaluate(policies, request)
	}
	return evaluateClasses(policies, request, classes)
}

// Evaluate is the verdict of one class of requests.
func (c *Class) Evaluate(policies []*Policy, request *Request) Verdict {
	v, asked := c.evaluate(nil, policies, request, true)
	for i, policy := range policies {
		v.Findings = append(v.Findings, c.routeFindings(policy, c.Applies[i], asked)...)
	}
	return v
}

// EvaluateOver is [Class.Evaluate] without findings, and writes over results that nobody looks at
// any more.
func (c *Class) EvaluateOver(spare []Result, policies []*Policy, request *Request) Verdict {
	v, _ := c.evaluate(spare, policies, request, true)
	return v
}

// Beside is the verdict of a class beside those of others: without findings, and without results
// of the policies that do not apply. With very many routes most do not.
func (c *Class) Beside(policies []*Policy, request *Request) Verdict {
	v, _ := c.evaluate(nil, policies, request, false)
	return v
}

// evaluate returns the request as one of the class too.
func (c *Class) evaluate(
	spare []Result, policies []*Policy, request *Request, everyPolicy bool,
) (Verdict, *Request) {
	request = c.request(request)
	e := evaluation{
		request: request, everyPolicy: everyPolicy,
		results: slices.Grow(spare[:0], c.size(policies, everyPolicy)),
	}
	request.policies = policies
	s := e.policies(policies, c)
	v := e.verdict(s)
	v.leaveOrderOpen()
	v.Class = c
	return v, request
}

// size is the most results that policies give: a check each, and the route of each.
func (c *Class) size(policies []*Policy, everyPolicy bool) (n int) {
	for i, policy := range policies {
		applies := c.Applies[i] != No
		if applies || everyPolicy {
			n++
		}
		if applies {
			n += policy.Root.size()
		}
	}
	return n
}

// verdict is the answer that follows from what the policies came out as.
func (e *evaluation) verdict(s settled) Verdict {
	v := Verdict{Outcome: s.may.decision(), Results: e.results}
	if v.Outcome == Accepted {
		v.Status = 200
		return v
	}
	if s.by >= 0 {
		v.Decided = &v.Results[s.by]
		v.Decided.Harmless = false // below two Nots, say
	}
	if v.Outcome == Undetermined {
		return v
	}
	switch {
	case s.answer != nil:
		v.Answer = e.request.answer(*s.answer)
	case v.Decided != nil && v.Decided.Outcome == Fail:
		v.Answer = v.Decided.Answer
	case v.Decided != nil:
		v.Answer = e.request.answer(v.Decided.Check.Answer)
	}
	v.Status = v.Answer.Status
	if s.masked {
		v.Status, v.Answer.OneOf = 0, nil
	}
	return v
}

// leaveOrderOpen says that the status is not known where another policy, which perhaps runs before
// the one that decides, rejects the request with another status.
func (v *Verdict) leaveOrderOpen() {
	if v.Outcome != Rejected || v.Decided == nil {
		return
	}
	by := v.Decided.Policy
	for i := range v.Results {
		r := &v.Results[i]
		open := r.Policy != by && r.Policy.Early == by.Early &&
			(r.Policy.Unordered || by.Unordered)
		if open && r.KeepsOut() && r.Answer.Status != v.Status {
			v.Status, v.Answer = 0, Answer{}
			return
		}
	}
}

// Why says in a sentence or two, without a full stop at the end, why the request is not accepted.
// It is empty where it is.
func (v *Verdict) Why() string {
	switch d := v.Decided; {
	case v.Outcome == Accepted:
		return ""
	case d == nil:
		return "the policy lets no request in, whatever it carries"
	case v.Outcome == Rejected && d.Outcome == Pass:
		return fmt.Sprintf("a rule that rejects applies: it looks for %s, and finds %s",
			d.wanted(), d.Actual())
	}
	why := v.Decided.Why()
	if unknown := v.StatusByClass(); unknown != nil {
		why += "; " + unknown.Why
	}
	return why
}

// Question is the one thing to ask next: what would decide the first unknown check. It is none if
// nothing is unknown, or if the verdict is reached and no input would help.
func (v *Verdict) Question() Need {
	if unknown := v.StatusByClass(); unknown != nil {
		return unknown.Need
	}
	for i := range v.Results {
		if need := v.Results[i].Need(); !need.None() && !v.Results[i].Harmless {
			return need
		}
	}
	if v.Outcome == Undetermined {
		return Need{
			Input: source.NeedObservedStatus,
			For:   "what the gateway itself answers to this request",
		}
	}
	return Need{}
}

// Earlier lists the unknown checks before the one that decided: the gateway could reject at one of
// them already.
func (v *Verdict) Earlier() []*Result {
	var all []*Result
	for i := range v.Results {
		result := &v.Results[i]
		if result == v.Decided {
			break
		}
		if result.Outcome == Unsure && !result.Harmless {
			all = append(all, result)
		}
	}
	return all
}

// EarlierUnknown is the id of the first check before the one that rejects which is not known: the
// gateway may reject there, with another answer. It is empty where there is none.
func (v *Verdict) EarlierUnknown() ID {
	if earlier := v.Earlier(); v.Outcome == Rejected && len(earlier) > 0 {
		return earlier[0].Check.ID
	}
	return ""
}

// DecidedBy is the id of the check that decides; empty where none does.
func (v *Verdict) DecidedBy() ID {
	if v.Decided == nil {
		return ""
	}
	return v.Decided.Check.ID
}

// Body is the exact body that the gateway sends; empty where no published answer gives it.
func (v *Verdict) Body() string { return v.Answer.Body }

// Evidence is what the verdict rests on. If a check failed, it is the weaker of two: that the
// gateway makes this check, and what it answers. It is zero where the request is accepted.
func (v *Verdict) Evidence() Evidence {
	if v.Decided == nil {
		return v.Answer.Evidence
	}
	own := v.Decided.Evidence()
	if answer := v.Answer.Evidence; answer.Reference != "" && !own.weaker(answer) {
		return answer
	}
	return own
}
