package cmd

import (
	"bufio"
	"embed"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/gatewhy/gatewhy/cmd/gateways"
	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/cmd/report"
)

//go:embed topics/*.txt commands/*.txt
var helpTexts embed.FS

// topic is what gatewhy help explains beside the commands.
type topic struct {
	name     string
	commands string // whose own help names it
}

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

// topicText is the text of a topic; empty where no topic has that name.
func topicText(name string) string {
	text, err := helpTexts.ReadFile("topics/" + name + ".txt")
	if err != nil {
		return "" // no such topic: the files are part of the program
	}
	return string(text)
}

// title is the first line of the text.
func (t topic) title() string {
	text, err := helpTexts.Open("topics/" + t.name + ".txt")
	if err != nil {
		return "" // as in topicText
	}
	title, _ := bufio.NewReaderSize(text, 128).ReadString('\n')
	return strings.TrimSuffix(title, "\n")
}

// described gives a command the words of its file: how it is called, what it does in a line and at
// length, and what people most often ask of it. A Long text that it has already comes behind. It
// changes nothing where the command has its words.
func described(cmd *cobra.Command) *cobra.Command {
	if cmd.Short != "" {
		return cmd
	}
	text, err := helpTexts.ReadFile("commands/" + cmd.Name() + ".txt")
	if err != nil {
		panic(err) // the files are part of the program
	}
	about, examples, _ := strings.Cut(strings.TrimSpace(string(text)), "\nExamples:\n")
	cmd.Use, about, _ = strings.Cut(about, "\n")
	cmd.Short, about, _ = strings.Cut(about, "\n")
	cmd.Long = strings.TrimSpace(about + "\n" + cmd.Long)
	cmd.Example = "  " + strings.ReplaceAll(examples, "\n", "\n  ")
	return cmd
}

// examples is a text with its commands as the shell takes them.
func (e *Env) examples(text string) string {
	var all strings.Builder
	for line := range strings.Lines(text) {
		if strings.Contains(line, "gatewhy ") {
			line = e.quoted(line)
		}
		all.WriteString(line)
	}
	return all.String()
}

// quoted is a line with its arguments of the form @FILE as the shell takes them. PowerShell reads
// @ and a name as a variable.
func (e *Env) quoted(line string) string {
	if e.Shell != report.PowerShell {
		return line
	}
	file := regexp.MustCompile(` (@(?:[A-Za-z]:)?[\w./\\-]*\w)( {2})?`)
	return file.ReplaceAllString(line, " '$1'")
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
// that belong to it. The list of commands has them all.
func (e *Env) helpWithTopics(help func(*cobra.Command, []string)) func(*cobra.Command, []string) {
	return func(cmd *cobra.Command, args []string) {
		described(cmd) // the program itself has its words
		cmd.Example = e.examples(cmd.Example)
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
	var names []string
	for _, sub := range cmd.Root().Commands() {
		if sub.IsAvailableCommand() && strings.HasPrefix(sub.Name(), start) {
			names = append(names, cobra.CompletionWithDesc(sub.Name(), sub.Short))
		}
	}
	for _, t := range topics() {
		if strings.HasPrefix(t.name, start) {
			names = append(names, cobra.CompletionWithDesc(t.name, t.title()))
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

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
