package issued

import (
	"github.com/gatewhy/gatewhy/rules"
)

// Answer is what a gateway makes of the token that gets furthest.
type Answer struct {
	Verdict rules.Verdict
	Token   *Token  // with what its holder has chosen
	Written Written // by the caller, where the policies take something from the request
}

// Request is a request with the token, the moment after it was issued.
func (t *Token) Request(v *View) *rules.Request {
	return &rules.Request{Token: t.seenBy(v), At: t.in.at, Contracts: v.contracts, Signatures: t.signatures()}
}

// Furthest evaluates a token with everything that its holder chooses and writes, to get furthest.
func (v *View) Furthest(t *Token) Answer {
	var best Answer
	for _, written := range v.forms(t.client) {
		s := search{view: v, written: written, left: mostTries}
		s.try(t)
		if best.Token == nil || Further(s.best.Verdict.Outcome, best.Verdict.Outcome) {
			best = s.best
		}
		if best.Verdict.Outcome == rules.Accepted {
			break
		}
	}
	return best
}

// FurthestReal evaluates a captured token, with what its holder writes beside it.
func (v *View) FurthestReal(client string, request func() *rules.Request) (best rules.Verdict, with Written) {
	for _, written := range v.forms(client) {
		r := request()
		written.into(r)
		if got := rules.Evaluate(v.policies, r); best.Outcome == "" || Further(got.Outcome, best.Outcome) {
			best, with = got, written
		}
	}
	return best, with
}

// Usually adds what a client writes beside its token.
func (v *View) Usually(r *rules.Request) *rules.Request {
	v.forms("")[0].into(r)
	return r
}

// mostTries limits how many of the choices of a token's holder are tried.
const mostTries = 512

// search looks for the choices with which a token gets furthest. What is not chosen yet is unknown, so that whatever is rejected
// already needs no more choices.
type search struct {
	view    *View
	written Written
	left    int
	best    Answer
}

// try evaluates a token, and where something is still open that the checks need, with each choice of it. It is true where nothing gets
// further.
func (s *search) try(t *Token) bool {
	s.left--
	request := t.Request(s.view)
	s.written.into(request)
	verdict := rules.Evaluate(s.view.policies, request)
	if verdict.Outcome == rules.Undetermined {
		if name := s.view.openIn(&verdict, t); name != "" {
			return s.choose(t, name)
		}
	}
	if t.doubt != "" && verdict.Outcome == rules.Accepted { // perhaps nobody can have it
		verdict.Outcome, verdict.Status = rules.Undetermined, 0
	}
	if s.best.Token == nil || Further(verdict.Outcome, s.best.Verdict.Outcome) {
		s.best = Answer{verdict, t, s.written}
	}
	return verdict.Outcome == rules.Accepted
}

func (s *search) choose(t *Token, name string) bool {
	v := t.variableOf(name, s.view.texts[name])
	for _, c := range v.choices {
		if s.left <= 0 {
			s.giveUp(t)
			return true
		}
		if s.try(t.with(&v, c)) {
			return true
		}
	}
	return false
}

// giveUp takes what was not tried for unknown.
func (s *search) giveUp(t *Token) {
	request := t.Request(s.view)
	s.written.into(request)
	if s.best.Token == nil || s.best.Verdict.Outcome == rules.Rejected {
		s.best = Answer{rules.Evaluate(s.view.policies, request), t, s.written}
	}
}

// openIn is a claim that an undecided check reads and the token's holder still chooses; empty for none.
func (v *View) openIn(verdict *rules.Verdict, t *Token) string {
	for i := range verdict.Results {
		result := &verdict.Results[i]
		if result.Outcome != rules.Unsure {
			continue
		}
		if name := v.openAmong(result.Check.Reads(), t); name != "" {
			return name
		}
	}
	return ""
}

func (v *View) openAmong(reads []rules.Input, t *Token) string {
	for _, in := range reads {
		if in.Source == rules.FromBound {
			if name := v.openAmong(v.bound[in.Name], t); name != "" {
				return name
			}
			continue
		}
		name := claimOf(in)
		if name == "*" {
			if rest := t.stillOpen(); len(rest) > 0 {
				return rest[0].claims[0]
			}
		}
		if name == "" || name == "*" {
			continue
		}
		if _, open := t.look(name); open {
			return name
		}
	}
	return ""
}

// Further reports whether a token with outcome a gets further than one with b.
func Further(a, b rules.Outcome) bool { return Distance(a) > Distance(b) }

// Distance orders outcomes by how far a token gets.
func Distance(o rules.Outcome) int {
	switch o {
	case rules.Accepted:
		return 2
	case rules.Undetermined:
		return 1
	}
	return 0
}
