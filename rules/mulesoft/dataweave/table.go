package dataweave

import (
	_ "embed"
	"strings"

	"github.com/gatewhy/gatewhy/rules"
)

// table has the rules of the language: table.tsv says how it is written.
//
//go:embed table.tsv
var table string

// Table returns the rules of the language that this package applies in a dialect, each with its
// evidence. The tests run every one.
func Table(d Dialect) []rules.Expression {
	var all []rules.Expression
	var evidence rules.Evidence
	applies := false
	characters := strings.NewReplacer(
		`\t`, "\t", `\f`, "\f", `\r`, "\r", `\n`, "\n", `\u00a0`, "\u00a0",
	)
	for line := range strings.Lines(table) {
		columns := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		switch {
		case len(columns) < 3: // an empty line, or a comment
		case columns[0] != "":
			evidence = rules.Evidence{Level: rules.Level(columns[0]), Reference: columns[2]}
			applies = strings.Contains(columns[1], [...]string{"mule", "flex"}[d])
		case applies:
			row := append(columns[1:], "", "")
			all = append(all, rules.Expression{
				Rule: row[0], Expression: characters.Replace(row[1]), Result: row[2],
				Input: inputOf(characters.Replace(row[3])), Runtime: row[4], Evidence: evidence,
			})
		}
	}
	return all
}

// inputOf writes the members of vars.claimSet as an input.
func inputOf(written string) string {
	if written == "" || written[0] == '{' {
		return written
	}
	return `{"vars": {"claimSet": {` + written + `}}}`
}
