package rules

import (
	"time"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// introspection reads a member of the validation endpoint's answer: of the captured one, else of the model that
// Salesforce KB 005321722 describes, in which the answer mirrors the token's own claims. Scopes come from scp; there is a client id
// only where the token itself has a claim of that name.
func (r *Request) introspection(in Input) Reading {
	switch {
	case r.Introspection != nil:
		return member(r.Introspection, in.Name)
	case in.Captured:
		return Reading{Unknown: &Unknown{
			Why: "what the validation endpoint answers is not known", Need: needAnswer(),
		}}
	case r.Token != nil && r.Token.Claims == nil:
		return Reading{Unknown: &Unknown{
			Why:  "the token can't be read, so the validation endpoint's answer can't be modelled on it",
			Need: needAnswer(),
		}}
	case in.Name == "scope":
		return r.claim("scp")
	}
	return r.claim(in.Name)
}

func needAnswer() Need {
	return Need{
		Input: source.NeedIntrospection,
		For:   "the answer of the client provider's validation endpoint for this token",
	}
}

// active tells whether the validation endpoint calls the token active. An answer without the member counts as
// active: the vendor's own sample has none.
func (r *Request) active(p Predicate) judgement {
	switch {
	case r.Introspection != nil:
		return r.capturedActive()
	case p.Input.Captured:
		reading := r.introspection(p.Input)
		return judgement{may: reading.Unknown.may(), reading: reading}
	}
	return r.modelledActive(p)
}

func (r *Request) capturedActive() judgement {
	reading := member(r.Introspection, "active")
	switch {
	case reading.Unknown != nil:
		return judgement{may: reading.Unknown.may(), reading: reading}
	case reading.Value == nil:
		return judgement{may: holds, reading: reading}
	}
	active, ok := reading.Value.Bool()
	if !ok {
		reading.Unknown = &Unknown{
			Why: "active is " + reading.Value.Kind.String() + " in the captured answer, not a boolean",
		}
		return judgement{may: reading.Unknown.may(), reading: reading}
	}
	return judgement{may: truth(active).as(), reading: reading}
}

// modelledActive takes a token for inactive that has expired or whose signature does not verify.
func (r *Request) modelledActive(p Predicate) judgement {
	if r.Token == nil {
		return judged(No)
	}
	if r.Token.Claims == nil {
		return unknownFor(r.introspection(p.Input).Unknown)
	}
	expiry := Predicate{Op: After, Input: Claim("exp"), Doubt: doubt}
	alive := Both(Predicate{Op: Verifies, Key: p.Key}, IfPresent(expiry.Input, expiry))
	return r.judge(&alive)
}

// doubt is the largest tolerance for clocks that is common among gateways. Where a gateway's own is not
// documented, an instant that is missed by no more than this is unknown.
const doubt = 5 * time.Minute
