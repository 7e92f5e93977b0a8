package cmd

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// initAnswered runs init in a folder with two APIs on a terminal at which this is typed. It
// returns
// the file that it writes, and what it asked.
func initAnswered(t *testing.T, terminal bool, typed string) (file, asked string, code int) {
	t.Helper()
	dir := t.TempDir()
	app := func(id, uri string) string {
		return `{"appId": "` + id + `", "displayName": "x", "identifierUris": ["` + uri + `"]}`
	}
	for name, text := range map[string]string{
		"policies-dev.json": `{"assetId": "jwt-validation", "configurationData": {
			"signingMethod": "none",
			"skipClientIdValidation": true}}`,
		"a-dev.json": app("d1b1c6d5-27d1-4f0c-8e0e-6a5d3c2b1a01", "api://orders"),
		"b-dev.json": app("d30c7f41-52b8-4f6e-8a1b-90c4e7d2a5b6", "api://portal"),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var stdout, stderr bytes.Buffer
	code = Main(Env{
		Gateways: everyGateway(), Args: []string{"init"}, Dir: dir,
		Stdin:  strings.NewReader(typed),
		Stdout: &stdout, Stderr: &stderr, LookupEnv: environment(nil),
		Now: func() time.Time { return clock }, After: time.After,
		Terminal: Terminal{Stdin: terminal, Stderr: terminal, UTF8: true},
	})
	text, err := os.ReadFile(filepath.Join(dir, "gatewhy.yaml"))
	if err != nil && code == exitOK {
		t.Fatal(err)
	}
	return string(text), stderr.String(), code
}

func TestInitAsksOnATerminalForWhatNoFileSays(t *testing.T) {
	t.Parallel()
	const tenant = "5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11"
	file, asked, code := initAnswered(t, true, "flex\n7\n2\ncommon\n\""+tenant+"\"\n")
	if code != exitOK {
		t.Fatalf("exit code %d: %s", code, asked)
	}
	wants(
		t,
		file,
		"gateway: flex\n",
		"api: [b-dev.json]",
		"clients: [a-dev.json]",
		"\ntenant: "+tenant,
	)
	wants(
		t, asked, "Which gateway runs the policies of dev?", "enter a number from 1 to 2",
		"  2  b-dev.json", "common means many tenants",
	)
}

func TestWhatIsNotAnsweredStaysOpen(t *testing.T) {
	t.Parallel()
	for name, typed := range map[string]string{
		"with Enter": "\n\n\n", "at the end of the input": "", "with blanks": " \n \n \n",
	} {
		file, asked, code := initAnswered(t, true, typed)
		if code != exitOK || !strings.Contains(asked, "Which app registration") {
			t.Errorf("%s: exit code %d: %s", name, code, asked)
		}
		wants(
			t,
			file,
			"gateway: mule # or flex",
			"# api: [a-dev.json, b-dev.json]",
			"# tenant: 0000",
		)
	}
}

func TestAnAnswerThatCantBeTakenAtTheEndOfTheInputIsAnError(t *testing.T) {
	t.Parallel()
	if _, asked, code := initAnswered(t, true, "moon"); code != exitUsage {
		t.Errorf("exit code %d: %s", code, asked)
	}
}

func TestInitAsksNothingWhereThereIsNoTerminal(t *testing.T) {
	t.Parallel()
	if _, asked, code := initAnswered(t, false, "flex\n"); code != exitOK || asked != "" {
		t.Errorf("exit code %d: %s", code, asked)
	}
}
