package source

import (
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// readOf is what was read of a file, and what is odd in it.
type readOf struct {
	Documents []*Value
	Problems  []Problem
	Shared    []Span
	Fault     string
}

func readBy(t testing.TB, text string, read func(*File) error) readOf {
	t.Helper()
	f, err := openUpTo(maxCluster, "x.yaml", []byte(text))
	if err != nil {
		return readOf{}
	}
	f.Format = YAML
	if err := read(f); err != nil {
		return readOf{Fault: err.Error()}
	}
	sortProblems(f.Problems)
	return readOf{f.Documents, f.Problems, f.shared, ""}
}

// sortProblems puts them in the order of their places: those of a list come before those of its
// items where it is read in one piece.
func sortProblems(problems []Problem) {
	slices.SortFunc(problems, func(a, b Problem) int {
		if a.Pos.Line != b.Pos.Line {
			return a.Pos.Line - b.Pos.Line
		}
		return a.Pos.Column - b.Pos.Column
	})
}

// isCut reports whether a text is read in pieces.
func isCut(t testing.TB, text string) bool {
	t.Helper()
	done := false
	readBy(t, text, func(f *File) (err error) {
		done, err = f.readCut()
		return err
	})
	return done
}

// sameCut holds reading a text in pieces to reading all of it.
func sameCut(t testing.TB, text string) {
	t.Helper()
	whole := readBy(t, text, (*File).readWhole)
	cut := readBy(t, text, (*File).readYAML)
	if !reflect.DeepEqual(whole, cut) {
		t.Fatalf("read in pieces it differs (-whole +pieces):\n%s\n%s", cmp.Diff(whole, cut), text)
	}
}

// yamlFixtures are the YAML files of the repository.
func yamlFixtures(t testing.TB) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir("../..", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if extension := filepath.Ext(name); extension != ".yaml" && extension != ".yml" {
			return nil
		}
		text, err := os.ReadFile(name)
		all = append(all, string(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestAFileReadInPiecesIsTheFile(t *testing.T) {
	t.Parallel()
	cut := 0
	all := yamlFixtures(t)
	for _, text := range all {
		sameCut(t, text)
		if isCut(t, text) {
			cut++
		}
	}
	if cut < len(all)*9/10 {
		t.Errorf("%d of %d fixtures are read in pieces", cut, len(all))
	}
}

// listOfTexts is a list of resources as kubectl prints it, with its dashes in this column.
func listOfTexts(items []string, column int) string {
	text := "apiVersion: v1\nitems:\n"
	for _, item := range items {
		for i, line := range strings.SplitAfter(item, "\n") {
			lead := "  "
			if i == 0 {
				lead = "- "
			}
			if line != "" && line != "\n" {
				line = strings.Repeat(" ", column) + lead + line
			}
			text += line
		}
	}
	return text + "kind: List\nmetadata:\n  resourceVersion: \"\"\n"
}

func TestRandomStreamsReadInPieces(t *testing.T) {
	t.Parallel()
	w := world{rand.New(rand.NewPCG(19, 1))}
	all := slices.DeleteFunc(yamlFixtures(t), func(text string) bool { return len(text) > 4000 })
	lists := 0
	for range streamsInPieces {
		var items []string
		for range 1 + w.IntN(4) {
			text := all[w.IntN(len(all))]
			if w.IntN(3) == 0 {
				name, random := w.write(w.value(3))
				if strings.HasSuffix(name, ".yaml") {
					text = random
				}
			}
			items = append(items, strings.TrimSuffix(text, "\n")+"\n")
		}
		text := strings.Join(items, []string{"---\n", "--- # next\n", "---\r\n"}[w.IntN(3)])
		if w.IntN(2) == 0 {
			text = listOfTexts(items, 2*w.IntN(2))
		}
		if w.IntN(2) == 0 {
			text = w.damage(text)
		}
		sameCut(t, text)
		if strings.HasPrefix(text, "apiVersion: v1\nitems:\n") && isCut(t, text) {
			lists++
		}
	}
	if lists < streamsInPieces/20 {
		t.Errorf("%d lists are read in pieces", lists)
	}
}

// damage puts something into a text that means something to YAML, or takes some out.
func (w world) damage(text string) string {
	for range 1 + w.IntN(3) {
		at := w.IntN(len(text) + 1)
		odd := []string{
			"\"", "'", "[", "{", "]", "}", "|\n", ">\n", "&a ", "*a", "!t ", "- ", "-\n", "---\n",
			"\n---\n", "# c", "\t", " ", "\n", "\n  ", ": ", "? ", "kind: List\n", "items:\n", "%",
			"...\n", "\r\n", "key: \"two\n  lines\"\n", "key: 'a''\nb'\n", "- - a\n", "<<: *a\n",
			"key:\n- \n- b\n", "[a, 'b, {c: \"]\"}]", "|2\n", "#[x]\n", "\u0085", "\u2028", "~",
		}[w.IntN(38)]
		behind := min(at+w.IntN(3)*w.IntN(8), len(text))
		text = text[:at] + odd + text[behind:]
	}
	return text
}

func FuzzReadInPieces(f *testing.F) {
	f.Add(listOfTexts([]string{"apiVersion: v1\nkind: Pod\n", "kind: \"Pod\"\na:\n- b\n"}, 0))
	f.Add("a: |\n  x\n---\nb: [c, 'd']\n---\n- e\n")
	f.Fuzz(func(t *testing.T, text string) { sameCut(t, text) })
}

// What kubectl makes of a scalar was asked of sigs.k8s.io/yaml 1.6.0, which reads with
// go.yaml.in/yaml/v2 2.4.4.
func TestWhatAReaderOfYAML11MakesOfAScalar(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"yes": `true`, "Yes": `true`, "YES": `true`, "on": `true`, "y": `true`, "Y": `true`,
		"no": `false`, "off": `false`, "OFF": `false`, "n": `false`, "N": `false`,
		"yEs": `"yEs"`, "oN": `"oN"`, "yess": `"yess"`, `"yes"`: `"yes"`, "'no'": `"no"`,
		"!!str yes": `"yes"`, "true": `true`, "True": `true`, "tRue": `"tRue"`,
		"017": `15`, "0o17": `15`, "08": `8`, "0x1F": `31`, "0b11": `3`, "1_000": `1000`,
		"1:30": `"1:30"`, "~": `null`, "null": `null`, "NULL": `null`, "": `null`,
		"2026-05-06": `"2026-05-06"`, "1e3": `1000`, "+1": `1`, "-0b11": `-3`, ".5": `0.5`,
		"yes # a comment": `true`, "[yes, \"no\"]": `[true,"no"]`, "{on: off}": `{"true":false}`,
		`{"on": n}`:    `{"on":false}`,
		"[&x yes, *x]": `[true,true]`, "[!!str yes, yes]": `["yes",true]`, "[&x y]": `[true]`,
		"yes\n  no": `"yes no"`,
	} {
		f, err := Read("p.yaml", []byte("a: "+text+"\n"))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		got := f.YAML11(f.Documents[0].Member("a")).JSON()
		if got != want && !(text == "1e3" && got == "1e3") {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

func TestWithoutWordsOfYAML11AValueStaysItself(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"a: [x, {b: true}]\n", "a: \"yes\"\nb: ['no']\n"} {
		f, err := Read("p.yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if f.YAML11(f.Documents[0]) != f.Documents[0] {
			t.Errorf("%s: another value", text)
		}
	}
	f, err := Read("p.json", []byte(`{"a":"yes"}`))
	if err != nil || f.YAML11(f.Documents[0]) != f.Documents[0] {
		t.Errorf("JSON: another value, %v", err)
	}
}
