package cmd

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/testscript"
)

// clock is the instant at which every story is told: testdata/commands/gatewhy has it too.
var clock = time.Date(2026, 5, 6, 10, 0, 0, 0, time.UTC)

// TestStories runs the txtar files: each is a story of its own, with its commands and its files.
// Beside testscript's own commands there are exits, runs, mint, jwks, serve, schema, safe, screen,
// lines, make and load.
func TestStories(t *testing.T) {
	t.Parallel()
	if _, err := storyCommands(); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("LANG", "C.UTF-8")
			env.Setenv("XDG_CACHE_HOME", filepath.Join(env.WorkDir, ".cache"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":  scriptExits,
			"runs":   scriptRuns,
			"mint":   scriptMint,
			"jwks":   scriptJWKS,
			"serve":  scriptServe,
			"schema": scriptSchema,
			"safe":   scriptSafe,
			"screen": scriptScreen,
			"lines":  scriptLines,
			"make":   scriptMake,
			"load":   scriptLoad,

			"gateway":  scriptGateway,
			"anypoint": scriptAnypoint,
		},
	})
}

// scriptServe serves the story's files on loopback: serve VARIABLE puts the address into it.
func scriptServe(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: serve VARIABLE")
	}
	server := httptest.NewServer(http.FileServer(http.Dir(ts.MkAbs("."))))
	ts.Defer(server.Close)
	ts.Setenv(args[0], server.URL)
}

// scriptSchema validates the last standard output against a published schema: schema NAME.
func scriptSchema(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: schema NAME")
	}
	ts.Check(asPublished(args[0], ts.ReadFile("stdout")))
}

// scriptSafe wants no control, bidirectional or other invisible character in the last output.
func scriptSafe(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: safe")
	}
	for _, stream := range []string{"stdout", "stderr"} {
		for i, r := range ts.ReadFile(stream) {
			if r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) ||
				r == unicode.ReplacementChar {
				ts.Fatalf("%U at byte %d of %s", r, i, stream)
			}
		}
	}
}

// screenColumns is how wide a screen is.
const screenColumns = 80

// scriptScreen wants the last standard output to have at most so many lines, none of them wider
// than a screen: screen LINES. The block that says how to go on does not count.
func scriptScreen(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: screen LINES")
	}
	most, err := strconv.Atoi(args[0])
	ts.Check(err)
	shown, _, _ := strings.Cut(ts.ReadFile("stdout"), "\n\n  next\n")
	lines := strings.Split(strings.TrimSuffix(shown, "\n"), "\n")
	if len(lines) > most {
		ts.Fatalf("%d lines, want at most %d", len(lines), most)
	}
	for _, line := range lines {
		if columns := utf8.RuneCountInString(line); columns > screenColumns {
			ts.Fatalf("%d columns: %s", columns, line)
		}
	}
}

// scriptLines wants the last standard output to have exactly so many lines: lines COUNT.
func scriptLines(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: lines COUNT")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := strings.Count(ts.ReadFile("stdout"), "\n"); got != want {
		ts.Fatalf("%d lines, want %d", got, want)
	}
}

// scriptMake writes a file of a text, quoted as in Go, that is repeated: make FILE TEXT [TIMES].
func scriptMake(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: make FILE TEXT [TIMES]")
	}
	times := 1
	if len(args) == 3 {
		var err error
		times, err = strconv.Atoi(args[2])
		ts.Check(err)
	}
	text, err := strconv.Unquote(`"` + args[1] + `"`)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), bytes.Repeat([]byte(text), times), 0o600))
}

// scriptLoad puts a file's text into a variable, without the line break at its end: load VARIABLE
// FILE.
func scriptLoad(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: load VARIABLE FILE")
	}
	ts.Setenv(args[0], strings.TrimSuffix(ts.ReadFile(args[1]), "\n"))
}
