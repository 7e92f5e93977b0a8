package cmd

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// Who asks what a claim means on a terminal has no token to paste.
func TestAClaimIsExplainedOnATerminalWithoutAskingForAToken(t *testing.T) {
	t.Parallel()
	var stdout, stderr bytes.Buffer
	code := Main(Env{
		Gateways: everyGateway(),
		Args:     []string{"decode", "--claim", "aud"}, Stdout: &stdout, Stderr: &stderr,
		Now:       func() time.Time { return clock },
		LookupEnv: environment(nil),
		Terminal: Terminal{Stdin: true, ReadHidden: func(string) (string, error) {
			t.Error("a token was asked for")
			return "", nil
		}},
	})
	if code != exitOK || !strings.Contains(stdout.String(), "The API that the token is for") {
		t.Errorf("exit code %d\n%s%s", code, &stdout, &stderr)
	}
}
