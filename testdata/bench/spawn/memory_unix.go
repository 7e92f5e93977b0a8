//go:build unix

package main

import (
	"os"
	"runtime"
	"syscall"
)

// peakMemory returns a process's largest resident set in bytes. On Linux a process starts with
// its parent's, so that the figure is never below this program's own.
func peakMemory(state *os.ProcessState) int64 {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return usage.Maxrss
	}
	return usage.Maxrss << 10
}
