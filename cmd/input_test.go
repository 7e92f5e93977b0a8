package cmd

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/gatewhy/gatewhy/cmd/report"
)

func TestWhereTheTokenComesFrom(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(
		filepath.Join(dir, "token.jwt"), []byte("from the file"), 0o600,
	); err != nil {
		t.Fatal(err)
	}
	terminal := Terminal{
		Stdin: true, ReadHidden: func(string) (string, error) { return "from the prompt", nil },
	}
	tests := []struct {
		name     string
		args     []string
		terminal Terminal
		want     string
		warns    bool
	}{
		{"nothing is standard input", nil, Terminal{}, "from standard input", false},
		{"so is a hyphen", []string{"-"}, Terminal{}, "from standard input", false},
		{"on a terminal it is asked for", nil, terminal, "from the prompt", false},
		{"a hyphen on a terminal too", []string{"-"}, terminal, "from the prompt", false},
		{
			"a file is relative to the working directory",
			[]string{"@token.jwt"},
			terminal,
			"from the file", false,
		},
		{
			"an argument comes with a warning",
			[]string{"from-argument"},
			terminal,
			"from-argument", true,
		},
		{
			"a header without quotes is several arguments",
			[]string{"Authorization:", "Bearer", "x"},
			Terminal{},
			"Authorization: Bearer x", true,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var stderr bytes.Buffer
			env := &Env{
				Stdin: strings.NewReader("from standard input"), Stderr: &stderr, Dir: dir,
				Terminal: test.terminal,
			}
			got, err := env.maker().TokenText(test.args)
			if err != nil || got != test.want {
				t.Errorf("got %q, %v; want %q", got, err, test.want)
			}
			if warned := strings.Contains(
				stderr.String(), "shell's history",
			); warned != test.warns {
				t.Errorf("warned: %v, want %v", warned, test.warns)
			}
		})
	}
}

func TestInputHasABound(t *testing.T) {
	t.Parallel()
	env := &Env{Stdin: strings.NewReader(strings.Repeat("a", report.MaxInput+1))}
	if _, err := env.maker().TokenText(nil); err == nil || !strings.Contains(err.Error(),
		"larger than 16 MiB") {
		t.Errorf("got %v", err)
	}
}

func TestAnEmptyPasteIsNoMissingVariable(t *testing.T) {
	t.Parallel()
	env := &Env{
		Terminal: Terminal{
			Stdin: true, ReadHidden: func(string) (string, error) { return " \n", nil },
		},
	}
	if _, err := env.maker().TokenText(nil); err == nil || err.Error() != "nothing was pasted" {
		t.Errorf("got %v", err)
	}
}

// On a terminal the token would be asked for. Where a header has it, it is there.
func TestATokenInAHeaderIsNotAskedFor(t *testing.T) {
	t.Parallel()
	const token = "eyJhbGciOiJub25lIn0.eyJhdWQiOiJhcGk6Ly9vcmRlcnMifQ."
	for name, tt := range map[string]struct {
		header string
		asked  bool
	}{
		"a bearer token":     {"authorization: Bearer " + token, false},
		"other credentials":  {"Authorization: Basic dXNlcjpwYXNzd29yZA==", true},
		"a header of others": {"X-Client: Bearer " + token, true},
	} {
		asked := false
		var stdout, stderr bytes.Buffer
		Main(Env{
			Gateways: everyGateway(), Dir: "../testdata/rules/any-client-accepted",
			Args:   []string{"explain", "-p", "bad.json", "--offline", "-H", tt.header},
			Stdout: &stdout, Stderr: &stderr, LookupEnv: environment(nil),
			Now: func() time.Time { return clock }, After: time.After,
			CacheDir: func() (string, error) { return t.TempDir(), nil },
			Terminal: Terminal{Stdin: true, ReadHidden: func(string) (string, error) {
				asked = true
				return token, nil
			}},
		})
		if asked != tt.asked || !strings.Contains(stdout.String(), "api://orders") {
			t.Errorf("%s: asked %v, %s%s", name, asked, stdout.String(), stderr.String())
		}
	}
}

