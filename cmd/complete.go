package cmd

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// complete offers these words to the shell as the flag's values.
func complete(cmd *cobra.Command, flag string, words []string) {
	completeWith(cmd, flag, func([]string) []string { return words })
}

// completeWith is complete for words that depend on the command's other flags or its arguments. A
// word that would act on a terminal is not offered.
func completeWith(cmd *cobra.Command, flag string, words func(args []string) []string) {
	setCompletion(cmd, flag, func(
		_ *cobra.Command, args []string, _ string,
	) ([]string, cobra.ShellCompDirective) {
		return source.Without(words(args), isUnsafe), cobra.ShellCompDirectiveNoFileComp
	})
}

func isUnsafe(word string) bool { return inspect.Safe(word) != word }

func setCompletion(cmd *cobra.Command, flag string, choices cobra.CompletionFunc) {
	if err := cmd.RegisterFlagCompletionFunc(flag, choices); err != nil {
		panic(err) // a flag that was not added before: the program is wrong, not its input
	}
}

// completionOfBash writes cobra's script for bash. To bash an @ ends a word, so cobra would be
// asked about the rest of @FILE alone, and nothing would be found. The script is changed to treat
// an @ as it treats a colon.
func completionOfBash(cmd *cobra.Command, _ []string) error {
	bare, err := cmd.Flags().GetBool("no-descriptions")
	if err != nil {
		return err
	}
	var script bytes.Buffer
	if err := cmd.Root().GenBashCompletionV2(&script, !bare); err != nil {
		return err
	}
	const special = `    __gatewhy_handle_special_char "$cur" `
	_, err = strings.NewReplacer(
		"_init_completion -n =: ", "_init_completion -n =:@ ",
		special+":", special+":\n"+special+"@",
	).WriteString(cmd.OutOrStdout(), script.String())
	return err
}

// completeFlags completes the flags of a command: one of several words, what a file or a table
// names, a FILE by the endings of what the flag reads, and nothing where none of these is known.
// It is for a shell that asks alone: cobra keeps each completion for as long as the program runs.
func (e *Env) completeFlags(cmd *cobra.Command) {
	e.completeAPIs(cmd)
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if _, has := cmd.GetFlagCompletionFunc(f.Name); has || f.NoOptDefVal != "" {
			return
		}
		value, _ := pflag.UnquoteUsage(f)
		one, isChoice := f.Value.(*choice)
		switch endings := endingsOf(f.Name); {
		case isChoice:
			complete(cmd, f.Name, one.allowed)
		case f.Name == "at":
			complete(cmd, f.Name, []string{"issued"})
		case f.Name == "policy-type":
			complete(cmd, f.Name, e.Gateways.Kinds())
		case f.Name == "rule" || f.Name == "exclude":
			complete(cmd, f.Name, report.RuleNames(e.Gateways.Catalogue()))
		case f.Name == "claim":
			complete(cmd, f.Name, inspect.ClaimNames())
		case f.Name == "env":
			e.completeEnvironments(cmd)
		case f.Name == "jwks":
			setCompletion(cmd, f.Name, completeKeySet)
		case strings.Contains(f.Usage, "@FILE"):
			setCompletion(cmd, f.Name, e.completeAt)
		case value == "FILE" && endings != nil:
			setCompletion(cmd, f.Name, cobra.FixedCompletions(
				endings, cobra.ShellCompDirectiveFilterFileExt))
		case f.Name == "method":
			complete(cmd, f.Name, []string{
				"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT",
			})
		case value != "FILE":
			complete(cmd, f.Name, nil)
		}
	})
}

func endingsOf(flag string) []string {
	switch flag {
	case "policy", "before", "after":
		return report.PolicyEndings()
	case "config":
		return []string{"yaml", "yml"}
	case "app", "introspection":
		return []string{"json", "yaml", "yml"}
	case "contracts":
		return []string{"txt", "json", "yaml", "yml"}
	case "baseline":
		return []string{"json"}
	case "cacert", "cert", "key":
		return []string{"pem", "crt", "cer", "key"}
	}
	return nil
}

