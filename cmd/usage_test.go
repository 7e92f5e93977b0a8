package cmd

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/gatewhy/gatewhy/cmd/report"
)

func TestNearest(t *testing.T) {
	t.Parallel()
	names := []string{"decode", "demo", "verify", "version", "output", "at"}
	tests := []struct{ name, word, want string }{
		{"a beginning is meant for the whole word", "verif", "verify"},
		{"one letter too few", "decde", "decode"},
		{"case is no edit", "Verify", "verify"},
		{"two letters exchanged", "verison", "version"},
		{"three edits are too many", "dxcxdx", ""},
		{"a short word is near to nothing", "x", ""},
		{"two edits leave nothing of three letters", "dxo", ""},
		{"two neighbours exchanged are one edit", "dmeo", "demo"},
		{"another word is near to nothing", "matrix", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := report.Nearest(test.word, names); got != test.want {
				t.Errorf("nearest(%q) = %q, want %q", test.word, got, test.want)
			}
		})
	}
}

// wrongly runs a command line that is wrong in its form, and wants of it one line with the cause,
// then at least one hint, in plain words.
func wrongly(t *testing.T, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := Main(Env{
		Gateways:  everyGateway(),
		Args:      args,
		Dir:       t.TempDir(),
		Stdin:     strings.NewReader(""),
		Stdout:    &stdout,
		Stderr:    &stderr,
		LookupEnv: func(string) (string, bool) { return "", false },
		Now:       func() time.Time { return clock },
	})
	if code != exitUsage || stdout.Len() > 0 {
		t.Errorf("exit code %d, %q", code, &stdout)
	}
	cause, hints, _ := strings.Cut(stderr.String(), "\n")
	if !strings.HasPrefix(cause, "gatewhy: error: ") || hints == "" {
		t.Errorf("no cause and hint: %q", &stderr)
	}
	for line := range strings.Lines(hints) {
		if !strings.HasPrefix(line, "gatewhy: hint: ") {
			t.Errorf("no hint: %q", line)
		}
	}
	for _, raw := range []string{
		"arg(s)", "strconv", "pflag", "invalid argument",
		"flags in the group", "flag needs", "for \"gatewhy",
	} {
		if strings.Contains(stderr.String(), raw) {
			t.Errorf("the library's words: %q", &stderr)
		}
	}
	return stderr.String()
}

func TestUsageErrorsAreACauseAndAWayOn(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, line, want string
	}{
		{"an argument is missing", "fix", "gatewhy: error: no policy was given\n" +
			"gatewhy: hint: name files, folders or patterns: gatewhy fix FILE\n"},
		{"a token as a flag's value", "explain --token @a.jwt", "gatewhy explain @FILE\n"},
		{"policies in the plural", "explain --policies a.json", "did you mean --policy?\n"},
		{"a format that is a flag elsewhere", "matrix --html", "did you mean -o html?\n"},
		{"the flag for a format", "lint . --format json", "a format is chosen by -o: text, json"},
		{"a look before a change", "fix x --dry-run", "without --write the change is printed"},
		{"a change where none is made", "lint . --fix", "gatewhy fix PATH\n"},
		{"a rule that is not wanted", "lint . --ignore a", "--exclude NAME leaves out a rule"},
		{"a word for never", "lint --fail-on none .", "gatewhy: hint: did you mean never?\n"},
		{"a name with a space that is not quoted", "init my folder", "gatewhy init takes " +
			"one argument, and 2 were given\n"},
		{"an argument too many", "rules a b", "gatewhy: hint: usage: gatewhy rules [NAME]\n"},
		{"of init, too", "init a b", "gatewhy init takes one argument, and 2 were given\n"},
		{
			"flags that exclude each other", "fix x --rule unknown-field --solution jwt",
			"--rule and --solution were both given\n",
		},
		{
			"one value under both its names", "explain x --api a --workload b",
			"--api and --workload were both given\n",
		},
		{
			"two versions of one gateway", "scan --runtime 4.4 --gateway-version 1.2",
			"--runtime and --gateway-version were both given\n",
		},
		{"a status that is not a number", "explain --observed-status abc", "gatewhy: error: " +
			"--observed-status: the value is not an HTTP status\n"},
		{"a status in octal", "explain --observed-status 0771", "is not an HTTP status\n"},
		{"a switch with a value", "fix x --write=maybe", "--write takes only true or false\n"},
		{"a tenant that is no id", "fix x --tenant contoso.com", "gatewhy decode shows it"},
		{"an unknown format", "lint x -o sraif", "did you mean sarif?\n" +
			"gatewhy: hint: one of: text, json, sarif, junit, github, azure, gitlab\n"},
		{"an unknown policy kind", "lint x --policy-type jwt-validtion", "did you mean " +
			"jwt-validation?"},
		{"one that is near to none", "fix x --policy-type frobnicate", "--policy-type: unknown " +
			"value \"frobnicate\"\ngatewhy: hint: one of: "},
		{"help on two commands", "help lint fix", "help is about one command\n"},
		{"the shell is not known", "completion bosh", "did you mean bash?"},
		{"a word behind a shell", "completion bash now", "takes no argument"},
		{"nothing to lint", "lint", "name files, folders or patterns"},
		{"nothing to test", "test", "has a list tests:\ngatewhy: hint: gatewhy help tests\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := wrongly(t, strings.Fields(test.line)...); !strings.Contains(got, test.want) {
				t.Errorf("%q does not say %q", got, test.want)
			}
		})
	}
}

