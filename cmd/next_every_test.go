package cmd

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// hostileFiles are names that a shell, or a command line, takes for something else.
var hostileFiles = []string{
	"a b.json", "it's.json", `say "hi".json`, "$HOME.json", "-p.json", "a:b/c.json", "x;y.json",
	"[a].json", "{b}.json", "*.json", "#d.json", "~e.json", "a&b|c.json", `back\slash.json`,
}

// Every command that a screen prints can be run as it is printed, once what it has in capitals is
// filled in, and does what its line says.
func TestEveryCommandOfEveryScreenRuns(t *testing.T) {
	t.Parallel()
	w, shown := newNextWorld(t), 0
	lines := w.commandsOf(slices.DeleteFunc(w.screens(), func([]string) bool {
		shown++
		return shown%oneScreenOf != 0
	}))
	slices.SortStableFunc(lines, func(a, b string) int { return writes(a) - writes(b) })
	filled := make([]string, len(lines))
	for i, line := range lines {
		filled[i] = fillIn(line)
	}
	for i, parts := range calls(t, filled) {
		for _, c := range parts {
			w.check(lines[i], c, lines[i] != filled[i])
		}
	}
	t.Logf("%d commands", len(lines))
}

// writes is 1 for a command that changes a file: it comes last.
func writes(line string) int {
	if strings.HasSuffix(line, " --write") || strings.HasPrefix(line, "gatewhy init") {
		return 1
	}
	return 0
}

// screens are command lines, one for each screen.
func (w *nextWorld) screens() [][]string {
	w.t.Helper()
	tokens, policies := w.files("*.jwt"), w.files("*.json")
	policies = slices.DeleteFunc(policies, func(name string) bool { return name == "keys.json" })
	var screens [][]string
	add := func(words ...string) { screens = append(screens, words) }
	for _, token := range tokens {
		add("decode", "@"+token)
		add("verify", "@"+token, "--jwks", "keys.json")
		add("verify", "@"+token, "--offline")
		add("verify", "@"+token, "--at", "issued", "--tenant", otherTenant, "--jwks", "keys.json")
		for _, policy := range policies {
			add("explain", "@"+token, "-p", policy, "--jwks", "keys.json")
			if policy == "role.json" || policy == "scope.json" { // -v has the commands of grants
				add("explain", "@"+token, "-p", policy, "--jwks", "keys.json", "-v")
			}
			if everyScreen {
				add("explain", "@"+token, "-p", policy, "--offline")
				add("explain", "@"+token, "-p", policy, "--jwks", "keys.json",
					"--contracts", "nobody.txt")
				for _, status := range []string{"200", "401", "403", "500", "503"} {
					add("explain", "@"+token, "-p", policy, "--jwks", "keys.json",
						"--observed-status", status)
				}
			}
		}
	}
	for _, policy := range policies {
		add("explain", "--no-token", "-p", policy)
		add("explain", "@good.jwt", "-p", policy, "--jwks", "keys.json",
			"--contracts", "contracts.txt")
		add("lint", policy, "--color", "always")
		add("fix", policy)
		add("fix", policy, "--solution", "jwt")
		add("fix", policy, "--solution", "jwt", "--token", "@good.jwt")
	}
	for i, name := range w.rulesFiles() {
		if everyScreen || i%3 == 0 {
			add("lint", name, "--color", "always")
		}
		if everyScreen || i%7 == 0 {
			add("fix", name)
			add("explain", "@good.jwt", "-p", name, "--jwks", "keys.json")
			add("explain", "@good.jwt", "-p", name, "--jwks", "keys.json", "-v")
		}
	}
	w.addHostile(add)
	from := os.DirFS(filepath.Join(w.dir, "right"))
	if err := os.CopyFS(filepath.Join(w.dir, "fresh"), from); err != nil {
		w.t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(w.dir, "fresh", "gatewhy.yaml")); err != nil {
		w.t.Fatal(err)
	}
	for _, estate := range []string{"wrong", "right", "own"} {
		add("matrix", "-c", estate+"/gatewhy.yaml", "--offline")
		add("matrix", "-c", estate+"/gatewhy.yaml", "--offline", "--fix")
	}
	add("test", "failing.yaml")
	add("keys", "keys.json")
	add("keys")
	add("matrix")
	add("explain", "@good.jwt")
	add("explain", "@missing.jwt", "-p", "uat.json")
	add("init", "fresh")
	return screens
}

