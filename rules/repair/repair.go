// Package repair proposes changes of a configuration, makes each of them, proves it, and keeps
// what helps.
//
// What is proposed comes from an adapter. [Bench] makes and compiles it; a proof looks at what was
// compiled, on both sides: those who must get in do, and those who must not do not.
// [Bench.Remedies] proves changes on one request, [Search] looks for the smallest set of them, and
// [Fix] repairs findings, or makes a ready-made repair. A token that proves a change is never made
// from a value that the change has written.
//
// The package reads no files, knows no vendor's gateway, and names what it needs by its kind, not
// by a flag.
package repair

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// Bench is where changes are made, with one adapter.
type Bench struct {
	Adapter rules.Adapter
	Unread  []rules.Unread // beside every configuration
}

// Draft is a configuration as it reads after some changes, compiled. It is not changed.
type Draft struct {
	*rules.Configuration
	rules.Compilation
	Changes []rules.Change // that were made, in their order
}

// Compiled is a configuration to begin with.
func (b *Bench) Compiled(c *rules.Configuration) *Draft {
	compiled := b.Adapter.Compile(c)
	var unread []*rules.Policy
	for i := range b.Unread {
		unread = append(unread, b.Unread[i].Policy())
	}
	if b.Adapter.Together != nil {
		compiled.Policies = rules.Unsettled(compiled.Policies, unread)
	} else {
		compiled.Policies = append(slices.Clip(compiled.Policies), unread...)
	}
	return &Draft{Configuration: c, Compilation: compiled}
}

// apply makes a change.
func (b *Bench) apply(from *Draft, change rules.Change) *Draft {
	after := b.Compiled(change.Edited)
	after.Changes = append(slices.Clip(from.Changes), change)
	return after
}

// Fields lists what the changes do to fields.
func (d *Draft) Fields() []rules.FieldChange {
	var all []rules.FieldChange
	for _, change := range d.Changes {
		all = append(all, change.Fields...)
	}
	return all
}

// tried is what came of the changes that an adapter has for a goal.
type tried struct {
	proved    []*Draft
	refused   []rules.Change // by the adapter
	disproved []rules.Change // Refused says why
}

// try makes each change that the adapter has for a goal, and proves it. A proof says why a change
// does not serve the goal; nothing where it does.
func (b *Bench) try(from *Draft, goal rules.Goal, proof func(after *Draft) string) tried {
	changes := source.Without(
		b.Adapter.Changes(from.Configuration, goal),
		func(c rules.Change) bool { return c.Refused == "" && !goal.Wants(c.ID) },
	)
	return b.tryAll(from, changes, proof)
}

// tryAll makes each of some changes, and proves it.
func (b *Bench) tryAll(
	from *Draft, changes []rules.Change, proof func(after *Draft) string,
) tried {
	var t tried
	for _, change := range changes {
		if change.Refused != "" {
			t.refused = append(t.refused, change)
			continue
		}
		after := b.apply(from, change)
		if why := proof(after); why != "" {
			change.Refused = why
			t.disproved = append(t.disproved, change)
			continue
		}
		t.proved = append(t.proved, after)
	}
	return t
}

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
