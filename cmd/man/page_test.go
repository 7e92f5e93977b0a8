package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/gatewhy/gatewhy/cmd"
)

const day = "1795824000" // 2026-11-28

// written are the pages of a day, in a folder.
func written(t *testing.T) (dir string, names []string) {
	t.Helper()
	dir = t.TempDir()
	if err := run([]string{dir}, day); err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	return dir, names
}

func TestEachCommandHasAPageWithAllOfItsFlags(t *testing.T) {
	dir, names := written(t)
	wanted := 1 // the program's own
	root := cmd.NewManual().Root
	for _, c := range append(subcommands(root), subcommands(find(t, root, "completion"))...) {
		wanted++
		text, err := os.ReadFile(filepath.Join(dir, title(c)+".1"))
		if err != nil {
			t.Errorf("%s has no page", c.CommandPath())
			continue
		}
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if !strings.Contains(string(text), bold("--"+f.Name)) {
				t.Errorf("the page of %s lacks --%s", c.CommandPath(), f.Name)
			}
		})
		for _, section := range []string{"NAME", "SYNOPSIS", "EXIT STATUS", "SEE ALSO"} {
			if !strings.Contains(string(text), `.SH "`+section+`"`) {
				t.Errorf("the page of %s lacks %s", c.CommandPath(), section)
			}
		}
	}
	if len(names) != wanted {
		t.Errorf("%d pages, want %d: %s", len(names), wanted, names)
	}
}

func TestThePagesHaveTheDateOfTheCommit(t *testing.T) {
	dir, _ := written(t)
	text, err := os.ReadFile(filepath.Join(dir, "gatewhy.1"))
	if err != nil || !strings.HasPrefix(string(text), `.TH "GATEWHY" "1" "2026\-11\-28" `) {
		t.Errorf("%v\n%.80s", err, text)
	}
	if err := run([]string{dir}, "yesterday"); err == nil {
		t.Error("yesterday is taken for a date")
	}
}

// What a page is for, and what only its own command does.
func TestThePagesSayWhatTheyShould(t *testing.T) {
	dir, _ := written(t)
	for name, sentences := range map[string][]string{
		"gatewhy": {
			`gatewhy\-explain`, `GATEWHY_TENANT`, `\fIgatewhy.yaml\fR`, `\fBexit\-codes\fR`,
			"interrupted (Ctrl\\-C)", "cache of key sets",
		},
		"gatewhy-explain": {
			"gatewhy explain @token.jwt \\-p policies.json", "mule, flex, oauth2\\-proxy, istio",
			`\fB\-p\fR, \fB\-\-policy\fR \fIFILE\fR`, `(default gatewhy.yaml)`,
		},
		"gatewhy-probe": {"Here: 0 as predicted, 1 where the answer differs"},
		"gatewhy-rules": {"0 where it did what it was asked"},
	} {
		text, err := os.ReadFile(filepath.Join(dir, name+".1"))
		if err != nil {
			t.Fatal(err)
		}
		for _, sentence := range sentences {
			if !strings.Contains(string(text), sentence) {
				t.Errorf("%s.1 does not say %q", name, sentence)
			}
		}
	}
}

func TestNoPageIsWiderThanATerminalOrHasAWarning(t *testing.T) {
	// the man of man-db, as Linux has it: those of other systems do not tell of warnings
	if version, err := exec.Command("man", "--version").Output(); err != nil ||
		!strings.HasPrefix(string(version), "man ") {
		t.Skipf("man-db is not installed: %v", err)
	}
	dir, names := written(t)
	for _, line := range shown(t, names...) {
		if width := utf8.RuneCountInString(line); width > 80 {
			t.Errorf("%d columns: %s", width, line)
		}
		if strings.Contains(line, ": warning: ") {
			t.Error(line)
		}
	}
	wrong := filepath.Join(dir, "wrong.1")
	if err := os.WriteFile(wrong, []byte(".TH A 1\n.NONE\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if lines := shown(t, wrong); !strings.Contains(strings.Join(lines, "\n"), "warning") {
		t.Errorf("a page with an unknown macro has no warning: %q", lines)
	}
}

// shown are the lines of pages in a terminal of 80 columns, and the warnings.
func shown(t *testing.T, names ...string) []string {
	t.Helper()
	man := exec.Command("man", append([]string{"--warnings=w", "-E", "UTF-8", "-l"}, names...)...)
	man.Env = append(os.Environ(), "MANWIDTH=80", "MAN_KEEP_FORMATTING=", "LC_ALL=C.UTF-8")
	text, err := man.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return strings.Split(string(text), "\n")
}

func TestTextIsShownAsItIs(t *testing.T) {
	for text, want := range map[string]string{
		".hidden":      `\&.hidden`,
		`'a\b' -x`:     `\(aqa\eb\(aq \-x`,
		"`~^":          `\(ga\(ti\(ha`,
		"a.b … Müller": "a.b … Müller",
	} {
		if got := escape(text); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

func TestALongCommandGoesOnInANewLine(t *testing.T) {
	for command, want := range map[string]string{
		"gatewhy explain @token.jwt -p policies.json --observed-status 403 --env uat": "gatewhy " +
			"explain @token.jwt -p policies.json \\\n    --observed-status 403 --env uat",
		"gatewhy completion zsh > $(brew --prefix)/share/zsh/site-functions/_gatewhy": "gatewhy " +
			"completion zsh \\\n    > $(brew --prefix)/share/zsh/site-functions/_gatewhy",
		"gatewhy demo": "gatewhy demo",
	} {
		if got := continued(command); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
}

func find(t *testing.T, root *cobra.Command, name string) *cobra.Command {
	t.Helper()
	for _, c := range root.Commands() {
		if c.Name() == name {
			return c
		}
	}
	t.Fatalf("there is no command %s", name)
	return nil
}