// What a shell passes for <(...) is a pipe: whoever reads it a second time finds nothing there.
func TestAFileOfHeadersIsReadOnce(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("a pipe has no name here")
	}
	for _, token := range []string{"--no-token", "eyJhbGciOiJub25lIn0.e30."} {
		from, to, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		defer from.Close()
		if _, err := to.WriteString("this is no header"); err != nil || to.Close() != nil {
			t.Fatal(err)
		}
		_, stderr, code := runIn(t, "../testdata/rules/any-client-accepted", "explain", token,
			"-p", "bad.json", "--offline", "-H", fmt.Sprintf("@/dev/fd/%d", from.Fd()))
		if code != exitUsage || !strings.Contains(stderr, "has no colon") {
			t.Errorf("%s: exit code %d, %s", token, code, stderr)
		}
	}
}

// chunks is a terminal that delivers one chunk at a time, and nothing more after the last.
type chunks []string

func (c *chunks) Read(buffer []byte) (int, error) {
	if len(*c) == 0 {
		return 0, io.ErrUnexpectedEOF
	}
	n := copy(buffer, (*c)[0])
	*c = (*c)[1:]
	return n, nil
}

func TestPaste(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		typed chunks
		want  string
	}{
		{"Enter ends what was typed", chunks{"a", "b", "\r"}, "ab\n"},
		{"Ctrl-D ends it too", chunks{"ab", "\x04"}, "ab"},
		{"backspace takes back a character", chunks{"ab", "\x7f", "c\r"}, "ac\n"},
		{"backspace at the start does nothing", chunks{"\x7f", "a\r"}, "a\n"},
		{
			"a line break in the middle of what arrives at once is part of it",
			chunks{"one\rtwo", "\r"},
			"one\ntwo\n",
		},
		{
			"a bracketed paste may have several lines, even where one ends a chunk",
			chunks{"\x1b[200~one\r", "two\r\n", "three\x1b[201~", "\r"},
			"one\ntwo\nthree\n",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := readPaste(&test.typed)
			if err != nil || got != test.want {
				t.Errorf("got %q, %v; want %q", got, err, test.want)
			}
		})
	}
}

func TestPasteEndsWithoutATokenOnCtrlC(t *testing.T) {
	t.Parallel()
	got, err := readPaste(&chunks{"secret", "\x03"})
	if got != "" || !errors.Is(err, errInterrupted) {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestPasteReportsATerminalThatFails(t *testing.T) {
	t.Parallel()
	if _, err := readPaste(&chunks{"secret"}); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v", err)
	}
}

// PowerShell's > writes UTF-16, with a byte order mark: a policy that is saved so can't be read,
// and a folder that has one is not clean.
func TestAPolicyInUTF16IsNotPassedOverInAFolder(t *testing.T) {
	t.Parallel()
	for name, order := range map[string]binary.AppendByteOrder{
		"little endian": binary.LittleEndian, "big endian": binary.BigEndian,
	} {
		for mark, text := range map[string]string{
			"with a mark": "\ufeff" + open, "without": open,
		} {
			t.Run(name+" "+mark, func(t *testing.T) {
				t.Parallel()
				folder := t.TempDir()
				file := filepath.Join(folder, "policy.json")
				var data []byte
				for _, unit := range utf16.Encode([]rune(text)) {
					data = order.AppendUint16(data, unit)
				}
				if err := os.WriteFile(file, data, 0o600); err != nil {
					t.Fatal(err)
				}
				_, stderr, code := runIn(t, folder, "lint", ".")
				if code != exitUsage || !strings.Contains(stderr, "error: policy.json:1:") {
					t.Errorf("lint . exits %d: %s", code, stderr)
				}
			})
		}
	}
}
