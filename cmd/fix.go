package cmd

import (
	"bytes"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/repair"
)

func newFix(env *Env) *cobra.Command {
	var flags fixFlags
	cmd := &cobra.Command{
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return problem("no policy was given",
					"name files, folders or patterns: gatewhy fix FILE",
					"what can be repaired in this folder and below it: gatewhy lint .")
			}
			if err := flags.complete(env.Gateways); err != nil {
				return err
			}
			line := env.commandLine(cmd, nil)
			if env.maker().SeveralFiles(args) {
				return env.fixFiles(&flags, args, line)
			}
			return env.fix(&flags, args[0], line)
		},
	}
	flags.register(cmd, env.Gateways)
	return cmd
}

func (e *Env) fix(flags *fixFlags, name string, line report.CommandLine) error {
	if flags.write && name == "-" {
		return problem(
			"standard input can't be written back",
			"without --write the change is printed as a diff",
		)
	}
	file, err := e.maker().ReadSource(name)
	if err != nil {
		return err
	}
	apps, err := e.maker().ReadApps(flags.apps)
	if err != nil {
		return err
	}
	fixer, err := e.maker().NewFixer(
		file, flags.reading.options(), apps, flags.facts, flags.solution.value)
	if err != nil {
		return err
	}
	e.noteUnheeded(fixer, "")
	shown, notes, err := e.fixed(flags, fixer)
	switch {
	case err != nil:
		return err
	case shown.Changed:
		return e.finishFix(flags, name, shown, line)
	case len(shown.Refused) > 0:
		refusal, wants := shown.Refusal(line)
		problem := report.Hinted(refusal, e.byMatrix(flags, []*report.Fixing{shown})...)
		if wants {
			return problem
		}
		if flags.output.format.value == "json" {
			if err := render.FixJSON(e.Stdout, shown); err != nil {
				return err
			}
		}
		e.printError(problem)
		return exit(exitRejected)
	}
	shown.AddNext(line)
	if flags.output.format.value == "json" {
		return render.FixJSON(e.Stdout, shown)
	}
	return render.NoteText(e.Stdout, flags.output.style(e), "nothing to repair"+notes,
		shown.Next...)
}

// fixed repairs the policies of one file, and makes a request of each token that was given, one
// second after it was issued. The notes are for a file with nothing to repair.
func (e *Env) fixed(
	flags *fixFlags, fixer *report.Fixer,
) (fixed *report.Fixing, notes string, err error) {
	fixer.Rule, fixer.Words, fixer.Proof = flags.rule, render.OutcomeLine, repair.Prove
	if flags.contracts != "" {
		if fixer.Contracts, err = e.maker().ReadContracts(flags.contracts); err != nil {
			return nil, "", err
		}
		if err := fixer.Contracts.Of(fixer.Policies()); err != nil {
			return nil, "", err
		}
	}
	for _, text := range flags.tokens {
		given, err := e.maker().Given(text, &fixer.Fix)
		if err != nil {
			return nil, "", err
		}
		fixer.Given = append(fixer.Given, given)
	}
	fixed, notes, err = fixer.Run()
	if err == nil {
		fixed.Flags = report.ReadAlike(flags.reading.options(), flags.apps)
		fixed.CloudTaken = takesPublicCloud(fixer, fixed)
	}
	return fixed, notes, err
}

func (e *Env) writeFixed(name string, fixed *report.Fixing) error {
	err := e.write(writing{name: name, text: fixed.After.Text, read: fixed.Before.Text})
	fixed.Written = err == nil
	return err
}

// finishFix prints what was changed, and writes it.
func (e *Env) finishFix(
	flags *fixFlags, name string, shown *report.Fixing, line report.CommandLine,
) error {
	if flags.write {
		if err := e.writeFixed(name, shown); err != nil {
			return err
		}
	}
	shown.AddNext(line)
	if err := show(e, &flags.output, render.Formats().Fix, shown); err != nil {
		return err
	}
	for _, warning := range shown.Warnings {
		e.warn("%s", warning)
	}
	if shown.CloudTaken {
		e.noteCloudTaken("--cloud CLOUD")
	}
	return exitAs(shown.Stays, false)
}

type fixFlags struct {
	output    outputFlags
	rule      string
	solution  choice
	reading   readingFlags
	facts     rules.Facts
	version   choice
	cloud     choice
	tokens    []string
	contracts string
	apps      []string
	write     bool
}

