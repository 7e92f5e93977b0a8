package cmd

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// withoutCommand is about a first word that is not a command: perhaps a file, before whose name
// the command was left out.
func (e *Env) withoutCommand(root *cobra.Command, word string) error {
	name := strings.TrimPrefix(word, "@")
	if !e.maker().IsFile(name) {
		return unknownCommand(root, word)
	}
	return problem("a file was given, and no command",
		"to read the token in it: "+e.Shell.Line("gatewhy", "decode", "@"+name),
		"to check the policy in it: "+e.Shell.Line("gatewhy", "lint", name))
}

// unknownCommand says that a word is not a command, and which one, or which of the topics given,
// may have been meant.
func unknownCommand(root *cobra.Command, word string, others ...topic) error {
	all, cause := "all commands: gatewhy help", fmt.Sprintf("unknown command %q", word)
	if len(others) > 0 {
		all = "all commands and topics: gatewhy help"
		cause = fmt.Sprintf("unknown command or topic %q", word)
	}
	if len(word) > report.LongestWord {
		return problem("the first argument is not a command",
			"to read a token: run gatewhy decode, and paste the token when asked", all)
	}
	if topicText(word) != "" {
		return problem(cause, "to read about it: gatewhy help "+word)
	}
	names := source.Each(root.Commands(), func(sub *cobra.Command) string { return sub.Name() })
	for _, other := range others {
		names = append(names, other.name)
	}
	if near := report.Nearest(word, names); near != "" {
		return problem(cause, "did you mean "+near+"?")
	}
	return problem(cause, all)
}

// flagProblem turns pflag's complaint about a flag into one that repeats no value.
func flagProblem(cmd *cobra.Command, err error) error {
	all := "all flags: " + cmd.CommandPath() + " --help"
	var (
		unknown *pflag.NotExistError
		empty   *pflag.ValueRequiredError
		invalid *pflag.InvalidValueError
	)
	switch {
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() != "":
		return problem("unknown flag -"+unknown.GetSpecifiedName(), all)
	case errors.As(err, &unknown):
		return unknownFlag(cmd, unknown.GetSpecifiedName(), all)
	case errors.As(err, &empty):
		return problem("--"+empty.GetFlag().Name+" needs a value", all)
	case errors.As(err, &invalid):
		return invalidValue(invalid, all)
	}
	return problem("a flag that can't be read: flags are written --name or --name=value", all)
}

// invalidValue repeats what our own flags say about a value, and no value that another flag
// refused.
func invalidValue(err *pflag.InvalidValueError, all string) error {
	name, kind := "--"+err.GetFlag().Name, err.GetFlag().Value.Type()
	var ours *source.Error
	switch {
	case errors.As(err, &ours):
		return &source.Error{Cause: name + ": " + ours.Cause, Hints: ours.Hints}
	case kind == "bool":
		return problem(name+" takes only true or false", "on: "+name+", off: "+name+"=false")
	}
	return problem(name+": the value is not a "+kind, all)
}

