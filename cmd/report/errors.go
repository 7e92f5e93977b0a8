package report

import (
	"errors"
	"io/fs"
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// Problem is an error that no file is to blame for; the hints may be none.
func Problem(cause string, hints ...string) *source.Error {
	return &source.Error{Cause: cause, Hints: source.Hints(hints...)}
}

// Each takes apart errors that errors.Join put together: one for each thing that the user named.
func Each(err error) []error {
	var joined interface{ Unwrap() []error }
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &joined):
		return []error{err}
	}
	var all []error
	for _, err := range joined.Unwrap() {
		all = append(all, Each(err)...)
	}
	return all
}

// AsError finds cause, place and hints in an error of the packages below, or of the system.
func AsError(err error) *source.Error {
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
	return Problem(err.Error())
}

// fileError is about a file that can't be opened.
func fileError(err *fs.PathError) *source.Error {
	if err.Path == "" {
		return Problem("the name of a file is empty", "is the variable set?")
	}
	hint := "pass the name of a file that can be read"
	switch {
	case errors.Is(err, fs.ErrNotExist):
		hint = "is the name right? a relative name starts in the folder where the command runs"
	case errors.Is(err, fs.ErrPermission):
		hint = "the user who runs the command must be able to read the file"
	}
	place := source.Position{File: err.Path}
	return &source.Error{Pos: place, Cause: err.Err.Error(), Hints: source.Hints(hint)}
}

// hinted is an error with one more thing to do about it.
func hinted(err error, hint string) error {
	more := *AsError(err)
	more.Hints = append(slices.Clip(more.Hints), source.Hint{Text: hint})
	return &more
}

// Mistake is one thing that is wrong, and what to do about it, each hint once. The words are safe
// to show.
type Mistake struct {
	Cause string
	Hints []string
}

// Mistakes are what is wrong, an entry for each error.
func Mistakes(err error) []Mistake {
	var all []Mistake
	for _, err := range Each(err) {
		e := AsError(err)
		all = append(all, Mistake{Guarded(e.Error()), guardedHints(e)})
	}
	return all
}

func guardedHints(e *source.Error) []string {
	var hints []string
	for _, hint := range Hints(e.Hints) {
		if hint = Guarded(hint); !slices.Contains(hints, hint) {
			hints = append(hints, hint)
		}
	}
	return hints
}

// Words are what is wrong, an entry for each error, and what to do about it, each hint once.
func Words(err error) (causes, hints []string) {
	for _, m := range Mistakes(err) {
		causes = append(causes, m.Cause)
		for _, hint := range m.Hints {
			if !slices.Contains(hints, hint) {
				hints = append(hints, hint)
			}
		}
	}
	return causes, hints
}
