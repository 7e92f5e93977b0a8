package repair

import "github.com/gatewhy/gatewhy/rules"

// Sides are the requests that a change is proved on.
type Sides struct {
	Own   *rules.Request // must get in
	Other *rules.Request // must not; nil where none was given
	Facts rules.Facts    // of the environment

	// OneClient says that a change may be for the client of Own alone.
	OneClient bool
}

// Trial is what the requests of both sides get.
type Trial struct {
	Own   rules.Verdict
	Other *rules.Verdict // nil where there is no such request
}

// On runs the requests against policies.
func (s *Sides) On(policies []*rules.Policy) Trial {
	trial := Trial{Own: rules.Evaluate(policies, s.Own)}
	if s.Other != nil {
		other := rules.Evaluate(policies, s.Other)
		trial.Other = &other
	}
	return trial
}

// Remedy is a change that helps, and what the requests get after it.
type Remedy struct {
	rules.Change
	Draft *Draft         // as the configuration reads then
	After rules.Verdict  // of the request that must get in
	Other *rules.Verdict // of the one that must not; nil where none was given
}

// Remedies are the changes that help a request, or narrow the policies to requests like it. Those
// that were refused come beside them, for a reader may expect them to help.
func (b *Bench) Remedies(from *Draft, sides *Sides) ([]Remedy, []rules.Change) {
	var all []Remedy
	before := sides.On(from.Policies)
	goal := rules.Goal{Verdict: &before.Own, OneClient: sides.OneClient, Facts: sides.Facts}
	t := b.try(from, goal, func(after *Draft) string {
		trial := sides.On(after.Policies)
		if !helps(&before, &trial) {
			return "it does not help"
		}
		change := after.Changes[len(after.Changes)-1]
		all = append(all, Remedy{change, after, trial.Own, trial.Other})
		return ""
	})
	return all, t.refused
}

// helps reports whether what was rejected no longer is, or what was let in still is; and whether
// the request of the other side is kept out.
func helps(before, after *Trial) bool {
	switch {
	case after.Own.Outcome == rules.Rejected:
		return false
	case after.Other != nil && after.Other.Outcome != rules.Rejected:
		return false
	case before.Own.Outcome == rules.Rejected:
		return true
	case before.Own.Outcome == rules.Undetermined && after.Own.Outcome == rules.Undetermined:
		return after.Own.DecidedBy() != before.Own.DecidedBy()
	}
	return after.Own.Outcome == before.Own.Outcome
}
