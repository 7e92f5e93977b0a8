package cmd

import (
	"fmt"
	"io"
	"slices"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// problem is an error that no file is to blame for; the hints may be none.
func problem(cause string, hints ...string) *source.Error {
	return report.Problem(cause, hints...)
}

// printError writes what is wrong, a line for each error, then what to do, each hint once.
func printError(w io.Writer, err error) {
	var hints []string
	for _, err := range report.Each(err) {
		e := report.AsError(err)
		fmt.Fprintf(w, "gatewhy: error: %s\n", report.Guarded(e.Error()))
		hints = append(hints, report.Hints(e.Hints)...)
	}
	for i, hint := range hints {
		if !slices.Contains(hints[:i], hint) {
			fmt.Fprintf(w, "gatewhy: hint: %s\n", report.Guarded(hint))
		}
	}
}
