package dataweave

import (
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// Env is what an expression may read. A nil value is one that is not known, as is a source.Unknown anywhere
// inside a value; an object that is known in part ends with Rest. Values are only read, never changed.
type Env struct {
	Runtime        Version       // of the Mule runtime; the zero Version where it is not known
	Vars           *source.Value // an object; its member claimSet holds the token's claims
	Attributes     *source.Value // an object: headers, queryParams, method, requestPath, …
	Authentication *source.Value // an object: clientId, principal, properties, …
	Payload        *source.Value
}

// Result is what an expression gives: one of Value, Unknown and Failure is set. Null is a Value; what is absent
// is read as null.
type Result struct {
	Value   *source.Value // never of kind source.Unknown
	Unknown *Unknown
	Failure *Failure
}

// Unknown says why a value can't be known, and where in the expression that begins.
type Unknown struct {
	rules.Unknown
	Construct string // the part of the language that isn't supported, where that is why
	Write     string // the form to write instead, of the construct or of the whole expression; may be empty
	Column    int    // characters from 1
}

// Failure is an error that the gateway meets while it evaluates the expression. A policy takes it as a value
// that is not true (PDK example jwt-validation, src/lib.rs).
type Failure struct {
	Why    string // lower case, no full stop
	Column int    // characters from 1
}

// Holds says whether the result is true, as a custom claim of a policy needs it: a value that is no boolean
// and a failure are No (MuleSoft, JWT Validation policy: an expression that does not return a boolean fails).
func (r Result) Holds() Answer {
	switch {
	case r.Unknown != nil && !r.Unknown.NeverTrue:
		return Maybe
	case isTrue(r.Value):
		return Yes
	default:
		return No
	}
}

func value(v *source.Value) Result { return Result{Value: v} }

func answered(a Answer, n *Node, why string) Result {
	if a == Maybe {
		return unknown(n, why)
	}
	return value(boolean(a == Yes))
}

// unknown is what is not documented, or not evaluated here: it may be an error.
func unknown(n *Node, why string) Result {
	return Result{Unknown: &Unknown{Unknown: rules.Unknown{Why: why, MayErr: true}, Column: n.Column}}
}

// notGiven is a value that is not known, and is no error.
func notGiven(n *Node, why string) Result {
	return Result{Unknown: &Unknown{Unknown: rules.Unknown{Why: why}, Column: n.Column}}
}

// passedOn is an operand without a value as what the whole gives: an unknown one says nothing of whether the
// whole is true, and where the operation may fail on it, is an error perhaps.
func passedOn(r Result, mayErr bool) Result {
	if r.Unknown == nil {
		return r
	}
	u := *r.Unknown
	u.NeverTrue, u.Present, u.MayErr = false, false, u.MayErr || mayErr
	return Result{Unknown: &u}
}

func failure(n *Node, why string) Result {
	return Result{Failure: &Failure{Why: why, Column: n.Column}}
}
