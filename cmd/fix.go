package cmd

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

func newFix(env *Env) *cobra.Command {
	var flags fixFlags
	cmd := &cobra.Command{
		Use:   "fix PATH",
		Short: "Repair a policy configuration: print the proved change as a diff, or write it",
		Long: "fix makes the smallest edit that repairs a policy and leaves every other byte of the file as it is. Nothing is\n" +
			"printed that was not compiled and linted again; the diff is followed by what the gateway answers before and after,\n" +
			"and by a warning of each token that it lets in and did not before.\n" +
			"Without --rule and --solution it repairs every error and warning that can be repaired without asking.",
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return env.fix(&flags, args[0]) },
	}
	flags.register(cmd, env.Gateways)
	return cmd
}

func (e *Env) fix(flags *fixFlags, name string) error {
	if err := flags.complete(e.Gateways); err != nil {
		return err
	}
	if flags.write && name == "-" {
		return problem("standard input can't be written back", "without --write the change is printed as a diff")
	}
	file, err := e.readSource(name)
	if err != nil {
		return err
	}
	f := &fixer{judge: newJudge(e.Gateways, flags.options()), facts: flags.facts, solution: flags.solution.value, report: &render.Fixing{Before: file, After: file}}
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

func (f *fixer) changed() bool { return !bytes.Equal(f.report.Before.Text, f.report.After.Text) }

// butNotes names the notes of a file in which nothing is repaired without asking: they may matter all the same.
func (f *fixer) butNotes() string {
	var notes []string
	for _, finding := range f.findings(f.after) {
		if finding.Severity == rules.Note && !slices.Contains(notes, finding.Rule) {
			notes = append(notes, finding.Rule)
		}
	}
	if len(notes) == 0 || f.solution != "" {
		return ""
	}
	return "; worth knowing: " + strings.Join(notes, ", ") + " (gatewhy lint tells more)"
}

func (e *Env) nothingFixed(flags *fixFlags, f *fixer) error {
	if len(f.report.Refused) == 0 {
		if flags.output.format.value == "json" {
			return render.FixJSON(e.Stdout, f.report)
		}
		_, err := fmt.Fprintln(e.Stdout, "nothing to repair"+f.butNotes())
		return err
	}
	slices.SortStableFunc(f.report.Refused, func(a, b render.Refusal) int { return severityRank(a.Severity) - severityRank(b.Severity) })
	first := f.report.Refused[0]
	var hints []string
	for _, refusal := range f.report.Refused {
		for _, ask := range refusal.Asks {
			hints = append(hints, "pass "+ask)
		}
	}
	if len(hints) == 0 {
		hints = []string{wayOn(first.Rule)}
	}
	cause := first.Rule + ": " + first.Why
	return &source.Error{Pos: first.Pos, Cause: cause, Hints: source.Hints(hints...)}
}

// wayOn is what to do where a repair is refused and nothing that could be passed would help.
func wayOn(rule string) string {
	if solution, ok := strings.CutPrefix(rule, "solution "); ok {
		return "pass --token with a token that must be let in, or try another solution than " + solution
	}
	return "by hand: gatewhy rules " + rule
}
