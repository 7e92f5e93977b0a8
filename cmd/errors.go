package cmd

import (
	"fmt"
	"io"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// problem is an error that no file is to blame for; the hints may be none.
func problem(cause string, hints ...string) *source.Error {
	return report.Problem(cause, hints...)
}

// printError writes what is wrong, a line for each error, then what to do, each hint once.
func printError(w io.Writer, err error) {
	causes, hints := report.Words(err)
	for _, cause := range causes {
		fmt.Fprintf(w, "gatewhy: error: %s\n", cause)
	}
	for _, hint := range hints {
		fmt.Fprintf(w, "gatewhy: hint: %s\n", hint)
	}
}
