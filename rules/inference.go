package rules

import "github.com/gatewhy/gatewhy/inspect/keys"

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
