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
	changes := slices.DeleteFunc(
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
