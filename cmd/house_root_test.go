package cmd

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestTheRootHoldsWhatIsExpectedThere keeps out what a command leaves behind in a working copy.
func TestTheRootHoldsWhatIsExpectedThere(t *testing.T) {
	t.Parallel()
	expected := []string{
		".azure-pipelines", ".ci", ".github", ".gitignore", ".goreleaser.yaml",
		".pre-commit-hooks.yaml", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md",
		"SECURITY.md", "action.yml", "cmd", "go.mod", "go.sum", "inspect", "main.go", "rules",
		"staticcheck.conf", "templates", "testdata",
	}
	files, err := exec.Command("git", "-C", "..", "ls-files", "-z").Output()
	if err != nil {
		t.Fatalf("git lists the files of the repository: %v", err)
	}
	for file := range strings.SplitSeq(strings.TrimRight(string(files), "\x00"), "\x00") {
		if name, _, _ := strings.Cut(file, "/"); !slices.Contains(expected, name) {
			t.Errorf("%s is none of what belongs at the root", file)
		}
	}
}
