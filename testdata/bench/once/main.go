//go:build unix

// Once runs a command, and writes what it took to a file, as JSON: the times in nanoseconds, and
// the largest resident set in bytes. On Linux a process starts with the resident set of the one
// that has started it, so this one is small.
//
// usage: once RESULT COMMAND...
package main

import (
	"errors"
	"fmt"
	"log"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

func main() {
	if err := run(os.Args[1], os.Args[2:]); err != nil {
		log.Fatal(err)
	}
}

func run(result string, args []string) error {
	command := exec.Command(args[0], args[1:]...)
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	start := time.Now()
	err := command.Run()
	wall := time.Since(start)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return err
	}
	state := command.ProcessState
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return errors.New("the system does not say what a process took")
	}
	memory := usage.Maxrss
	if runtime.GOOS != "darwin" {
		memory <<= 10
	}
	text := fmt.Sprintf(`{"wall":%d,"processor":%d,"faults":%d,"memory":%d,"exit":%d}`, wall,
		state.UserTime()+state.SystemTime(), usage.Minflt, memory, state.ExitCode())
	return os.WriteFile(result, []byte(text), 0o600)
}
