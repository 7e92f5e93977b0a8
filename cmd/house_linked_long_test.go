//go:build long

package cmd

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A program that may ask for a method by its name, as text/template does, gets every method of
// every type from the linker: an eighth of its size.
func TestTheLinkerLeavesOutMethodsThatNothingCalls(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "gatewhy")
	needs, err := exec.Command(
		"go", "build", "-o", program, "-ldflags=-dumpdep", "github.com/gatewhy/gatewhy",
	).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, needs)
	}
	if !strings.Contains(string(needs), "main.main -> ") {
		t.Fatal("the linker doesn't say what it links")
	}
	for line := range strings.Lines(string(needs)) {
		if strings.Contains(line, "<ReflectMethod>") {
			t.Fatal("a method is asked for by name: ", line)
		}
	}
}
