package cmd

import (
	"fmt"
	"sync/atomic"
	"time"
)

// The times after which a line of progress appears, and how often it changes.
const (
	progressAfter = time.Second
	progressEvery = 200 * time.Millisecond
)

// showProgress tells on a terminal how many of all files, or of what else is counted, are done, once it takes longer than a second.
// The function that it returns ends it and clears the line.
func (e *Env) showProgress(done *atomic.Int64, all int, what string) (stop func()) {
	if !e.Terminal.Stderr {
		return func() {}
	}
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		e.tellProgress(end, done, all, what)
	}()
	return func() {
		close(end)
		<-ended
	}
}

func (e *Env) tellProgress(end <-chan struct{}, done *atomic.Int64, all int, what string) {
	const clearLine = "\r\x1b[K"
	wait := e.After(progressAfter)
	for shown := false; ; shown = true {
		select {
		case <-end:
			if shown {
				fmt.Fprint(e.Stderr, clearLine)
			}
			return
		case <-wait:
			fmt.Fprintf(e.Stderr, "%s%d of %d %s", clearLine, done.Load(), all, what)
			wait = e.After(progressEvery)
		}
	}
}
