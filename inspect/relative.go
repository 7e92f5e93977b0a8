package inspect

import (
	"fmt"
	"strconv"
	"time"
)

// FormatTime returns a time in UTC as RFC 3339, to the second. A year beyond 9999, which RFC 3339 does not have,
// has more digits.
func FormatTime(t time.Time) string {
	t = t.UTC()
	return fmt.Sprintf("%04d%s", t.Year(), t.Format("-01-02T15:04:05Z"))
}

// Relative returns how far a time is from now, in words: "in 42 min", "3 days ago", "now".
func Relative(t, now time.Time) string {
	seconds := t.Unix() - now.Unix()
	switch {
	case seconds > -1 && seconds < 1:
		return "now"
	case seconds > 0:
		return "in " + words(seconds)
	}
	return words(-seconds) + " ago"
}

// Length returns a duration in words: "42 min", "24 h 5 min", "3 days".
func Length(d time.Duration) string {
	if d < 0 {
		return "-" + words(int64(-d/time.Second))
	}
	return words(int64(d / time.Second))
}

const (
	minute = 60
	hour   = 60 * minute
	day    = 24 * hour
	year   = 31_556_952 // seconds, the Gregorian mean
)

// words says a number of seconds in the units that matter at its size.
func words(seconds int64) string {
	switch {
	case seconds < 2*minute:
		return strconv.FormatInt(seconds, 10) + " s"
	case seconds < 2*hour:
		return strconv.FormatInt(seconds/minute, 10) + " min"
	case seconds < 2*day:
		return hours(seconds/hour, seconds%hour/minute)
	case seconds < 2*year:
		return strconv.FormatInt(seconds/day, 10) + " days"
	}
	return strconv.FormatInt(seconds/year, 10) + " years"
}

func hours(h, m int64) string {
	if m == 0 {
		return strconv.FormatInt(h, 10) + " h"
	}
	return fmt.Sprintf("%d h %d min", h, m)
}
