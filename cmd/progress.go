package cmd

import (
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gatewhy/gatewhy/inspect/keys/fetch"
)

// The times after which a line of progress appears, and how often it changes.
const (
	progressAfter = time.Second
	progressEvery = 200 * time.Millisecond
)

// clearLine takes a line of progress off the terminal.
const clearLine = "\r\x1b[K"

// progressLine is standard error on a terminal: a line of progress gives way to every message, and
// is gone at the end.
type progressLine struct {
	to    io.Writer
	mutex sync.Mutex
	shown bool
	busy  atomic.Bool // something is shown already: what is done within it shows nothing
}

// Write writes a message.
func (p *progressLine) Write(text []byte) (int, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if err := p.clear(); err != nil {
		return 0, err
	}
	return p.to.Write(text)
}

func (p *progressLine) clear() error {
	if !p.shown {
		return nil
	}
	p.shown = false
	_, err := p.to.Write([]byte(clearLine))
	return err
}

// show shows the line in the place of the one before.
func (p *progressLine) show(text string) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	_, _ = p.to.Write([]byte(clearLine + text)) // where it can't be shown, nothing is lost
	p.shown = true
}

func (p *progressLine) hide() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	_ = p.clear() // as above
}

// showProgress tells on a terminal how many of all files, or of what else is counted, are done,
// once it takes longer than a second. The function that it returns ends it and clears the line.
func (e *Env) showProgress(done *atomic.Int64, all int, what string) (stop func()) {
	return e.tellProgress(func() string {
		return fmt.Sprintf("%d of %d %s", done.Load(), all, what)
	})
}

// tellProgress is showProgress for any text. Nothing is shown as long as it is empty.
func (e *Env) tellProgress(text func() string) (stop func()) {
	line, ok := e.Stderr.(*progressLine)
	if !ok || !line.busy.CompareAndSwap(false, true) {
		return func() {}
	}
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		e.keepShowing(line, text, end)
	}()
	return sync.OnceFunc(func() {
		close(end)
		<-ended
		line.busy.Store(false)
	})
}

func (e *Env) keepShowing(line *progressLine, text func() string, end <-chan struct{}) {
	wait := e.After(progressAfter)
	for {
		select {
		case <-end:
			line.hide()
			return
		case <-wait:
			if now := text(); now != "" {
				line.show(now)
			}
			wait = e.After(progressEvery)
		}
	}
}

// tellAsked shows how many of several key sets a source has asked for.
func (e *Env) tellAsked(source *fetch.Source) (stop func()) {
	var asked, all atomic.Int64
	source.Asked = func(most int) {
		asked.Add(1)
		all.Store(int64(most))
	}
	return e.tellProgress(func() string {
		return fmt.Sprintf("asked for %d of %d key sets", asked.Load(), all.Load())
	})
}
