//go:build shells

package cmd

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// completions are what a shell offers behind what is typed. Files with an ending are filtered by
// bash and zsh only: fish offers all of them.
var completions = []struct {
	typed string
	want  []string
	fish  []string // where it offers more
}{
	{typed: "expl", want: []string{"explain"}},
	{typed: "completion ", want: []string{"bash", "fish", "powershell", "zsh"}},
	{typed: "help ex", want: []string{"exit-codes", "explain"}},
	{typed: "rules audience-list", want: []string{"audience-list-empty"}},
	{typed: "gateways i", want: []string{"istio"}},
	{typed: "lint -o s", want: []string{"sarif"}},
	{typed: "lint --fail-on ", want: []string{"error", "never", "note", "warning"}},
	{typed: "lint --fail-on=n", want: []string{"never", "note"}},
	{typed: "explain -o=", want: []string{"html", "json", "markdown", "text"}},
	{typed: "explain --gateway f", want: []string{"flex"}},
	{typed: "explain --env ", want: []string{"dev", "uat"}},
	{typed: "explain --env=u", want: []string{"uat"}},
	{typed: "explain -p two.json --api ", want: []string{"1", "2"}},
	{typed: "decode ", want: []string{"@"}},
	{typed: "decode @", want: []string{
		"@gatewhy.yaml", "@my token.jwt", "@pol", "@pol.json", "@pol.txt", "@token.jwt",
		"@two.json",
	}},
	{typed: "explain @to", want: []string{"@token.jwt"}},
	{typed: "explain @my", want: []string{"@my token.jwt"}},
	{typed: "explain @pol/", want: []string{"@pol/uat.json"}},
	{typed: "explain --other=@to", want: []string{"@token.jwt"}},
	{typed: "probe https://api.example.com/orders @to", want: []string{"@token.jwt"}},
	{
		typed: "explain -p po",
		want:  []string{"pol", "pol.json"},
		fish:  []string{"pol", "pol.json", "pol.txt"},
	},
	{
		typed: "explain -p=po",
		want:  []string{"pol", "pol.json"},
		fish:  []string{"pol", "pol.json", "pol.txt"},
	},
	{
		typed: "explain --policy=po",
		want:  []string{"pol", "pol.json"},
		fish:  []string{"pol", "pol.json", "pol.txt"},
	},
	{typed: "lint po", want: []string{"pol", "pol.json", "pol.txt"}},
	{typed: "pull po", want: []string{"pol"}, fish: []string{"pol", "pol.json", "pol.txt"}},
	{typed: "keys --jwks https:"},
	{typed: "keys https://login"},
	{typed: "verify ey"},
	{typed: "explain --tenant "},
	{typed: "matrix "},
}

// shellFolder is where the shells run: with the stories' gatewhy, in a folder of its own.
func shellFolder(t *testing.T) (dir, bin string) {
	t.Helper()
	dir, bin = t.TempDir(), t.TempDir()
	commands, err := storyCommands()
	if err == nil {
		err = os.Symlink(filepath.Join(commands, "gatewhy"), filepath.Join(bin, "gatewhy"))
	}
	if err := errors.Join(err, os.Mkdir(filepath.Join(dir, "pol"), 0o700)); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"gatewhy.yaml": "version: 1\nenvironments: {dev: {}, uat: {}}\n",
		"two.json": `[{"apiId": 1, "assetId": "jwt-validation", "assetVersion": "1.4.0"},
			{"apiId": 2, "assetId": "jwt-validation", "assetVersion": "1.4.0"}]`,
		"pol/uat.json": "", "pol.json": "", "pol.txt": "", "token.jwt": "", "my token.jwt": "",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir, bin
}

