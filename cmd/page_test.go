package cmd

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestThePageIsServedFromWhereThePackagePutIt(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for name, text := range map[string]string{
		"bin/gatewhy": "", "share/gatewhy/page/index.html": "<!doctype html>",
		"share/gatewhy/page/page.js": "1", "share/gatewhy/page/secret.txt": "hunter2",
	} {
		at := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	opened, interrupt := make(chan string, 1), make(chan func(), 1)
	ended := make(chan int, 1)
	var out, errs bytes.Buffer
	env := Env{
		Args: []string{"page"}, Stdout: &out, Stderr: &errs, LookupEnv: environment(nil),
		Now: time.Now, Gateways: everyGateway(),
		OnInterrupt: func(stop func()) { interrupt <- stop },
		Exit:        func(code int) { ended <- code },
		Executable:  func() (string, error) { return filepath.Join(root, "bin", "gatewhy"), nil },
		Run: func(_ context.Context, _ string, args ...string) ([]byte, error) {
			opened <- args[len(args)-1]
			return nil, errors.New("there is no browser")
		},
	}
	go func() { ended <- Main(env) }()
	var address string
	select {
	case address = <-opened:
	case code := <-ended:
		t.Fatalf("exit code %d: %s", code, errs.String())
	}
	if !strings.HasPrefix(address, "http://127.0.0.1:") {
		t.Errorf("the page is at %s", address)
	}
	for path, want := range map[string]int{
		"": 200, "index.html": 200, "page.js": 200, "secret.txt": 404, "style.css": 404,
		"../../bin/gatewhy": 404, "%2e%2e/x": 404,
	} {
		response, err := http.Get(address + path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if response.StatusCode != want || strings.Contains(string(body), "hunter2") {
			t.Errorf("%s: %d %s, want %d", path, response.StatusCode, body, want)
		}
		sent := response.Header.Get("Content-Security-Policy")
		if want == http.StatusOK && sent != pagePolicy {
			t.Errorf("%s: Content-Security-Policy: %s", path, sent)
		}
	}
	html, err := os.ReadFile("page/site/index.html")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(html), `content="`+pagePolicy+`"`) {
		t.Error("the page has another Content-Security-Policy than the command sends")
	}
	(<-interrupt)()
	if code := <-ended; code != exitInterrupted {
		t.Errorf("exit code %d", code)
	}
}

func TestWithoutThePageTheErrorSaysWhereToGetIt(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for _, args := range [][]string{{"page"}, {"page", "--dir", root}, {"page", "--dir", ""}} {
		var errs bytes.Buffer
		code := Main(Env{
			Args: args, Stdout: io.Discard, Stderr: &errs, LookupEnv: environment(nil),
			Now: time.Now, Gateways: everyGateway(),
			Executable: func() (string, error) { return filepath.Join(root, "gatewhy"), nil },
		})
		if code != exitUsage || !strings.Contains(errs.String(), "gatewhy: hint: ") {
			t.Errorf("%q: exit code %d\n%s", args, code, errs.String())
		}
	}
}
