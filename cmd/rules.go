package cmd

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	examples "github.com/gatewhy/gatewhy/testdata/rules"
)

func newRules(env *Env) *cobra.Command {
	var output outputFlags
	cmd := &cobra.Command{
		Use:   "rules [NAME]",
		Short: "Show the rule catalogue of lint, or one rule in full",
		Long: "rules lists what lint looks for. With a NAME it shows why that matters, what to do, and a bad and a good example, which\n" +
			"the program's own tests run.",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: env.completeRule,
		RunE:              func(_ *cobra.Command, args []string) error { return env.rules(&output, args) },
	}
	output.register(cmd, render.Formats().Rules.Names()...)
	return cmd
}

func (e *Env) completeRule(
	_ *cobra.Command, args []string, _ string,
) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return ruleNames(e.Gateways.catalogue()), cobra.ShellCompDirectiveNoFileComp
}

func ruleNames(all []rules.Rule) []string {
	var names []string
	for _, r := range all {
		names = append(names, r.Name)
	}
	return names
}

func (e *Env) rules(output *outputFlags, args []string) error {
	if len(args) == 0 {
		return show(e, output, render.Formats().Rules, e.Gateways.catalogue())
	}
	rule, err := e.Gateways.ruleNamed(args[0])
	if err != nil {
		return err
	}
	page, err := e.Gateways.pageOf(rule)
	if err != nil {
		return err
	}
	return show(e, output, render.Formats().Rule, page)
}

// ruleNamed finds a rule of the catalogue.
func (g Gateways) ruleNamed(name string) (*rules.Rule, error) {
	all := g.catalogue()
	for i := range all {
		if all[i].Name == name {
			return &all[i], nil
		}
	}
	hint := "all rules: gatewhy rules"
	if len(name) > longestWord*2 {
		return nil, problem("there is no such rule", hint)
	}
	if near := nearest(name, ruleNames(all)); near != "" {
		hint = "did you mean " + near + "?"
	}
	return nil, problem(fmt.Sprintf("there is no rule %q", name), hint)
}

// pageOf gathers what is shown of one rule: its first bad example with what lint says of it, and its first good one.
func (g Gateways) pageOf(rule *rules.Rule) (*report.RulePage, error) {
	page := &report.RulePage{Rule: rule}
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
	j, err := g.exampleJudge(rule.Name)
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

// exampleJudge judges the examples of a rule: with the app registration beside them, where there is one.
func (g Gateways) exampleJudge(rule string) (*judge, error) {
	judged := newJudge(g, rules.Options{})
	j := &judged
	app, err := examples.Of(rule, "app")
	if err != nil || len(app) == 0 {
		return j, err
	}
	file, err := source.Read(app[0].Name, []byte(app[0].Text))
	if err != nil {
		return nil, err
	}
	j.apps, err = entra.ReadRegistrations(file)
	return j, err
}
