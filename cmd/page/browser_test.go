//go:build page

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// browser is a headless Chromium that is driven through two pipes, by the DevTools protocol.
type browser struct {
	t       *testing.T
	to      io.WriteCloser
	mu      sync.Mutex
	id      int
	waiting map[int]chan message
	heard   func(method string, params json.RawMessage)
	session string
}

type message struct {
	ID        int             `json:"id,omitempty"`
	Method    string          `json:"method,omitempty"`
	Params    json.RawMessage `json:"params,omitempty"`
	Result    json.RawMessage `json:"result,omitempty"`
	SessionID string          `json:"sessionId,omitempty"`
	Error     *struct {
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

// patience is how long a page may take for anything.
const patience = 60 * time.Second

// openBrowser starts a browser with a new profile and one empty page. heard gets all events.
func openBrowser(t *testing.T, heard func(string, json.RawMessage)) *browser {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatalf("the page is tested in Debian's chromium: %v", err)
	}
	readHere, writeThere, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	readThere, writeHere, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	profile, err := os.MkdirTemp("", "gatewhy-page-profile")
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(program, "--remote-debugging-pipe", "--headless", "--no-sandbox",
		"--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--user-data-dir="+profile, "about:blank")
	command.ExtraFiles = []*os.File{readThere, writeThere} // 3 and 4
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	_, _ = readThere.Close(), writeThere.Close()
	b := &browser{t: t, to: writeHere, waiting: map[int]chan message{}, heard: heard}
	listened := make(chan bool)
	go func() { b.listen(readHere); close(listened) }()
	t.Cleanup(func() {
		_ = writeHere.Close() // which ends it
		ended := make(chan error, 1)
		go func() { ended <- command.Wait() }()
		select {
		case <-ended:
		case <-time.After(5 * time.Second):
			_ = command.Process.Kill()
			<-ended
		}
		<-listened
		_ = os.RemoveAll(profile)
	})
	b.attach()
	return b
}

// listen hands replies to those who wait for them, and events to heard.
func (b *browser) listen(from io.Reader) {
	r := bufio.NewReader(from)
	for {
		text, err := r.ReadBytes(0)
		if err != nil {
			return
		}
		var m message
		if err := json.Unmarshal(text[:len(text)-1], &m); err != nil {
			continue
		}
		if m.ID == 0 {
			b.heard(m.Method, m.Params)
			continue
		}
		b.mu.Lock()
		waiting := b.waiting[m.ID]
		delete(b.waiting, m.ID)
		b.mu.Unlock()
		waiting <- m
	}
}

// call calls a method of the protocol, and reads its result.
func (b *browser) call(method string, params, result any) {
	b.t.Helper()
	sent, err := json.Marshal(params)
	if err != nil {
		b.t.Fatal(err)
	}
	answer := make(chan message, 1)
	b.mu.Lock()
	b.id++
	m := message{ID: b.id, Method: method, Params: sent, SessionID: b.session}
	b.waiting[b.id] = answer
	b.mu.Unlock()
	text, err := json.Marshal(m)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.to.Write(append(text, 0)); err != nil {
		b.t.Fatalf("%s: %v", method, err)
	}
	select {
	case got := <-answer:
		if got.Error != nil {
			b.t.Fatalf("%s: %s", method, got.Error.Message)
		}
		if result != nil {
			if err := json.Unmarshal(got.Result, result); err != nil {
				b.t.Fatal(err)
			}
		}
	case <-time.After(patience):
		b.t.Fatalf("%s: no answer", method)
	}
}

type object map[string]any

// attach goes to the one page, and asks for its events.
func (b *browser) attach() {
	b.t.Helper()
	var target struct{ TargetID string }
	b.call("Target.createTarget", object{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	where := object{"targetId": target.TargetID, "flatten": true}
	b.call("Target.attachToTarget", where, &attached)
	b.session = attached.SessionID
	for _, domain := range []string{"Page", "Runtime", "Network", "Log", "DOM"} {
		b.call(domain+".enable", object{}, nil)
	}
}

// eval evaluates an expression, or what it promises.
func (b *browser) eval(result any, expression string, args ...any) {
	b.t.Helper()
	for i, arg := range args {
		text, err := json.Marshal(arg)
		if err != nil {
			b.t.Fatal(err)
		}
		expression = strings.ReplaceAll(expression, fmt.Sprintf("$%d", i+1), string(text))
	}
	var got struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct {
			Text      string
			Exception struct{ Description string }
		}
	}
	b.call("Runtime.evaluate", object{
		"expression": expression, "awaitPromise": true, "returnByValue": true, "userGesture": true,
	}, &got)
	if got.ExceptionDetails != nil {
		b.t.Fatalf("%s: %s", expression, got.ExceptionDetails.Exception.Description)
	}
	if result != nil {
		if err := json.Unmarshal(got.Result.Value, result); err != nil {
			b.t.Fatalf("%s: %v", expression, err)
		}
	}
}

// until waits until an expression is true, and returns the page's clock then, in milliseconds.
func (b *browser) until(expression string, args ...any) float64 {
	b.t.Helper()
	var at float64
	b.eval(&at, `new Promise((resolve, reject) => {
		const began = performance.now();
		const look = () => {
			if (`+expression+`) return resolve(performance.now());
			if (performance.now() - began > 50000) {
				return reject(new Error("never: " + document.body?.innerText.slice(0, 2000)));
			}
			setTimeout(look, 4);
		};
		look();
	})`, args...)
	return at
}
