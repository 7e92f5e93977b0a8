package rules

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// introspection reads a member of the validation endpoint's answer: the captured one, or else the
// model's.
func (r *Request) introspection(in Input) Reading {
	switch {
	case r.Introspection != nil:
		return member(r.Introspection, Input{Name: in.Name})
	case in.Model == nil:
		return Reading{Unknown: &Unknown{
			Why: "what the validation endpoint answers is not known", Need: needAnswer(),
		}}
	case r.Token != nil && r.Token.Claims == nil:
		return Reading{Unknown: &Unknown{
			Why: "the token can't be read, " +
				"so the validation endpoint's answer can't be modelled on it",
			Need: needAnswer(),
		}}
	}
	return r.claim(Claim(in.ClaimRead()))
}

func needAnswer() Need {
	return Need{
		Input: source.NeedIntrospection,
		For:   "the answer of the validation endpoint for this token",
	}
}

// active says whether the validation endpoint calls the token active. An answer without the member
// counts as active: the vendor's own sample has none.
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
	reading := member(r.Introspection, Input{Name: "active"})
	switch {
	case reading.Unknown != nil:
		return judgement{may: reading.Unknown.may(), reading: reading}
	case reading.Value == nil:
		return judgement{may: holds, reading: reading}
	}
	active, ok := reading.Value.Bool()
	if !ok {
		reading.unknown("active is " + reading.Value.Kind.String() +
			" in the captured answer, not a boolean")
		return judgement{may: reading.Unknown.may(), reading: reading}
	}
	return judgement{may: TruthOf(active).as(), reading: reading}
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

// answerMembers are the members of a validation endpoint's answer (RFC 7662, section 2.2). Several
// vendors add expires_in.
var answerMembers = []string{
	"active", "scope", "client_id", "username", "token_type", "exp", "iat", "nbf", "sub", "aud",
	"iss", "jti",
	"expires_in",
}

// CheckAnswer refuses what is not a validation endpoint's answer about a token: an error of the
// endpoint, an envelope around the answer, an active that is not a boolean. Every error is a
// [*source.Error].
func CheckAnswer(v *source.Value) error {
	if !v.Is(source.Object) {
		return noAnswer(v.Pos, "it is "+v.Kind.String()+", not an object")
	}
	known := 0
	for _, m := range v.Members {
		lower := strings.ToLower(m.Key)
		switch {
		case m.Key == "active" && !m.Value.Is(source.Bool) && !m.Value.Is(source.Unknown):
			return noAnswer(m.Value.Pos, "active is "+m.Value.Kind.String()+", not a boolean")
		case m.Key == "error":
			return noAnswer(
				m.KeyPos,
				"it is an error from the endpoint, and says nothing about the token",
			)
		case slices.Contains(answerMembers, m.Key):
			known++
		case slices.Contains(answerMembers, lower):
			return noAnswer(
				m.KeyPos, "it has "+m.Key+", and names are case-sensitive: use "+lower,
			)
		}
	}
	if known == 0 {
		return noAnswer(v.Pos, "it has none of the members that such an answer has")
	}
	return nil
}

func noAnswer(pos source.Position, cause string) error {
	return &source.Error{
		Pos:   pos,
		Cause: "not an introspection answer: " + cause,
		Hints: source.Hints(
			`expected: one JSON object, such as {"active": true, "client_id": "…", "scope": "…"}`,
			"how to get it: gatewhy collect introspection",
		),
	}
}
