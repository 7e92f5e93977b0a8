package cmd

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// Problem is an error as a person reads it: the cause, with the place where there is one, and what to do
// about it. Both are lower case without a full stop, and neither ever holds a token.
type Problem struct {
	Cause string
	Hints []string
}

func (p *Problem) Error() string { return p.Cause }

// problem returns a Problem; the hints may be none.
func problem(cause string, hints ...string) *Problem {
	return &Problem{Cause: cause, Hints: hints}
}

// several is more than one error, each about something else that the user named, and what to do about all of them.
type several struct {
	errs  []error
	hints []string
}

// joined puts errors together; nil where there are none.
func joined(errs ...error) *several {
	all := &several{}
	for _, err := range errs {
		var more *several
		switch {
		case errors.As(err, &more):
			all.errs, all.hints = append(all.errs, more.errs...), append(all.hints, more.hints...)
		case err != nil:
			all.errs = append(all.errs, err)
		}
	}
	return all
}

// err returns nil where there is no error at all.
func (s *several) err() error {
	if len(s.errs) == 0 {
		return nil
	}
	return s
}

func (s *several) Error() string { return errors.Join(s.errs...).Error() }

func (s *several) Unwrap() []error { return s.errs }

// printError writes what is wrong, each with its own line, then what to do about it, each hint once.
func printError(w io.Writer, err error) {
	all := joined(err)
	var hints []string
	for _, err := range all.errs {
		p := asProblem(err)
		fmt.Fprintf(w, "gatewhy: error: %s\n", guarded(p.Cause))
		hints = append(hints, p.Hints...)
	}
	hints = append(hints, all.hints...)
	for i, hint := range hints {
		if !slices.Contains(hints[:i], hint) {
			fmt.Fprintf(w, "gatewhy: hint: %s\n", guarded(hint))
		}
	}
}

// asProblem finds the cause and the hints in the errors of the packages below.
func asProblem(err error) *Problem {
	var (
		ready   *Problem
		unread  *source.Error
		none    *inspect.LocateError
		missing *fs.PathError
	)
	switch {
	case errors.As(err, &ready):
		return ready
	case errors.As(err, &unread):
		return withHint(unread.Error(), unread.Hint)
	case errors.As(err, &none):
		return problem(none.Cause, none.Hints...)
	case errors.As(err, &missing):
		return fileProblem(missing)
	}
	return problem(err.Error())
}

// fileProblem is about a file that can't be opened.
func fileProblem(err *fs.PathError) *Problem {
	cause := err.Path + ": " + err.Err.Error()
	switch {
	case err.Path == "":
		return problem("the name of a file is empty", "is the variable set?")
	case errors.Is(err, fs.ErrNotExist):
		return problem(cause, "is the name right? a relative one starts in the folder in which the command runs")
	case errors.Is(err, fs.ErrPermission):
		return problem(cause, "the file must be readable for the user who runs the command")
	}
	return problem(cause, "pass the name of a file that can be read")
}

func withHint(cause, hint string) *Problem {
	if hint == "" {
		return problem(cause)
	}
	return problem(cause, hint)
}
