package report

import (
	"fmt"
	"sync/atomic"
	"time"
)

// readingProgress says how far a stream is read, how fast, and how long the rest of it takes.
type readingProgress struct {
	read  *atomic.Int64 // bytes
	size  int64         // 0 where it is not known: then nobody knows how much is left
	since time.Time
	now   func() time.Time
}

// String is empty as long as there is nothing to tell.
func (p *readingProgress) String() string {
	read, spent := p.read.Load(), p.now().Sub(p.since)
	if read < 1<<20 || spent <= 0 {
		return ""
	}
	rate := float64(read) / spent.Seconds()
	text := fmt.Sprintf("%d MiB read", read>>20)
	if p.size > 0 {
		text = fmt.Sprintf("%d of %d MiB read", read>>20, p.size>>20)
	}
	text += fmt.Sprintf(", %.1f MiB/s", rate/(1<<20))
	if p.size > read {
		left := time.Duration(float64(p.size-read) / rate * float64(time.Second))
		text += ", about " + roughly(left) + " left"
	}
	return text
}

// roughly is a duration as people say it.
func roughly(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", max(1, int(d.Round(time.Second).Seconds())))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Round(time.Minute).Minutes()))
	}
	d = d.Round(time.Minute)
	return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
}
