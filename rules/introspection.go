package rules

import "github.com/gatewhy/gatewhy/inspect/source"

// introspection reads a member of the validation endpoint's answer: of the captured one, else of the model.
func (r *Request) introspection(in Input) Reading {
	switch {
	case r.Introspection != nil:
		return member(r.Introspection, in.Name)
	case in.Model == nil:
		return Reading{Unknown: &Unknown{
			Why: "what the validation endpoint answers is not known", Need: needAnswer(),
		}}
	case r.Token != nil && r.Token.Claims == nil:
		return Reading{Unknown: &Unknown{
			Why:  "the token can't be read, so the validation endpoint's answer can't be modelled on it",
			Need: needAnswer(),
		}}
	}
	return r.claim(in.ClaimRead())
}

func needAnswer() Need {
	return Need{
		Input: source.NeedIntrospection,
		For:   "the answer of the validation endpoint for this token",
	}
}

// active tells whether the validation endpoint calls the token active. An answer without the member counts as
// active: the vendor's own sample has none.
func (r *Request) active(p Predicate) judgement {
	switch {
	case r.Introspection != nil:
		return r.capturedActive()
	case p.Input.Model == nil:
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

// modelledActive is what the model says of the token.
func (r *Request) modelledActive(p Predicate) judgement {
	if r.Token == nil {
		return judged(No)
	}
	if r.Token.Claims == nil {
		return unknownFor(r.introspection(p.Input).Unknown)
	}
	return r.judge(&p.Input.Model.Alive)
}