func (f *fixFlags) register(cmd *cobra.Command, gateways report.Gateways) {
	f.output.register(cmd, render.Formats().Fix.Names()...)
	f.output.registerQuiet(cmd)
	f.solution = choice{allowed: gateways.SolutionNames(), kind: "SOLUTION"}
	f.solution.register(cmd, "solution", "", solutionUsage(gateways))
	f.version = choice{allowed: []string{"1", "2"}, kind: "VERSION"}
	f.version.register(cmd, "token-version", "", "the version of the API's tokens")
	f.cloud.registerCloud(cmd)
	f.reading.register(cmd, gateways, "the file")
	flags := cmd.Flags()
	flags.StringVar(&f.rule, "rule", "",
		"repair only the findings of this rule: a `NAME` from gatewhy rules")
	flags.StringVar(&f.facts.Audience, "audience", "",
		"this environment's `AUDIENCE`, as its tokens carry it")
	flags.StringVar(&f.facts.Scope, "scope", "",
		"the `SCOPE` that only this environment's API exposes")
	flags.StringVar(&f.facts.Tenant, "tenant", "", "the `ID` of this environment's tenant")
	flags.Var((*texts)(&f.tokens), "token", "a `TOKEN` (or @FILE) to evaluate before and after "+
		"the change, first one from this environment; repeatable; signatures are assumed to be "+
		"valid")
	flags.Var((*texts)(&f.apps), "app",
		"`FILE` with the API's app registration: gives the audience and the version of its tokens")
	flags.StringVar(&f.contracts, "contracts", "",
		"`FILE` with the client ids that have an approved contract")
	flags.BoolVar(&f.write, "write", false, "write the repaired file")
}

// solutionUsage says what each of the ready-made repairs does.
func solutionUsage(gateways report.Gateways) string {
	does := map[string][]string{}
	for _, adapter := range gateways {
		for _, s := range adapter.Solutions() {
			if !slices.Contains(does[s.Name], s.Title) { // two gateways may share it
				does[s.Name] = append(does[s.Name], s.Title)
			}
		}
	}
	var parts []string
	for _, name := range gateways.SolutionNames() {
		parts = append(parts, name+": "+strings.Join(does[name], ", or "))
	}
	return "a ready-made repair (" + strings.Join(parts, "; ") + ")"
}

// complete checks the flags that only make sense in one form.
func (f *fixFlags) complete(gateways report.Gateways) error {
	f.facts.Cloud = f.cloud.value
	f.facts.Version = map[string]entra.Version{"1": entra.V1, "2": entra.V2}[f.version.value]
	if f.facts.Tenant != "" && !entra.IsGUID(f.facts.Tenant) {
		return problem("--tenant must be the tenant's id, a GUID: issuers never contain a domain",
			"gatewhy decode shows it: the claim tid of any token from the tenant")
	}
	if f.rule != "" && f.solution.value != "" {
		return problem("--rule and --solution were both given",
			"use one at a time: run fix again for the other")
	}
	if f.rule != "" {
		_, err := gateways.RuleNamed(f.rule)
		return err
	}
	return nil
}

// fixFiles repairs the policies of several files, one after the other: what fails for one of them
// does not hold back the others.
func (e *Env) fixFiles(flags *fixFlags, args []string, line report.CommandLine) error {
	if slices.Contains(args, "-") || slices.Contains(flags.tokens, "-") {
		return problem("standard input can be read only once, but there are several files to "+
			"repair",
			"name a file instead of -")
	}
	found, missing := e.maker().FindWritten(args, flags.reading.options())
	apps, err := e.maker().ReadApps(flags.apps)
	if err != nil {
		return err
	}
	several := &report.FixSeveral{
		Options: flags.reading.options(), Apps: apps, Facts: flags.facts, Rule: flags.rule,
		Solution: flags.solution.value, Tokens: len(flags.tokens) > 0,
	}
	if err := several.Begin(e.maker(), found, args); err != nil {
		return err
	}
	all, failed := e.fixEach(flags, found, several)
	failed = append(report.Each(missing), failed...)
	for _, fixed := range all {
		if fixed.Changed {
			fixed.AddNext(line)
		}
	}
	if len(all) > 0 {
		if err := show(e, &flags.output, render.Formats().FixAll, all); err != nil {
			return err
		}
	}
	stays := false
	var refused []*report.Fixing
	for _, fixed := range all {
		stays = stays || fixed.Stays
		for _, warning := range fixed.Warnings {
			e.warn("%s: %s", fixed.Before.Name, warning)
		}
		if !fixed.Changed && len(fixed.Refused) > 0 {
			refusal, _ := fixed.Refusal(line)
			e.printError(refusal)
			refused, stays = append(refused, fixed), true
		}
	}
	if slices.ContainsFunc(all, func(f *report.Fixing) bool { return f.CloudTaken }) {
		e.noteCloudTaken("--cloud CLOUD")
	}
	for _, hint := range e.byMatrix(flags, refused) {
		e.say("hint", hint)
	}
	if len(all)+len(failed) == 0 && several.Beyond == nil {
		return problem("no policy was found in "+report.Counted(len(found), "file"),
			"run gatewhy lint on one of the files: it says why it found no policy there")
	}
	e.note("%s", report.FixedFiles(all, len(failed)))
	if several.Beyond != nil {
		failed = append(failed, several.Beyond)
	}
	if len(failed) > 0 {
		return errors.Join(failed...)
	}
	return exitAs(stays, false)
}

