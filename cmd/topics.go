package cmd

import (
	"embed"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

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

// usageWithin is cobra's usage of a command, with the texts of its flags wrapped at a width. A
// template of cobra's would say it in less, and link text/template, with which the linker keeps
// every method of every type.
func usageWithin(cmd *cobra.Command, width int) string {
	usage := cmd.UsageString()
	for _, flags := range []*pflag.FlagSet{cmd.LocalFlags(), cmd.InheritedFlags()} {
		usage = strings.Replace(usage,
			strings.TrimSpace(flags.FlagUsages()),
			strings.TrimSpace(flags.FlagUsagesWrapped(width)), 1)
	}
	return usage
}

// helpWithTopics is cobra's help of a command, as wide as the terminal, and below it the topics
// that belong to it. Below the list of commands they all stand.
func (e *Env) helpWithTopics(
	help func(*cobra.Command, []string),
) func(*cobra.Command, []string) {
	return func(cmd *cobra.Command, args []string) {
		if width := e.Terminal.Width; width > 0 {
			cmd.Long = render.Wrapped(cmd.Long, width)
			usage := usageWithin(cmd, width)
			cmd.SetUsageFunc(func(c *cobra.Command) error {
				_, err := io.WriteString(c.OutOrStderr(), usage)
				return err
			})
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
