package dataweave

import (
	"strings"
	"testing"
)

func TestEveryRowOfTheTableHolds(t *testing.T) {
	for _, row := range Table() {
		for _, d := range row.Dialects {
			t.Run(d.String()+"/"+row.Rule, func(t *testing.T) {
				if got := outcome(t, row, d); got != row.Result {
					t.Errorf("%s gives %s, want %s", row.Expression, got, row.Result)
				}
			})
		}
	}
}

// outcome runs a row and writes the result as the table does.
func outcome(t *testing.T, row Row, d Dialect) string {
	t.Helper()
	e, err := Parse(row.Expression, d)
	if err != nil {
		return "error"
	}
	environment := env(t, row.Input)
	if row.Runtime != "" {
		if environment.Runtime, err = ParseRuntime(row.Runtime); err != nil {
			t.Fatal(err)
		}
	}
	switch r := e.Eval(environment); {
	case r.Value != nil:
		return r.Value.JSON()
	case r.Failure != nil:
		return "failure"
	default:
		return "unknown"
	}
}

func TestEveryRowNamesItsEvidence(t *testing.T) {
	for _, row := range Table() {
		if row.Rule == "" || row.Reference == "" || len(row.Dialects) == 0 {
			t.Errorf("%s: incomplete row: %+v", row.Expression, row)
		}
		if row.Evidence != documented && row.Evidence != observed && row.Evidence != inferred {
			t.Errorf("%s: evidence %q", row.Expression, row.Evidence)
		}
		if strings.HasSuffix(row.Rule, ".") {
			t.Errorf("%s: the rule ends with a full stop", row.Rule)
		}
	}
}
