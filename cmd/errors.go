package cmd

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// problem is an error that no file is to blame for; the hints may be none.
func problem(cause string, hints ...string) *source.Error {
	return &source.Error{Cause: cause, Hints: source.Hints(hints...)}
}

// printError writes what is wrong, a line for each error, then what to do, each hint once.
func printError(w io.Writer, err error) {
	var hints []string
	for _, err := range each(err) {
		e := asError(err)
		fmt.Fprintf(w, "gatewhy: error: %s\n", guarded(e.Error()))
		hints = append(hints, report.Hints(e.Hints)...)
	}
	for i, hint := range hints {
		if !slices.Contains(hints[:i], hint) {
			fmt.Fprintf(w, "gatewhy: hint: %s\n", guarded(hint))
		}
	}
}

// each takes apart errors that errors.Join put together: one for each thing that the user named.
func each(err error) []error {
	var joined interface{ Unwrap() []error }
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &joined):
		return []error{err}
	}
	var all []error
	for _, err := range joined.Unwrap() {
		all = append(all, each(err)...)
	}
	return all
}

// asError finds cause, place and hints in an error of the packages below, or of the system.
func asError(err error) *source.Error {
	var (
		ours    *source.Error
		missing *fs.PathError
	)
	switch {
	case errors.As(err, &ours):
		return ours
	case errors.As(err, &missing):
		return fileError(missing)
	}
	return problem(err.Error())
}

// fileError is about a file that can't be opened.
func fileError(err *fs.PathError) *source.Error {
	if err.Path == "" {
		return problem("the name of a file is empty", "is the variable set?")
	}
	hint := "pass the name of a file that can be read"
	switch {
	case errors.Is(err, fs.ErrNotExist):
		hint = "is the name right? a relative one starts in the folder in which the command runs"
	case errors.Is(err, fs.ErrPermission):
		hint = "the file must be readable for the user who runs the command"
	}
	place := source.Position{File: err.Path}
	return &source.Error{Pos: place, Cause: err.Err.Error(), Hints: source.Hints(hint)}
}
