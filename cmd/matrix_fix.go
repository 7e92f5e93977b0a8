package cmd

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
)

// The limits of the search for repairs: how many changes deep, how many attempts are followed at each depth, and how many are shown. Where a
// depth has fewer attempts, as in every estate that was measured, all of them are followed, so that no smaller set of what is proposed is
// missed; the rest is the smallest that was found.
const (
	deepestRepair = 4
	widestRepair  = 64
	mostShown     = 3 // single changes that are shown beside the set that was found
)

// repair tries what the adapter proposes at each gateway that has a wrong cell, and keeps what makes its column better, and the
// smallest set of changes that was found for it. With fix, the matrix after these is computed. Columns do not depend on each other's policies, so
// the best for each is the best for all.
func (e *estate) repair(x *render.Matrixing, fix bool, done func()) error {
	if fix {
		x.Fixed = x.Matrix
	}
	for g, name := range x.Gateways {
		if err := e.repairOne(x, g, e.sets[name], fix); err != nil {
			return err
		}
		done()
	}
	return nil
}

// repairOne looks for the repair of one gateway.
func (e *estate) repairOne(x *render.Matrixing, g int, set *policySet, fix bool) error {
	s := &search{matrix: x.Matrix, gateway: g, seen: map[string]bool{}}
	start := s.attempt(set)
	if start.wrong == 0 {
		return nil
	}
	singles, err := s.expand([]*attempt{start})
	if err != nil {
		return err
	}
	kept := better(singles, start)
	for _, a := range kept[:min(mostShown, len(kept))] {
		x.Repairs = append(x.Repairs, a.repair(x, g, start.wrong))
	}
	best, err := s.deepen(start, singles)
	if err != nil || best == start {
		return err
	}
	chosen := best.repair(x, g, start.wrong)
	chosen.Chosen = true
	x.Repairs = append(x.Repairs, chosen)
	if fix {
		x.Fixed = x.Fixed.With(g, best.tried)
	}
	return nil
}

// search looks for the repair of one gateway.
type search struct {
	matrix  *environments.Matrix
	gateway int
	seen    map[string]bool // the texts of all files of what was tried
}

// attempt is a gateway's policies after some changes, and what came of them.
type attempt struct {
	set            *policySet
	titles         []string
	changes        []render.FileChange
	wrong, unknown int
	tried          *environments.Matrix // the gateway's column
}

func (s *search) attempt(set *policySet) *attempt {
	a := &attempt{set: set, tried: s.matrix.Try(s.gateway, set.Policies)}
	a.wrong, a.unknown, _ = a.tried.Wrong()
	return a
}

// deepen adds changes to the best attempts until every cell is right, or nothing gets better.
func (s *search) deepen(start *attempt, level []*attempt) (*attempt, error) {
	best := start
	for depth := 1; ; depth++ {
		slices.SortStableFunc(level, compare)
		if len(level) == 0 || compare(level[0], best) >= 0 && depth > 2 {
			return best, nil
		}
		if compare(level[0], best) < 0 {
			best = level[0]
		}
		if best.wrong == 0 || depth == deepestRepair {
			return best, nil
		}
		if depth > 1 {
			level = level[:min(widestRepair, len(level))]
		}
		next, err := s.expand(level)
		if err != nil {
			return nil, err
		}
		level = next
	}
}

// compare orders attempts: fewer wrong cells, fewer unknown ones, fewer changes.
func compare(a, b *attempt) int {
	return cmp.Or(a.wrong-b.wrong, a.unknown-b.unknown, len(a.changes)-len(b.changes))
}

// better keeps the attempts after which fewer cells are wrong.
func better(all []*attempt, start *attempt) []*attempt {
	kept := slices.DeleteFunc(slices.Clone(all), func(a *attempt) bool { return a.wrong >= start.wrong })
	slices.SortStableFunc(kept, compare)
	return kept
}

// expand proves what the adapter proposes for each of the environment's own tokens, each result once.
func (s *search) expand(from []*attempt) ([]*attempt, error) {
	var all []*attempt
	for _, a := range from {
		for _, request := range s.matrix.Own(s.gateway) {
			next, err := s.proposals(a, request)
			if err != nil {
				return nil, err
			}
			all = append(all, next...)
		}
	}
	return all, nil
}

func (s *search) proposals(from *attempt, request *rules.Request) ([]*attempt, error) {
	before := rules.Trial{Own: rules.Evaluate(from.set.Policies, request)}
	var all []*attempt
	proposals, err := from.set.adapter.Changes(from.set.Configuration, rules.Goal{Verdict: &before.Own})
	if err != nil {
		return nil, err
	}
	remedies, err := rules.Prove(proposals, before, func(edited *rules.Configuration) (rules.Trial, error) {
		return rules.Trial{Own: rules.Evaluate(from.set.of(edited).Policies, request)}, nil
	})
	for _, r := range remedies {
		if a := s.follow(from, &r); a != nil {
			all = append(all, a)
		}
	}
	return all, err
}

// follow runs the whole column after a remedy; nothing where the same text was tried before.
func (s *search) follow(from *attempt, r *rules.Remedy) *attempt {
	set := from.set.of(r.Edited)
	texts := set.texts()
	if s.seen[texts] {
		return nil
	}
	s.seen[texts] = true
	a := s.attempt(set)
	a.titles = append(slices.Clone(from.titles), r.Title)
	a.changes = slices.Clone(from.changes)
	for _, c := range r.Fields {
		a.changes = append(a.changes, render.FileChange{File: r.Policy.Pos.File, FieldChange: c})
	}
	return a
}

// texts is the text of all files, to tell two sets apart.
func (s *policySet) texts() string {
	var b strings.Builder
	for _, file := range s.Files {
		b.Write(file.Text)
		b.WriteByte(0)
	}
	return b.String()
}

func (a *attempt) repair(x *render.Matrixing, gateway, before int) render.Repair {
	r := render.Repair{
		Gateway: gateway, Titles: a.titles, Changes: a.changes, Wrong: a.wrong, Before: before,
		After: x.With(gateway, a.tried),
	}
	for _, file := range a.set.Files {
		r.Files = append(r.Files, render.EditedFile{Name: file.Name, Text: file.Text})
	}
	return r
}
