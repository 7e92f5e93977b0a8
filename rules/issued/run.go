package issued

import (
	"fmt"
	"slices"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// Answer is what a gateway makes of the token that gets furthest.
type Answer struct {
	Verdict rules.Verdict
	Token   *Token  // with what its holder has chosen
	Written Written // by the caller, where the policies take something from the request
	Limit   string  // on the choices that are tried, where the outcome is not known because of it
}

// Request is a request with the token, the moment after it was issued.
func (t *Token) Request(v *View) *rules.Request {
	return &rules.Request{
		Token: t.seenBy(v), At: t.in.at, Contracts: v.contracts, Signatures: t.signatures(),
	}
}

// Furthest evaluates a token with everything that its holder chooses and writes, to get furthest.
func (v *View) Furthest(t *Token) Answer { return v.furthest(t, search{}) }

// Reaches gives the same outcome, and a verdict whose words know nothing of the token but what the
// policies read.
func (v *View) Reaches(t *Token) Answer { return v.furthest(t, search{lean: true}) }

// Passes gives the same outcome, and of a verdict that rejects nothing else. Of the results, only
// which check came out as what can be relied on.
func (v *View) Passes(t *Token, over *Scratch) Answer {
	best := v.furthest(t, search{lean: true, brief: true, over: over, spare: over.results})
	if best.Verdict.Results != nil {
		over.results = best.Verdict.Results
	}
	return best
}

// Scratch is what one evaluation after the other is written over. The zero Scratch is ready.
type Scratch struct {
	request rules.Request
	token   inspect.Token
	claims  source.Value
	results []rules.Result
}

func (v *View) furthest(t *Token, s search) Answer {
	if s.brief && v.Bars(t) {
		return Answer{Verdict: rules.Verdict{Outcome: rules.Rejected}, Token: t}
	}
	var best Answer
	for _, written := range v.forms(t.client) {
		s.view, s.written, s.best = v, written, Answer{}
		s.left, s.texts, s.guesses = v.tries(), mostWritten, mostGuessed
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
func (v *View) FurthestReal(
	client string, request func() *rules.Request,
) (best rules.Verdict, with Written) {
	left := min(v.tries(), mostWritten)
	var try func(written Written) bool
	try = func(written Written) bool {
		left--
		r := request()
		written.Into(r)
		got := v.evaluate(r, nil)
		if best.Outcome == "" || Further(got.Outcome, best.Outcome) {
			best, with = got, written
		}
		in, texts := v.unwritten(written, &got, r.Token.Claims.Member)
		for _, text := range texts {
			if left <= 0 || try(written.with(in, text)) {
				break
			}
		}
		return best.Outcome == rules.Accepted
	}
	for _, written := range v.forms(client) {
		if try(written) {
			break
		}
	}
	return best, with
}

// Usually adds what a client writes beside its token.
func (v *View) Usually(r *rules.Request) *rules.Request {
	v.forms("")[0].Into(r)
	return r
}

// Limits on how many of the choices of a token's holder are tried: in number, in checks that are
// run for it, and in the conditions of these.
const (
	mostTries      = 2048
	leastTries     = 2
	mostChecks     = 12288
	mostConditions = 250_000
)

// mostGuessed limits the conditions that are looked at to choose for each check by itself.
const mostGuessed = 250_000

// tries is how many choices are tried.
func (v *View) tries() int {
	byChecks, byConditions := mostChecks/max(1, v.checks), mostConditions/max(1, v.conditions)
	return max(leastTries, min(mostTries, byChecks, byConditions))
}

// search looks for the choices with which a token gets furthest. What is not chosen yet is
// unknown, so that whatever is rejected already needs no more choices.
type search struct {
	view    *View
	lean    bool // the token has nothing in it but what the policies read
	brief   bool // only the outcome is asked for
	written Written
	left    int
	texts   int // how many more of them the caller writes beside the token
	guesses int // how many conditions may still be looked at to guess
	best    Answer
	spare   []rules.Result // that nobody looks at any more
	over    *Scratch       // where nobody looks at requests either; else nil
}

// manyOpen is how many open claims are searched through without a guess.
const manyOpen = 8

// opens is how many claims that the checks read are open in a token.
func (v *View) opens(t *Token) int {
	n := 0
	for _, name := range v.claims {
		if _, open := t.claim(name); open {
			n++
		}
	}
	return n
}

// undecided lists the checks that are, where so much is open that they are looked at one by one.
func (s *search) undecided(verdict *rules.Verdict, t *Token) []*rules.Check {
	if s.view.opens(t) <= manyOpen {
		return nil
	}
	var all []*rules.Check
	for i := range verdict.Results {
		if verdict.Results[i].Outcome == rules.Unsure {
			all = append(all, verdict.Results[i].Check)
		}
	}
	return all
}

// byChecks chooses for each of some checks what it alone reads, so that it passes; nil where
// nothing can be chosen so.
func (s *search) byChecks(t *Token, checks []*rules.Check) *Token {
	var all variable
	var one choice
	for _, check := range checks {
		if s.guesses <= 0 {
			return nil
		}
		for _, c := range s.passing(check, t) {
			all.claims, one.values = append(all.claims, c.claim), append(one.values, c.value)
		}
	}
	if len(all.claims) == 0 {
		return nil
	}
	return t.with(&all, one)
}

// passing lists choices with which a token passes a check, of what no other check reads.
func (s *search) passing(check *rules.Check, t *Token) []chosen {
	var names []string
	for _, in := range check.Reads() {
		if name := in.ClaimRead(); name != "" && name != "*" {
			names = append(names, name)
		}
	}
	left := 8 * manyOpen
	passed := s.view.pass(check, names, t, &left)
	looked := (8*manyOpen - left) * max(1, len(names))
	s.guesses -= looked
	s.view.count(looked)
	if passed != nil {
		return passed.chosen()[len(t.chosen()):]
	}
	return nil
}

// pass is a token that passes a check, with choices of what no other check reads; nil where there
// is none.
func (v *View) pass(check *rules.Check, names []string, t *Token, left *int) *Token {
	*left--
	token := *v.blank
	token.Claims = t.readInto(&source.Value{}, names)
	request := &rules.Request{
		Token: &token, At: t.in.at, Contracts: v.contracts, Signatures: t.signatures(),
	}
	switch request.Try(check) {
	case rules.Pass:
		return t
	case rules.Fail:
		return nil
	}
	for _, name := range names {
		if _, open := t.claim(name); !open || v.isShared(name) {
			continue
		}
		one, _ := t.variableOf(name, v.candidates(name))
		for _, c := range one.choices {
			if *left <= 0 {
				return nil
			}
			if passed := v.pass(check, names, t.with(&one, c), left); passed != nil {
				return passed
			}
		}
		return nil
	}
	return nil
}

// isShared reports whether several checks read a claim.
func (v *View) isShared(name string) bool {
	_, found := slices.BinarySearch(v.shared, name)
	return found
}

func (s *search) evaluate(t *Token) rules.Verdict {
	over := s.over
	if over == nil {
		over = &Scratch{}
	}
	request := &over.request
	*request = rules.Request{
		At: t.in.at, Contracts: s.view.contracts, Signatures: t.signatures(), Brief: s.brief,
		Token: &over.token,
	}
	if s.lean && !s.view.all {
		over.token = *s.view.blank
		over.token.Claims = t.readInto(&over.claims, s.view.claims)
	} else {
		over.token = *t.seenBy(s.view)
	}
	s.written.Into(request)
	spare := s.spare
	s.spare = nil
	return s.view.evaluate(request, spare)
}

// try evaluates a token, and where something is still open that the checks need, with each choice
// of it. It is true where nothing gets further.
func (s *search) try(t *Token) bool {
	s.left--
	verdict := s.evaluate(t)
	if verdict.Outcome == rules.Undetermined {
		if name := s.view.openIn(&verdict, t); name != "" {
			undecided := s.undecided(&verdict, t)
			s.spare = verdict.Results
			verdict = rules.Verdict{} // of many checks it is large, and nobody looks at it again
			guess := s.byChecks(t, undecided)
			return guess != nil && s.left > 0 && s.try(guess) || s.choose(t, name)
		}
		if s.write(t, &verdict) {
			return true
		}
	}
	if t.doubt != "" && verdict.Outcome == rules.Accepted { // perhaps nobody can have it
		verdict.Outcome, verdict.Status = rules.Undetermined, 0
	}
	if s.best.Token == nil || Further(verdict.Outcome, s.best.Verdict.Outcome) {
		s.spare = s.best.Verdict.Results
		s.best = Answer{Verdict: verdict, Token: t, Written: s.written}
	} else {
		s.spare = verdict.Results
	}
	return verdict.Outcome == rules.Accepted
}

// write tries what the caller may write beside a token that is undecided without it. It is true
// where nothing gets further.
func (s *search) write(t *Token, undecided *rules.Verdict) bool {
	before := s.written
	in, texts := s.view.unwritten(before, undecided, t.Claim)
	for _, text := range texts {
		if s.left <= 0 || s.texts <= 0 {
			break // it stays undecided
		}
		s.texts--
		s.written = before.with(in, text)
		if s.try(t) {
			return true
		}
	}
	s.written = before
	return false
}

// candidates is what a claim may be chosen from: what it is compared with, and where a client is
// looked up by it, one that has a contract.
func (v *View) candidates(name string) compared {
	with := compared{v.texts[name], v.numbers[name]}
	for _, reads := range v.bound {
		if v.contracts != nil && len(v.contracts.IDs) > 0 &&
			slices.Contains(reads, rules.Claim(name)) {
			with.texts = append([]string{v.contracts.IDs[0]}, with.texts...)
			break
		}
	}
	return with
}

func (s *search) choose(t *Token, name string) bool {
	v, kept := t.variableOf(name, s.view.candidates(name))
	for _, i := range s.view.distinct(&v, kept).choices {
		if s.left <= 0 {
			s.giveUp(t, fmt.Sprintf("%d choices of one token", s.view.tries()))
			return true
		}
		if s.try(t.with(&v, v.choices[i])) {
			return true
		}
	}
	if v.cut != "" {
		s.giveUp(t, v.cut)
	}
	return v.cut != ""
}

// giveUp takes what was not tried for unknown, because of a limit on what is tried.
func (s *search) giveUp(t *Token, limit string) {
	if s.best.Token == nil || s.best.Verdict.Outcome == rules.Rejected {
		verdict := s.evaluate(t.untried(limit))
		s.best = Answer{Verdict: verdict, Token: t, Written: s.written}
		if verdict.Outcome == rules.Undetermined {
			s.best.Limit = limit
		}
	}
}

// openIn is a claim that an undecided check reads and the token's holder still chooses; empty for
// none.
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
		name := in.ClaimRead()
		if name == "*" {
			if rest := t.stillOpen(); len(rest) > 0 {
				return rest[0].claims[0]
			}
		}
		if name == "" || name == "*" {
			continue
		}
		if _, open := t.claim(name); open {
			return name
		}
	}
	return ""
}

// Further reports whether a token with outcome a gets further than one with b.
func Further(a, b rules.Decision) bool { return b.Stricter(a) }
