package cmd

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// onlyHere are flags that a printed command leaves out: how this answer looks, when its token is
// judged, and what was observed for it.
var onlyHere = [...]string{
	"output", "output-file", "color", "redact", "verbose", "quiet", "at", "no-token",
	"observed-status", "observed-body", "observed-header", "insecure-http",
	"all",
}

// commandLine is how a command was called, so that what it prints can repeat it.
func (e *Env) commandLine(cmd *cobra.Command, args []string) report.CommandLine {
	return e.lineWithout(onlyHere[:], cmd, args)
}

func (e *Env) lineWithout(left []string, cmd *cobra.Command, args []string) report.CommandLine {
	line := report.CommandLine{Shell: e.Shell}
	if len(args) == 1 && strings.HasPrefix(args[0], "@") {
		line.Token = args[0]
	}
	if at := cmd.Flags().Lookup("at"); at != nil && slices.Contains(left, at.Name) {
		line.At = at.Value.String()
	}
	verbose := cmd.Flags().Lookup("verbose")
	line.Verbose = verbose != nil && verbose.Value.String() == "true"
	var given []*pflag.Flag
	cmd.Flags().Visit(func(flag *pflag.Flag) {
		if flag.Name == "policy" { // what a reader looks for first
			given = slices.Insert(given, 0, flag)
		} else if !slices.Contains(left, flag.Name) {
			given = append(given, flag)
		}
	})
	for _, flag := range given {
		values := []string{flag.Value.String()}
		if many, ok := flag.Value.(*texts); ok {
			values = *many
		}
		for _, value := range values {
			line.Once = line.Once || value == "-" && flag.Name != "header"
			line.Flags = append(line.Flags, flagWords(flag, value)...)
		}
	}
	return line
}

// flagWords are a flag with its value. What may be a secret is a word for the reader to fill in.
func flagWords(flag *pflag.Flag, value string) []string {
	name := "--" + flag.Name
	if flag.Shorthand != "" {
		name = "-" + flag.Shorthand
	}
	switch {
	case flag.Value.Type() == "bool" && value == "true":
		return []string{"--" + flag.Name}
	case flag.NoOptDefVal != "":
		return []string{"--" + flag.Name + "=" + value}
	case flag.Name == "header":
		value = report.OpenHeader(value)
	case report.Guarded(value) != value,
		(flag.Name == "other" || flag.Name == "token") && !strings.HasPrefix(value, "@"):
		value = "TOKEN"
	}
	return []string{name, value}
}

// readToken reads the token of a command. Where there is none in what was given, the error says
// how to pass another one.
func (e *Env) readToken(
	command string, line *report.CommandLine, args []string,
) (*inspect.Token, error) {
	token, err := e.maker().ReadToken(args)
	return token, e.orAgain(err, command, line, args)
}

// orAgain adds the same command to an error of what was pasted: for another paste, or for the file
// whose name was mistyped, given without the @, or followed by others.
func (e *Env) orAgain(err error, command string, line *report.CommandLine, args []string) error {
	again := line.Again(command, "-")
	switch {
	case len(args) == 1 && e.maker().IsFile(args[0]):
		again = line.Again(command, "@"+args[0])
	case len(args) > 1 && strings.HasPrefix(args[0], "@") && e.maker().IsFile(args[0][1:]):
		again = line.Again(command, args[0])
	}
	if err == nil || again == "" || errors.Is(err, errInterrupted) {
		return err
	}
	if near := e.nearFile(missingFile(err)); near != "" {
		return report.HintedOnly(err, "did you mean @"+inspect.Safe(near)+"?",
			line.Again(command, "@"+near))
	}
	if missingFile(err) != "" {
		again = "or paste the token: " + again
	}
	return report.Hinted(err, again)
}

// orOffline adds to an error about keys that can't be fetched the command that does without them,
// which is for keys that nobody has named on the command line.
func orOffline(err error, command string) error {
	keysAsFile := func(h source.Hint) bool { return h.Need.Input == source.NeedKeySetFile }
	if command == "" || !slices.ContainsFunc(report.AsError(err).Hints, keysAsFile) {
		return err
	}
	return report.Hinted(err, "or see all but the signature: "+command)
}

// missingFile is the name of the file that an error says does not exist; empty where it says
// something else.
func missingFile(err error) string {
	var missing *fs.PathError
	if !errors.As(err, &missing) || !errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	return missing.Path
}

// orOfOne adds to an error about policies of several API instances the whole command for the first
// of them.
func (e *Env) orOfOne(
	err error, policies *report.PolicySet, cmd *cobra.Command, args []string,
) error {
	if err == nil || policies == nil || len(policies.APIs()) < 2 || policies.Ambiguous != nil {
		return err // the policies of one instance may be refused for something else
	}
	meant := e.lineWithout([]string{"no-token"}, cmd, args)
	return report.Hinted(err,
		meant.Again(cmd.Name(), tokenAgain(cmd, &meant), "--api", policies.APIs()[0]))
}

// tokenAgain is the argument for the same token, or the flag that there is none.
func tokenAgain(cmd *cobra.Command, line *report.CommandLine) string {
	if cmd.Flags().Changed("no-token") {
		return "--no-token"
	}
	return cmp.Or(line.Token, "-")
}

// orNearFile adds to an error of a file that does not exist the whole command with the name that
// was meant, if a file in the same folder has one like it.
func (e *Env) orNearFile(err error, cmd *cobra.Command, args []string) error {
	missing := missingFile(err)
	if missing == "" {
		return err
	}
	meant := e.lineWithout([]string{"no-token"}, cmd, args)
	at := slices.IndexFunc(meant.Flags, func(word string) bool {
		return word == missing || e.maker().Path(word) == missing
	})
	if at < 0 {
		return err
	}
	near := e.nearFile(meant.Flags[at])
	if near == "" {
		return err
	}
	meant.Flags[at] = near
	return report.HintedOnly(err, "did you mean "+inspect.Safe(near)+"?",
		meant.Again(cmd.Name(), tokenAgain(cmd, &meant)))
}

// nearFile is the name of a file in the same folder that is like the given one; empty where there
// is none.
func (e *Env) nearFile(name string) string {
	folder, base := filepath.Split(name)
	// of a folder that can't be read the error of the file itself is shown
	entries, _ := os.ReadDir(e.maker().Path(filepath.Clean(folder)))
	var names []string
	for _, entry := range entries {
		if !entry.IsDir() {
			names = append(names, entry.Name())
		}
	}
	if near := report.Nearest(base, names); near != "" {
		return folder + near
	}
	return ""
}