func unknownFlag(cmd *cobra.Command, name, all string) error {
	if len(name) > report.LongestWord {
		return problem("unknown flag", all)
	}
	if cmd.Name() == "test" && inTests(name) != "" {
		return problem("test has no flag --"+name, inTests(name))
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if known := asElsewhere(cmd, name); known != "" {
		return problem("unknown flag --"+name, known)
	}
	if near := report.Nearest(name, names); near != "" {
		return problem("unknown flag --"+name, "did you mean --"+near+"?")
	}
	return problem("unknown flag --"+name, all)
}

// asElsewhere says how a command does what a flag does in other programs; nothing where it does
// not.
func asElsewhere(cmd *cobra.Command, flag string) string {
	has := func(name string) bool { return cmd.Flags().Lookup(name) != nil }
	if output := cmd.Flags().Lookup("output"); output != nil {
		formats, ok := output.Value.(*choice)
		switch {
		case ok && flag == "format":
			return "a format is chosen by -o: " + strings.Join(formats.allowed, ", ")
		case ok && slices.Contains(formats.allowed, flag):
			return "did you mean -o " + flag + "?"
		}
	}
	switch flag {
	case "token":
		if slices.Contains([]string{"decode", "verify", "explain"}, cmd.Name()) {
			return "the token is an argument: " + cmd.CommandPath() + " @FILE"
		}
	case "policies":
		if has("policy") {
			return "did you mean --policy?"
		}
	case "diff", "dry-run", "check":
		if has("write") {
			return "without --write the change is printed as a diff"
		}
	case "fix":
		if cmd.Name() == "lint" {
			return "another command repairs: gatewhy fix PATH"
		}
	case "ignore", "skip", "disable":
		if has("exclude") {
			return "--exclude NAME leaves out a rule; all ways: gatewhy help findings"
		}
	}
	return ""
}

// inTests says how a policy test has what a flag of explain is for; nothing where that is not so.
func inTests(flag string) string {
	return map[string]string{
		"no-token": "each test says what its request carries: token: none",
		"other": "tests do not try repairs: write a test for the other environment's token, or " +
			"gatewhy explain --other TOKEN",
		"app": "tests do not read app registrations: a test's claims give the audience and the " +
			"client; for findings run gatewhy lint --app FILE",
	}[flag]
}

// plainArguments says in plain words what a command's own check of its arguments refuses. No
// command takes more than one. A flag without a value is refused first.
func plainArguments(check cobra.PositionalArgs) cobra.PositionalArgs {
	if check == nil {
		check = cobra.ArbitraryArgs
	}
	return func(cmd *cobra.Command, args []string) error {
		if err := cmp.Or(emptyFlag(cmd.Flags()), twoNames(cmd.Flags())); err != nil {
			return err
		}
		err := check(cmd, args)
		var ready *source.Error
		if err == nil || errors.As(err, &ready) {
			return err
		}
		usage := "usage: " + cmd.CommandPath() + strings.TrimPrefix(described(cmd).Use, cmd.Name())
		cause := fmt.Sprintf("%s takes one argument, and %d were given",
			cmd.CommandPath(), len(args))
		return problem(cause, usage, "put a name with spaces in quotes")
	}
}

// emptyFlag refuses a flag that is given with an empty value: an unset variable in a script would
// else mean that nothing is checked.
func emptyFlag(flags *pflag.FlagSet) error {
	var empty error
	flags.Visit(func(f *pflag.Flag) {
		values := []string{f.Value.String()}
		if all, ok := f.Value.(*texts); ok {
			values = *all
		}
		if slices.ContainsFunc(values, isEmpty) && empty == nil {
			empty = problem("--"+f.Name+" has an empty value",
				"is the variable set? leave the flag out if you do not need it")
		}
	})
	return empty
}

// twoNames refuses two flags that are names of one value.
func twoNames(flags *pflag.FlagSet) error {
	for _, names := range [...][2]string{{"api", "workload"}, {"runtime", "gateway-version"}} {
		if flags.Changed(names[0]) && flags.Changed(names[1]) {
			return problem(fmt.Sprintf("--%s and --%s were both given", names[0], names[1]),
				"they mean the same: leave one of them out")
		}
	}
	return nil
}

// isEmpty reports whether a flag's value says nothing. The flag library takes the = of -c= for a
// value.
func isEmpty(value string) bool {
	value = strings.TrimSpace(value)
	return value == "" || value == "="
}

// noArguments refuses arguments without repeating them.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return problem(cmd.CommandPath()+" takes no argument",
		"all flags: "+cmd.CommandPath()+" --help")
}

// newHelp is cobra's help command, except that it knows topics too, and that help on a word that
// is neither is an error.
func newHelp(env *Env) *cobra.Command {
	return &cobra.Command{
		Use:               "help [COMMAND|TOPIC]",
		Short:             "Help about a command or a topic",
		Example:           "  gatewhy help explain\n  gatewhy help exit-codes",
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: completeHelp,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 && topicText(args[0]) != "" {
				text := env.examples(topicText(args[0]))
				if width := env.Terminal.Width; width > 0 {
					text = render.Topic(text, width)
				}
				_, err := io.WriteString(cmd.OutOrStdout(), text)
				return err
			}
			wanted, rest, err := cmd.Root().Find(args)
			switch {
			case err == nil && len(rest) > 1 && topicText(rest[0]) != "":
				return problem("help is about one topic", "gatewhy help "+rest[0])
			case err != nil || wanted == cmd.Root() && len(rest) > 0:
				return unknownCommand(cmd.Root(), args[0], topics()...)
			case len(rest) > 0:
				return problem("help is about one command", "gatewhy help "+wanted.Name())
			}
			wanted.InitDefaultHelpFlag()
			return wanted.Help()
		},
	}
}

// addCompletion adds cobra's completion command, except that a word that is not a shell is an
// error, and that bash completes words with an @.
func addCompletion(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		if cmd.Name() != "completion" {
			continue
		}
		var shells []string
		for _, shell := range cmd.Commands() {
			shells = append(shells, shell.Name())
			shell.Args = noArguments
			if shell.Name() == "bash" {
				shell.RunE = completionOfBash
			}
		}
		cmd.Example = "  source <(gatewhy completion bash)\n  gatewhy completion zsh --help"
		cmd.Args = cobra.ArbitraryArgs
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Help()
			}
			_, err := report.OneOf("shell", args[0], shells, "all shells: gatewhy completion")
			return err
		}
	}
}
