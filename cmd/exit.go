package cmd

import (
	"fmt"
	"slices"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// The exit codes. They never depend on the output format.
const (
	// Accepted; verified; nothing found.
	exitOK = 0
	// Rejected; not verified; a finding at or above --fail-on; a test failed; a matrix cell is
	// wrong.
	exitRejected = 1
	// A usage error, or unreadable input.
	exitUsage = 2
	// Something was unknown, and nothing failed.
	exitUndetermined = 3
	// Ctrl-C: 128 and the number of the signal, as shells have it.
	exitInterrupted = 130
)

// exit ends a command with a code after its result has been printed: it is an error only in that
// it stops the command, and nothing is printed for it.
type exit int

func (exit) Error() string { return "" }

// exitAs ends a command after its result has been printed: with 1 where something is wrong, else
// with 3 where something is not known.
func exitAs(wrong, unknown bool) error {
	switch {
	case wrong:
		return exit(exitRejected)
	case unknown:
		return exit(exitUndetermined)
	}
	return nil
}

// problem is an error that no file is to blame for; the hints may be none.
func problem(cause string, hints ...string) *source.Error {
	return report.Problem(cause, hints...)
}

// printError writes what is wrong, a line for each error, and what to do under it. Errors with the
// same hints are printed together above them, and those without hints come last.
func (e *Env) printError(err error) {
	all := report.Mistakes(err)
	first := func(m report.Mistake) int {
		if len(m.Hints) == 0 {
			return len(all)
		}
		return slices.IndexFunc(all, func(other report.Mistake) bool {
			return slices.Equal(m.Hints, other.Hints)
		})
	}
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b report.Mistake) int { return first(a) - first(b) })
	for i, m := range sorted {
		fmt.Fprintf(e.Stderr, "gatewhy: error: %s\n", m.Cause)
		if i+1 < len(sorted) && slices.Equal(m.Hints, sorted[i+1].Hints) {
			continue
		}
		for _, hint := range m.Hints {
			fmt.Fprintf(e.Stderr, "gatewhy: hint: %s\n", e.quoted(hint))
		}
	}
}
