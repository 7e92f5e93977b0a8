package cmd

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/gatewhy/gatewhy/cmd/gateways"
)

// environment is a LookupEnv of these variables.
func environment(variables map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value, ok := variables[name]
		return value, ok
	}
}

func TestColour(t *testing.T) {
	t.Parallel()
	terminal := Terminal{Stdout: true}
	tests := []struct {
		name      string
		flag      string
		terminal  Terminal
		variables map[string]string
		want      bool
	}{
		{"a terminal is coloured", "auto", terminal, nil, true},
		{"a pipe is not", "auto", Terminal{}, nil, false},
		{"NO_COLOR asks for none", "auto", terminal, map[string]string{"NO_COLOR": "1"}, false},
		{
			"an empty NO_COLOR asks for nothing", "auto", terminal,
			map[string]string{"NO_COLOR": ""},
			true,
		},
		{"a dumb terminal shows none", "auto", terminal, map[string]string{"TERM": "dumb"}, false},
		{
			"the flag outranks NO_COLOR", "always",
			Terminal{},
			map[string]string{"NO_COLOR": "1"},
			true,
		},
		{"and a terminal", "never", terminal, nil, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			flags := outputFlags{color: choice{value: test.flag}}
			env := &Env{Terminal: test.terminal, LookupEnv: environment(test.variables)}
			if got := flags.colored(env); got != test.want {
				t.Errorf("coloured: %v, want %v", got, test.want)
			}
		})
	}
}

// With -O the output has no width any more, and the messages have the terminal's all the same.
func TestANoteAboutAFileFitsTheTerminal(t *testing.T) {
	t.Parallel()
	for _, width := range []int{1, 2, 3, 20, 80} {
		var problems bytes.Buffer
		code := Main(Env{
			Args: []string{"rules", "-O", "a-catalogue-of-rules.txt"}, Dir: t.TempDir(),
			Stdin: strings.NewReader(""), Stdout: &bytes.Buffer{}, Stderr: &problems,
			LookupEnv: environment(nil), Gateways: gateways.All(),
			CacheDir: func() (string, error) { return "", os.ErrNotExist },
			Terminal: Terminal{Stdout: true, Stderr: true, UTF8: true, Width: width},
		})
		said := strings.Join(strings.Fields(problems.String()), "")
		if code != exitOK || said != "gatewhy:note:wrotea-catalogue-of-rules.txt" {
			t.Errorf("%d columns: exit code %d\n%s", width, code, problems.String())
		}
	}
}

func TestLocale(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		variables map[string]string
		want      bool
	}{
		{"nothing set is no UTF-8", nil, false},
		{"LANG tells", map[string]string{"LANG": "de_AT.UTF-8"}, true},
		{"in either spelling", map[string]string{"LANG": "C.utf8"}, true},
		{
			"LC_CTYPE outranks LANG",
			map[string]string{"LANG": "C.UTF-8", "LC_CTYPE": "de_AT"},
			false,
		},
		{
			"LC_ALL outranks both",
			map[string]string{"LANG": "C", "LC_CTYPE": "C", "LC_ALL": "en_US.UTF-8"},
			true,
		},
		{"what is empty does not count", map[string]string{"LANG": "C.UTF-8", "LC_ALL": ""}, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := localeIsUTF8(environment(test.variables)); got != test.want {
				t.Errorf("UTF-8: %v, want %v", got, test.want)
			}
		})
	}
}

// A long output goes to the disk while it is made, and is seen when all of it is there.
func TestAnOutputGoesIntoItsFileWhileItIsMade(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "out")
	writeFile(t, path, "old")
	env := &Env{Dir: dir, Stderr: &bytes.Buffer{}}
	output := &fileOutput{env: env, name: "out"}
	defer output.discard()
	part := bytes.Repeat([]byte("x"), 100<<10)
	for range 3 {
		if _, err := output.Write(part); err != nil {
			t.Fatal(err)
		}
	}
	info, err := output.file.Stat()
	if err != nil || info.Size() < 200<<10 {
		t.Errorf("%d bytes are on the disk: %v", info.Size(), err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "old" {
		t.Errorf("%q, %v", text, err)
	}
	if err := output.finish(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Size() != 300<<10 {
		t.Errorf("%d bytes: %v", info.Size(), err)
	}
}

// A place that can't be written is known with the first part of an output.
func TestAnOutputThatHasNoPlaceEndsAtItsFirstPart(t *testing.T) {
	t.Parallel()
	output := &fileOutput{env: &Env{Dir: t.TempDir()}, name: "none/out"}
	defer output.discard()
	_, first := output.Write([]byte("x"))
	if err := output.finish(); first == nil || !errors.Is(err, first) {
		t.Errorf("%v, then %v", first, err)
	}
}

// fullWriter has no room left.
type fullWriter struct{}

func (fullWriter) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

func TestHelpThatCanNotBeWrittenIsAnError(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		nil, {"--help"}, {"explain", "--help"}, {"help", "explain"}, {"help", "tokens"},
	} {
		var said strings.Builder
		code := Main(Env{
			Gateways: everyGateway(),
			Args:     args, Stdin: strings.NewReader(""), Stdout: fullWriter{}, Stderr: &said,
			LookupEnv: func(string) (string, bool) { return "", false },
			Terminal:  Terminal{UTF8: true},
		})
		if code != exitUsage || !strings.Contains(said.String(), "no space left") {
			t.Errorf("%q: exit %d, %s", args, code, said.String())
		}
	}
}
