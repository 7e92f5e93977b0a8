package cmd

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"
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
