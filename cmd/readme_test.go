package cmd

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/rules/issued"
)

// readmeCommands returns the lines of the README's sh blocks.
func readmeCommands(t *testing.T) (commands []string) {
	t.Helper()
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	inside := false
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "```"):
			inside = line == "```sh"
		case inside && line != "":
			commands = append(commands, line)
		}
	}
	if len(commands) == 0 {
		t.Fatal("the README has no commands")
	}
	return commands
}

func TestTheReadmesCommandsRun(t *testing.T) {
	t.Parallel()
	ci, err := os.ReadFile("../.ci/run")
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range readmeCommands(t) {
		t.Run(command, func(t *testing.T) {
			if args, ours := strings.CutPrefix(command, "go run . "); ours {
				runOurs(t, strings.Fields(args))
			} else if !strings.Contains(string(ci), "\n"+command+"\n") {
				t.Errorf("neither gatewhy nor a line of .ci/run")
			}
		})
	}
}

// runOurs runs a command line without a network, input or terminal.
func runOurs(t *testing.T, args []string) {
	var stdout, stderr bytes.Buffer
	code := Main(Env{
		Gateways:  everyGateway(),
		Args:      args,
		Dir:       "..", // where a reader is
		Stdin:     strings.NewReader(""),
		Stdout:    &stdout,
		Stderr:    &stderr,
		Now:       time.Now,
		LookupEnv: func(string) (string, bool) { return "", false },
	})
	if code != exitOK || stdout.Len() == 0 {
		t.Errorf("exit code %d\n%s%s", code, stdout.String(), stderr.String())
	}
}

// readmeShows returns the first text block of the README behind a heading.
func readmeShows(t *testing.T, heading string) string {
	t.Helper()
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(readme), heading)
	_, rest, _ := strings.Cut(section, "```text\n")
	block, _, found := strings.Cut(rest, "\n```")
	if !found {
		t.Fatalf("the README shows nothing under %q", heading)
	}
	return block
}

func TestTheReadmesExplanationIsTheDemonstrations(t *testing.T) {
	t.Parallel()
	var stdout, stderr bytes.Buffer
	code := Main(Env{
		Gateways: everyGateway(),
		Args:     []string{"demo"}, Stdout: &stdout, Stderr: &stderr, Now: time.Now,
		LookupEnv: func(string) (string, bool) { return "", false },
		Terminal:  Terminal{UTF8: true},
	})
	if code != exitOK {
		t.Fatalf("exit code %d: %s", code, stderr.String())
	}
	if shown := readmeShows(t, "# gatewhy"); !strings.Contains(stdout.String(), shown) {
		t.Errorf("the README's explanation is stale:\n%s", shown)
	}
}

// The grid is the beginning of what the estate's own test wants.
func TestTheReadmesGridIsTheEstates(t *testing.T) {
	t.Parallel()
	grid := readmeShows(t, "## Environments")
	want, err := os.ReadFile("../testdata/environments/oidc-skipped/want.txt")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(strings.TrimPrefix(string(want), "\n"), grid+"\n") {
		t.Errorf("the README's grid is stale:\n%s", grid)
	}
}

// The README shows what was measured: every row, whatever its figure.
func TestTheREADMEHasWhatWasMeasured(t *testing.T) {
	t.Parallel()
	const begin = "<!-- measured by testdata/bench/run.sh README.md -->\n"
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, begins := strings.Cut(string(text), begin)
	shown, _, ends := strings.Cut(rest, "<!-- end of what was measured -->")
	if !begins || !ends {
		t.Fatal("the README has no place for what testdata/bench/run.sh measures")
	}
	for _, row := range []string{
		"Measured on ", "| `rsa.VerifyPKCS1v15` |", "| gatewhy: read, verified, 11 checks",
		"| gatewhy: of it reading", "| go-jose:", "| golang-jwt:", "| jwx:",
		"| the floor:", "| gatewhy decode |", "| gatewhy verify |", "| gatewhy explain |",
		"| jose-util verify |", "| golang-jwt's jwt -verify |", "page faults",
		"| a distinct RS256 token", "| distinct tokens a second, two cores", "stand 100 times",
		"| lines without a token", "| memory, 10 MiB and 2 GiB",
		"| 2000 resources of a cluster, a list of 21 MB in yaml: processor time",
		"| 2000 resources of a cluster, a list of 21 MB in yaml: MiB |",
		"| policies in a file | `lint` |", "| policies in a file | `explain` |",
		"| documents in a file | `lint` |", "| documents in a file | `fix` |",
		"| findings | `lint` |", "| claims read |", "| scopes of an API |", "| roles of an API |",
		"| environments | `matrix` |", "| clients of an environment |", "exponent",
	} {
		if !strings.Contains(shown, row) {
			t.Errorf("the README lacks %q: testdata/bench/run.sh README.md", row)
		}
	}
}

