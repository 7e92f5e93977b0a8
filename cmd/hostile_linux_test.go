package cmd

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

// The bounds of one run, whatever it is given. The time is the processor's, so that a busy machine
// fails no test; what waits for the network is bounded by its own limits.
const (
	mostMemory = 64 << 20
	mostTime   = 2 * time.Second
)

// outcome is what a real process said, and what it cost.
type outcome struct {
	code   int
	said   string
	took   time.Duration
	memory int64 // the largest resident set, in bytes
}

// program is the real program, as it is built.
type program string

// realProgram builds the program once for all tests, with measured, which runs it.
var realProgram = sync.OnceValues(func() (program, error) {
	folder, err := storyCommands()
	if err != nil {
		return "", err
	}
	file := filepath.Join(folder, "real")
	return program(file), buildAs(file, "..")
})

func build(t *testing.T) program {
	t.Helper()
	gatewhy, err := realProgram()
	if err != nil {
		t.Fatal(err)
	}
	return gatewhy
}

// noNetwork is an environment in which the program reaches loopback alone: for any other host it
// asks a proxy that is not there.
func noNetwork() []string {
	return []string{"HTTPS_PROXY=http://127.0.0.1:1", "HTTP_PROXY=http://127.0.0.1:1", "NO_PROXY="}
}

// run runs the program in a folder, three times at most until it keeps within the bounds: on a
// busy machine the garbage collector falls behind.
func (p program) run(t *testing.T, dir, stdin string, args ...string) (o outcome) {
	t.Helper()
	for range 3 {
		if o = p.once(t, dir, stdin, args...); o.bounded() {
			break
		}
	}
	return o
}

func (o outcome) bounded() bool { return o.took <= mostTime && o.memory <= mostMemory }

func (p program) once(t *testing.T, dir, stdin string, args ...string) outcome {
	t.Helper()
	var said bytes.Buffer
	file := filepath.Join(t.TempDir(), "memory")
	command := exec.Command("measured", append([]string{file, string(p)}, args...)...)
	command.Dir, command.Stdin = dir, strings.NewReader(stdin)
	command.Stdout, command.Stderr = &said, &said
	command.Env = append(os.Environ(), "XDG_CACHE_HOME="+dir, "LANG=C.UTF-8")
	command.Env = append(command.Env, noNetwork()...)
	if err := command.Run(); command.ProcessState == nil {
		t.Fatal(err)
	}
	memory, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	kibibytes, err := strconv.ParseInt(string(memory), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return outcome{
		code: command.ProcessState.ExitCode(), said: said.String(), memory: kibibytes << 10,
		// its children's too
		took: command.ProcessState.UserTime() + command.ProcessState.SystemTime(),
	}
}

// wants checks the answer and the bounds, and that nothing is printed raw.
func (o outcome) wants(t *testing.T, code int, says string) {
	t.Helper()
	if o.code != code || !strings.Contains(strings.Join(strings.Fields(o.said), " "), says) {
		t.Errorf("exit code %d, want %d and %q:\n%.2000s", o.code, code, says, o.said)
	}
	if !o.bounded() {
		t.Errorf("it took %v and %d MiB", o.took, o.memory>>20)
	}
	if !utf8.ValidString(o.said) {
		t.Fatal("bytes that are no UTF-8 are printed raw")
	}
	for _, r := range o.said {
		if r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
			t.Fatalf("%U is printed raw", r)
		}
	}
}

// A server of the user's own choice may send what it likes.
func TestHostileAnswersAreRefusedWithinBounds(t *testing.T) {
	t.Parallel()
	gatewhy := build(t)
	endless := func(w io.Writer) {
		block := bytes.Repeat([]byte(`{"keys":[`), 1<<12)
		for {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	}
	tests := []struct {
		name   string
		answer http.HandlerFunc
		says   string
	}{
		{
			"a body without an end",
			func(w http.ResponseWriter, _ *http.Request) { endless(w) },
			"more than 1 MiB",
		},
		{"a gzip bomb", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			bomb := gzip.NewWriter(w)
			endless(bomb)
		}, "more than 1 MiB"},
		{"headers without an end", func(w http.ResponseWriter, _ *http.Request) {
			for i := range 20000 {
				w.Header().Set(fmt.Sprintf("X-%d", i), strings.Repeat("x", 50))
			}
		}, "no connection"},
		{
			"redirects in a circle",
			func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, r.URL.Path, http.StatusFound)
			},
			"redirects",
		},
		{"a redirect to another host", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://169.254.169.254/keys", http.StatusFound)
		}, "another host"},
		{
			"a page",
			func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w,
					"<html>\u202esign in")
			},
			"HTML",
		},
		{"nothing", func(http.ResponseWriter, *http.Request) {}, "the text is empty"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := httptest.NewServer(test.answer)
			defer server.Close()
			dir := t.TempDir()
			gatewhy.run(t, dir, "", "keys", server.URL).wants(t, exitUsage, test.says)
			token := tokenOf(`{"alg":"RS256","kid":"k"}`, `{}`)
			gatewhy.run(t, dir, token, "verify", "--jwks", server.URL).
				wants(t, exitUsage, test.says)
		})
	}
}
