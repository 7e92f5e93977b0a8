package cmd

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/gatewhy/gatewhy/cmd/gateways"
	"github.com/gatewhy/gatewhy/cmd/report"
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
// tests run: far smaller ones than this test, so that each call starts sooner. They stand beside
// the commands that testscript makes of this test, whose folder is the first of PATH, and go when
// they go.
var storyCommands = sync.OnceValues(func() (folder string, err error) {
	folder, _, _ = strings.Cut(os.Getenv("PATH"), string(filepath.ListSeparator))
	for _, source := range []string{"commands/gatewhy", "commands/measured", "bench/cluster"} {
		name := filepath.Join(folder, filepath.Base(source))
		err = errors.Join(err, buildAs(name, "../testdata/"+source))
	}
	return folder, err
})

// buildAs builds a program as a release has it: stripped, and with no C library to load, which
// takes a third of the start. The go command keeps what it links for its command run, and links
// nothing again as long as nothing has changed.
func buildAs(name, source string) error {
	built, err := linked(source)
	if errors.Is(err, fs.ErrNotExist) {
		built, err = linked(source) // what run has just linked goes with it, but for its cache
	}
	if err != nil {
		return err
	}
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return os.WriteFile(name, built, 0o755)
}

// linked is a program. It is run by the command that says which version of Go it is of, and so
// where it is.
func linked(source string) ([]byte, error) {
	run := exec.Command("go", "run", "-trimpath", "-buildvcs=false", "-ldflags=-s -w",
		"-exec", "go version", source)
	run.Env = append(os.Environ(), "CGO_ENABLED=0")
	var faults bytes.Buffer
	run.Stderr = &faults
	said, err := run.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %s", source, err, faults.String())
	}
	name, _, _ := strings.Cut(string(said), ": go")
	return os.ReadFile(name)
}

// everyGateway is what the program itself works with.
func everyGateway() report.Gateways { return report.Gateways(gateways.All()).Complete() }

// part is a part of a token.
func part(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

// tokenOf is a token with a signature that nobody made.
func tokenOf(header, claims string) string {
	return part(header) + "." + part(claims) + "." + part("signature")
}
