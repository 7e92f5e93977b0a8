package rules

import (
	"cmp"
	"slices"
)

// evaluation walks the policies of one API for one request, and keeps the result of every check.
type evaluation struct {
	request *Request
	policy  *Policy
	results []Result

	everyPolicy bool // those that do not apply have results too

	// tokenless says that a check has looked for a token and found none: checks that read it
	// are skipped.
	tokenless bool
}

// settled is what a node came out as.
type settled struct {
	may may

	// by is the index of the result that decides the node if it fails or is open; else -1.
	by     int
	answer *Answer // what the gateway sends instead of that check's own answer; nil for that

	// masked says that the gateway may have run into an error before it reached that check.
	masked bool
	passed int // how many checks hold, to find the alternative that came nearest
}

// policies runs every policy that applies, one after the other, as the gateway does.
func (e *evaluation) policies(policies []*Policy, class *Class) settled {
	run := sequence{series: allOf(), by: -1}
	sent := e.request
	alter := slices.ContainsFunc(policies, func(p *Policy) bool { return len(p.Effects) > 0 })
	for i, policy := range policies {
		e.policy, e.tokenless = policy, false
		if alter {
			e.request = sent.seenBy(policies, i, class.Applies)
		}
		applied := class.Applies[i]
		route := e.request.routeResult(i, policy, class)
		if route != nil && (applied != No || e.everyPolicy) {
			e.results = append(e.results, *route)
		}
		if applied == No {
			continue
		}
		clear(e.request.bound)
		from := len(e.results)
		s := e.node(e.root(policy))
		if policy.Runs(applied) == Maybe {
			e.perhapsRun(from, applied)
			s.may |= holds
		}
		if route != nil {
			e.route(&run, from-1, s)
		}
		if run.add(s); run.ended && e.request.Brief {
			break
		}
	}
	return run.settled()
}

// route adds the result of a policy's route. Which requests the policy is for does not matter
// where it lets this one past. Whether it is in force at all does: what else the gateway does with
// a policy that it can't attach is not known.
func (e *evaluation) route(run *sequence, at int, policy settled) {
	result := &e.results[at]
	ofRequest := result.Outcome == Unsure && result.Policy.When.attaches()
	if result.Harmless = ofRequest && policy.may == holds; !result.Harmless {
		run.add(settled{may: result.may, by: at})
	}
}

// root is what the policy asks of the request.
func (e *evaluation) root(policy *Policy) *Node {
	for i := range policy.Asides {
		if aside := &policy.Asides[i]; e.request.judge(&aside.If).may == holds {
			return &aside.Root
		}
	}
	return &policy.Root
}

// perhapsRun turns failures into unknowns: we do not know whether their policy applies, or whether
// the gateway runs it.
func (e *evaluation) perhapsRun(from int, applied Truth) {
	doubt := Unknown{Why: "it is not known whether the policy applies to this request"}
	if applied == Yes {
		doubt = *e.policy.MayYield
	}
	for i := from; i < len(e.results); i++ {
		e.results[i].perhaps(doubt)
	}
}

func (e *evaluation) node(n *Node) settled {
	from := len(e.results)
	var s settled
	switch {
	case n.Check != nil:
		s = e.check(n.Check)
	case n.Any != nil:
		s = e.any(n)
	case n.Not != nil:
		s = e.not(n.Not)
	case n.First != nil:
		s = e.first(n.First)
	default:
		s = e.all(n.All)
	}
	if n.Answer != nil {
		s.answer = n.Answer
		e.answer(from, n.Answer)
	}
	if s.may == holds && n.Check == nil && n.All == nil {
		e.spare(from, len(e.results))
	}
	return s
}

// answer replaces the checks' own answers.
func (e *evaluation) answer(from int, answer *Answer) {
	for i := from; i < len(e.results); i++ {
		if e.results[i].Outcome == Fail {
			e.results[i].Answer = e.request.answer(*answer)
		}
	}
}

// spare says that these results keep nobody out.
func (e *evaluation) spare(from, to int) {
	for i := from; i < to; i++ {
		r := &e.results[i]
		r.Harmless = r.Outcome == Fail || r.Outcome == Unsure
	}
}

