package cmd

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"
)

// endless is a standard input that never comes.
type endless struct{ asked chan struct{} }

func (e endless) Read([]byte) (int, error) {
	close(e.asked)
	select {}
}

func TestAnInterruptedCommandExitsWith130(t *testing.T) {
	input := endless{make(chan struct{})}
	ended := make(chan int, 1)
	var stderr bytes.Buffer
	env := Env{
		Gateways: everyGateway(), Args: []string{"lint", "-"}, Dir: t.TempDir(),
		Stdin: input, Stdout: &bytes.Buffer{}, Stderr: &stderr,
		OnInterrupt: func(stop func()) {
			go func() {
				<-input.asked
				stop()
			}()
		},
		Exit:      func(code int) { ended <- code },
		LookupEnv: func(string) (string, bool) { return "", false },
		Now:       func() time.Time { return clock },
	}
	go Main(env)
	if code := <-ended; code != 130 || stderr.Len() > 0 {
		t.Errorf("exit code %d, %q", code, &stderr)
	}
}

// growing is a log that is still written: it has some lines, and the next one never comes.
type growing struct {
	lines io.Reader
	asked chan struct{}
}

func (g growing) Read(p []byte) (int, error) {
	if n, err := g.lines.Read(p); err == nil {
		return n, nil
	}
	return endless{g.asked}.Read(p)
}

func TestAnInterruptedScanShowsTheCountsSoFar(t *testing.T) {
	t.Parallel()
	log := strings.Repeat("GET /orders 200\n", 1000)
	input := growing{strings.NewReader(log), make(chan struct{})}
	var stdout, stderr bytes.Buffer
	code := Main(Env{
		Gateways: everyGateway(), Stdin: input, Stdout: &stdout, Stderr: &stderr,
		Args: []string{
			"scan", "-p", "../testdata/rules/any-client-accepted/ok.json", "-o", "json",
			"--offline",
		},
		OnInterrupt: func(stop func()) {
			go func() {
				<-input.asked
				stop()
			}()
		},
		Exit:      func(code int) { t.Errorf("exit %d without the counts", code) },
		CacheDir:  func() (string, error) { return t.TempDir(), nil },
		LookupEnv: func(string) (string, bool) { return "", false },
		Now:       func() time.Time { return clock },
	})
	var got struct {
		Lines   int
		Partial bool
	}
	if err := json.Unmarshal(stdout.Bytes(), &got); err != nil || got.Lines == 0 || !got.Partial {
		t.Errorf("%v, %+v", err, got)
	}
	if code != 130 || stderr.Len() > 0 {
		t.Errorf("exit code %d, %q", code, &stderr)
	}
}

func TestCtrlCAtThePromptExitsWith130(t *testing.T) {
	var stderr bytes.Buffer
	code := Main(Env{
		Gateways: everyGateway(), Args: []string{"decode"},
		Stdin: strings.NewReader(""), Stdout: &bytes.Buffer{}, Stderr: &stderr,
		LookupEnv: func(string) (string, bool) { return "", false },
		Now:       func() time.Time { return clock },
		Terminal: Terminal{Stdin: true, UTF8: true, ReadHidden: func(string) (string, error) {
			return readPaste(strings.NewReader("eyJ\x03"))
		}},
	})
	if code != 130 || stderr.Len() > 0 {
		t.Errorf("exit code %d, %q", code, &stderr)
	}
}
