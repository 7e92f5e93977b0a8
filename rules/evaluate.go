package rules

// evaluation walks the policies of one API for one request, and keeps the result of every check.
type evaluation struct {
	request *Request
	policy  *Policy
	results []Result

	// tokenless says that a check has looked for a token, and there is none: those that read it are skipped.
	tokenless bool
}

// settled is what a node came out as.
type settled struct {
	may may

	// by is the index of the result that decides it where it does not hold or is open, else -1.
	by     int
	answer *Answer // what the gateway sends in the place of that check's own; nil for that

	// masked says that the gateway may have run into an error before it came to that check.
	masked bool
	passed int // how many checks hold, to find the alternative that came nearest
}

// policies runs every policy that applies, one after the other, as the gateway does.
func (e *evaluation) policies(policies []*Policy, applies func(int, *Policy) Truth) settled {
	run := sequence{series: allOf(), by: -1}
	for i, policy := range policies {
		e.policy, e.tokenless = policy, false
		applied := applies(i, policy)
		if route := e.request.routeResult(policy, applied); route != nil {
			e.results = append(e.results, *route)
			run.add(settled{may: route.may, by: len(e.results) - 1})
		}
		if applied == No {
			continue
		}
		clear(e.request.bound)
		from := len(e.results)
		s := e.node(&policy.Root)
		if applied == Maybe {
			e.perhapsApplied(from)
			if s.may&^holds != 0 {
				s.may = holds | fails
			}
		}
		run.add(s)
	}
	return run.settled()
}

// perhapsApplied turns the failures of a policy that perhaps does not apply into unknowns.
func (e *evaluation) perhapsApplied(from int) {
	for i := from; i < len(e.results); i++ {
		e.results[i].perhapsApplied()
	}
}

func (e *evaluation) node(n *Node) settled {
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
	}
	return s
}

func (e *evaluation) check(check *Check) settled {
	result := e.request.run(e.policy, check, e.tokenless)
	if check.ID == TokenPresent && result.Outcome != Pass && e.request.Token == nil {
		e.tokenless = true
	}
	e.results = append(e.results, result)
	s := settled{may: result.may, by: len(e.results) - 1}
	if result.Outcome == Pass {
		s.passed = 1
	}
	return s
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

// add takes the next part. The first part that surely ends the sequence decides it; where none does, the first
// that is open.
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
		run.add(e.node(&nodes[i]))
	}
	return run.settled()
}

// any tries every alternative: what comes after one that holds is run and shown, and counts for nothing.
func (e *evaluation) any(n *Node) settled {
	run := anyOf()
	all := make([]settled, len(n.Any))
	tokenless := e.tokenless
	end, open, passed := -1, -1, 0
	for i := range n.Any {
		e.tokenless = tokenless
		all[i] = e.node(&n.Any[i])
		passed += all[i].passed
		switch {
		case run.next(all[i].may):
			end = i
		case !run.ended && !all[i].may.sure() && open < 0:
			open = i
		}
	}
	e.tokenless = tokenless
	out := settled{may: run.may(), by: -1, passed: passed}
	switch {
	case out.may == holds || len(all) == 0:
		return out
	case out.may.open() && open >= 0:
		return out.told(all[open])
	case end >= 0:
		return out.told(all[end])
	}
	return out.told(all[n.Reports.of(all)])
}

// of is the index of the alternative whose fault the gateway reports.
func (r Reported) of(all []settled) int {
	best := 0
	for i := range all {
		if r == Last || r == Nearest && all[i].passed > all[best].passed {
			best = i
		}
	}
	return best
}

// not is decided by the last check below it that holds, where it does not hold itself.
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
	s.by = len(e.results) - 1
	for i := s.by; i >= from; i-- {
		if e.results[i].Outcome == Pass {
			s.by = i
			break
		}
	}
	return s
}

// first is decided by the first branch whose condition holds. What is surely not reached is not run.
func (e *evaluation) first(f *First) settled {
	run := branches{reached: true}
	for i := range f.Branches {
		branch := &f.Branches[i]
		if !run.reached {
			e.skip(&branch.If, "an earlier rule decides")
			e.skip(&branch.Then, "an earlier rule decides")
			continue
		}
		condition := e.node(&branch.If)
		run.condition(condition)
		if condition.may&holds == 0 {
			e.skip(&branch.Then, "its condition does not hold")
			continue
		}
		run.result(e.node(&branch.Then))
	}
	if run.reached {
		run.result(e.node(&f.Default))
	} else {
		e.skip(&f.Default, "an earlier rule decides")
	}
	return run.settled()
}

// branches puts what came out of rules together of which the first decides.
type branches struct {
	may        may
	reached    bool // the next rule may be reached
	open, fail *settled
	passed     int
}

func (b *branches) condition(c settled) {
	b.may |= c.may & errs
	b.reached = c.may&fails != 0
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
		return out.told(*b.open)
	case b.fail != nil:
		return out.told(*b.fail)
	}
	return out
}

// told is what came out, decided by what decides a part.
func (s settled) told(part settled) settled {
	s.by, s.answer, s.masked = part.by, part.answer, part.masked
	return s
}

// skip adds the results of checks that are not run.
func (e *evaluation) skip(n *Node, why string) {
	for check := range n.Checks() {
		e.results = append(e.results, Result{
			Check: check, Policy: e.policy, Outcome: Skipped, may: holds, request: e.request, skip: why,
		})
	}
}
