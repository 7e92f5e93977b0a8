package render

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestADiffAppliesWithGit lets git apply each diff, and wants the second text.
func TestADiffAppliesWithGit(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not here")
	}
	near := strings.NewReplacer("4", "four", "6", "six")
	ten := "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n"
	for name, texts := range map[string][2]string{
		"one line changes":                      {ten, strings.Replace(ten, "5", "five", 1)},
		"the first and the last line change":    {ten, "one\n" + ten[2:len(ten)-3] + "ten\n"},
		"two changes far apart are two hunks":   {ten + ten, "a\n" + ten + ten + "b\n"},
		"two changes close together are one":    {ten, near.Replace(ten)},
		"lines are added at the beginning":      {ten, "a\nb\n" + ten},
		"lines are removed at the end":          {ten, ten[:4]},
		"there is no line break at the end":     {"a\nb", "a\nc"},
		"a line break at the end is added":      {"a\nb", "a\nb\n"},
		"all lines change":                      {"a\nb\n", "c\nd\n"},
		"lines that are the same change places": {"a\nb\na\nb\n", "b\na\nb\na\n"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write := func(file, text string) {
				if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			write("policy.json", texts[0])
			write("change.diff", Diff("policy.json", texts[0], texts[1]))
			apply := exec.Command("git", "apply", "change.diff")
			apply.Dir = dir
			apply.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir))
			if out, err := apply.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s\n%s", err, out, Diff("policy.json", texts[0], texts[1]))
			}
			got, err := os.ReadFile(filepath.Join(dir, "policy.json"))
			if err != nil || string(got) != texts[1] {
				t.Errorf("applied: %q, want %q (%v)", got, texts[1], err)
			}
		})
	}
}

func TestADiffOfAnOddNameAppliesWithGitAndWithPatch(t *testing.T) {
	const name = "a b#c%d é/ü.json"
	for _, command := range [][]string{
		{"git", "apply", "change.diff"},
		{"patch", "-p1", "-i", "change.diff"},
	} {
		t.Run(command[0], func(t *testing.T) {
			if _, err := exec.LookPath(command[0]); err != nil {
				t.Skip(command[0] + " is not here")
			}
			dir := t.TempDir()
			for file, text := range map[string]string{
				name: "a\n", "change.diff": Diff(name, "a\n", "b\n"),
			} {
				err := os.MkdirAll(filepath.Dir(filepath.Join(dir, file)), 0o700)
				if err == nil {
					err = os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			apply := exec.Command(command[0], command[1:]...)
			apply.Dir = dir
			apply.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir))
			out, err := apply.CombinedOutput()
			got, _ := os.ReadFile(filepath.Join(dir, name))
			if err != nil || string(got) != "b\n" {
				t.Errorf("%q, %v: %s", got, err, out)
			}
		})
	}
}

func TestThereIsNoDiffOfTextsThatAreTheSame(t *testing.T) {
	if got := Diff("a", "x\n", "x\n"); got != "" {
		t.Error(got)
	}
}

// Texts are lined up by a longest common subsequence; of several, lines are removed before others
// are added.
func TestTheLinesOfADiffAreAsFewAsCanBe(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	text := func() []string {
		lines := make([]string, random.IntN(9))
		for i := range lines {
			lines[i] = string(rune('a' + random.IntN(3)))
		}
		return lines
	}
	for range 20_000 {
		a, b := text(), text()
		if got, want := middle(a, b), shortest(a, b); !slices.Equal(got, want) {
			t.Fatalf("%q and %q: %v, want %v", a, b, got, want)
		}
	}
}

// shortest lines up two texts by trying everything.
func shortest(a, b []string) []diffLine {
	switch {
	case len(a) > 0 && len(b) > 0 && a[0] == b[0]:
		return append([]diffLine{{' ', a[0]}}, shortest(a[1:], b[1:])...)
	case len(a) == 0 && len(b) == 0:
		return nil
	case len(a) == 0:
		return append([]diffLine{{'+', b[0]}}, shortest(a, b[1:])...)
	}
	removed := append([]diffLine{{'-', a[0]}}, shortest(a[1:], b)...)
	if len(b) == 0 {
		return removed
	}
	added := append([]diffLine{{'+', b[0]}}, shortest(a, b[1:])...)
	if len(added) < len(removed) {
		return added
	}
	return removed
}

// Two changes of a file of megabytes are shown as two.
func TestADiffOfALargeFileShowsWhatChanges(t *testing.T) {
	var b strings.Builder
	for i := range 200_000 {
		fmt.Fprintf(&b, "line: %d\n", i%1000)
	}
	before := "first\n" + b.String() + "last\n"
	after := strings.NewReplacer("first", "1", "last", "2").Replace(before)
	if lines := strings.Count(Diff("a.yaml", before, after), "\n"); lines != 2+2*6 {
		t.Errorf("the diff has %d lines", lines)
	}
}

// The lines that a large file begins and ends with are not split to be compared.
func TestADiffOfOneLineOfALargeFileIsLittleWork(t *testing.T) {
	around := strings.Repeat("line\n", 1<<20)
	before, after := around+"a\n"+around, around+"b\n"+around
	if allocs := testing.AllocsPerRun(1, func() { Diff("a.yaml", before, after) }); allocs > 100 {
		t.Errorf("%v allocations", allocs)
	}
}

func TestOfTextsThatDifferInVeryManyLinesAllCount(t *testing.T) {
	before, after := strings.Repeat("a\n", 2*mostDiffering), strings.Repeat("b\n", 2*mostDiffering)
	if lines := strings.Count(Diff("a.yaml", before, after), "\n"); lines != 3+4*mostDiffering {
		t.Errorf("the diff has %d lines", lines)
	}
}
