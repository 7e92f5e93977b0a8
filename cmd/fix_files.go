package cmd

import (
	"errors"
	"slices"
	"sync/atomic"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// fixFiles repairs the policies of several files, one after the other: what fails for one of them
// does not hold back the others.
func (e *Env) fixFiles(flags *fixFlags, args []string, line report.CommandLine) error {
	if slices.Contains(args, "-") || slices.Contains(flags.tokens, "-") {
		return problem("standard input can be read only once, but there are several files to "+
			"repair",
			"name a file instead of -")
	}
	found, missing := e.maker().Find(args)
	failed := report.Each(missing)
	var all []*report.Fixing
	var done atomic.Int64
	stop := e.showProgress(&done, len(found), "files")
	several, err := e.several(flags, found)
	if err != nil {
		stop()
		return err
	}
	for _, one := range found {
		fixed, err := e.fixFound(flags, one, several)
		if err != nil {
			failed = append(failed, err)
		}
		if fixed != nil {
			all = append(all, fixed)
		}
		done.Add(1)
	}
	stop()
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
	for _, fixed := range all {
		stays = stays || fixed.Stays
		for _, warning := range fixed.Warnings {
			e.warn("%s: %s", fixed.Before.Name, warning)
		}
		if !fixed.Changed && len(fixed.Refused) > 0 {
			refusal, _ := fixed.Refusal(line)
			printError(e.Stderr, refusal)
			stays = true
		}
	}
	if len(all)+len(failed) == 0 {
		return problem("no policy was found in "+report.Counted(len(found), "file"),
			"run gatewhy lint on one of the files: it says why it found no policy there")
	}
	e.note("%s", report.FixedFiles(all, len(failed)))
	switch {
	case len(failed) > 0:
		return errors.Join(failed...)
	case stays:
		return exitWith(exitRejected)
	}
	return nil
}

// several is what the repairs of several files share.
func (e *Env) several(
	flags *fixFlags, found []report.Found,
) (*report.FixSeveral, error) {
	apps, err := e.maker().ReadApps(flags.apps)
	if err != nil {
		return nil, err
	}
	several := &report.FixSeveral{
		Options: flags.options(), Apps: apps, Facts: flags.facts, Rule: flags.rule,
		Solution: flags.solution.value, Tokens: len(flags.tokens) > 0,
	}
	several.Begin(e.maker(), found)
	return several, nil
}

// fixFound repairs one of several files, and writes it where that is asked. It is nil where the
// file holds no policy.
func (e *Env) fixFound(
	flags *fixFlags, found report.Found, several *report.FixSeveral,
) (*report.Fixing, error) {
	file, err := e.maker().ReadPolicyFile(found, flags.options())
	if file == nil || err != nil {
		return nil, err
	}
	if clean := several.Clean(file); clean != nil {
		clean.Slim()
		return clean, nil
	}
	fixer, err := several.Fixer(file)
	if err != nil {
		return nil, inFile(err, file.Name)
	}
	fixed, _, err := e.fixed(flags, fixer)
	if err != nil {
		return nil, inFile(err, file.Name)
	}
	if flags.write && fixed.Changed {
		err = e.writeFixed(found.Name, fixed)
		several.Written(fixed.After)
	}
	fixed.Slim()
	return fixed, err
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
