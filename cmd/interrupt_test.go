package cmd

import (
	"bytes"
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
