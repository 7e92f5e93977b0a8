package cmd

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gatewhy/gatewhy/testdata/evaluator"
)

// The random pairs: the seed makes them the same in each run.
const (
	evaluatorSeed  = 3
	evaluatorPairs = 2000 / oneFactOf
)

// TestTheFactsAgree holds each check of explain against an evaluator of JWT Validation that was
// written from the published facts alone. Where both are definite they must agree; where the facts
// are open, explain may not be definite. Explain may be open where the facts are not: that is no
// wrong answer.
func TestTheFactsAgree(t *testing.T) {
	t.Parallel()
	world := newEvaluatorWorld(t)
	results := make([]comparison, evaluatorPairs)
	var group sync.WaitGroup
	for worker := range 4 {
		group.Go(func() {
			for n := worker; n < evaluatorPairs; n += 4 {
				pair := evaluator.Generate(evaluatorSeed, uint64(n*oneFactOf), clock)
				results[n] = world.compare(pair, n)
			}
		})
	}
	group.Wait()
	var total comparison
	pairs, doubted := 0, map[string]int{}
	for n, result := range results {
		for _, fault := range result.faults {
			t.Errorf("pair %d: %s", n, fault)
		}
		total.checks += result.checks
		total.definite += result.definite
		total.onlyOurs += result.onlyOurs
		for name := range result.doubted {
			doubted[name]++
		}
		if result.definite > 0 {
			pairs++
		}
	}
	t.Logf(
		"%d of %d pairs have a check on which both are definite; of %d checks both are on %d, "+
			"and the facts alone on %d",
		pairs, evaluatorPairs, total.checks, total.definite, total.onlyOurs)
	if pairs < evaluatorPairs*9/10 || total.definite < total.checks/2 {
		t.Error("the pairs say too little")
	}
	for _, doubt := range doubts() {
		t.Logf("not compared in %d pairs: %s", doubted[doubt.name], doubt.name)
		if doubted[doubt.name] == 0 {
			t.Errorf("nothing differs any more where %s: compare it", doubt.name)
		}
	}
}

// comparison is what came of one pair.
type comparison struct {
	pair   *evaluator.Pair
	faults []string
	// the names of the doubts that kept a difference out of the faults
	doubted map[string]bool
	// compared; definite on both sides; open in explain alone
	checks, definite, onlyOurs int
}

// compare explains a pair and holds the answer against the facts.
func (w *evaluatorWorld) compare(pair *evaluator.Pair, number int) comparison {
	run, err := w.explain(pair, number)
	if err != nil {
		return comparison{faults: []string{err.Error()}}
	}
	var explained struct {
		evaluatedVerdict
		Gateways map[string]evaluatedVerdict
	}
	if err := json.Unmarshal(run.json, &explained); err != nil {
		return comparison{faults: []string{err.Error()}}
	}
	c := comparison{pair: pair, doubted: map[string]bool{}}
	if explained.Gateways == nil {
		c.hold(&explained.evaluatedVerdict, evaluator.Evaluate(pair, clock))
	}
	for gateway, verdict := range explained.Gateways {
		known := *pair
		known.Gateway = gateway
		c.hold(&verdict, evaluator.Evaluate(&known, clock))
	}
	for i := range c.faults {
		c.faults[i] += "\n" + run.input
	}
	return c
}

// evaluatedVerdict is what is read of explain's JSON.
type evaluatedVerdict struct {
	Verdict struct{ Outcome string }
	Checks  []evaluatedCheck
}

type evaluatedCheck struct {
	ID, Outcome, Why, Expected string
	Claim                      *string
}

// evaluatedAnswers are explain's outcomes as the evaluator's answers.
var evaluatedAnswers = map[string]evaluator.Answer{
	"pass": evaluator.Pass, "skipped": evaluator.Pass, "fail": evaluator.Fail,
	"unknown":  evaluator.Open,
	"accepted": evaluator.Pass, "rejected": evaluator.Fail, "undetermined": evaluator.Open,
}

func (c *comparison) hold(explained *evaluatedVerdict, facts []evaluator.Check) {
	left := slices.Clone(explained.Checks)
	compared := true
	for _, fact := range facts {
		ours := takeCheck(&left, &fact)
		if !fact.Moot {
			compared = c.answer(&fact, ours) && compared
		}
	}
	if compared {
		verdict := evaluator.Check{ID: "verdict", Answer: evaluator.Verdict(facts)}
		c.answer(&verdict, evaluatedCheck{Outcome: explained.Verdict.Outcome})
	}
}

// takeCheck takes explain's check that answers a fact's out of the list. A list of custom claims
// that can't be read has no names. A check that is not there lets the token pass.
func takeCheck(left *[]evaluatedCheck, fact *evaluator.Check) evaluatedCheck {
	i := slices.IndexFunc(*left, func(check evaluatedCheck) bool {
		named := check.Claim != nil && *check.Claim == fact.Claim || check.Claim == nil &&
			fact.Claim == ""
		unread := check.Claim == nil || fact.Claim == ""
		return check.ID == fact.ID && (named || unread && check.Outcome == "unknown")
	})
	if i < 0 {
		return evaluatedCheck{Outcome: "skipped", Why: "there is no such check"}
	}
	check := (*left)[i]
	*left = slices.Delete(*left, i, i+1)
	return check
}

// answer compares one check, and reports whether it could be compared.
func (c *comparison) answer(fact *evaluator.Check, ours evaluatedCheck) bool {
	answer := evaluatedAnswers[ours.Outcome]
	if answer != evaluator.Open && answer != fact.Answer {
		for _, doubt := range doubts() {
			if doubt.is(c.pair, fact.ID, fact.Claim) {
				c.doubted[doubt.name] = true
				return false
			}
		}
		c.faults = append(c.faults, fmt.Sprintf(
			"%s %s: explain says %s (%s; expected: %s), the facts %v",
			fact.ID, fact.Claim, ours.Outcome, ours.Why, ours.Expected, fact.Answer))
	}
	c.checks++
	switch {
	case answer == evaluator.Open && fact.Answer != evaluator.Open:
		c.onlyOurs++
	case answer == fact.Answer && answer != evaluator.Open:
		c.definite++
	}
	return true
}

// doubt is a kind of input of which explain says more than the evaluator's facts do, or something
// else. The checks that it is about, and the verdicts of its pairs, are not compared.
type doubt struct {
	name string // what is said, and on what ground
	is   func(pair *evaluator.Pair, check string, claim string) bool
}

// doubts are all that is left out: decisions of the interface's contract.
func doubts() []doubt {
	return []doubt{
		{
			"a kid that is not the signer's fails, though no page says how a key is chosen",
			func(pair *evaluator.Pair, check, _ string) bool {
				return check == "signature" && pair.Token.Kid != pair.Token.Signer
			},
		},
		{
			"blanks around a supported audience do not count, nor do empty ones",
			func(pair *evaluator.Pair, check, _ string) bool {
				aud, _ := pair.Token.Claims["aud"].(string)
				return check == "audience" &&
					(strings.TrimSpace(aud) != aud || pair.Token.Claims["aud"] == "")
			},
		},
	}
}
