package cmd

import (
	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/rules/environments"
	"github.com/gatewhy/gatewhy/rules/repair"
)

// mostShown is how many single changes are shown beside the set that was found.
const mostShown = 3

// repair tries what the adapter proposes at each gateway that has a wrong cell, and keeps what makes its column better, and the
// smallest set of changes that was found for it. With fix, the matrix after these is computed. Columns do not depend on each other's policies, so
// the best for each is the best for all.
func (e *estate) repair(x *report.Matrixing, fix bool, done func()) error {
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
func (e *estate) repairOne(x *report.Matrixing, g int, set *policySet, fix bool) error {
	c := column{matrix: x.Matrix, gateway: g, tried: map[*repair.Draft]*environments.Matrix{}}
	search := repair.Search{Bench: set.Bench, Own: x.Own(g), Score: c.score}
	found, err := search.Smallest(set.Draft)
	if err != nil {
		return err
	}
	for _, a := range found.Singles[:min(mostShown, len(found.Singles))] {
		x.Repairs = append(x.Repairs, c.repair(&a, found))
	}
	if !found.Better() {
		return nil
	}
	chosen := c.repair(&found.Best, found)
	chosen.Chosen = true
	x.Repairs = append(x.Repairs, chosen)
	if fix {
		x.Fixed = x.Fixed.With(g, c.tried[found.Best.Draft])
	}
	return nil
}

// column is the cells of one gateway, with each of the drafts that was tried there.
type column struct {
	matrix  *environments.Matrix
	gateway int
	tried   map[*repair.Draft]*environments.Matrix
}

// score counts the cells that are wrong with a draft, or may be.
func (c *column) score(draft *repair.Draft) repair.Score {
	tried := c.matrix.Try(c.gateway, draft.Policies)
	c.tried[draft] = tried
	wrong, unknown, _ := tried.Wrong()
	return repair.Score{Wrong: wrong, Unknown: unknown}
}

func (c *column) repair(a *repair.Attempt, found *repair.Found) report.Repair {
	r := report.Repair{
		Gateway: c.gateway, Wrong: a.Score.Wrong, Before: found.Start.Score.Wrong,
		After: c.matrix.With(c.gateway, c.tried[a.Draft]),
	}
	for _, change := range a.Changes {
		r.Titles = append(r.Titles, change.Title)
		for _, field := range change.Fields {
			of := report.FileChange{File: change.Policy.Pos.File, FieldChange: field}
			r.Changes = append(r.Changes, of)
		}
	}
	for _, file := range a.Files {
		r.Files = append(r.Files, report.EditedFile{Name: file.Name, Text: file.Text})
	}
	return r
}
