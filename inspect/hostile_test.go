package inspect

import (
	"runtime"
	"strings"
	"testing"
	"time"
)

// measured runs f and fails where it takes too long, or where all that it ever allocates is too much. That bounds
// the peak from above: what is garbage by then is counted too.
func measured(t *testing.T, mebibytes uint64, f func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start := time.Now()
	f()
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	if took > 2*time.Second {
		t.Errorf("took %s", took)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > mebibytes<<20 {
		t.Errorf("allocated %d MiB", used>>20)
	}
}

func TestHostileShapesAreToldInBoundedTimeAndMemory(t *testing.T) {
	long := strings.Repeat("a", 700_000)
	tests := []struct {
		name  string
		text  string
		fault string
	}{
		{"a megabyte of dots", strings.Repeat(".", 1_000_000), "wrong-number-of-parts"},
		{"two megabytes of dots", strings.Repeat(".", 2_000_000), "too-long"},
		{"10,000 nested arrays", signed(`{"a":` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + `}`), "payload-not-json"},
		{"100,000 nested arrays that never end", signed(strings.Repeat("[", 100_000)), "payload-not-json"},
		{"a claim of 700 kB", signed(`{"a":"` + long + `"}`), ""},
		{"a kid of 700 kB", withHeader(`{"alg":"RS256","kid":"` + long + `"}`), ""},
		{"100,000 members", signed(`{"z":1` + strings.Repeat(`,"a":1`, 100_000) + `}`), ""},
		{"a duplicate under 4,000 objects", signed(strings.Repeat(`{"a":`, 4_000) + `{"b":1,"b":2}` + strings.Repeat(`}`, 4_000)), ""},
		{"a kid that is a number", withHeader(`{"alg":"RS256","kid":7}`), ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			measured(t, 128, func() {
				if got := faultOf(Parse(test.text)); got != test.fault {
					t.Errorf("fault %q, want %q", got, test.fault)
				}
			})
		})
	}
}
