package cmd

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// fixFlags are the flags of fix.
type fixFlags struct {
	output    outputFlags
	rule      string
	solution  choice
	api       string
	facts     rules.Facts
	version   choice
	tokens    []string
	contracts string
	apps      []string
	write     bool

	asset   policyType
	variant choice
}

func newFix(env *Env) *cobra.Command {
	var flags fixFlags
	cmd := &cobra.Command{
		Use:   "fix PATH",
		Short: "Repair a policy configuration: print the proved change as a diff, or write it",
		Long: "fix makes the smallest edit that repairs a policy and leaves every other byte of the file as it is. Nothing is\n" +
			"printed that was not compiled and linted again; the diff is followed by what the gateway answers before and after.\n" +
			"Without --rule and --solution it repairs every error and warning that can be repaired without asking.",
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return env.fix(&flags, args[0]) },
	}
	flags.register(cmd)
	return cmd
}

func (f *fixFlags) register(cmd *cobra.Command) {
	f.output.register(cmd, "text", "json")
	f.solution = choice{allowed: solutions(), kind: "SOLUTION"}
	f.solution.register(cmd, "solution", "", "of Salesforce KB 005321722: JWT Validation with an audience, or an environment's scope")
	f.version = choice{allowed: []string{"1", "2"}, kind: "VERSION"}
	f.version.register(cmd, "token-version", "", "the version of the API's tokens")
	f.variant = choice{allowed: variants(), kind: "GATEWAY"}
	f.asset.register(cmd)
	f.variant.register(cmd, "gateway", "", "the gateway, where the file does not tell")
	flags := cmd.Flags()
	flags.StringVar(&f.api, "api", "", "the API instance, of a file with several")
	flags.StringVar(&f.rule, "rule", "", "repair the findings of this rule only: a `NAME` of gatewhy rules")
	flags.StringVar(&f.facts.Audience, "audience", "", "this environment's `AUDIENCE`, as its tokens carry it")
	flags.StringVar(&f.facts.Scope, "scope", "", "the `SCOPE` that only this environment's API exposes")
	flags.StringVar(&f.facts.Tenant, "tenant", "", "the `ID` of this environment's tenant")
	flags.StringArrayVar(&f.tokens, "token", nil, "a `TOKEN` (or @FILE) to run before and after, repeatable; signatures are assumed to verify")
	flags.StringArrayVar(&f.apps, "app", nil, "`FILE` with the API's app registration: tells the audience and the version of its tokens")
	flags.StringVar(&f.contracts, "contracts", "", "`FILE` with the client ids that have an approved contract")
	flags.BoolVar(&f.write, "write", false, "write the repaired file")
}

func (f *fixFlags) options() rules.Options {
	return rules.Options{Variant: f.variant.value, API: f.api, Asset: f.asset.asset}
}

func (e *Env) fix(flags *fixFlags, name string) error {
	if err := flags.complete(); err != nil {
		return err
	}
	if flags.write && name == "-" {
		return problem("standard input can't be written back", "without --write the change is printed as a diff")
	}
	file, err := e.readSource(name)
	if err != nil {
		return err
	}
	f := &fixer{judge: newJudge(flags.options()), facts: flags.facts, solution: flags.solution.value, report: &render.Fixing{Before: file, After: file}}
	if f.apps, err = e.readApps(flags.apps); err != nil {
		return err
	}
	f.learnApp()
	if err := f.adapt(file); err != nil {
		return err
	}
	if err := e.readRequests(flags, f); err != nil {
		return err
	}
	if err := f.run(flags.rule); err != nil {
		return err
	}
	return e.finishFix(flags, name, f)
}

// complete checks the flags that only make sense in one form.
func (f *fixFlags) complete() error {
	f.facts.Version = versionNamed(f.version.value)
	if f.facts.Tenant != "" && !entra.IsGUID(f.facts.Tenant) {
		return problem("--tenant must be the tenant's id, a GUID: issuers never have a domain", "gatewhy decode shows it, as tid of any of the tenant's tokens")
	}
	if f.rule != "" && f.solution.value != "" {
		return problem("--rule and --solution were both given", "one at a time: run fix again for the other")
	}
	if f.rule != "" {
		_, err := ruleNamed(f.rule)
		return err
	}
	return nil
}

