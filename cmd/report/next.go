package report

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gatewhy/gatewhy/inspect"
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

	// Verbose says that the answer has all that -v shows.
	Verbose bool

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

// with is the command line with a value of a flag, in place of one that it has.
func (c *CommandLine) with(flag, value string) *CommandLine {
	changed := *c
	changed.Flags = slices.Clone(c.Flags)
	if i := slices.Index(changed.Flags, flag); i >= 0 && i+1 < len(changed.Flags) {
		changed.Flags[i+1] = value
	} else {
		changed.Flags = append(changed.Flags, flag, value)
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

// cloudOf is the flag for a token's cloud, where the command line has no such flag.
func (c *CommandLine) cloudOf(profile *inspect.Profile) []string {
	flags := ofCloud(cloudOf(profile))
	if len(flags) > 0 && slices.Contains(c.Flags, flags[0]) {
		return nil
	}
	return flags
}

// token is the argument for the same token; - where it was not read from a file.
func (c *CommandLine) token() string {
	if c.Token == "" {
		return "-"
	}
	return c.Token
}

// OpenHeader is a header as a printed command has it: without its value where that may be a
// secret.
func OpenHeader(header string) string {
	name, value, _ := strings.Cut(header, ":")
	for _, word := range [...]string{
		"secret", "authorization", "token", "key", "password", "cookie",
	} {
		if strings.Contains(strings.ToLower(name), word) && strings.TrimSpace(value) != "" {
			return name + ": VALUE"
		}
	}
	return header
}

// steps are ways on, in their order, each once.
type steps []rules.Step

// add adds a step with its command, which may be empty.
func (s *steps) add(note, command string) { s.addAll(rules.Step{Note: note, Command: command}) }

// addAll adds steps, but none that says the same as another one, or does the same.
func (s *steps) addAll(all ...rules.Step) {
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

// Shell is the shell that printed commands are written for.
type Shell int

// The shells. POSIX stands for bash and its like, which write what can't be printed as $'\n'.
const (
	POSIX Shell = iota
	PowerShell
)

// ShellOf is the shell that people use on an operating system, by Go's name of the system.
func ShellOf(system string) Shell {
	if system == "windows" {
		return PowerShell
	}
	return POSIX
}

// plainInShell are the signs that mean nothing to a shell, beside letters and digits.
var plainInShell = [...]string{POSIX: "/._-+@%,:=", PowerShell: "/\\._-:="}

// Word is a text as one word of a command.
func (s Shell) Word(text string) string {
	plain := source.IsPlain(text, plainInShell[s])
	switch {
	case s == PowerShell && (!plain ||
		strings.HasPrefix(text, "-") && strings.ContainsAny(text, ".:")):
		// a word with a dash and a dot would be a parameter of PowerShell's own up to the dot, and
		// programs get a quote only behind a backslash (az is a batch file in all versions)
		return "'" + strings.NewReplacer("'", "''", `"`, `\"`).Replace(text) + "'"
	case text != "" && plain:
		return text
	case s == PowerShell:
		return "''"
	case !utf8.ValidString(text) || strings.ContainsFunc(text, unprintable):
		return escaped(text)
	case strings.Contains(text, "'") && !strings.ContainsAny(text, "\"$`\\!"):
		return `"` + text + `"`
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// unprintable reports whether a character must not be printed as it is.
func unprintable(r rune) bool { return !unicode.IsPrint(r) }

// escaped is a text in bash's $'…', with what can't be printed as bytes.
func escaped(text string) string {
	var b strings.Builder
	b.WriteString("$'")
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		switch {
		case r == '\'' || r == '\\':
			b.WriteString(`\` + text[:size])
		case unprintable(r), r == utf8.RuneError && size == 1:
			for _, c := range []byte(text[:size]) {
				fmt.Fprintf(&b, `\x%02x`, c)
			}
		default:
			b.WriteString(text[:size])
		}
		text = text[size:]
	}
	return b.String() + "'"
}

// Path is a file's name as one word, where a command takes it without a flag before it: none of
// its own flags, and not standard input, which is the name - alone.
func (s Shell) Path(name string) string {
	if strings.HasPrefix(name, "-") && name != "-" {
		name = "./" + name
	}
	return s.Word(name)
}

// curl is the program that fetches an address: curl itself is another command in PowerShell.
func (s Shell) curl() string {
	if s == PowerShell {
		return "curl.exe"
	}
	return "curl"
}

// fetchKeys is the command that fetches a key set from an address.
func (s Shell) fetchKeys(address string) string {
	return s.Line(s.curl(), "-sSf", address, "-o", "keys.json")
}

// On is a command of gatewhy on files, with flags behind their names.
func (s Shell) On(command string, files []string, flags ...string) string {
	line := "gatewhy " + command
	for _, name := range files {
		line += " " + s.Path(name)
	}
	if len(flags) > 0 {
		line += " " + s.Line(flags...)
	}
	return line
}

// Line is a command of these words.
func (s Shell) Line(words ...string) string {
	quoted := source.Each(words, s.Word)
	return strings.Join(quoted, " ")
}
