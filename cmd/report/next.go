package report

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// CommandLine is how a command was called, as far as another command repeats it.
type CommandLine struct {
	Shell Shell

	// Token is the argument that names the token's file, as @FILE; empty for any other.
	Token string

	// At is the time at which the token was judged, as --at has it; empty where that was now.
	At string

	// Flags are those that the same command for another token has, a word each. Once says that
	// they can't be repeated: standard input, from which one of them was read, is used up.
	Flags []string
	Once  bool
}

// Again is the same command for a token, with further flags; empty where it can't be repeated.
func (c *CommandLine) Again(command, token string, more ...string) string {
	if c.Once {
		return ""
	}
	return c.Shell.Line(slices.Concat([]string{"gatewhy", command, token}, c.Flags, more)...)
}

// with is the command line with another value of a flag that it has.
func (c *CommandLine) with(flag, value string) *CommandLine {
	changed := *c
	changed.Flags = slices.Clone(c.Flags)
	if i := slices.Index(changed.Flags, flag); i >= 0 && i+1 < len(changed.Flags) {
		changed.Flags[i+1] = value
	}
	return &changed
}

// without are the flags without one of them and its value.
func (c *CommandLine) without(flag string) []string {
	flags := slices.Clone(c.Flags)
	if i := slices.Index(flags, flag); i >= 0 && i+1 < len(flags) {
		flags = slices.Delete(flags, i, i+2)
	}
	return flags
}

// Same is the same command for the same token, which it judges at the same time.
func (c *CommandLine) Same(command string, more ...string) string {
	return c.Again(command, c.token(), slices.Concat(c.at(), more)...)
}

// explain is the command that explains the same token, judged at the same time, by a policy that
// the reader names.
func (c *CommandLine) explain() string {
	return c.Shell.Line(
		slices.Concat([]string{"gatewhy", "explain", c.token(), "-p", "POLICY"}, c.at())...)
}

// at is the flag for the time at which the token was judged.
func (c *CommandLine) at() []string {
	if c.At == "" {
		return nil
	}
	return []string{Name(source.NeedTime), c.At}
}

// token is the argument for the same token; - where it was not read from a file.
func (c *CommandLine) token() string {
	if c.Token == "" {
		return "-"
	}
	return c.Token
}

// steps are ways on, in their order, each once.
type steps []rules.Step

// add adds a step, unless there is one that says the same, or does.
func (s *steps) add(all ...rules.Step) {
	for _, step := range all {
		same := func(known rules.Step) bool {
			return known.Note == step.Note || step.Command != "" && known.Command == step.Command
		}
		if step.Note != "" && !slices.ContainsFunc(*s, same) {
			*s = append(*s, step)
		}
	}
}

// commands lists the commands of steps.
func commands(all []rules.Step) []string {
	var lines []string
	for i := range all {
		if all[i].Command != "" {
			lines = append(lines, all[i].Command)
		}
	}
	return lines
}

// behind is a clause behind another, with a separator; empty where there is none.
func behind(separator, text string) string {
	if text == "" {
		return ""
	}
	return separator + strings.TrimSuffix(text, ".")
}