// A variable that is not set leaves an empty value behind, or blanks.
func TestAnEmptyValueIsRefusedByEveryFlagOfEveryCommand(t *testing.T) {
	t.Parallel()
	env := Env{Stdin: strings.NewReader(""), Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{}}
	for _, sub := range newRoot(&env).Commands() {
		sub.InitDefaultHelpFlag()
		sub.Flags().VisitAll(func(f *pflag.Flag) {
			if f.NoOptDefVal != "" { // a switch, which takes no value
				wrongly(t, sub.Name(), "--"+f.Name+"=")
				return
			}
			lines := [][]string{
				{"--" + f.Name, ""},
				{"--" + f.Name + "="},
				{"--" + f.Name, " "},
				{"--" + f.Name, "x", "--" + f.Name, "\t"},
			}
			if f.Shorthand != "" {
				short := "-" + f.Shorthand
				lines = append(lines, []string{short, ""}, []string{short + "="})
			}
			for _, line := range lines {
				got := wrongly(t, append([]string{sub.Name()}, line...)...)
				if !strings.Contains(got, "--"+f.Name) {
					t.Errorf("%s %q: %q does not name the flag", sub.Name(), line, got)
				}
			}
		})
	}
}

// TestEveryCommandRefusesInPlainWords is about what every command can be told wrongly.
func TestEveryCommandRefusesInPlainWords(t *testing.T) {
	t.Parallel()
	env := Env{Stdin: strings.NewReader(""), Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{}}
	for _, sub := range newRoot(&env).Commands() {
		t.Run(sub.Name(), func(t *testing.T) {
			wrongly(t, sub.Name(), "--no-such-flag")
			if !takesMany(sub) {
				wrongly(t, sub.Name(), "one", "two", "three")
			}
			sub.Flags().VisitAll(func(f *pflag.Flag) { refuseFlag(t, sub.Name(), f) })
		})
	}
}

// takesMany reports whether a command takes any number of arguments.
func takesMany(cmd *cobra.Command) bool {
	return cmd.Args == nil || cmd.Args(cmd, []string{"one", "two", "three"}) == nil
}

func refuseFlag(t *testing.T, command string, f *pflag.Flag) {
	t.Helper()
	switch {
	case f.NoOptDefVal != "":
		wrongly(t, command, "--"+f.Name+"=maybe")
	default:
		wrongly(t, command, "--"+f.Name)
	}
	if f.Value.Type() == "int" {
		wrongly(t, command, "--"+f.Name, "abc")
	}
}
