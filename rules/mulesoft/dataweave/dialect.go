package dataweave

import (
	"cmp"
	_ "embed"
	"fmt"
	"strconv"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// Dialect is the engine that runs an expression.
type Dialect uint8

// The dialects.
const (
	Mule Dialect = iota // DataWeave 2 in a Mule 4 runtime
	Flex                // PEL in Flex Gateway, which newer documentation calls Omni Gateway
)

// String returns the gateway's name.
func (d Dialect) String() string {
	if d == Flex {
		return "Flex Gateway"
	}
	return "Mule"
}

// Version is a version of the Mule runtime. The zero Version means that we do not know it.
type Version struct{ Major, Minor, Patch int }

// String returns the version as major.minor.patch.
func (v Version) String() string { return fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch) }

// Known reports whether we know the version.
func (v Version) Known() bool { return v != Version{} }

// AtLeast reports whether the version is this one or a later one.
func (v Version) AtLeast(major, minor int) bool {
	return !v.Before(Version{Major: major, Minor: minor})
}

// Before reports whether the version is an earlier one.
func (v Version) Before(other Version) bool {
	return cmp.Or(v.Major-other.Major, v.Minor-other.Minor, v.Patch-other.Patch) < 0
}

// ParseRuntime reads the version of a Mule 4 runtime as the control plane writes it: "4.4",
// "4.4.0", "4.4.0-20230619", "4.6.1:12e-java17". Mule 4.2 brings DataWeave 2.2, Mule 4.3 brings
// 2.3 and Mule 4.4 brings 2.4.
func ParseRuntime(text string) (Version, error) {
	number, _, _ := strings.Cut(strings.TrimSpace(text), "-")
	number, _, _ = strings.Cut(number, ":")
	parts := strings.Split(number, ".")
	if len(parts) < 2 || len(parts) > 3 {
		return Version{}, notAVersion(text)
	}
	var fields [3]int
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 10, 16)
		if err != nil {
			return Version{}, notAVersion(text)
		}
		fields[i] = int(n)
	}
	if fields[0] != 4 {
		return Version{}, notARuntime(
			"mule " + number + " is not modelled: only Mule 4 runs DataWeave 2",
		)
	}
	return Version{fields[0], fields[1], fields[2]}, nil
}

func notAVersion(text string) error {
	return notARuntime(fmt.Sprintf("%q is not a version of the Mule runtime", text))
}

// notARuntime is the error for a version that is not Mule 4's, which may be meant for another
// gateway.
func notARuntime(cause string) error {
	return &source.Error{Cause: cause, Hints: []source.Hint{
		source.Ask(source.NeedRuntime, "pass %s: the version of the Mule runtime, such as 4.4.0"),
	}}
}

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
