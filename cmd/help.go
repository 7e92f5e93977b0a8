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

// topicText is the text of a topic; empty where no topic has that name.
func topicText(name string) string {
	text, err := topicTexts.ReadFile("topics/" + name + ".txt")
	if err != nil {
		return "" // no such topic: the files are part of the program
	}
	return string(text)
}

// title is the first line of the text.
func (t topic) title() string {
	text, err := topicTexts.Open("topics/" + t.name + ".txt")
	if err != nil {
		return "" // as in topicText
	}
	title, _ := bufio.NewReaderSize(text, 128).ReadString('\n')
	return strings.TrimSuffix(title, "\n")
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

// helpExamples are what the help of each command shows: what people most often ask of it.
var helpExamples = [...]struct{ command, text string }{
	{"decode", `
gatewhy decode                                # paste the token at the prompt
gatewhy decode @ticket-4711.txt -o markdown   # for a ticket: no token in it
gatewhy decode --claim azp                    # what a claim means`},
	{"verify", `
gatewhy verify --tenant contoso.example       # the token at the prompt
gatewhy verify @token.jwt --jwks keys.json
gatewhy verify @old.jwt --at issued           # as it was when it was new`},
	{"explain", `
gatewhy explain @token.jwt -p policies.json
gatewhy explain @request.txt --env uat        # a curl command, gatewhy.yaml
gatewhy explain @token.jwt -p policies.json --observed-status 403`},
	{"probe", `
gatewhy probe https://api.example.com/orders @token.jwt -p policies.json
gatewhy probe https://api.example.com/orders -p policies.json -o markdown
gatewhy probe --all -c gatewhy.yaml           # every token at every url:`},
	{"lint", `
gatewhy lint policies
gatewhy lint 'gateway/**/*.yaml' --gateway flex --fail-on warning
gatewhy lint . -o sarif -O gatewhy.sarif      # for code scanning`},
	{"scan", `
gatewhy scan tokens.txt -p policies.json
gatewhy scan access.log.gz --before old.json --after new.json
gatewhy scan logs.ndjson --env uat --json-path request.headers.auth -o ndjson`},
	{"pull", `
gatewhy pull estate                           # all its environments
gatewhy pull estate --environment UAT --api 18234711 --host eu
gatewhy pull estate --from azure              # app registrations, through az`},
	{"init", `
gatewhy init                                  # writes gatewhy.yaml
gatewhy init infra -c -                       # shows what it would write`},
	{"matrix", `
gatewhy matrix
gatewhy matrix --fix                          # what puts every cell right
gatewhy matrix -c infra/gatewhy.yaml -o html -O matrix.html`},
	{"test", `
gatewhy test tests
gatewhy test tests --env uat --coverage
gatewhy test tests -o junit -O gatewhy.xml    # for a CI server`},
	{"fix", `
gatewhy fix policies.json                     # the change as a diff
gatewhy fix policies --rule audience-not-checked --audience api://uat --write
gatewhy fix policies.json --solution jwt --token @uat.jwt --token @dev.jwt`},
	{"keys", `
gatewhy keys --tenant contoso.example
gatewhy keys --tenant contoso.example --clouds
gatewhy keys keys.json -o json`},
	{"rules", `
gatewhy rules
gatewhy rules any-client-accepted             # one rule in full`},
	{"gateways", `
gatewhy gateways
gatewhy gateways flex                         # one, with its evidence
gatewhy gateways -o json`},
	{"collect", `
gatewhy collect                               # all that can be fetched
gatewhy collect keys --tenant contoso.example`},
	{"demo", `
gatewhy demo
gatewhy demo --color always | less -R`},
	{"page", `
gatewhy page
gatewhy page --dir gatewhy-page               # the unpacked gatewhy-page.zip`},
	{"version", `
gatewhy version
gatewhy --version`},
}

// examplesOf are the examples of a command as its help shows them.
func examplesOf(command string) string {
	for _, e := range helpExamples {
		if e.command == command {
			return strings.TrimPrefix(strings.ReplaceAll(e.text, "\n", "\n  "), "\n")
		}
	}
	return ""
}
