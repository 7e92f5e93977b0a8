package cmd

import (
	"bytes"
	"errors"
	"os/exec"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/gatewhy/gatewhy/testdata/loopback"
)

// scriptExits runs gatewhy and wants this exit code of it: exits CODE gatewhy [ARGUMENT...].
// Code 2 has to come with nothing on standard output and one error line; 2+ stands for code 2 of a
// command that has a result for its other arguments, and any number of errors.
//
// It runs in this process, which saves the start; with the tag long it is a process of its own.
func scriptExits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || args[1] != "gatewhy" {
		ts.Fatalf("usage: exits CODE gatewhy [ARGUMENT...]")
	}
	if storiesAreProcesses {
		scriptRuns(ts, neg, args)
		return
	}
	var stdout, stderr bytes.Buffer
	got := Main(Env{
		Args: args[2:], Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr,
		Dir: ts.MkAbs("."), Now: func() time.Time { return clock },
		Connect: loopback.Connect, LookupEnv: storyVariable(ts),
		CacheDir:  func() (string, error) { return ts.Getenv("XDG_CACHE_HOME"), nil },
		BuildInfo: debug.ReadBuildInfo, Gateways: everyGateway(),
		Terminal: Terminal{UTF8: localeIsUTF8(storyVariable(ts))},
	})
	_, err := ts.Stdout().Write(stdout.Bytes())
	_, other := ts.Stderr().Write(stderr.Bytes())
	ts.Check(errors.Join(err, other))
	wantCode(ts, args[0], got, stdout.String(), stderr.String())
}

// storyVariable looks up a story's variables. One that is set to nothing is not set: what differs
// is for a process to show.
func storyVariable(ts *testscript.TestScript) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value := ts.Getenv(name)
		return value, value != ""
	}
}

// scriptRuns is exits for what only a process of its own has: standard input, an empty variable,
// other programs, and names as the system gives them back in its errors.
func scriptRuns(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: runs CODE COMMAND [ARGUMENT...]")
	}
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var ended *exec.ExitError
		if !errors.As(err, &ended) {
			ts.Fatalf("%v", err)
		}
		got = ended.ExitCode()
	}
	wantCode(ts, args[0], got, ts.ReadFile("stdout"), ts.ReadFile("stderr"))
}

func wantCode(ts *testscript.TestScript, code string, got int, stdout, stderr string) {
	want, err := strconv.Atoi(strings.TrimSuffix(code, "+"))
	ts.Check(err)
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
	if code != strconv.Itoa(exitUsage) {
		return
	}
	if count := strings.Count(stderr, "gatewhy: error: "); count != 1 {
		ts.Fatalf("%d error lines, want one", count)
	}
	if stdout != "" {
		ts.Fatalf("a usage error comes with a result")
	}
}
