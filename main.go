// Gatewhy says why an API gateway accepts or rejects a token, from the token and the gateway's
// policy.
package main

import (
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"github.com/gatewhy/gatewhy/cmd"
)

// softMemory is from how many bytes on the garbage collector works harder, rather than let
// garbage multiply what is in use: in CI the program runs beside others.
const softMemory = 40 << 20

// manyMemory is the same where many files are read: two at once leave so much garbage behind that
// the collector would run half of the time.
const manyMemory = 64 << 20

// mostMemory is from how many bytes on it does so again, where more than softMemory is in use:
// with the program itself a run then stays below 256 MiB.
const mostMemory = 224 << 20

// garbage is how much of it may pile up below that, in percent of what is in use: most runs end
// before it is worth a collection.
const garbage = 800

// brief is how long a run may take that has no use for these limits: to set them stops the whole
// program, which costs such a run a tenth of its time.
const brief = 10 * time.Millisecond

// room is how much of the stack a command takes, in bytes.
const room = 32 << 10

func main() {
	growStack(-1)
	m := &memory{soft: softMemory}
	time.AfterFunc(brief, m.limit)
	system := cmd.System()
	system.ReadsMany = m.readsMany
	os.Exit(cmd.Main(system))
}

// growStack has the stack grow at once, while hardly anything is on it: if it grows step by step
// below many calls, all of them are copied each time. That is a twentieth of explain's time
// and 20 page faults. Nothing is put there, so no page is touched.
//
//go:noinline
func growStack(at int) byte {
	if at < 0 {
		return 0
	}
	var on [room]byte
	return on[at]
}

// memory is how much of it the run may take.
type memory struct {
	sync.Mutex
	soft    int64 // from how many bytes on the garbage collector works harder
	limited bool
}

func (m *memory) limit() {
	m.Lock()
	defer m.Unlock()
	m.limited = true
	debug.SetGCPercent(garbage)
	debug.SetMemoryLimit(m.soft)
	runtime.SetFinalizer(&collection{of: m, percent: garbage}, collected)
}

func (m *memory) readsMany() {
	m.Lock()
	defer m.Unlock()
	m.soft = manyMemory
	if m.limited {
		debug.SetMemoryLimit(m.soft)
	}
}

// midGarbage is the same where hardly less than softMemory is in use.
const midGarbage = 40

// largeGarbage is the same where more is in use: as many bytes as mostGarbage where that is much,
// for each collection looks at all that is in use.
func largeGarbage(used uint64) uint64 {
	const least, most, mostGarbage = 40, 60, 64 << 20
	if used < mostGarbage {
		return most
	}
	return max(least, mostGarbage*100/used)
}

// collection is garbage, so that the collector tells when it has run.
type collection struct {
	of      *memory
	percent uint64 // of garbage that may pile up until it runs again
}

// inUse is how many bytes the collection left. It is read off when the next one would be, if there
// were no limit: runtime/metrics says it right away, but makes a table of a hundred names whenever
// the program starts.
func (c *collection) inUse() uint64 {
	limit := debug.SetMemoryLimit(math.MaxInt64)
	defer debug.SetMemoryLimit(limit)
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return memory.NextGC * 100 / (100 + c.percent)
}

// collected raises the limit where five eighths of it are in use: beside the rest of the program
// so little room is left that the collector would run all the time.
func collected(c *collection) {
	c.of.Lock()
	defer c.of.Unlock()
	soft := uint64(c.of.soft)
	switch used := c.inUse(); {
	case used >= soft/10*9:
		debug.SetMemoryLimit(mostMemory)
		c.percent = largeGarbage(used)
		debug.SetGCPercent(int(c.percent))
	case used >= soft/8*5:
		debug.SetMemoryLimit(mostMemory)
		debug.SetGCPercent(midGarbage)
		c.percent = midGarbage
	case c.percent != garbage && used < soft/4: // what piled up beside the collector is gone
		debug.SetMemoryLimit(c.of.soft)
		debug.SetGCPercent(garbage)
		c.percent = garbage
	}
	runtime.SetFinalizer(c, collected)
}
