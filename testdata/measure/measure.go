// Package measure says what a piece of work costs, for tests that bound it. It measures processor
// time, not wall time, which depends on what else the machine does.
package measure

import (
	"runtime"
	"time"
)

// Cost is what a piece of work took.
type Cost struct {
	Processor time.Duration // of all threads; 0 on systems that do not tell
	Allocated uint64        // bytes, in all: those that are garbage by now count too
	Kept      uint64        // bytes by which the heap has grown, roughly
}

// Of does the work and returns its cost. Nothing else may run in the meantime, so a test that
// calls it must not be parallel.
func Of(work func()) Cost {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start := processorTime()
	work()
	took := processorTime() - start
	runtime.ReadMemStats(&after)
	cost := Cost{Processor: took, Allocated: after.TotalAlloc - before.TotalAlloc}
	if after.HeapInuse > before.HeapInuse {
		cost.Kept = after.HeapInuse - before.HeapInuse
	}
	return cost
}
