package cmd

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

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
		return problem(missing.Path + ": " + missing.Err.Error())
	}
	return problem(err.Error())
}

func withHint(cause, hint string) *Problem {
	if hint == "" {
		return problem(cause)
	}
	return problem(cause, hint)
}

// print writes one error line and the hint lines, safe to print and without a token.
func (p *Problem) print(w io.Writer) {
	fmt.Fprintf(w, "gatewhy: error: %s\n", guarded(p.Cause))
	for _, hint := range p.Hints {
		fmt.Fprintf(w, "gatewhy: hint: %s\n", guarded(hint))
	}
}
