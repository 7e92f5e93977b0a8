package cmd

import (
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/gateways"
	"github.com/gatewhy/gatewhy/cmd/report"
)

// Manual is what the manual pages are made of: all that help shows, in parts.
type Manual struct {
	Root   *cobra.Command // with all commands; none of them can be run
	Topics []Topic

	// Codes are the exit codes of all commands, as pairs of a code and what it means.
	Codes [][2]string

	// CodesOf say of a command, by its name, what the codes mean there.
	CodesOf map[string]string
}

// Topic is a page of gatewhy help TOPIC.
type Topic struct {
	Name, Title string
	Commands    []string // whose own help names it
}

// NewManual returns what the manual pages are made of.
func NewManual() Manual {
	env := &Env{Gateways: report.Gateways(gateways.All()).Complete()}
	m := Manual{Root: newRoot(env), CodesOf: map[string]string{}}
	addCompletion(m.Root)
	for _, t := range topics() {
		m.Topics = append(m.Topics, Topic{t.name, t.title(), strings.Fields(t.commands)})
	}
	for _, row := range rowsOf(topicText("exit-codes")) {
		if row[0][0] >= '0' && row[0][0] <= '9' {
			m.Codes = append(m.Codes, row)
		} else {
			m.CodesOf[row[0]] = row[1]
		}
	}
	return m
}

// rowsOf reads the tables in a topic's text: an indented word, two blanks or more, and a text that
// may go on in lines that are indented further.
func rowsOf(text string) (rows [][2]string) {
	begin := regexp.MustCompile(`^ {2,6}(\S+) {2,}(.+)`)
	for line := range strings.Lines(text) {
		if row := begin.FindStringSubmatch(line); row != nil {
			rows = append(rows, [2]string{row[1], row[2]})
		} else if strings.HasPrefix(line, "      ") && len(rows) > 0 {
			rows[len(rows)-1][1] += " " + strings.TrimSpace(line)
		}
	}
	return rows
}

// VariablesOf returns the variables that stand in for a command's flags.
func VariablesOf(cmd *cobra.Command) (names []string) {
	for _, s := range standIns {
		if cmd.Flags().Lookup(s.flag) != nil && cmd.Name() != "init" {
			names = append(names, variableOf(s.flag))
		}
	}
	slices.Sort(names)
	return names
}