// addHostile adds screens of files whose names a shell reads more into.
func (w *nextWorld) addHostile(add func(words ...string)) {
	w.t.Helper()
	for _, name := range hostileFiles {
		for _, as := range [...]struct{ from, folder string }{
			{"open.json", ""},
			{"uat.json", "strict"},
			{"good.jwt", "tokens"},
			{"keys.json", "keys"},
		} {
			to := filepath.Join(w.dir, as.folder, name)
			if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
				w.t.Fatal(err)
			}
			text, err := os.ReadFile(filepath.Join(w.dir, as.from))
			if err != nil {
				w.t.Fatal(err)
			}
			writeFile(w.t, to, string(text))
		}
		path := name
		if strings.HasPrefix(name, "-") {
			path = "./" + name
		}
		strict, token, keys := "strict/"+name, "@tokens/"+name, "keys/"+name
		add("explain", token, "-p", name, "--jwks", keys)
		add("explain", "@dev.jwt", "-p", strict, "--jwks", keys)
		add("explain", "@expired.jwt", "-p", strict, "--jwks", keys, "--observed-status", "200")
		add("verify", "@altered.jwt", "--jwks", keys)
		add("verify", token, "--jwks", keys)
		add("decode", token)
		add("lint", path, "--color", "always")
		add("fix", path, "--solution", "jwt", "--token", token)
		add("keys", keys)
	}
}

// files are the names in the world's folder that fit a pattern.
func (w *nextWorld) files(pattern string) []string {
	w.t.Helper()
	names, err := fs.Glob(os.DirFS(w.dir), pattern)
	if err != nil || len(names) == 0 {
		w.t.Fatalf("%s: %v", pattern, err)
	}
	return names
}

// rulesFiles copies the bad examples of the rules, and lists them.
func (w *nextWorld) rulesFiles() []string {
	w.t.Helper()
	testdata := os.DirFS(filepath.Join("..", "testdata"))
	found, err := fs.Glob(testdata, "rules/*/bad*")
	if err != nil || len(found) == 0 {
		w.t.Fatalf("examples: %v", err)
	}
	var names []string
	for _, name := range found {
		info, err := fs.Stat(testdata, name)
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		text, err := fs.ReadFile(testdata, name)
		if err != nil {
			w.t.Fatal(err)
		}
		to := filepath.Join(w.dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			w.t.Fatal(err)
		}
		writeFile(w.t, to, string(text))
		names = append(names, name)
	}
	return names
}

// commandsOf prints screens, and lists the commands on them, each once.
func (w *nextWorld) commandsOf(screens [][]string) []string {
	w.t.Helper()
	seen := map[string]bool{}
	var all []string
	for _, args := range screens {
		_, stdout, stderr := w.run("", args...)
		commands := printed(stdout, stderr)
		if len(commands) == 0 {
			w.t.Errorf("%q ends without a way on:\n%s%s", args, stdout, stderr)
		}
		if len(commands) > 0 && isSame(commands[0], args) { // behind another one it may be again
			w.t.Errorf("the screen of this command begins with itself: %s", commands[0])
		}
		for _, line := range commands {
			if !seen[line] {
				seen[line] = true
				all = append(all, line)
			}
		}
	}
	return all
}

// isSame reports whether a line is the command of these arguments, in any order.
func isSame(line string, args []string) bool {
	words := append([]string{"gatewhy"}, args...)
	of := strings.Fields(line)
	slices.Sort(words)
	slices.Sort(of)
	return slices.Equal(words, of)
}

