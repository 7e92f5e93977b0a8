//go:build unix

package measure

import (
	"syscall"
	"time"
)

// processorTime returns how long the processor has worked for this program, in its own code and in
// the system's.
func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err) // it fails for a wrong argument only
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
