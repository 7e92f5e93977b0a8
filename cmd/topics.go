package cmd

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/render"
)

//go:embed topics/*.txt
var topicTexts embed.FS

// topic is what gatewhy help explains beside the commands.
type topic struct {
	name     string
	commands string // whose own help names it
}

// topics are all topics, in the order in which help lists them.
func topics() []topic {
	return []topic{
		{"tokens", "decode verify explain probe"},
		{"policies", "explain lint fix"},
		{"environments", "init matrix explain"},
		{"evidence", "explain gateways"},
		{"exit-codes", "decode verify explain lint fix matrix test scan keys probe pull"},
		{"formats", "decode verify explain lint matrix test"},
		{"network", "probe pull verify keys"},
		{"defaults", "verify explain lint keys"},
		{"findings", "lint rules"},
		{"ci", "lint test"},
		{"tests", "test"},
		{"scanning", "scan"},
	}
}

// topicText is the text of a topic; empty where there is none of that name.
func topicText(name string) string {
	text, err := topicTexts.ReadFile("topics/" + name + ".txt")
	if err != nil {
		return "" // no such topic: the files are part of the program
	}
	return string(text)
}

// title is the first line of the text.
func (t topic) title() string {
	title, _, _ := strings.Cut(topicText(t.name), "\n")
	return title
}

// helpWithTopics is cobra's help of a command, as wide as the terminal, and below it the topics
// that belong to it. Below the list of commands they all stand.
func (e *Env) helpWithTopics(
	help func(*cobra.Command, []string),
) func(*cobra.Command, []string) {
	return func(cmd *cobra.Command, args []string) {
		if width := e.Terminal.Width; width > 0 {
			cmd.Long = render.Wrapped(cmd.Long, width)
			wrapped := fmt.Sprintf("FlagUsagesWrapped %d", width)
			cmd.SetUsageTemplate(strings.ReplaceAll(cmd.UsageTemplate(), "FlagUsages", wrapped))
		}
		help(cmd, args)
		out := cmd.OutOrStdout()
		if !cmd.HasParent() {
			fmt.Fprint(out, "\nTopics:\n")
			for _, t := range topics() {
				fmt.Fprintf(out, "  %-13s %s\n", t.name, t.title())
			}
			fmt.Fprint(out, "\nUse \"gatewhy help TOPIC\" to read one.\n")
			return
		}
		fmt.Fprintln(out)
		for _, t := range topics() {
			if slices.Contains(strings.Fields(t.commands), cmd.Name()) {
				fmt.Fprintf(out, "%-27s %s\n", "gatewhy help "+t.name, t.title())
			}
		}
	}
}

// completeHelp offers commands and topics to the shell.
func completeHelp(
	cmd *cobra.Command, args []string, start string,
) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	names := commandNames(cmd.Root(), start)
	for _, t := range topics() {
		if strings.HasPrefix(t.name, start) {
			names = append(names, cobra.CompletionWithDesc(t.name, t.title()))
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
