package repair

import "github.com/gatewhy/gatewhy/rules"

// Sides are the requests that a change is proved on.
type Sides struct {
	Own   *rules.Request // must get in
	Other *rules.Request // must not; nil where none was given
	Facts rules.Facts    // of the environment

	// OneClient says that a change may be for the client of Own alone.
	OneClient bool

	// Most is of how many policies changes are tried that narrow them; all if it is zero.
	Most int

	// Wanted says by their ids which changes are tried; all if it is nil.
	Wanted func(id string) bool

	// Shown says that remedies are only shown: what the files and policies are after them is let
	// go of, for each has all of them once more.
	Shown bool
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
	Draft *Draft         // as the configuration reads then; nil if remedies are only shown
	After rules.Verdict  // of the request that must get in
	Other *rules.Verdict // of the one that must not; nil where none was given
}

// Remedies are the changes that help a request, or narrow the policies to requests like it. Those
// that were refused come beside them, for a reader may expect them to help.
func (b *Bench) Remedies(from *Draft, sides *Sides) ([]Remedy, []rules.Change) {
	var all []Remedy
	before := sides.On(from.Policies)
	goal := rules.Goal{
		Verdict: &before.Own, OneClient: sides.OneClient, Facts: sides.Facts,
		MostNarrowed: sides.Most, Wanted: sides.Wanted,
	}
	t := b.try(from, goal, func(after *Draft) string {
		trial := sides.On(after.Policies)
		if !helps(&before, &trial) {
			return "it does not help"
		}
		change := after.Changes[len(after.Changes)-1]
		remedy := Remedy{change, after, trial.Own, trial.Other}
		if sides.Shown {
			remedy.slim()
		}
		all = append(all, remedy)
		return ""
	})
	return all, t.refused
}

// slim lets go of what holds files and policies as they are after the change. If the request is
// let in, nobody asks which checks it has passed.
func (r *Remedy) slim() {
	r.Draft, r.Edited = nil, nil
	if r.After.Outcome == rules.Accepted {
		r.After.Results, r.After.Classes = nil, nil
	}
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
