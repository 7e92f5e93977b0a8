package cmd

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// foundAt is a finding's rule and place.
type foundAt struct {
	Rule   string
	Source struct {
		File string
		Line int
	}
}

// A screen that counts findings and names lint counts those which lint shows. It has others too:
// those of this request alone, and those of files together that lint judges one by one.
func TestAScreenCountsWhatItsLintCommandShows(t *testing.T) {
	t.Parallel()
	w := newNextWorld(t)
	counted, named := 0, w.policyExamples()
	for i := 0; i < len(named); i += oneCountedOf {
		token := [...]string{"@good.jwt", "@v2.jwt"}[i%2]
		if w.countsWhatLintShows(token, "-p", named[i]) {
			counted++
		}
	}
	if counted < len(named)/oneCountedOf/4 {
		t.Errorf("only %d screens of %d policies count findings", counted, len(named))
	}
}

// policyExamples copies the folders of testdata with policies, and lists what is in them.
func (w *nextWorld) policyExamples() []string {
	w.t.Helper()
	var all []string
	for _, folder := range []string{"rules", "environments", "oracles"} {
		from := os.DirFS(filepath.Join("..", "testdata", folder))
		if err := os.CopyFS(filepath.Join(w.dir, folder), from); err != nil {
			w.t.Fatal(err)
		}
		err := fs.WalkDir(from, ".", func(name string, _ fs.DirEntry, err error) error {
			if !strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, ".jsonl") {
				all = append(all, filepath.Join(folder, name))
			}
			return err
		})
		if err != nil {
			w.t.Fatal(err)
		}
	}
	return all
}

var countOfLint = regexp.MustCompile(
	`(?:(\d+) findings?|and (\d+) more)(?:: gatewhy lint|:$|, which lint shows)`)

// countsWhatLintShows reports whether the short screen of explain counts findings and names lint.
// It runs that command, and wants of it what was counted.
func (w *nextWorld) countsWhatLintShows(args ...string) bool {
	w.t.Helper()
	args = append([]string{"explain", "--jwks", "keys.json"}, args...)
	code, screen, _ := w.run("", args...)
	if code == exitUsage {
		return false
	}
	said, lint := 0, ""
	for line := range strings.Lines(screen) {
		line = strings.TrimSpace(line)
		if m := countOfLint.FindStringSubmatch(line); m != nil {
			said, _ = strconv.Atoi(m[1] + m[2])
		}
		if at := strings.Index(line, "gatewhy lint "); at >= 0 {
			lint = line[at:]
		}
	}
	if said == 0 {
		return false
	}
	var explained, linted struct{ Findings []foundAt }
	_, text, _ := w.run("", append(args, "-o", "json")...)
	w.decode(text, &explained)
	_, text, _ = w.run("", append(strings.Fields(lint)[1:], "-o", "json")...)
	w.decode(text, &linted)
	shown := map[foundAt]bool{}
	for _, f := range linted.Findings {
		shown[f] = true
	}
	both, own := 0, 0 // own is 1 where one of them has a line of its own
	for _, f := range explained.Findings {
		if shown[f] {
			both++
			if strings.Contains(strings.Join(strings.Fields(screen), " "), "["+f.Rule+"] and ") {
				own = 1
			}
		}
	}
	both -= own
	if both != said {
		w.t.Errorf("%q: counted %d, and lint shows %d: %s\n%s", args, said, both, lint, screen)
	}
	return true
}

func (w *nextWorld) decode(text string, into any) {
	w.t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		w.t.Fatalf("%v\n%s", err, text)
	}
}
