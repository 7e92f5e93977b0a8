package cmd

import (
	"context"
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// lintFlags are the flags of lint.
type lintFlags struct {
	output  outputFlags
	failOn  choice
	api     string
	kind    policyType
	variant choice
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
		Use:   "lint PATH…",
		Short: "Find what is wrong in policy configurations, without a token",
		Long: "lint reads policy configurations (files, folders, patterns, or - for standard input) and says what lets in too\n" +
			"many, what lets in nobody, and what is probably a mistake. gatewhy rules lists what it looks for.\n" +
			"A file that is named must hold a policy; of a folder or a pattern, files without one are passed over.",
		RunE: func(cmd *cobra.Command, args []string) error { return env.lint(cmd.Context(), &flags, args) },
	}
	flags.register(cmd, env.Gateways)
	return cmd
}

func (f *lintFlags) register(cmd *cobra.Command, gateways Gateways) {
	f.output.register(cmd, render.Formats().Lint.Names()...)
	f.failOn = choice{value: "error", allowed: []string{"error", "warning", "note", "never"}, kind: "SEVERITY"}
	f.failOn.register(cmd, "fail-on", "", "exit with 1 from this severity on")
	f.variant = choice{allowed: gateways.variants(), kind: "GATEWAY"}
	f.kind.register(cmd, gateways)
	f.variant.register(cmd, "gateway", "", "the gateway, where a file does not tell")
	flags := cmd.Flags()
	flags.StringVar(&f.api, "api", "", "the `NAME` of the API instance, of files with several")
	flags.StringVarP(&f.config, "config", "c", "", "the `FILE` whose lint section sets findings aside (default gatewhy.yaml, where it is there)")
	flags.Var((*texts)(&f.apps), "app", "`FILE` with the API's app registration (and its service principal), repeatable")
	flags.StringVar(&f.known, "baseline", "", "the `FILE` with findings that are known and do not count")
	flags.BoolVar(&f.write, "write-baseline", false, "write the findings into the baseline")
	flags.BoolVarP(&f.unknown, "ignore-unknown", "u", false, "pass over files without a policy also where they are named, as pre-commit names them")
	flags.StringVar(&f.stdin, "stdin-filename", "", "the `NAME` under which standard input is reported, and that tells its format")
}

func (f *lintFlags) options() rules.Options {
	return rules.Options{Variant: f.variant.value, API: f.api, Kind: f.kind.name}
}

// alike are the flags with which fix reads a file as lint has read it.
func (f *lintFlags) alike() []string {
	var words []string
	for _, flag := range []struct{ name, value string }{{"--gateway", f.variant.value}, {"--api", f.api}, {"--policy-type", f.kind.name}} {
		if flag.value != "" {
			words = append(words, flag.name, flag.value)
		}
	}
	for _, name := range f.apps {
		words = append(words, "--app", name)
	}
	return words
}

func (e *Env) lint(_ context.Context, flags *lintFlags, args []string) error {
	if len(args) == 0 {
		return problem("no configuration was given", "gatewhy lint PATH…: files, folders, patterns, or - for standard input")
	}
	l := linter{judge: newJudge(e.Gateways, flags.options()), env: e, stdin: flags.stdin}
	var err error
	if l.apps, err = e.readApps(flags.apps); err != nil {
		return err
	}
	found, missing := e.find(args)
	results := l.all(unique(flags.named(found)))
	report := l.report(results)
	report.Version = e.version()
	report.Repairable = e.Gateways.repairable()
	report.Flags, report.Input = flags.alike(), "standard input"
	report.Fails = func(severity rules.Severity) bool { return fails(severity, flags.failOn.value) }
	if err := e.setAside(flags, report); err != nil {
		return err
	}
	failed := flags.unchecked(missing, results)
	report.Unread = unread(failed)
	if report.Policies == 0 && len(failed) == 0 && !flags.unknown {
		e.warn("no policy was found in %s: nothing was checked", counted(report.Files, "file"))
	}
	if err := e.renderLint(&flags.output, report); err != nil {
		return err
	}
	e.tellStrange(results)
	if err := errors.Join(failed...); err != nil {
		return err
	}
	return exitWith(lintCode(report.Findings, flags.failOn.value))
}

// setAside sets aside what the configuration and the baseline say, after a baseline is written where one shall be.
func (e *Env) setAside(flags *lintFlags, report *report.Linting) error {
	ignored, err := e.readIgnores(flags.config)
	if err != nil {
		return err
	}
	ignored.apply(report, e.Now())
	switch {
	case flags.write && flags.known == "":
		return problem("--write-baseline needs to know where", "--baseline FILE --write-baseline")
	case flags.write:
		if err := e.writeBaseline(flags.known, report); err != nil {
			return err
		}
	case flags.known == "":
		return nil
	}
	known, err := e.readBaseline(flags.known)
	if err == nil {
		known.apply(report)
	}
	return err
}

// report puts the results of all files together, in their order.
func (l *linter) report(results []linted) *report.Linting {
	report := &report.Linting{Catalogue: l.catalogue, Sources: make(map[string]*source.File)}
	for _, r := range results {
		if r.err != nil {
			continue
		}
		report.Names = append(report.Names, r.name)
		report.Files++
		report.Policies += r.policies
		report.Findings = append(report.Findings, r.findings...)
		report.Suppressed = append(report.Suppressed, r.aside...)
		if r.file != nil {
			report.Sources[r.file.Name] = r.file
		}
	}
	return report
}

func (e *Env) renderLint(output *outputFlags, report *report.Linting) error {
	lines := output.format.value == "text" && !e.Terminal.Stdout && output.color.value != "always"
	switch {
	case output.format.value == "text" && report.Policies == 0 && len(report.Unread) > 0:
		return nil // that nothing was found would be no news, and the errors say why
	case lines:
		e.note("%s", render.LintSummary(report))
		return render.LintLines(e.Stdout, report)
	}
	return show(e, output, render.Formats().Lint, report)
}

// readApps reads app registrations; nil where none are named.
func (e *Env) readApps(names []string) (*entra.Directory, error) {
	if len(names) == 0 {
		return nil, nil
	}
	var files []*source.File
	for _, name := range names {
		file, err := e.readSource(name)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return entra.ReadRegistrations(files...)
}

// lintCode is the exit code: it depends on the findings and on --fail-on alone.
func lintCode(findings []rules.Finding, failOn string) int {
	if slices.ContainsFunc(findings, func(f rules.Finding) bool { return fails(f.Severity, failOn) }) {
		return exitRejected
	}
	return exitOK
}

// fails reports whether a severity is at or above --fail-on. Nothing is where that is never.
func fails(severity rules.Severity, failOn string) bool {
	return severityRank(severity) <= severityRank(rules.Severity(failOn))
}

// severityRank is 0 for the worst severity; -1 for what is none.
func severityRank(severity rules.Severity) int {
	return slices.Index([]rules.Severity{rules.Error, rules.Warning, rules.Note}, severity)
}
