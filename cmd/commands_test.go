package cmd

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(suite{m}, map[string]func(){"unzip": runUnzip})
}

// suite runs all tests of the package in one process. Most of its garbage is of runs that are
// over, so the collector may wait for more of it.
type suite struct{ *testing.M }

func (s suite) Run() int {
	debug.SetGCPercent(400)
	debug.SetMemoryLimit(1 << 30)
	return s.M.Run()
}

// storyCommands builds, once for all tests, the programs that a story calls, and those that other
// tests run: far smaller ones than this test, so that each call starts sooner.
var storyCommands = sync.OnceValues(func() (folder string, err error) {
	return buildInto("", "../testdata/commands/...", "../testdata/bench/cluster")
})

// buildInto builds programs as a release has them: stripped, and with no C library to load, which
// takes a third of the start. They stand beside the commands that
// testscript makes of this test, whose folder is the first of PATH, and go when they go.
func buildInto(name string, packages ...string) (path string, err error) {
	folder, _, _ := strings.Cut(os.Getenv("PATH"), string(filepath.ListSeparator))
	path = folder + string(filepath.Separator) + name
	build := exec.Command(
		"go", append([]string{
			"build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", path,
		}, packages...)...,
	)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	said, err := build.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, said)
	}
	return path, nil
}
