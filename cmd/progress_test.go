package cmd

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/testdata/mint"
)

// slowInput is a standard input that comes only after something was written on standard error.
type slowInput struct {
	*strings.Reader
	told <-chan struct{}
}

func (s slowInput) Read(p []byte) (int, error) {
	<-s.told
	return s.Reader.Read(p)
}

// telling is a standard error that says when something is written to it.
type telling struct {
	bytes.Buffer
	tell func()
}

func (w *telling) Write(p []byte) (int, error) {
	defer w.tell()
	return w.Buffer.Write(p)
}

// progressOf lints two files and a standard input that waits for the line of progress, which comes
// after so many waits. It returns what was written on standard error, and what was waited for.
func progressOf(t *testing.T, lines int, terminal bool) (string, []time.Duration) {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"a.json", "b.json"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(open), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	told := make(chan struct{})
	stderr := &telling{tell: sync.OnceFunc(func() { close(told) })}
	if lines == 0 {
		stderr.tell()
	}
	var waits []time.Duration
	code := Main(Env{
		Gateways: everyGateway(),
		Args:     []string{"lint", "a.json", "b.json", "-"}, Dir: dir,
		Stdin: slowInput{strings.NewReader(open), told}, Stdout: &bytes.Buffer{}, Stderr: stderr,
		LookupEnv: func(string) (string, bool) { return "", false },
		Now:       func() time.Time { return clock },
		Terminal:  Terminal{Stderr: terminal, UTF8: true},
		After: func(d time.Duration) <-chan time.Time {
			waits = append(waits, d)
			passed := make(chan time.Time, 1)
			if len(waits) <= lines {
				passed <- clock
			}
			return passed
		},
	})
	if code != exitRejected {
		t.Errorf("exit code %d", code)
	}
	return stderr.String(), waits
}

const clearedLine = "\r\x1b[K"

func TestALineOfProgressComesAfterASecondAndGoesAgain(t *testing.T) {
	t.Parallel()
	stderr, waits := progressOf(t, 1, true)
	progress, rest, ok := strings.Cut(strings.TrimPrefix(stderr, clearedLine), clearedLine)
	if !ok || !strings.HasSuffix(progress, " of 3 files") || strings.Contains(rest,
		"of 3 files\r") {
		t.Errorf("%q", stderr)
	}
	if len(waits) != 2 || waits[0] != time.Second || waits[1] >= time.Second {
		t.Errorf("waited for %v", waits)
	}
}

func TestWhatIsDoneInASecondShowsNoProgress(t *testing.T) {
	t.Parallel()
	if stderr, _ := progressOf(t, 0, true); strings.Contains(stderr, clearedLine) {
		t.Errorf("%q", stderr)
	}
}

func TestThereIsNoProgressWhereStandardErrorIsNoTerminal(t *testing.T) {
	t.Parallel()
	stderr, waits := progressOf(t, 0, false)
	if strings.Contains(stderr, clearedLine) || waits != nil {
		t.Errorf("%q after %v", stderr, waits)
	}
}

// slowNetwork answers only after something was written on standard error, and never with keys.
type slowNetwork struct{ told <-chan struct{} }

func (n slowNetwork) RoundTrip(*http.Request) (*http.Response, error) {
	<-n.told
	return nil, errors.New("no network in a test")
}

func TestWhatWaitsForKeySetsSaysSo(t *testing.T) {
	t.Parallel()
	token := signed(t, "signing", `{}`)
	for line, want := range map[string]string{
		"verify":        "0 of 1 key sets fetched",
		"keys --clouds": "asked for 0 of 0 key sets",
		"explain --tenant " + mint.Tenant + " -p policy.json": "1 of 3 steps: " +
			"reading the request and fetching keys",
	} {
		dir := t.TempDir()
		if err := os.WriteFile(
			filepath.Join(dir, "policy.json"),
			[]byte(open),
			0o600,
		); err != nil {
			t.Fatal(err)
		}
		told := make(chan struct{})
		stderr := &telling{tell: sync.OnceFunc(func() { close(told) })}
		var waits int
		Main(Env{
			Gateways: everyGateway(), Args: strings.Fields(line), Dir: dir,
			Stdin: strings.NewReader(token), Stdout: &bytes.Buffer{}, Stderr: stderr,
			LookupEnv: environment(nil), Now: func() time.Time { return clock },
			CacheDir: func() (string, error) { return dir, nil },
			Connect:  always(slowNetwork{told}),
			Terminal: Terminal{Stderr: true, UTF8: true},
			After: func(time.Duration) <-chan time.Time {
				passed := make(chan time.Time, 1)
				if waits++; strings.HasPrefix(line, "explain") == (waits > 1) {
					passed <- clock
				}
				return passed
			},
		})
		shown, rest, ok := strings.Cut(
			strings.TrimPrefix(stderr.String(), clearedLine),
			clearedLine,
		)
		if !ok || shown != want || strings.Contains(rest, "key sets fetched\r") {
			t.Errorf("%s: %q", line, stderr)
		}
	}
}

func TestAMessageTakesTheLineOfProgressAway(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	line := &progressLine{to: &out}
	line.show("1 of 2")
	line.show("2 of 2")
	for range 2 {
		if _, err := line.Write([]byte("note\n")); err != nil {
			t.Fatal(err)
		}
	}
	line.hide()
	line.show("3 of 3")
	line.hide()
	want := clearedLine + "1 of 2" + clearedLine + "2 of 2" + clearedLine + "note\nnote\n" +
		clearedLine + "3 of 3" + clearedLine
	if out.String() != want {
		t.Errorf("%q, want %q", &out, want)
	}
}
