package rules

import (
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// Outcome is the outcome of a check or of a verdict.
type Outcome string

// The outcomes of a check, then those of a verdict.
const (
	Pass    Outcome = "pass"
	Fail    Outcome = "fail"
	Unsure  Outcome = "unknown"
	Skipped Outcome = "skipped"

	Accepted     Outcome = "accepted"
	Rejected     Outcome = "rejected"
	Undetermined Outcome = "undetermined"
)

// Result is what one check gave for one request. Its sentences (Expected, Actual, Why) are made when they
// are asked for.
type Result struct {
	Check   *Check
	Policy  *Policy
	Outcome Outcome
	Answer  Answer // what the gateway sends; only where the check failed

	request *Request
	judged  judgement
	skip    string
	unknown *Unknown
}

// Verdict is the gateway's predicted answer.
type Verdict struct {
	Outcome  Outcome
	Status   int     // 0 where undetermined
	Decided  *Result // the first check that failed, or that is unknown; nil where accepted
	Results  []Result
	Findings []Finding
}

// Evaluate runs every check of every policy that applies, in order. The first that fails decides; without a failure the
// first unknown one does.
func Evaluate(policies []*Policy, request *Request) Verdict {
	v := Verdict{Outcome: Accepted, Status: 200, Results: make([]Result, 0, size(policies))}
	request.policies = policies
	for _, policy := range policies {
		applies, route := request.routed(policy)
		if route != nil {
			v.Results = append(v.Results, *route)
		}
		v.Findings = append(v.Findings, request.routeFindings(policy, applies)...)
		if applies == No {
			continue
		}
		clear(request.bound)
		for _, check := range policy.Checks() {
			result := request.run(policy, check)
			result.ifApplied(applies)
			v.Results = append(v.Results, result)
		}
	}
	v.decide()
	return v
}

// size is the most results that policies give: a check each, and the route of each.
func size(policies []*Policy) int {
	n := len(policies)
	for _, policy := range policies {
		n += policy.Root.size()
	}
	return n
}

func (v *Verdict) decide() {
	for i := range v.Results {
		result := &v.Results[i]
		if result.Outcome == Fail {
			v.Outcome, v.Status, v.Decided = Rejected, result.Answer.Status, result
			return
		}
		if result.Outcome == Unsure && v.Decided == nil {
			v.Outcome, v.Status, v.Decided = Undetermined, 0, result
		}
	}
}

// Question is the one thing to ask next: what the first unknown check needs to be decided. It is empty where nothing
// is unknown, or where nothing that could be passed would help a verdict that is reached all the same.
func (v *Verdict) Question() string {
	for i := range v.Results {
		if ask := v.Results[i].Ask(); ask != "" {
			return ask
		}
	}
	if v.Outcome == Undetermined {
		return "--observed-status CODE: what the gateway itself answers to this request"
	}
	return ""
}

// Earlier lists the unknown checks before the one that decided: the gateway could reject earlier still.
func (v *Verdict) Earlier() []*Result {
	var all []*Result
	for i := range v.Results {
		result := &v.Results[i]
		if result == v.Decided {
			break
		}
		if result.Outcome == Unsure {
			all = append(all, result)
		}
	}
	return all
}

// Try evaluates one check by itself.
func (r *Request) Try(check *Check) Outcome {
	result := r.run(nil, check)
	return result.Outcome
}

// run evaluates one check.
func (r *Request) run(policy *Policy, check *Check) Result {
	result := Result{Check: check, Policy: policy, request: r}
	switch {
	case check.Skip != "":
		result.Outcome, result.skip = Skipped, check.Skip
	case r.Token == nil && check.ID != TokenPresent && check.needsToken():
		result.Outcome, result.skip = Skipped, "the request carries no token"
	case check.Unknown != nil:
		result.Outcome, result.unknown = Unsure, check.Unknown
	default:
		r.judgeCheck(check, &result)
	}
	return result
}

func (r *Request) judgeCheck(check *Check, result *Result) {
	result.judged = r.judge(&check.Test)
	switch result.judged.truth {
	case Yes:
		result.Outcome = Pass
	case No:
		result.Outcome, result.Answer = Fail, check.Answer
		if result.judged.answer != nil {
			result.Answer = *result.judged.answer
		}
	case Maybe:
		result.Outcome, result.unknown = Unsure, result.judged.reading.Unknown
	}
	if check.Binds != "" {
		r.bind(check.Binds, result.judged.reading)
	}
}

// needsToken reports whether the check reads anything of the token, or of an answer about it.
func (c *Check) needsToken() bool {
	for _, in := range c.Reads() {
		switch in.Source {
		case FromToken, FromHeader, FromClaim, FromIntrospection, FromBound, FromKeys:
			return true
		}
	}
	return c.ID != NotModelled && len(c.Reads()) == 0
}

// Value is what the deciding part of the check has read; nil where that is absent or not known.
func (r *Result) Value() *source.Value { return r.judged.reading.Value }

// Ask is what to pass to decide an unknown check; empty where it is not unknown or nothing helps.
func (r *Result) Ask() string {
	if r.Outcome != Unsure || r.unknown == nil {
		return ""
	}
	return r.unknown.Ask
}

// Profile describes the token of the request that the check was run for.
func (r *Result) Profile() inspect.Profile { return r.request.Profile() }

// Body is the exact body that the gateway sends; empty where no published answer gives it.
func (v *Verdict) Body() string {
	if v.Outcome != Rejected {
		return ""
	}
	return v.Decided.Answer.Body
}

// Evidence is what the verdict rests on: where a check failed, the weaker of that the gateway makes it and of
// what it answers. It is the zero Evidence where the request is accepted.
func (v *Verdict) Evidence() Evidence {
	if v.Decided == nil {
		return Evidence{}
	}
	return v.Decided.Evidence()
}

// Evidence is what the result rests on: the check's own evidence, and where it failed, the answer's if that is
// weaker.
func (r *Result) Evidence() Evidence {
	own := r.Check.Evidence
	if r.request.Introspection != nil && r.Check.Captured.Reference != "" {
		own = r.Check.Captured
	}
	if answer := r.Answer.Evidence; r.Outcome == Fail && answer.Reference != "" && !own.weaker(answer) {
		return answer
	}
	return own
}
