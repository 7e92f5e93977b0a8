package report

import (
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	examples "github.com/gatewhy/gatewhy/testdata/rules"
)

// RulePage is one rule with its examples, and what lint says of the bad one.
type RulePage struct {
	*rules.Rule
	Bad, Good examples.Example
	App       *examples.Example // the app registration that both need; nil where they need none
	File      *source.File      // the bad one, as it was read
	Findings  []rules.Finding
}

// PageOf gathers what is shown of one rule: its first bad example with what lint says of it, and
// its first good one.
func (g Gateways) PageOf(rule *rules.Rule) (*RulePage, error) {
	page := &RulePage{Rule: rule}
	bad, err := examples.Of(rule.Name, "bad")
	if err != nil || len(bad) == 0 {
		return page, err
	}
	good, err := examples.Of(rule.Name, "ok")
	if err != nil || len(good) == 0 {
		return page, err
	}
	page.Bad, page.Good = bad[0], good[0]
	if app, err := examples.Of(rule.Name, "app"); err == nil && len(app) > 0 {
		page.App = &app[0]
	}
	file, err := source.Read(bad[0].Name, []byte(bad[0].Text))
	if err != nil {
		return nil, err
	}
	page.File = file
	j, err := g.ExampleJudge(rule.Name)
	if err != nil {
		return nil, err
	}
	for _, f := range j.file(file).findings {
		if f.Rule == rule.Name {
			page.Findings = append(page.Findings, f)
		}
	}
	return page, nil
}

// ExampleJudge judges the examples of a rule: with the app registration beside them, where there
// is one.
func (g Gateways) ExampleJudge(rule string) (*Judge, error) {
	j := NewJudge(g, rules.Options{}, nil)
	app, err := examples.Of(rule, "app")
	if err != nil || len(app) == 0 {
		return j, err
	}
	file, err := source.Read(app[0].Name, []byte(app[0].Text))
	if err != nil {
		return nil, err
	}
	j.Apps, err = entra.ReadRegistrations(file)
	return j, err
}
