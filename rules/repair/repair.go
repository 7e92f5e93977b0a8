// Package repair proposes changes of a configuration, makes each of them, proves it, and keeps
// what helps.
//
// What is proposed comes from an adapter. [Bench] makes and compiles it; a proof looks at what was
// compiled, on both sides: those who must get in do, and those who must not do not.
// [Bench.Remedies] proves changes on one request, and [Fix] repairs findings, or makes a
// ready-made repair. Where one change is not enough, for either or for a whole matrix, [Search]
// looks for the smallest set. A token that proves a change is never made from a value that the
// change has written.
//
// The package reads no files, knows no vendor's gateway, and names what it needs by its kind, not
// by a flag.
package repair

import (
	"fmt"
	"slices"
	"strings"

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

// apply makes a change. After it there may be more policies or conditions than are looked at.
func (b *Bench) apply(from *Draft, change rules.Change) (*Draft, error) {
	after := b.Compiled(change.Edited)
	after.Changes = append(slices.Clip(from.Changes), change)
	return after, rules.ChainsBeyond(after.Policies)
}

// unread says why what a change makes is not looked at.
func unread(err error) string { return "gatewhy could not read the file after it: " + err.Error() }

// Fields lists what the changes do to fields.
func (d *Draft) Fields() []rules.FieldChange {
	var all []rules.FieldChange
	for _, change := range d.Changes {
		all = append(all, change.Fields...)
	}
	return all
}

// try makes each change that the adapter has for a goal: of one policy, or of any if it is nil. It
// returns the drafts that are proved, and the changes that the adapter refuses.
func (b *Bench) try(
	from *Draft, goal rules.Goal, of *rules.Policy, proof func(after *Draft) bool,
) (proved []*Draft, refused []rules.Change) {
	for _, change := range b.Adapter.Changes(from.Configuration, goal) {
		switch {
		case change.Refused != "":
			refused = append(refused, change)
		case goal.Wants(change.ID) && (of == nil || of.Entry == change.Policy.Entry):
			after, err := b.apply(from, change)
			switch {
			case err != nil:
				change.Refused = unread(err)
				refused = append(refused, change)
			case proof(after):
				proved = append(proved, after)
			}
		}
	}
	return proved, refused
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

// Remedies are the changes that help a request, or narrow the policies to requests like it. Where
// none alone lets in what is rejected, they are the smallest set that does. Those that were
// refused come beside them, for a reader may expect them to help.
func (b *Bench) Remedies(from *Draft, sides *Sides) ([]Remedy, []rules.Change) {
	var all []Remedy
	before, getsNearer := sides.On(from.Policies), false
	_, refused := b.try(from, sides.goal(&before), nil, func(after *Draft) bool {
		trial := sides.On(after.Policies)
		helped := helps(&before, &trial)
		if helped {
			all = append(all, sides.remedy(after, after.Changes[len(after.Changes)-1], &trial))
		}
		getsNearer = getsNearer || nearer(&before, &trial)
		return helped
	})
	if len(all) == 0 && getsNearer && len(before.rejecting()) <= deepest {
		all = b.together(from, sides)
	}
	return all, refused
}

// together is the smallest set of changes of one file that lets a request in, as one change.
func (b *Bench) together(from *Draft, sides *Sides) []Remedy {
	search := Search{
		Bench: *b, Own: []*rules.Request{sides.Own}, Facts: sides.Facts,
		OneClient: sides.OneClient, Most: MostCompiled,
		Score: func(after *Draft) Score {
			trial := sides.On(after.Policies)
			return Score{Wrong: trial.wrong()}
		},
	}
	best := search.Smallest(from).Best
	if best.Score.Wrong > 0 {
		return nil
	}
	one, oneFile := joined(best.Changes[len(from.Changes):])
	if !oneFile {
		return nil
	}
	trial := sides.On(best.Policies)
	return []Remedy{sides.remedy(best.Draft, one, &trial)}
}

// joined makes changes that were made one after the other one change, and reports whether they are
// of one file.
func joined(changes []rules.Change) (rules.Change, bool) {
	var ids, titles []string
	one, oneFile, alike := changes[0], true, true
	one.Fields = nil
	for _, c := range changes {
		ids, titles = append(ids, c.ID), append(titles, c.Title)
		one.Fields, one.Edited = append(one.Fields, c.Fields...), c.Edited
		oneFile = oneFile && c.Policy.Pos.File == one.Policy.Pos.File
		alike = alike && c.Title == changes[0].Title
	}
	if one.ID, one.Title = strings.Join(ids, "+"), strings.Join(titles, ", and "); alike {
		one.Title = fmt.Sprintf("%s, in %d policies", titles[0], len(changes))
	}
	return one, oneFile
}

func (s *Sides) goal(before *Trial) rules.Goal {
	goal := rules.Goal{
		Verdict: &before.Own, OneClient: s.OneClient, Facts: s.Facts, MostNarrowed: s.Most,
		Wanted: s.Wanted,
	}
	if before.Own.Outcome == rules.Rejected {
		goal.MostNarrowed = -1 // nobody gets in by narrowing
		if len(before.rejecting()) > deepest {
			goal.MostRepaired = 1
		}
	}
	return goal
}

func (s *Sides) remedy(after *Draft, change rules.Change, trial *Trial) Remedy {
	remedy := Remedy{change, after, trial.Own, trial.Other}
	if s.Shown {
		remedy.slim()
	}
	return remedy
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

// nearer reports whether a change helps, or leaves fewer checks that reject what is to get in.
func nearer(before, after *Trial) bool {
	kept := after.Other == nil || after.Other.Outcome == rules.Rejected
	return helps(before, after) || kept && after.wrong() < before.wrong()
}

// wrong counts the checks that reject the one request, and the other one where it is not rejected.
func (t *Trial) wrong() (n int) {
	if t.Own.Outcome == rules.Rejected {
		n = max(1, len(t.failed()))
	}
	if t.Other != nil && t.Other.Outcome != rules.Rejected {
		n++
	}
	return n
}

// failed are the checks that keep the one request out.
func (t *Trial) failed() (all []*rules.Result) {
	for i := range t.Own.Results {
		if r := &t.Own.Results[i]; r.KeepsOut() {
			all = append(all, r)
		}
	}
	return all
}

// rejecting are the policies that do, in the gateway's order.
func (t *Trial) rejecting() (all []*rules.Policy) {
	for _, r := range t.failed() {
		if len(all) == 0 || r.Policy != all[len(all)-1] {
			all = append(all, r.Policy)
		}
	}
	return all
}
