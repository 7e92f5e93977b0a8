//go:build linux

// Measured runs a command, and writes its largest resident set, in KiB, to the file that is named
// first. It is a small process of its own because Linux counts the memory of whoever starts a
// process to that process (getrusage(2)), and the tests have much.
package main

import (
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

func main() {
	command := exec.Command(os.Args[2], os.Args[3:]...)
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	_ = command.Run() // its exit code tells
	usage, ok := command.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok || os.WriteFile(os.Args[1], []byte(strconv.FormatInt(usage.Maxrss, 10)), 0o600) != nil {
		panic("the memory can't be told")
	}
	os.Exit(command.ProcessState.ExitCode())
}
