package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/gatewhy/gatewhy/testdata/oracles/recording"
	"github.com/gatewhy/gatewhy/testdata/oracles/tokens"
)

// startingTime is how long a program may take until it listens.
const startingTime = 30 * time.Second

// answers starts the program with a configuration, and asks it everything.
func (w *world) answers(configuration string) ([]recording.Answer, error) {
	requests, err := recording.Requests(configuration)
	if err != nil {
		return nil, err
	}
	stop, err := w.start(configuration)
	if err != nil {
		return nil, err
	}
	defer stop()
	var all []recording.Answer
	for i := range requests {
		for _, shape := range tokens.All() {
			answer, err := w.ask(&requests[i], &shape)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", shape.Name, err)
			}
			all = append(all, answer)
		}
	}
	return all, nil
}

// start runs the configuration's command until it listens. The function that it returns ends it.
func (w *world) start(configuration string) (stop func(), err error) {
	if connection, err := net.Dial("tcp", gateway); err == nil {
		return nil, errors.Join(errors.New(gateway+" is taken"), connection.Close())
	}
	line, err := os.ReadFile(filepath.Join(configuration, recording.CommandFile))
	if err != nil {
		return nil, err
	}
	var output bytes.Buffer
	ctx, cancel := context.WithCancel(context.Background())
	command := exec.CommandContext(ctx, "sh", "-c", string(line))
	command.Dir, command.Env = configuration, append(os.Environ(), w.environment()...)
	command.Stdout, command.Stderr = &output, &output
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.WaitDelay = 10 * time.Second
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGTERM) }
	if err := command.Start(); err != nil {
		cancel()
		return nil, err
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	deadline := time.After(startingTime)
	for {
		select {
		case err := <-ended:
			cancel()
			return nil, fmt.Errorf("the program ended: %w\n%s", err, &output)
		case <-deadline:
			cancel()
			<-ended
			return nil, fmt.Errorf("the program does not listen on %s\n%s", gateway, &output)
		case <-time.After(50 * time.Millisecond):
		}
		if connection, err := net.Dial("tcp", gateway); err == nil {
			return func() { cancel(); <-ended }, connection.Close()
		}
	}
}

// ask sends one token, minted now.
func (w *world) ask(asked *recording.Request, shape *tokens.Shape) (recording.Answer, error) {
	answer := recording.Answer{Request: asked.Line, Token: shape.Name}
	sent, err := w.issuer.Mint(shape, time.Now())
	if err != nil {
		return answer, err
	}
	request, err := http.NewRequest(asked.Method, "http://"+gateway+asked.Path, http.NoBody)
	if err != nil {
		return answer, err
	}
	for name, value := range asked.Headers {
		request.Header.Set(name, value)
	}
	if sent.Authorization != "" {
		request.Header.Set("Authorization", sent.Authorization)
	}
	w.reached.Store(false)
	response, err := w.client.Do(request)
	if err != nil && !errors.Is(err, io.EOF) {
		return answer, err
	}
	answer.Reached = w.reached.Load()
	if err != nil {
		answer.Body = recording.Nothing
		return answer, nil
	}
	body, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return answer, err
	}
	answer.Status = response.StatusCode
	answer.Type, _, _ = mime.ParseMediaType(response.Header.Get("Content-Type"))
	answer.Body = kindOf(response, string(body))
	answer.Words = wordsOf(answer.Body, string(body))
	return answer, nil
}

// kindOf tells what kind of body an answer has.
func kindOf(response *http.Response, body string) recording.Body {
	trimmed := strings.TrimSpace(body)
	page := strings.HasPrefix(strings.ToLower(trimmed), "<!doctype") ||
		strings.HasPrefix(trimmed, "<html")
	switch {
	case response.Header.Get("Location") != "":
		return recording.Redirect
	case body == upstreamBody:
		return recording.Upstream
	case trimmed == "":
		return recording.Empty
	case strings.HasPrefix(trimmed, "{"):
		return recording.JSON
	case page && strings.Contains(body, "<title>Sign In</title>"):
		return recording.SignIn
	case page:
		return recording.Page
	}
	return recording.Text
}

// wordsOf is what a reader sees of an answer: the title of a page, or a short body as it is.
func wordsOf(kind recording.Body, body string) string {
	switch kind {
	case recording.SignIn, recording.Page:
		_, behind, _ := strings.Cut(body, "<title>")
		title, _, _ := strings.Cut(behind, "</title>")
		return strings.TrimSpace(title)
	case recording.JSON, recording.Text:
		if len(body) <= shortBody {
			return body
		}
	}
	return ""
}

// shortBody is how long a body is at most that is recorded as it is.
const shortBody = 60

// lenient reads an answer whose headers Go's client would refuse: a gateway may write a claim into
// one as it is.
type lenient struct{ net.Conn }

func dialLenient(ctx context.Context, network, address string) (net.Conn, error) {
	connection, err := (&net.Dialer{}).DialContext(ctx, network, address)
	return lenient{connection}, err
}

func (l lenient) Read(into []byte) (int, error) {
	n, err := l.Conn.Read(into)
	copy(into, bytes.ReplaceAll(into[:n], []byte{0}, []byte{'?'}))
	return n, err
}
