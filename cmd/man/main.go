// Man writes the manual pages of gatewhy, one for each command, into a folder:
//
//	go run ./cmd/man FOLDER
//
// They have the date of SOURCE_DATE_EPOCH, in seconds of Unix time, so that a commit always gives
// the same pages; without it, today's.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/gatewhy/gatewhy/cmd"
)

func main() {
	if err := run(os.Args[1:], os.Getenv("SOURCE_DATE_EPOCH")); err != nil {
		fmt.Fprintln(os.Stderr, "man:", err)
		os.Exit(1)
	}
}

func run(args []string, epoch string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: go run ./cmd/man FOLDER")
	}
	date := time.Now()
	if epoch != "" {
		seconds, err := strconv.ParseInt(epoch, 10, 64)
		if err != nil {
			return fmt.Errorf("SOURCE_DATE_EPOCH: %w", err)
		}
		date = time.Unix(seconds, 0)
	}
	if err := os.MkdirAll(args[0], 0o755); err != nil {
		return err
	}
	for name, text := range pages(cmd.NewManual(), date.UTC().Format(time.DateOnly)) {
		if err := os.WriteFile(filepath.Join(args[0], name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// pages returns all pages by the names of their files.
func pages(m cmd.Manual, date string) map[string]string {
	all := map[string]string{}
	var add func(*cobra.Command)
	add = func(c *cobra.Command) {
		all[title(c)+".1"] = page(m, c, date)
		for _, sub := range subcommands(c) {
			add(sub)
		}
	}
	add(m.Root)
	return all
}

// title is the name of a command's page: gatewhy-completion-bash.
func title(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }

// subcommands are those that have a page. The page of help is that of the program.
func subcommands(c *cobra.Command) (all []*cobra.Command) {
	for _, sub := range c.Commands() {
		if sub.Name() != "help" && !sub.Hidden {
			all = append(all, sub)
		}
	}
	return all
}

// page is the page of a command.
func page(m cmd.Manual, c *cobra.Command, date string) string {
	c.InitDefaultHelpFlag()
	p := &roff{}
	p.request("TH", strings.ToUpper(title(c)), "1", date, "gatewhy", "gatewhy manual")
	p.line(".nh") // a name that is cut can't be searched for, or pasted
	p.line(".ad l")
	p.section("NAME")
	name := strings.ToLower(c.Short[:1]) + c.Short[1:]
	p.line(escape(title(c)) + ` \- ` + escape(name))
	p.section("SYNOPSIS")
	arguments := strings.TrimPrefix(c.UseLine(), c.CommandPath())
	p.line(bold(c.CommandPath()) + escape(arguments))
	if !c.HasParent() {
		p.line(".br")
		p.line(bold("gatewhy") + escape(" COMMAND [flags]"))
	}
	p.section("DESCRIPTION")
	p.prose(description(c))
	commandsAndTopics(p, m, c)
	if flags := c.Flags(); flags.HasAvailableFlags() {
		p.section("OPTIONS")
		flags.VisitAll(func(f *pflag.Flag) { option(p, f) })
	}
	examples(p, c.Example)
	exitStatus(p, m, c)
	environment(p, c)
	files(p, c)
	seeAlso(p, m, c)
	return p.String()
}

func description(c *cobra.Command) string {
	if c.Long != "" {
		return c.Long
	}
	return c.Short + "."
}

// commandsAndTopics lists what is below a command, each with its title.
func commandsAndTopics(p *roff, m cmd.Manual, c *cobra.Command) {
	if all := subcommands(c); len(all) > 0 {
		p.section("COMMANDS")
		for _, sub := range all {
			p.item(bold(title(sub))+"(1)", sub.Short)
		}
	}
	if c.HasParent() {
		return
	}
	p.section("TOPICS")
	p.prose("gatewhy help TOPIC explains one of these:")
	for _, t := range m.Topics {
		p.item(bold(t.Name), t.Title)
	}
}

// option is an entry of a flag, as help has it.
func option(p *roff, f *pflag.Flag) {
	if f.Hidden || f.Deprecated != "" {
		return
	}
	value, usage := pflag.UnquoteUsage(f)
	name := bold("--" + f.Name)
	if f.Shorthand != "" {
		name = bold("-"+f.Shorthand) + ", " + name
	}
	if value != "" {
		name += ` \fI` + escape(value) + `\fR`
	}
	isZero := slices.Contains([]string{"", "false", "0", "[]"}, f.DefValue)
	if !isZero && !strings.Contains(usage, "(default ") {
		usage += fmt.Sprintf(" (default %s)", f.DefValue)
	}
	p.item(name, usage)
}

// examples shows each command below what it is for.
func examples(p *roff, text string) {
	if text == "" {
		return
	}
	p.section("EXAMPLES")
	for line := range strings.Lines(text) {
		command, comment, _ := strings.Cut(strings.TrimSpace(line), "  # ")
		if command == "" {
			continue
		}
		if comment = strings.TrimSpace(comment); comment != "" {
			p.prose(strings.ToUpper(comment[:1]) + comment[1:] + ":")
		}
		p.code(strings.TrimSpace(command))
	}
}

// exitStatus lists the codes: all of them where a command has them all.
func exitStatus(p *roff, m cmd.Manual, c *cobra.Command) {
	p.section("EXIT STATUS")
	own := m.CodesOf[c.Name()]
	if c.HasParent() && own == "" && !hasTopic(m, c, "exit-codes") {
		p.prose("0 where it did what it was asked, 2 where the command line or a file can't be " +
			"read, 130 where it was interrupted.")
		return
	}
	for _, code := range m.Codes {
		p.item(bold(code[0]), code[1])
	}
	if own != "" {
		p.prose("Here: " + own + ".")
	}
}

func hasTopic(m cmd.Manual, c *cobra.Command, name string) bool {
	return slices.ContainsFunc(m.Topics, func(t cmd.Topic) bool {
		return t.Name == name && slices.Contains(t.Commands, c.Name())
	})
}

// environment lists the variables that a command reads; the program's page has those of all.
func environment(p *roff, c *cobra.Command) {
	var names []string
	reads := append(slices.Clone(c.Commands()), c)
	for _, each := range reads {
		for _, name := range cmd.VariablesOf(each) {
			names = append(names, bold(name))
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	has := func(flag string) bool {
		return slices.ContainsFunc(reads, func(c *cobra.Command) bool {
			return c.Flags().Lookup(flag) != nil
		})
	}
	if len(names) == 0 && !has("color") && !has("cacert") {
		return
	}
	p.section("ENVIRONMENT")
	if len(names) > 0 {
		p.item(strings.Join(names, ", "), "Each stands in for the flag of "+
			"its name where that is not given. An empty one is an error. "+
			"See gatewhy help defaults.")
	}
	if has("color") {
		p.item(bold("NO_COLOR"), "Where it is set, the text has no colours.")
	}
	if has("cacert") {
		p.item(bold("HTTPS_PROXY")+", "+bold("NO_PROXY"), "The proxy for what is fetched.")
	}
}

// files lists the files that a command looks for by itself.
func files(p *roff, c *cobra.Command) {
	has := func(flag string) bool {
		return !c.HasParent() || c.Flags().Lookup(flag) != nil
	}
	if !has("config") && !has("no-cache") {
		return
	}
	p.section("FILES")
	if has("config") {
		p.item(`\fIgatewhy.yaml\fR`, "The environments file, here or in a folder above. "+
			"gatewhy init writes one; see gatewhy help environments.")
	}
	if has("no-cache") {
		p.item(`\fI`+escape("~/.cache/gatewhy")+`\fR`, "The cache of key sets: below "+
			"XDG_CACHE_HOME where that is set, in ~/Library/Caches on macOS, and in "+
			"%LocalAppData% on Windows. It may be deleted at any time.")
	}
}

// seeAlso names the pages above and below a command, and the topics of its own.
func seeAlso(p *roff, m cmd.Manual, c *cobra.Command) {
	p.section("SEE ALSO")
	var pages []string
	if c.HasParent() {
		pages = append(pages, bold(title(c.Parent()))+"(1)")
	}
	for _, sub := range subcommands(c) {
		pages = append(pages, bold(title(sub))+"(1)")
	}
	p.line(strings.Join(pages, ",\n"))
	for _, t := range m.Topics {
		if c.HasParent() && slices.Contains(t.Commands, c.Name()) {
			p.item(bold("gatewhy help "+t.Name), t.Title)
		}
	}
}

// roff is the text of a page in the macros of man(7).
type roff struct{ strings.Builder }

// request writes a macro with its arguments in quotes.
func (p *roff) request(macro string, arguments ...string) {
	for i, argument := range arguments {
		arguments[i] = `"` + strings.ReplaceAll(escape(argument), `"`, `\(dq`) + `"`
	}
	p.line("." + macro + " " + strings.Join(arguments, " "))
}

func (p *roff) section(name string) { p.request("SH", name) }

// line writes a line that is escaped already.
func (p *roff) line(text string) { p.WriteString(text + "\n") }

// item is a tag and, below it, its text.
func (p *roff) item(tag, text string) {
	p.line(".TP")
	p.line(tag)
	p.line(escape(strings.Join(strings.Fields(text), " ")))
}

// prose writes paragraphs, which blank lines part. Lines that are indented are code.
func (p *roff) prose(text string) {
	for _, paragraph := range strings.Split(text, "\n\n") {
		paragraph = strings.Trim(strings.TrimLeft(paragraph, "#\n"), "\n")
		switch {
		case strings.TrimSpace(paragraph) == "":
		case strings.HasPrefix(paragraph, "\t"):
			p.code(strings.ReplaceAll(strings.TrimPrefix(paragraph, "\t"), "\n\t", "\n"))
		default:
			p.line(".PP")
			p.line(escape(strings.Join(strings.Fields(paragraph), " ")))
		}
	}
}

// code writes commands as they are.
func (p *roff) code(commands string) {
	p.line(".PP")
	p.line(".RS 4")
	p.line(".nf")
	for command := range strings.Lines(commands) {
		for line := range strings.Lines(continued(strings.TrimRight(command, "\n"))) {
			p.line(escape(strings.TrimRight(line, "\n")))
		}
	}
	p.line(".fi")
	p.line(".RE")
}

// continued breaks a command that is too long for a page of 80 columns into lines that a shell
// reads as one: before what it writes to, else before its flags.
func continued(command string) string {
	const width = 66
	at := " -"
	if strings.Contains(command, " > ") {
		at = " > "
	}
	var text strings.Builder
	column := 0
	for i, part := range strings.Split(command, at) {
		if i > 0 {
			part = at + part
		}
		if column+len(part)+len(` \`) > width && i > 0 {
			text.WriteString(" \\\n   ")
			column = 3
		}
		text.WriteString(part)
		column += len(part)
	}
	return text.String()
}

func bold(text string) string { return `\fB` + escape(text) + `\fR` }

// escape writes a line so that it is read as text: a terminal shows each of these characters as it
// is, and not as the one that typesetters prefer.
func escape(line string) string {
	line = strings.NewReplacer(
		`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`,
	).Replace(line)
	if strings.HasPrefix(line, ".") {
		return `\&` + line
	}
	return line
}