// fixEach repairs files, and returns those that hold a policy and what failed.
func (e *Env) fixEach(
	flags *fixFlags, found []report.Found, several *report.FixSeveral,
) (all []*report.Fixing, failed []error) {
	var done atomic.Int64
	defer e.showProgress(&done, len(found), "files")()
	for _, one := range found {
		fixed, err := e.fixFound(flags, one, several)
		if err != nil {
			failed = append(failed, err)
		}
		if fixed != nil {
			all = append(all, fixed)
		}
		done.Add(1)
		if several.Beyond != nil {
			break
		}
	}
	return all, failed
}

// fixFound repairs one of several files, and writes it where that is asked. It is nil where the
// file holds no policy.
func (e *Env) fixFound(
	flags *fixFlags, found report.Found, several *report.FixSeveral,
) (*report.Fixing, error) {
	file, err := several.Read(found)
	if file == nil || err != nil {
		return nil, err
	}
	if clean := several.Clean(file); clean != nil {
		clean.Slim()
		return clean, nil
	}
	fixer, err := several.Fixer(file)
	if fixer == nil || err != nil {
		return nil, inFile(err, file.Name)
	}
	e.noteUnheeded(fixer, several.Unheeded)
	several.Unheeded = fixer.Unheeded
	fixed, _, err := e.fixed(flags, fixer)
	if err != nil {
		return nil, inFile(err, file.Name)
	}
	several.Done(fixed)
	if flags.write && fixed.Changed {
		err = e.writeFixed(found.Name, fixed)
		several.Written(fixed.After)
	}
	fixed.Slim()
	return fixed, err
}

// takesPublicCloud reports whether addresses of the public cloud are written, and neither the file
// nor a token nor the user has said that the tenant is there. The issuer of v1.0 tokens does not:
// US Government writes the same.
func takesPublicCloud(j *report.Fixer, shown *report.Fixing) bool {
	says := func(file *source.File, host string) bool {
		return bytes.Contains(file.Text, []byte("//"+host+"/"))
	}
	sure := func(g repair.Given) bool { return len(g.Request.Profile().Clouds) == 1 }
	named := func(c entra.Cloud) bool { return says(shown.Before, c.Host) }
	if j.Facts.Cloud != "" || slices.ContainsFunc(j.Given, sure) ||
		slices.ContainsFunc(entra.Clouds(), named) {
		return false
	}
	public := report.CloudNamed("")
	return slices.ContainsFunc([]string{public.Host, public.V1Issuer}, func(host string) bool {
		return says(shown.After, host) && !says(shown.Before, host)
	})
}

// noteCloudTaken says that addresses are right only in the public cloud, and what names another.
func (e *Env) noteCloudTaken(other string) {
	e.note("nothing shows the tenant's cloud, so the new addresses are the public cloud's. For "+
		"another, set %s", other)
}

// byMatrix is the hint that app registrations show what a repair needs, and no token has to. It is
// for files that the environments file names as the policies of an environment with such.
func (e *Env) byMatrix(flags *fixFlags, refused []*report.Fixing) []string {
	name := e.findEnvironments()
	if len(refused) == 0 || len(flags.tokens) > 0 || name == "" {
		return nil
	}
	file, err := e.maker().ReadEnvironments(name)
	if err != nil {
		return nil // matrix says what is wrong with it
	}
	files := make(map[string]bool)
	for _, fixed := range refused {
		files[e.whole(fixed.Before.Name)] = true
	}
	for i := range file.Environments {
		at := &file.Environments[i]
		named, err := e.maker().FilesBeside(name, at.Policies)
		if err != nil || len(at.API) == 0 {
			continue
		}
		if slices.ContainsFunc(named, func(name string) bool { return files[e.whole(name)] }) {
			return []string{
				name + " names app registrations: they may show the same without a token",
				e.Shell.Line("gatewhy", "matrix", "--fix"),
			}
		}
	}
	return nil
}

// whole is a file's name from the root on; as it is where that is not known.
func (e *Env) whole(name string) string {
	if whole, err := filepath.Abs(e.maker().Path(name)); err == nil {
		return whole
	}
	return name
}

// noteUnheeded says which options of the command line don't count, unless that was just said.
func (e *Env) noteUnheeded(fixer *report.Fixer, said string) {
	if fixer.Unheeded != "" && fixer.Unheeded != said {
		e.note("%s", fixer.Unheeded)
	}
}

// inFile names the file in an error that has no place: of several files nobody would know which
// one is meant.
func inFile(err error, name string) error {
	var ours *source.Error
	if errors.As(err, &ours) && ours.Pos.File == "" {
		return &source.Error{
			Pos: source.Position{File: name}, Cause: ours.Cause, Hints: ours.Hints,
		}
	}
	return err
}
