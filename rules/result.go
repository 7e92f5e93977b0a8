package rules

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// Result is what one check gave for one request. Its sentences (Expected, Actual, Why) are made
// when they are asked for.
type Result struct {
	Check   *Check
	Policy  *Policy
	Outcome Outcome
	Answer  Answer // what the gateway sends; only where the check failed

	// Harmless says that the result keeps nobody out, though it failed or is not known: another
	// alternative holds, or it is a condition that need not hold.
	Harmless bool

	may     may
	request *Request
	judged  judgement
	skip    string
	unknown *Unknown
}

// KeepsOut reports whether the check failed and keeps the request out.
func (r *Result) KeepsOut() bool { return r.Outcome == Fail && !r.Harmless }

// Try evaluates one check by itself.
func (r *Request) Try(check *Check) Outcome {
	result := r.run(nil, check, r.Token == nil)
	return result.Outcome
}

// Doubt is why it is not known what comes out of a check by itself; nil where it is.
func (r *Request) Doubt(check *Check) *Unknown {
	result := r.run(nil, check, r.Token == nil)
	if result.Outcome != Unsure {
		return nil
	}
	return result.unknown
}

// run evaluates one check. If the request is rejected because it carries no token, checks of the
// token are skipped.
func (r *Request) run(policy *Policy, check *Check, tokenless bool) Result {
	result := Result{Check: check, Policy: policy, request: r, may: holds}
	switch {
	case check.Skip != "":
		result.Outcome, result.skip = Skipped, check.Skip
	case tokenless && check.ID != TokenPresent && check.needsToken():
		result.Outcome, result.skip = Skipped, "the request carries no token"
	case check.Unknown != nil:
		result.doubtful(check.Unknown)
	case r.tokenDoubt != nil && check.ID != TokenPresent && check.needsToken():
		result.unread(r.tokenDoubt)
	default:
		r.judgeCheck(check, &result)
		if policy != nil && policy.Untried {
			if odd := r.oddClaim(check); odd != nil {
				result.unread(odd)
			}
		}
	}
	return result
}

// oddClaim is why we do not know what a gateway reads in a claim that the check asks for: a NUL
// character is in it; nil where there is none.
func (r *Request) oddClaim(check *Check) *Unknown {
	if r.Token == nil || !r.Token.NUL {
		return nil
	}
	var odd *Unknown
	check.ReadsAny(func(in Input) bool {
		name := in.Name
		switch {
		case in.Source == FromIntrospection && in.Model != nil && r.Introspection == nil:
			name = in.ClaimRead()
		case in.Source != FromClaim:
			return false
		}
		if hasNUL(r.Token.Claims.Member(name)) {
			odd = unreadNUL(name)
		}
		return odd != nil
	})
	return odd
}

func unreadNUL(name string) *Unknown {
	return &Unknown{
		Why: name + " has a NUL character, and it is not documented how the gateway reads that",
	}
}

// hasNUL reports whether a text in a value has the character NUL.
func hasNUL(v *source.Value) bool {
	if v == nil {
		return false
	}
	in := func(m source.Member) bool { return strings.Contains(m.Key, "\x00") || hasNUL(m.Value) }
	return v.Kind == source.String && strings.Contains(v.Text, "\x00") ||
		slices.ContainsFunc(v.Items, hasNUL) || slices.ContainsFunc(v.Members, in)
}

// doubtful says that nobody can know what comes out of the check.
func (r *Result) doubtful(why *Unknown) {
	r.Outcome, r.unknown, r.may = Unsure, why, why.may()
}

// unread is doubtful about a check that can't read what later checks read from it.
func (r *Result) unread(why *Unknown) {
	r.doubtful(why)
	if r.Check.Binds != "" {
		r.request.bind(r.Check.Binds, Reading{Unknown: why})
	}
}

