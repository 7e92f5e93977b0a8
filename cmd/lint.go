package cmd

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/rules"
)

type lintFlags struct {
	output  outputFlags
	failOn  choice
	chosen  chosenFlags
	reading readingFlags
	stdin   string // the name that standard input goes by
	config  string
	apps    []string
	known   string // the baseline
	write   bool   // write the baseline
	unknown bool   // pass over named files without a policy
}

func newLint(env *Env) *cobra.Command {
	var flags lintFlags
	cmd := &cobra.Command{
		RunE: func(cmd *cobra.Command, args []string) error { return env.lint(cmd, &flags, args) },
	}
	flags.register(cmd, env.Gateways)
	return cmd
}

func (f *lintFlags) register(cmd *cobra.Command, gateways report.Gateways) {
	f.output.register(cmd, render.Formats().Lint.Names()...)
	f.output.registerQuiet(cmd)
	severities := []string{"error", "warning", "note", "never"}
	f.failOn = choice{value: "error", allowed: severities, kind: "SEVERITY"}
	f.failOn.register(cmd, "fail-on", "", "exit with 1 from this severity on")
	f.reading.register(cmd, gateways, "a file")
	f.chosen.from = choice{allowed: []string{"error", "warning", "note"}, kind: "SEVERITY"}
	f.chosen.from.register(cmd, "severity", "", "show the findings from this severity on")
	flags := cmd.Flags()
	flags.Var((*texts)(&f.chosen.only), "rule",
		"show only the findings of this rule: a `NAME` from gatewhy rules; repeatable")
	flags.Var((*texts)(&f.chosen.except), "exclude",
		"leave out the findings of this rule: a `NAME` from gatewhy rules; repeatable")
	flags.StringVarP(&f.config, "config", "c", "", "the `FILE` whose lint section ignores "+
		"findings (default gatewhy.yaml, if it exists)")
	flags.Var((*texts)(&f.apps), "app",
		"`FILE` with the API's app registration (and its service principal), repeatable")
	flags.StringVar(&f.known, "baseline", "",
		"the `FILE` with findings that are known and do not count")
	flags.BoolVar(&f.write, "write-baseline", false, "write the findings into the baseline")
	flags.BoolVarP(&f.unknown, "ignore-unknown", "u", false,
		"skip files without a policy even if they are named, as pre-commit does")
	flags.StringVar(&f.stdin, "stdin-filename", "",
		"the `NAME` to report standard input under; its extension gives the format")
}

// oneLineEach reports whether each finding is one line, for editors and other programs.
func (e *Env) oneLineEach(output *outputFlags) bool {
	return output.format.value == "text" && output.detail != render.Answer &&
		!e.Terminal.Stdout && output.color.value != "always"
}

func (e *Env) renderLint(output *outputFlags, l *report.Linting, failed bool) error {
	switch {
	case output.format.value == "text" && l.Policies == 0 && failed:
		return nil // that nothing was found would be no news, and the errors say why
	case e.oneLineEach(output):
		err := render.LintLines(e.Stdout, l)
		e.note("%s", render.LintSummary(l))
		return err
	}
	return show(e, output, render.Formats().Lint, l)
}

// fails reports whether a severity is at or above --fail-on. Nothing is where that is never.
func fails(severity rules.Severity, failOn string) bool {
	return severity.Rank() <= rules.Severity(failOn).Rank()
}

func (e *Env) lint(cmd *cobra.Command, flags *lintFlags, args []string) error {
	if len(args) == 0 {
		return problem("no configuration was given",
			"name files, folders or patterns, or - for standard input",
			"all policies in this folder and below it: gatewhy lint .")
	}
	if err := flags.check(e.Gateways); err != nil {
		return err
	}
	if err := onceFromStdin(slices.Concat(args, flags.apps)); err != nil {
		return err
	}
	apps, err := e.maker().ReadApps(flags.apps)
	if err != nil {
		return err
	}
	request := &report.LintRequest{
		Names: args, Options: flags.reading.options(), Apps: apps,
		Stdin: flags.stdin, Lenient: flags.unknown,
	}
	l, failed, unseen := e.maker().Lint(request)
	l.Version, l.Shell = e.version(), e.Shell
	l.Flags = report.ReadAlike(request.Options, flags.apps)
	l.Fails = func(severity rules.Severity) bool { return fails(severity, flags.failOn.value) }
	if err := e.setAside(flags, l, args); err != nil {
		return err
	}
	if flags.chosen.any() {
		l.Keep(flags.chosen.wants)
	}
	if l.Policies == 0 && len(failed) == 0 && !flags.unknown {
		failed = append(failed, problem(
			"no policy was found in "+report.Counted(l.Files, "file")+": nothing was checked",
			"is this the right path?", "where there may be none: --ignore-unknown"))
	}
	if format := flags.output.format.value; format == "json" ||
		format == "text" && !e.oneLineEach(&flags.output) {
		l.AddNext(e.maker(), request, e.commandLine(cmd, args))
	}
	if err := e.renderLint(&flags.output, l, len(failed) > 0); err != nil {
		return err
	}
	for i := range l.Ended {
		entry := &l.Ended[i]
		e.note("%s: this entry for %s ended on %s, and ignores nothing any more", entry.Pos,
			entry.Rule, entry.Until.Format(time.DateOnly))
	}
	e.tellUnseen(unseen, l.Files > 1)
	if err := errors.Join(failed...); err != nil {
		return err
	}
	counts := func(f rules.Finding) bool { return l.Fails(f.Severity) }
	return exitAs(slices.ContainsFunc(l.Findings, counts), false)
}