// completeAPIs offers the API instances of the policies that -p names, or the arguments of a
// command that has no -p.
func (e *Env) completeAPIs(cmd *cobra.Command) {
	if cmd.Flags().Lookup("policy-type") == nil {
		return
	}
	apis := func(args []string) []string {
		if policies := cmd.Flags().Lookup("policy"); policies != nil {
			args = *policies.Value.(*texts)
		}
		return e.maker().APIs(args, rules.Options{
			Variant: cmd.Flag("gateway").Value.String(),
			Kind:    cmd.Flag("policy-type").Value.String(),
		})
	}
	for _, flag := range []string{"api", "workload"} {
		if cmd.Flags().Lookup(flag) != nil {
			completeWith(cmd, flag, apis)
		}
	}
}

// completeEnvironments offers the names of the environments to the shell as the values of --env:
// of the file that -c names, else of the one that is found.
func (e *Env) completeEnvironments(cmd *cobra.Command) {
	completeWith(cmd, "env", func([]string) []string {
		name := report.DefaultEnvironments
		if flag := cmd.Flag("config"); flag.Changed {
			name = flag.Value.String()
		} else if found := e.findEnvironments(); found != "" {
			name = found
		}
		file, err := e.maker().ReadEnvironments(name)
		if err != nil {
			return nil // there is nothing to offer, and nowhere to say why
		}
		return file.Names()
	})
}

// atArgument completes the argument with this index, and no other one.
func atArgument(index int, choices cobra.CompletionFunc) cobra.CompletionFunc {
	return func(
		cmd *cobra.Command, args []string, start string,
	) ([]string, cobra.ShellCompDirective) {
		if len(args) != index {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return choices(cmd, args, start)
	}
}

// oneOf completes the only argument of a command with one of some words.
func oneOf(words []string) cobra.CompletionFunc {
	return atArgument(0, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
}

// oneFolder completes a FOLDER that is the only argument.
func oneFolder() cobra.CompletionFunc {
	return atArgument(0, cobra.FixedCompletions(nil, cobra.ShellCompDirectiveFilterDirs))
}

// completeAt completes @FILE. Shells know nothing of files behind an @.
func (e *Env) completeAt(
	_ *cobra.Command, _ []string, start string,
) ([]string, cobra.ShellCompDirective) {
	const alone = cobra.ShellCompDirectiveNoFileComp
	if start == "" {
		return []string{"@"}, alone | cobra.ShellCompDirectiveNoSpace
	}
	name, isFile := strings.CutPrefix(start, "@")
	if !isFile {
		return nil, alone
	}
	folder, base := filepath.Split(name)
	entries, err := os.ReadDir(e.maker().Path(filepath.Join(folder, ".")))
	if err != nil {
		return nil, alone // a folder that can't be read offers nothing
	}
	var names []string
	directive := alone
	for _, entry := range entries {
		hidden := base == "" && strings.HasPrefix(entry.Name(), ".")
		if hidden || !strings.HasPrefix(entry.Name(), base) || isUnsafe(entry.Name()) {
			continue
		}
		offered := "@" + folder + entry.Name()
		info, err := os.Stat(e.maker().Path(folder + entry.Name()))
		if err == nil && info.IsDir() {
			offered, directive = offered+"/", alone|cobra.ShellCompDirectiveNoSpace
		}
		names = append(names, offered)
	}
	return names, directive
}

// completeKeySet completes a FILE with a key set, and not a URL: to bash a colon ends a word, so
// it would go on with names of files.
func completeKeySet(
	_ *cobra.Command, _ []string, start string,
) ([]string, cobra.ShellCompDirective) {
	if strings.HasPrefix(start, "http") {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return []string{"json"}, cobra.ShellCompDirectiveFilterFileExt
}