// foreign are the commands of other programs, as far as their words are known.
var foreign = []*regexp.Regexp{
	regexp.MustCompile(`^curl -sS -d grant_type=client_credentials -d client_id=[0-9a-f-]{36} ` +
		`(-d scope=[\w.~:/-]+|--data-urlencode scope=\S+)/\.default ` +
		`--data-urlencode client_secret@\S+ ` +
		`https://login\.microsoftonline\.(com|us)/[0-9a-f-]{36}/oauth2/v2\.0/token$`),
	regexp.MustCompile(`^az ad sp show --id \S+ --query \S+( -o tsv)?$`),
	regexp.MustCompile(`^az ad app show --id \S+ --query \S+( -o table)?$`),
	regexp.MustCompile(`^az ad app permission add --id \S+ --api \S+ --api-permissions \S+=Role$`),
	regexp.MustCompile(`^az ad app permission admin-consent --id \S+$`),
	regexp.MustCompile(`^az ad app permission grant --id \S+ --api \S+ --scope \S+$`),
	regexp.MustCompile(`^az rest --method post ` +
		`--url https://graph\.microsoft\.com/v1\.0/users/\S+/appRoleAssignments ` +
		`--body \{"principalId":"\S+","resourceId":"\S+","appRoleId":"\S+"\}$`),
}

// check runs one call, and wants of it what its line says. Of a line that was filled in, what was
// filled in may be refused.
func (w *nextWorld) check(line string, c call, filled bool) {
	w.t.Helper()
	if c[0] != "gatewhy" {
		text := strings.Join(c, " ")
		known := func(r *regexp.Regexp) bool { return r.MatchString(text) }
		if !slices.ContainsFunc(foreign, known) {
			w.t.Errorf("not known: %s", text)
		}
		return
	}
	good, err := os.ReadFile(filepath.Join(w.dir, "good.jwt"))
	if err != nil {
		w.t.Fatal(err)
	}
	code, stdout, stderr := w.run(string(good), c[1:]...)
	ok := code != exitUsage
	switch command := c[1]; {
	case command == "fix" && writes(line) == 1:
		ok = code == exitOK && strings.Contains(stdout, "written to ")
	case command == "fix":
		ok = code == exitOK && strings.HasPrefix(stdout, "--- a/") ||
			filled && !strings.Contains(stderr, "unknown")
	case command == "collect", command == "rules", command == "keys", command == "init":
		ok = code == exitOK && stdout != ""
	case command == "matrix" && writes(line) == 1:
		ok = ok && strings.Contains(stdout, "written to ")
	case command == "matrix" && slices.Contains(c, "--fix"):
		ok = ok && strings.Contains(stdout, "smallest set of changes") ||
			strings.Contains(stdout, `"fix"`)
	}
	if !ok {
		w.t.Errorf("%s\nexit code %d\n%s%s", line, code, stdout, stderr)
	}
}

// A screen fits a terminal of 24 lines of 80 columns, with the command that printed it: what is
// longer than a line, as a printed command is, takes so many more. The diff of fix is as long as
// the change, and a test that fails shows every check.
func TestAScreenFitsATerminal(t *testing.T) {
	t.Parallel()
	w := newNextWorld(t)
	w.width = 80
	for _, test := range screens() {
		if test.name == "fix" || test.name == "a test that fails" {
			continue
		}
		_, stdout, stderr := w.run("", strings.Fields(test.args)...)
		screen := "$ gatewhy " + test.args + "\n" + stdout + stderr
		lines := 0
		for line := range strings.Lines(screen) {
			columns := len([]rune(strings.TrimSuffix(line, "\n")))
			lines += 1 + max(0, columns-1)/w.width
		}
		if lines > 24 {
			t.Errorf("%s has %d lines:\n%s", test.name, lines, screen)
		}
	}
}
