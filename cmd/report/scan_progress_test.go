package report

import (
	"sync/atomic"
	"testing"
	"time"
)

func TestScanSaysHowFastItReadsAndWhatIsLeft(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 5, 6, 10, 0, 0, 0, time.UTC)
	const mib = 1 << 20
	for _, test := range []struct {
		name       string
		read, size int64
		spent      time.Duration
		want       string
	}{
		{"nothing is read yet", 0, 100 * mib, time.Second, ""},
		{"no time has passed", 5 * mib, 100 * mib, 0, ""},
		{
			"a file", 50 * mib, 2000 * mib, 10 * time.Second,
			"50 of 2000 MiB read, 5.0 MiB/s, about 7 min left",
		},
		{
			"its last part", 90 * mib, 100 * mib, 10 * time.Second,
			"90 of 100 MiB read, 9.0 MiB/s, about 1 s left",
		},
		{"its end", 100 * mib, 100 * mib, 10 * time.Second, "100 of 100 MiB read, 10.0 MiB/s"},
		{
			"a large file", mib, 36000 * mib, 2 * time.Second,
			"1 of 36000 MiB read, 0.5 MiB/s, about 20 h 0 min left",
		},
		{"standard input", 50 * mib, 0, 10 * time.Second, "50 MiB read, 5.0 MiB/s"},
	} {
		var read atomic.Int64
		read.Store(test.read)
		now := func() time.Time { return start.Add(test.spent) }
		p := readingProgress{&read, test.size, start, now}
		if got := p.String(); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	for d, want := range map[time.Duration]string{
		59*time.Second + 700*time.Millisecond: "60 s", 59*time.Minute + 50*time.Second: "60 min",
		time.Hour: "1 h 0 min", 0: "1 s",
	} {
		if got := roughly(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}