// onceFromStdin is an error where standard input is to be read for two of some inputs.
func onceFromStdin(names []string) error {
	if i := slices.Index(names, "-"); i >= 0 && slices.Contains(names[i+1:], "-") {
		return report.InputTwice()
	}
	return nil
}

// setAside sets aside what the configuration and the baseline say, after a baseline is written
// where one shall be.
func (e *Env) setAside(flags *lintFlags, l *report.Linting, paths []string) error {
	if err := e.maker().SetAside(flags.config, l); err != nil {
		return err
	}
	switch {
	case flags.write && flags.known == "":
		return problem("--write-baseline needs a file", "--baseline FILE --write-baseline")
	case flags.write:
		if err := e.writeBaseline(flags.known, l); err != nil {
			return err
		}
	case flags.known == "":
		return nil
	}
	return e.maker().SetAsideKnown(flags.known, l, paths)
}

func (e *Env) writeBaseline(name string, l *report.Linting) error {
	if err := e.maker().MayBecomeBaseline(name); err != nil {
		return err
	}
	var text bytes.Buffer
	if err := render.JSON(&text, e.maker().Baseline(name, l)); err != nil {
		return err
	}
	err := e.write(writing{name: name, text: text.Bytes()})
	if err == nil {
		e.note("wrote %s: %s, which no longer count", name,
			report.Counted(len(l.Findings), "finding"))
	}
	return err
}

// tellUnseen says which policies no rule has seen into: by their kinds where those are not known.
// Of several files it names the one.
func (e *Env) tellUnseen(unseen []report.Unseen, several bool) {
	var kinds, known []string
	for _, u := range unseen {
		if u.Strange {
			kinds = append(kinds, u.Asset)
		} else {
			why := u.Why
			rest, isNamed := strings.CutPrefix(why, u.Name+" ")
			word, _, _ := strings.Cut(rest, " ")
			if isNamed && (word == "is" || word == "has") { // else it is part of a longer name
				why = "it " + rest
			}
			text := "can't predict what " + u.Name + " lets in: " + why
			if several {
				text = u.Pos.File + ": " + text
			}
			known = append(known, text)
		}
	}
	if len(kinds) > 0 {
		are := "1 policy is"
		if len(kinds) > 1 {
			are = fmt.Sprintf("%d policies are", len(kinds))
		}
		slices.Sort(kinds)
		e.note("%s of a kind that gatewhy does not know, so it can't say what gets in: %s", are,
			inspect.Safe(strings.Join(slices.Compact(kinds), ", ")))
	}
	said := map[string]bool{}
	for _, text := range known {
		if !said[text] {
			e.note("%s", inspect.Safe(text))
		}
		said[text] = true
	}
}

// chosenFlags say which findings of lint are of interest.
type chosenFlags struct {
	only, except []string
	from         choice // the least severity; empty for all
}

// check refuses names that are not a rule's, and flags that contradict each other.
func (f *lintFlags) check(gateways report.Gateways) error {
	for _, names := range [][]string{f.chosen.only, f.chosen.except} {
		for _, name := range names {
			if _, err := gateways.RuleNamed(name); err != nil {
				return err
			}
		}
	}
	if f.write && f.chosen.any() {
		return problem("--write-baseline writes all findings, but another flag leaves some out",
			"leave out --rule, --exclude and --severity")
	}
	from, failOn := f.chosen.from.value, f.failOn.value
	if from != "" && !fails(rules.Severity(failOn), from) {
		return problem("--fail-on "+failOn+" counts findings that --severity "+from+" leaves out",
			"--severity "+failOn+" shows them")
	}
	return nil
}

func (f *chosenFlags) any() bool {
	return len(f.only)+len(f.except) > 0 || f.from.value != ""
}

func (f *chosenFlags) wants(finding rules.Finding) bool {
	return (len(f.only) == 0 || slices.Contains(f.only, finding.Rule)) &&
		!slices.Contains(f.except, finding.Rule) &&
		(f.from.value == "" || fails(finding.Severity, f.from.value))
}