func (e *evaluation) check(check *Check) settled {
	result := e.request.run(e.policy, check, e.tokenless)
	if check.ID == TokenPresent {
		e.lookedForToken(&result)
	}
	e.results = append(e.results, result)
	s := settled{may: result.may, by: len(e.results) - 1}
	if result.Outcome == Pass {
		s.passed = 1
	}
	return s
}

// lookedForToken keeps what follows for later checks from whether there is a token. If earlier
// policies may have changed what carries it, it may be another token.
func (e *evaluation) lookedForToken(result *Result) {
	switch r := e.request; {
	case result.Outcome == Pass:
	case r.Token == nil, result.Outcome == Fail && r.takenBy(result.judged.leaf) != nil:
		e.tokenless = true
	case result.Outcome == Unsure && r.repeatedIn(result.judged.leaf) != nil:
		r.tokenDoubt = r.repeatedIn(result.judged.leaf)
	case result.Outcome == Unsure && r.perhapsAltered(result.judged.leaf):
		r.tokenDoubt = &Unknown{
			Why: "an earlier policy may have put another token into the request, or removed it",
		}
	}
}

// sequence puts what came out of several nodes together.
type sequence struct {
	series
	by     int
	answer *Answer
	masked bool
	passed int
	unsure bool // by is of a part that is open
}

// add takes the next part. The first part that surely ends the sequence decides it. If none does,
// the first part that is open decides.
func (s *sequence) add(part settled) {
	if s.ended {
		s.passed += part.passed
		return
	}
	mayHaveErred := s.past&errs != 0
	s.passed += part.passed
	switch {
	case s.next(part.may):
		s.by, s.answer, s.unsure = part.by, part.answer, false
		s.masked = part.masked || mayHaveErred
	case !part.may.sure() && !s.unsure:
		s.by, s.answer, s.masked, s.unsure = part.by, part.answer, part.masked, true
	}
}

func (s *sequence) settled() settled {
	return settled{may: s.may(), by: s.by, answer: s.answer, masked: s.masked, passed: s.passed}
}

func (e *evaluation) all(nodes []Node) settled {
	run := sequence{series: allOf(), by: -1}
	for i := range nodes {
		if run.add(e.node(&nodes[i])); run.ended && e.request.Brief {
			break
		}
	}
	return run.settled()
}

// any tries every alternative. What comes after one that holds is run and shown, but counts for
// nothing.
func (e *evaluation) any(n *Node) settled {
	run := anyOf()
	all := make([]settled, len(n.Any))
	tokenless, everywhere := e.tokenless, true
	end, open, passed := -1, -1, 0
	for i := range n.Any {
		e.tokenless = tokenless
		all[i] = e.node(&n.Any[i])
		everywhere = everywhere && e.tokenless
		passed += all[i].passed
		switch {
		case run.next(all[i].may):
			end = i
		case !run.ended && !all[i].may.sure() && open < 0:
			open = i
		}
	}
	e.tokenless = tokenless || everywhere && len(all) > 0
	out := settled{may: run.may(), by: -1, passed: passed}
	switch {
	case out.may == holds || len(all) == 0:
		return out
	case out.may.open() && open >= 0:
		return out.decidedAs(all[open])
	case end >= 0:
		return out.decidedAs(all[end])
	}
	return out.decidedAs(all[e.reported(n.Reports, all)])
}

// reported is the index of the alternative whose fault the gateway reports.
func (e *evaluation) reported(which Reported, all []settled) int {
	best := 0
	for i := range all {
		more := cmp.Compare(e.weight(&all[i]), e.weight(&all[best]))
		if which == Last || which >= Weightiest && more >= 0 || which == Nearest &&
			(more > 0 || more == 0 && all[i].passed > all[best].passed) {
			best = i
		}
	}
	first := slices.IndexFunc(all, func(s settled) bool { return e.weight(&s) > 0 })
	if which == Opening && first >= 0 && e.weight(&all[first]) == e.weight(&all[best]) {
		return first
	}
	return best
}

// weight is the weight of the answer to what did not hold.
func (e *evaluation) weight(s *settled) int8 {
	switch {
	case s.answer != nil:
		return s.answer.Weight
	case s.by >= 0:
		return e.results[s.by].Answer.Weight
	}
	return 0
}

