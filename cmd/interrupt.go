package cmd

import (
	"os"
	"os/signal"
	"time"
)

// unheard is how long a command runs before it listens for Ctrl-C: listening takes a thread, which
// costs more than decoding a token does, and nobody is quicker than that at the keyboard.
const unheard = 25 * time.Millisecond

// interrupts tells when the user presses Ctrl-C. The system's own answer to it differs: a shell
// sees 130, Windows another code, and a program that waits for ours sees no code at all.
func interrupts() <-chan os.Signal {
	pressed := make(chan os.Signal, 1)
	time.AfterFunc(unheard, func() { signal.Notify(pressed, os.Interrupt) })
	return pressed
}

// orInterrupted runs a command to its end, or until the user interrupts it. The process ends then,
// with whatever the command still does: a file is written as a whole or not at all, and what is
// there of it is removed.
func (e *Env) orInterrupted(run func() int) int {
	if e.Interrupts == nil {
		return run()
	}
	ended := make(chan int, 1)
	go func() { ended <- run() }()
	select {
	case code := <-ended:
		return code
	case <-e.Interrupts:
	}
	if line, ok := e.Stderr.(*progressLine); ok {
		line.hide()
	}
	if name := e.unfinished.Load(); name != nil {
		_ = os.Remove(*name) // a name that can't be removed is the least that went wrong
	}
	return exitInterrupted
}
