//go:build long

package cmd

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// The patches of CONTRIBUTING.md are what a contributor does, so each is applied to a copy of the
// program, which is then built and run.
func TestTheExamplesOfContributingWork(t *testing.T) {
	t.Parallel()
	git, err := exec.LookPath("git")
	if err != nil {
		t.Fatalf("git applies the patches in testdata/contributing, and is not installed: %v", err)
	}
	ldap := filepath.Join(t.TempDir(), "ldap.json")
	configuration := `{"assetId": "ldap-authentication", "assetVersion": "1.4.1",
		"configurationData": {"ldapServerURL": "ldaps://directory.example"}}`
	if err := os.WriteFile(ldap, []byte(configuration), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, example := range []struct {
		patch string
		args  []string
		exit  int
		says  []string
	}{
		{
			"rule",
			[]string{"lint", "testdata/rules/audience-listed-twice/bad.json"},
			exitOK,
			[]string{"listed twice [audience-listed-twice]"},
		},
		{
			"policy-kind",
			[]string{"explain", "--no-token", "--no-other-headers", "-p", ldap},
			exitRejected,
			[]string{"401 Unauthorized", "LDAP Authentication 1.4.1"},
		},
		{
			"output-format",
			[]string{"lint", "-o", "checkstyle", "testdata/rules/any-client-accepted/bad.json"},
			exitRejected,
			[]string{`<checkstyle version=`, `severity="error"`, `source="any-client-accepted"`},
		},
	} {
		t.Run(example.patch, func(t *testing.T) {
			t.Parallel()
			dir := copyOfTheProgram(t)
			applyExample(t, git, dir, example.patch)
			program := buildExample(t, dir, example.patch)
			out, exit := runExample(t, dir, program, example.args...)
			if exit != example.exit {
				t.Errorf("exit code %d, want %d", exit, example.exit)
			}
			for _, words := range example.says {
				if !strings.Contains(out, words) {
					t.Errorf("the output does not say %q", words)
				}
			}
			if t.Failed() {
				t.Logf("gatewhy %s\n%s", strings.Join(example.args, " "), out)
			}
		})
	}
}

// copyOfTheProgram copies what the program is built from: no tests, and of the test data only the
// examples of the rules, which are embedded.
func copyOfTheProgram(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel("..", path)
		slashed := filepath.ToSlash(name)
		switch {
		case err != nil:
			return err
		case entry.IsDir() && partOfTheProgram(slashed):
			return os.MkdirAll(filepath.Join(root, name), 0o750)
		case entry.IsDir():
			return fs.SkipDir
		case !partOfTheProgram(slashed):
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(root, name), text, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// partOfTheProgram reports whether the program is built from a file or folder, by its path below
// the module's root.
func partOfTheProgram(path string) bool {
	parts := strings.Split(path, "/")
	base := parts[len(parts)-1]
	switch {
	case path == ".":
		return true
	case parts[0] == "testdata":
		return len(parts) == 1 || parts[1] == "rules"
	case len(parts) == 1:
		return slices.Contains([]string{"main.go", "go.mod", "go.sum"}, base) ||
			slices.Contains([]string{"cmd", "inspect", "rules"}, base)
	}
	return base != "testdata" && !strings.HasSuffix(base, "_test.go")
}

// applyExample applies a patch with one line of context, wherever that line is today.
func applyExample(t *testing.T, git, dir, name string) {
	t.Helper()
	patch, err := os.ReadFile("../testdata/contributing/" + name + ".patch")
	if err != nil {
		t.Fatal(err)
	}
	apply := exec.Command(git, "apply", "--recount", "-C1", "--whitespace=nowarn", "-")
	apply.Dir, apply.Stdin = dir, bytes.NewReader(patch)
	apply.Env = withoutGit(os.Environ())
	// A repository around the folder for temporary files must not count.
	apply.Env = append(apply.Env, "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir))
	if out, err := apply.CombinedOutput(); err != nil {
		t.Fatalf("testdata/contributing/%s.patch no longer applies to the program (%v).\n"+
			"Make its change by hand, see that CONTRIBUTING.md still describes it, and write it "+
			"anew, as CONTRIBUTING.md says under Tests.\n%s", name, err, out)
	}
}

// withoutGit is an environment without the variables that a hook of git sets.
func withoutGit(env []string) []string {
	return slices.DeleteFunc(env, func(v string) bool { return strings.HasPrefix(v, "GIT_") })
}

// buildExample builds the program in its own folder, with the files of the copy laid over its own:
// so the packages that the patch leaves alone need not be compiled again.
func buildExample(t *testing.T, dir, name string) (program string) {
	t.Helper()
	program = filepath.Join(t.TempDir(), "gatewhy")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	build := exec.Command("go", "build", "-buildvcs=false", "-ldflags=-s -w",
		"-overlay", overlayOf(t, dir), "-o", program, ".")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("with testdata/contributing/%s.patch the program no longer builds (%v). "+
			"Change the patch as you would change the code.\n%s", name, err, out)
	}
	return program
}

// overlayOf writes which files of the program a copy replaces, as go build reads it.
func overlayOf(t *testing.T, dir string) (name string) {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	replace := map[string]string{}
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		inside, err := filepath.Rel(dir, path)
		replace[filepath.Join(root, inside)] = path
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	name = filepath.Join(t.TempDir(), "overlay.json")
	if err := os.WriteFile(name, overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// runExample runs a program in a folder, and returns what it printed and its exit code.
func runExample(t *testing.T, dir, program string, args ...string) (out string, exit int) {
	t.Helper()
	var printed bytes.Buffer
	command := exec.Command(program, args...)
	command.Dir, command.Stdout, command.Stderr = dir, &printed, &printed
	err := command.Run()
	if command.ProcessState == nil {
		t.Fatal(err)
	}
	return printed.String(), command.ProcessState.ExitCode()
}