// not is decided, where it fails, by the last check below it that holds.
func (e *evaluation) not(n *Node) settled {
	from := len(e.results)
	tokenless := e.tokenless
	s := e.node(n)
	e.tokenless = tokenless
	inner := s.may
	s.may, s.passed = inner.not(), 0
	if inner != holds {
		return s
	}
	s.by = e.lastPass(from)
	return s
}

// lastPass is the index of the last result that passes. If none does, it is the last one; -1 where
// there are no results.
func (e *evaluation) lastPass(from int) int {
	for i := len(e.results) - 1; i >= from; i-- {
		if e.results[i].Outcome == Pass {
			return i
		}
	}
	if len(e.results) == from {
		return -1
	}
	return len(e.results) - 1
}

// first is decided by the first branch whose condition holds. What is surely not reached is not
// run. If a rule rejects without a check of its own, the condition that led there decides.
func (e *evaluation) first(f *First) settled {
	run := branches{reached: true, led: -1}
	var unmet []part // conditions that do not hold
	for i := range f.Branches {
		branch := &f.Branches[i]
		if !run.reached {
			e.skip(&branch.If, "an earlier rule decides")
			e.skip(&branch.Then, "an earlier rule decides")
			continue
		}
		at := len(e.results)
		condition := e.node(&branch.If)
		run.condition(condition)
		if condition.may&holds == 0 {
			unmet = append(unmet, part{at, len(e.results)})
			e.skip(&branch.Then, "its condition does not hold")
			continue
		}
		led := e.lastPass(at)
		run.result(e.node(&branch.Then).orBy(led))
	}
	if run.reached {
		run.result(e.node(&f.Default).orBy(run.led))
	} else {
		e.skip(&f.Default, "an earlier rule decides")
	}
	out := run.settled()
	e.passOver(unmet, out.by)
	return out
}

// part is some of the results: the first one is at from, the last one before to.
type part struct{ from, to int }

// passOver spares the conditions that do not hold, unless one of them decides because it does not.
func (e *evaluation) passOver(unmet []part, by int) {
	for _, p := range unmet {
		if p.from <= by && by < p.to {
			return
		}
	}
	for _, p := range unmet {
		e.spare(p.from, p.to)
	}
}

// branches puts together what came out of the rules of a [First].
type branches struct {
	may        may
	reached    bool // the next rule may be reached
	led        int  // the result that decides the last condition that does not hold, else -1
	open, fail *settled
	passed     int
}

func (b *branches) condition(c settled) {
	b.may |= c.may & errs
	b.reached = c.may&fails != 0
	if c.may == fails {
		b.led = c.by
	}
	switch {
	case c.may == errs:
		b.failed(c)
	case !c.may.sure() && b.open == nil:
		b.open = &c
	}
}

func (b *branches) result(r settled) {
	b.may |= r.may
	b.passed += r.passed
	switch {
	case r.may&holds == 0:
		b.failed(r)
	case !r.may.sure() && b.open == nil:
		b.open = &r
	}
}

func (b *branches) failed(s settled) {
	if b.fail == nil {
		b.fail = &s
	}
}

func (b *branches) settled() settled {
	out := settled{may: b.may, by: -1, passed: b.passed}
	switch {
	case b.may == holds:
		return out
	case b.may.open() && b.open != nil:
		return out.decidedAs(*b.open)
	case b.fail != nil:
		return out.decidedAs(*b.fail)
	}
	return out
}

// decidedAs is what came out, decided by what decides a part.
func (s settled) decidedAs(part settled) settled {
	s.by, s.answer, s.masked = part.by, part.answer, part.masked
	return s
}

// orBy is what came out, decided by another result if none decides it yet.
func (s settled) orBy(led int) settled {
	if s.by < 0 && s.may != holds {
		s.by = led
	}
	return s
}

// skip adds the results of checks that are not run.
func (e *evaluation) skip(n *Node, why string) {
	for check := range n.Checks() {
		e.results = append(e.results, Result{
			Check:   check,
			Policy:  e.policy,
			Outcome: Skipped,
			may:     holds,
			request: e.request,
			skip:    why,
		})
	}
}