func TestTheREADMEHasTheRulesOfTheCatalogue(t *testing.T) {
	readmeHas(t, "the table of rules",
		"<!-- rules: go test ./cmd -run README -update -->\n", "<!-- end of rules -->",
		render.RulesTable(everyGateway().Catalogue()))
}

func TestTheREADMEHasTheTopics(t *testing.T) {
	table := "| topic | |\n|---|---|\n"
	for _, topic := range topics() {
		table += "| [`" + topic.name + "`](cmd/topics/" + topic.name + ".txt) | " +
			topic.title() + " |\n"
	}
	readmeHas(t, "the list of topics",
		"<!-- topics: go test ./cmd -run README -update -->\n", "<!-- end of topics -->", table)
}

// readmeHas wants a text between two marks of the README, and writes it there with -update.
func readmeHas(t *testing.T, what, begin, end, want string) {
	t.Helper()
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), begin)
	has, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("the README has no place for %s", what)
	}
	want = "\n" + want + "\n"
	switch {
	case has == want:
	case *update:
		if err := os.WriteFile(
			"../README.md", []byte(before+begin+want+end+after), 0o644,
		); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s in the README is stale: go test ./cmd -run README -update", what)
	}
}

// A map that names what is not there leads astray.
func TestContributingNamesFilesThatAreThere(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	names := 0
	file := regexp.MustCompile("`((?:cmd|inspect|rules|testdata)/[\\w./-]+|[A-Z]+\\.md)`")
	for _, found := range file.FindAllSubmatch(text, -1) {
		name := string(found[1])
		if !strings.HasSuffix(name, ".md") && strings.ToLower(name) != name {
			continue // a part in capitals stands for any name
		}
		names++
		if _, err := os.Stat("../" + name); err != nil {
			t.Errorf("CONTRIBUTING.md names %s: %v", name, err)
		}
	}
	if names == 0 {
		t.Error("CONTRIBUTING.md names no file")
	}
}

// TestWhatTheModelLeavesOutIsSaidWhereItCounts looks for the sentence in the README, in the help,
// and in every format in which an estate has no wrong cell: there matrix says that no token
// exists.
func TestWhatTheModelLeavesOutIsSaidWhereItCounts(t *testing.T) {
	t.Parallel()
	says := func(where, text string) {
		plain := strings.NewReplacer("\\", "", "&#40;", "(").Replace(text)
		if !strings.Contains(strings.Join(strings.Fields(plain), " "), issued.LeavesOut) {
			t.Errorf("%s does not say what the model leaves out:\n%s", where, text)
		}
	}
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	says("the README", string(readme))
	help, _, _ := runIn(t, ".", "matrix", "--help")
	says("the help", help)
	for _, estate := range []string{"roles", "solution-a-right", "solution-b-daemons"} {
		folder := filepath.Join(estates, estate)
		for _, format := range []string{"text", "markdown", "html"} {
			args := []string{"matrix", "--offline", "-o", format}
			if strings.HasPrefix(estate, "solution-b") {
				if format != "text" {
					continue
				}
				args = []string{"matrix", "--offline", "--fix"}
			}
			stdout, _, _ := runIn(t, folder, args...)
			says(estate+" as "+format, stdout)
		}
	}
}
