package render

import (
	"os"
	"os/exec"
	"path/filepath"
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