// versionNamed is the version of tokens that a number is; 0 for none.
func versionNamed(text string) entra.Version {
	switch text {
	case "1", "1.0":
		return entra.V1
	case "2", "2.0":
		return entra.V2
	}
	return 0
}

// adapt finds the vendor whose policies a file holds. A solution is made for the one API instance that its token is for.
func (f *fixer) adapt(file *source.File) error {
	var none error
	for _, adapter := range adapters() {
		compiled, err := adapter.Compile(file, f.options)
		switch {
		case err != nil:
			none = cmp.Or(none, noneOfAPI(adapter, f.options, file, err))
			continue
		case f.solution != "":
			err = oneAPI(compiled.Policies, "the one that the solution is for")
		}
		f.adapter = adapter
		f.wanted.learn(compiled.Policies)
		return err
	}
	return none
}

// finishFix proves what was changed, prints it and writes it. Where nothing was changed for want of something, that is asked for.
func (e *Env) finishFix(flags *fixFlags, name string, f *fixer) error {
	if !f.changed() {
		return e.nothingFixed(flags, f)
	}
	if err := f.prove(); err != nil {
		return err
	}
	if flags.write {
		if err := e.writeFile(name, f.report.After.Text); err != nil {
			return err
		}
		f.report.Written = true
	}
	if err := e.renderFix(&flags.output, f.report); err != nil {
		return err
	}
	for _, warning := range f.report.Warnings {
		e.warn("%s", warning)
	}
	return nil
}

func (e *Env) renderFix(output *outputFlags, report *render.Fixing) error {
	if output.format.value == "json" {
		return render.FixJSON(e.Stdout, report)
	}
	return render.FixText(e.Stdout, output.style(e), report)
}

// learnApp takes from the app registration what the user has not told: the version of the API's tokens, and their audience where
// it can only be one.
func (f *fixer) learnApp() {
	if f.apps == nil || len(f.apps.Apps) != 1 {
		return
	}
	app := f.apps.Apps[0]
	version, ok := app.TokenVersion()
	if f.facts.Version == 0 && ok {
		f.facts.Version = version
	}
	switch {
	case f.facts.Audience != "":
	case f.facts.Version == entra.V2 && app.AppID.Known():
		f.facts.Audience = app.AppID.Value
	case f.facts.Version == entra.V1 && len(app.URIs) == 1 && app.URIs[0].Known():
		f.facts.Audience = app.URIs[0].Value
	}
}

func (f *fixer) changed() bool { return !bytes.Equal(f.report.Before.Text, f.report.After.Text) }

func (e *Env) nothingFixed(flags *fixFlags, f *fixer) error {
	if len(f.report.Refused) == 0 {
		if flags.output.format.value == "json" {
			return render.FixJSON(e.Stdout, f.report)
		}
		_, err := fmt.Fprintln(e.Stdout, "nothing to repair")
		return err
	}
	slices.SortStableFunc(f.report.Refused, func(a, b render.Refusal) int { return severityRank(a.Severity) - severityRank(b.Severity) })
	first := f.report.Refused[0]
	p := problem(fmt.Sprintf("%s: %s: %s", first.Pos, first.Rule, first.Why))
	for _, refusal := range f.report.Refused {
		for _, ask := range refusal.Asks {
			if !slices.Contains(p.Hints, "pass "+ask) {
				p.Hints = append(p.Hints, "pass "+ask)
			}
		}
	}
	if len(p.Hints) == 0 {
		p.Hints = append(p.Hints, wayOn(first.Rule))
	}
	return p
}

// wayOn is what to do where a repair is refused and nothing that could be passed would help.
func wayOn(rule string) string {
	if solution, ok := strings.CutPrefix(rule, "solution "); ok {
		return "pass --token with a token that must be let in, or try another solution than " + solution
	}
	return "by hand: gatewhy rules " + rule
}
