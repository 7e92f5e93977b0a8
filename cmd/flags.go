package cmd

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/report"
)

// choice is a flag whose value is one of a few words.
type choice struct {
	value   string
	allowed []string
	kind    string // what help calls the value
}

func (c *choice) String() string { return c.value }
func (c *choice) Type() string   { return c.kind }

// Set takes one of the allowed words.
func (c *choice) Set(value string) error {
	if slices.Contains(c.allowed, value) {
		c.value = value
		return nil
	}
	all := "one of: " + strings.Join(c.allowed, ", ")
	if len(value) > report.LongestWord {
		return problem("unknown value", all)
	}
	hints := []string{all}
	if near := report.Nearest(value, c.allowed); near != "" {
		hints = []string{"did you mean " + near + "?", all}
	}
	return problem(fmt.Sprintf("unknown value %q", value), hints...)
}

// register adds the flag. The shorthand may be empty.
func (c *choice) register(cmd *cobra.Command, name, shorthand, usage string) {
	cmd.Flags().VarP(c, name, shorthand, usage+": "+strings.Join(c.allowed, ", "))
}

// texts is a flag that may be repeated. Each value is taken as it is.
type texts []string

// String is empty: no flag of this sort has a default.
func (t *texts) String() string { return "" }

// Set adds a value.
func (t *texts) Set(text string) error {
	*t = append(*t, text)
	return nil
}

// Type is the name that completions and help know such flags by.
func (t *texts) Type() string { return "stringArray" }

// tokenHelp says in the help of a command what its TOKEN may be.
const tokenHelp = "TOKEN is an argument, @FILE for a file, - or nothing for standard input (on " +
	"a terminal gatewhy asks for it and does\n" +
	"not show it). Paste it in any form: quotes, line breaks, \"Bearer x\", a header, a curl " +
	"command, a token\n" +
	"endpoint's answer, a HAR file."
