package cmd

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/repair"
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
		return problem(
			"standard input can't be written back",
			"without --write the change is printed as a diff",
		)
	}
	file, err := e.readSource(name)
	if err != nil {
		return err
	}
	job := &fixJob{
		name:  name,
		rule:  flags.rule,
		judge: newJudge(e.Gateways, flags.options()),
		Fix:   repair.Fix{Facts: flags.facts, Signatures: assumedValid{}},
	}
	if job.apps, err = e.readApps(flags.apps); err != nil {
		return err
	}
	job.learnApp()
	if err := job.read(file, flags.solution.value); err != nil {
		return err
	}
	if err := e.readRequests(flags, &job.Fix); err != nil {
		return err
	}
	fixed, err := job.run()
	if err != nil {
		return err
	}
	return e.finishFix(flags, job, fixed)
}

// fixJob is one file that is to be repaired.
type fixJob struct {
	repair.Fix
	judge
	name     string
	rule     string          // whose findings are to be repaired; empty for all
	solution *rules.Solution // nil to repair findings
	before   *rules.Configuration
}

// read finds the vendor whose policies the file holds, and reads them. A solution is made for the
// one API instance that its token is for.
func (j *fixJob) read(file *source.File, solution string) (err error) {
	files := []*source.File{file}
	if j.Adapter, err = j.gateways.ofAll(files, j.options); err != nil {
		return err
	}
	if j.before, err = j.Adapter.Read(files, optionsFor(&j.Adapter, j.options)); err != nil {
		return err
	}
	j.Lint = func(d *repair.Draft) []rules.Finding { return j.draft(j.Adapter, d).findings }
	if solution == "" {
		return nil
	}
	all := j.Adapter.Solutions()
	i := slices.IndexFunc(all, func(s rules.Solution) bool { return s.Name == solution })
	if i < 0 {
		return problem(
			"--solution "+solution+": there is no such repair for the gateway of "+file.Name,
			"without --solution, findings are repaired",
		)
	}
	j.solution = &all[i]
	return oneAPI(j.Adapter.Compile(j.before).Policies, "the one that the solution is for")
}

func (j *fixJob) run() (*repair.Fixed, error) {
	if j.solution != nil {
		return j.Solve(j.before, j.solution)
	}
	fixed, err := j.RemoveFindings(j.before, j.rule)
	var many *repair.TooMany
	if errors.As(err, &many) {
		return nil, problem(
			fmt.Sprintf("the file has more than %d findings to repair", many.Most),
			"one rule or one instance at a time: --rule NAME, --api NAME",
		)
	}
	return fixed, err
}

// finishFix prints what was changed, and writes it. Where nothing was changed for want of
// something, that is asked for.
func (e *Env) finishFix(flags *fixFlags, job *fixJob, fixed *repair.Fixed) error {
	shown := job.report(fixed)
	if !fixed.Changed() {
		return e.nothingFixed(&flags.output, shown, job.butNotes(fixed))
	}
	if flags.write {
		if err := e.writeFile(job.name, shown.After.Text); err != nil {
			return err
		}
		shown.Written = true
	}
	if err := show(e, &flags.output, render.Formats().Fix, shown); err != nil {
		return err
	}
	for _, warning := range shown.Warnings {
		e.warn("%s", warning)
	}
	return nil
}

// nothingFixed says that there is nothing to repair, or, worst first, why nothing was.
func (e *Env) nothingFixed(output *outputFlags, shown *report.Fixing, notes string) error {
	if len(shown.Refused) == 0 {
		if output.format.value == "json" {
			return render.FixJSON(e.Stdout, shown)
		}
		_, err := fmt.Fprintln(e.Stdout, "nothing to repair"+notes)
		return err
	}
	slices.SortStableFunc(shown.Refused, func(a, b report.Refused) int {
		return severityRank(a.Severity) - severityRank(b.Severity)
	})
	first := shown.Refused[0]
	var hints []string
	for _, refusal := range shown.Refused {
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

// butNotes names the notes of a file in which nothing is repaired without asking: they may matter
// all the same.
func (j *fixJob) butNotes(fixed *repair.Fixed) string {
	var notes []string
	for _, finding := range fixed.Findings {
		if finding.Severity == rules.Note && !slices.Contains(notes, finding.Rule) {
			notes = append(notes, finding.Rule)
		}
	}
	if len(notes) == 0 || j.solution != nil {
		return ""
	}
	return "; worth knowing: " + strings.Join(notes, ", ") + " (gatewhy lint tells more)"
}

// wayOn is what to do where a repair is refused and nothing that could be passed would help.
func wayOn(rule string) string {
	if solution, ok := strings.CutPrefix(rule, ofSolution); ok {
		return "pass --token with a token that must be let in, or try another solution than " + solution
	}
	return "by hand: gatewhy rules " + rule
}