// runShell runs a shell with an input, and skips the test where it is not installed.
func runShell(t *testing.T, input string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(args[0]); err != nil {
		t.Skipf("%s is not installed", args[0])
	}
	dir, bin := shellFolder(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // for a shell that hangs
	defer cancel()
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(input)
	cmd.Env = []string{
		"PATH=" + bin + ":" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "LANG=C.UTF-8",
		"TERM=dumb",
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

// checkLines compares command lines, into which a shell has written all that it offers.
func checkLines(t *testing.T, out string) {
	t.Helper()
	lines := regexp.MustCompile(`LINE<(.*)>`).FindAllStringSubmatch(out, -1)
	if len(lines) != len(completions) {
		t.Fatalf("%d lines of %d\n%s", len(lines), len(completions), out)
	}
	for i, c := range completions {
		var got []string
		if line := lines[i][1]; line != "gatewhy "+c.typed {
			before := c.typed[:strings.LastIndex(c.typed, " ")+1]
			offered := strings.TrimSpace(strings.TrimPrefix(line, "gatewhy "+before))
			for word := range strings.SplitSeq(
				strings.ReplaceAll(offered, `\ `, "\u00a0"), " ",
			) {
				got = append(got, strings.ReplaceAll(word, "\u00a0", " "))
			}
		}
		checkOffered(t, c.typed, c.want, got)
	}
}

// flagBefore is the flag that some shells offer together with its value, and folders have a slash
// in some.
var flagBefore = regexp.MustCompile(`^--?[a-z-]+=`)

func checkOffered(t *testing.T, typed string, want, got []string) {
	t.Helper()
	for i := range got {
		got[i] = strings.TrimSuffix(flagBefore.ReplaceAllString(got[i], ""), "/")
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("gatewhy %s (-want +got):\n%s", typed, diff)
	}
}

// Bash itself reads the lines, with a key that writes all that it offers into the line, and one
// that prints the line.
func TestCompletionInBash(t *testing.T) {
	t.Parallel()
	const installed = "/usr/share/bash-completion/bash_completion"
	if _, err := os.Stat(installed); err != nil {
		t.Skip("the package bash-completion is not installed")
	}
	rc := filepath.Join(t.TempDir(), "bashrc")
	if err := os.WriteFile(rc, []byte("source "+installed+`
source <(gatewhy completion bash)
bind '"\t": insert-completions'
bind -x '"\C-xp": printf "LINE<%s>\n" "$READLINE_LINE"; READLINE_LINE='
`), 0o600); err != nil {
		t.Fatal(err)
	}
	var typed strings.Builder
	for _, c := range completions {
		typed.WriteString("gatewhy " + c.typed + "\t\x18p")
	}
	checkLines(t, runShell(t, typed.String()+"\n", "bash", "--noprofile", "--rcfile", rc, "-i"))
}

// zsh edits lines on a terminal only, which its module zpty makes.
func TestCompletionInZsh(t *testing.T) {
	t.Parallel()
	driver := filepath.Join(t.TempDir(), "driver.zsh")
	if err := os.WriteFile(driver, []byte(`zmodload zsh/zpty
zpty z zsh -f -i
send() { zpty -w z "$1" }
send "PS1= PS2=; stty -echo"
send "autoload -Uz compinit; compinit -u -D; source <(gatewhy completion zsh)"
send "zle -C all-matches complete-word _generic; bindkey '^I' all-matches"
send "zstyle ':completion:all-matches::::' completer _all_matches _complete"
send "zstyle ':completion:all-matches:*' insert yes"
send 'show() { print -r -- "LINE<$BUFFER>"; BUFFER= }; zle -N show; bindkey "^Xp" show'
send 'print REA""DY'
zpty -r z out '*READY*'
while IFS= read -r line; do
  zpty -w -n z "$line"$'\t\x18p'
  zpty -r z out '*LINE<*>*'
  print -r -- "$out"
done
`), 0o600); err != nil {
		t.Fatal(err)
	}
	var typed strings.Builder
	for _, c := range completions {
		typed.WriteString("gatewhy " + c.typed + "\n")
	}
	checkLines(t, runShell(t, typed.String(), "zsh", "-f", driver))
}

// fish says by itself what it would offer.
func TestCompletionInFish(t *testing.T) {
	t.Parallel()
	script := "gatewhy completion fish | source\n"
	for _, c := range completions {
		script += "echo 'LINE'; complete -C 'gatewhy " + c.typed + "'\n"
	}
	out := runShell(t, script, "fish", "--no-config")
	parts := strings.Split(out, "LINE\n")[1:]
	if len(parts) != len(completions) {
		t.Fatalf("%d lines of %d\n%s", len(parts), len(completions), out)
	}
	for i, c := range completions {
		var got []string
		for line := range strings.Lines(parts[i]) {
			word, _, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
			got = append(got, word)
		}
		want := c.want
		if c.fish != nil {
			want = c.fish
		}
		checkOffered(t, c.typed, want, got)
	}
}