func (r *Request) judgeCheck(check *Check, result *Result) {
	result.judged = r.judge(&check.Test)
	result.may = result.judged.may
	switch result.may.truth() {
	case Yes:
		result.Outcome = Pass
	case No:
		result.Outcome, result.Answer = Fail, check.Answer
		if result.judged.answer != nil {
			result.Answer = *result.judged.answer
		}
		result.Answer = r.answer(result.Answer)
	case Maybe:
		result.Outcome, result.unknown = Unsure, result.judged.reading.Unknown
	}
	if check.MaySkip != nil {
		result.perhaps(*check.MaySkip)
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

// perhaps turns a failure into an unknown: we do not know whether the gateway makes the check.
func (r *Result) perhaps(doubt Unknown) {
	if r.Outcome == Fail {
		doubt.Why = r.Why() + "; but " + doubt.Why
		r.Outcome, r.may, r.unknown = Unsure, r.may|holds, &doubt
	}
}

// Value is what the deciding part of the check has read; nil where that is absent or not known.
func (r *Result) Value() *source.Value { return r.judged.reading.Value }

// Signature is what became of a signature that the check has verified; nil where it has verified
// none.
func (r *Result) Signature() *SignatureResult { return r.judged.result }

// Need is what to pass to decide an unknown check; none if the check is known, or nothing helps.
func (r *Result) Need() Need {
	if r.Outcome != Unsure || r.unknown == nil {
		return Need{}
	}
	return r.unknown.Need
}

// Group is the path of alternatives that the check is in; empty in a plain list.
func (r *Result) Group() string {
	return new(Groups).Of(r)
}

// Profile describes the token of the request that the check was run for.
func (r *Result) Profile() inspect.Profile { return r.request.Profile() }

// Evidence is what the result rests on: the check's own evidence, or that of an inference which
// the result turns on. If the check failed and the answer's evidence is weaker, it is that.
func (r *Result) Evidence() Evidence {
	own := r.Check.Evidence
	if r.request.Introspection != nil && r.Check.Captured.Reference != "" {
		own = r.Check.Captured
	}
	for i := range r.Check.Inferred {
		if inference := &r.Check.Inferred[i]; r.turnsOn(inference) {
			own = inference.Evidence
		}
	}
	if answer := r.Answer.Evidence; r.Outcome == Fail && answer.Reference != "" &&
		!own.weaker(answer) {
		return answer
	}
	return own
}

// Outcome is what a check came out as.
type Outcome string

// The outcomes of a check.
const (
	Pass    Outcome = "pass"
	Fail    Outcome = "fail"
	Unsure  Outcome = "unknown"
	Skipped Outcome = "skipped"
)

// Decision is what a gateway does with a request.
type Decision string

// The decisions.
const (
	Accepted     Decision = "accepted"
	Rejected     Decision = "rejected"
	Undetermined Decision = "undetermined"
)

// Distance orders decisions by how far a request gets.
func (d Decision) Distance() int {
	return max(0, slices.Index([]Decision{Rejected, Undetermined, Accepted}, d))
}

// Stricter reports whether a decision lets less in than another one.
func (d Decision) Stricter(than Decision) bool { return d.Distance() < than.Distance() }

// decision is what follows from what the policies may come out as.
func (m may) decision() Decision {
	switch m.truth() {
	case Yes:
		return Accepted
	case No:
		return Rejected
	}
	return Undetermined
}

// Inference is something that a check is taken to do, though its evidence does not say so. Its own
// evidence is that of every result that turns on it.
type Inference struct {
	About    Turn
	Test     *Predicate // of AnotherTest
	Evidence Evidence
}

// Turn is what a result may turn on.
type Turn uint8

// What a result may turn on.
const (
	AnyResult      Turn = iota // every result does
	ModelledAnswer             // what the validation endpoint answers, where that was not given
	SwitchedOff                // that the configuration switches the check off
	AnotherTest                // that the gateway makes the check's test, and not Test
	StrictReader               // that a signature is refused which other readers of the token take
	ErrorFails                 // that an error of the gateway counts as a failure
)

// turnsOn reports whether the result would be another one if the inference were wrong.
func (r *Result) turnsOn(i *Inference) bool {
	switch i.About {
	case AnyResult:
		return true
	case ModelledAnswer:
		return r.request.Introspection == nil
	case SwitchedOff:
		return r.Outcome == Skipped && r.Check.Skip != ""
	case AnotherTest:
		decided := r.Outcome == Pass || r.Outcome == Fail
		return decided && r.request.judge(i.Test).may != r.may
	case StrictReader:
		return r.Outcome == Fail && r.judged.result != nil && strict(&r.judged.result.Result)
	case ErrorFails:
		return r.Outcome == Fail && r.judged.reading.Fault != ""
	}
	return false
}

// strict reports whether a signature is refused for another reason than that no key made it.
func strict(result *keys.Result) bool {
	switch result.Reason {
	case keys.CriticalHeader, keys.KeyUnusable:
		return true
	}
	return result.Verifier != nil
}
