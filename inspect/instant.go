package inspect

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// TimeProblem is what is wrong with a claim that holds a time. Its text is the id of the observation that tells it.
type TimeProblem string

// The problems of a time. NoProblem is a whole number of seconds.
const (
	NoProblem    TimeProblem = ""
	Absent       TimeProblem = "absent"               // the claim is not there, or null
	NotANumber   TimeProblem = "time-not-a-number"    // a gateway that reads it rejects the token or ignores the claim
	AsString     TimeProblem = "time-as-string"       // a number in quotes
	Fraction     TimeProblem = "time-with-fraction"   // digits behind a point, or an exponent: allowed, and not read by all
	Milliseconds TimeProblem = "time-in-milliseconds" // read as seconds it is thousands of years ahead
	Negative     TimeProblem = "time-before-1970"
	OutOfRange   TimeProblem = "time-out-of-range" // beyond the year 9999
)

// Instant is a time as a claim gives it: seconds since 1970-01-01 UTC (NumericDate; RFC 7519, section 2).
type Instant struct {
	At      time.Time   // in UTC, read as seconds; the zero time where there is none, or where it is out of range
	Problem TimeProblem // why At is not, or not surely, what was meant
	Meant   time.Time   // what was probably meant; differs from At for Milliseconds
}

// Known reports whether there is a time that readers of seconds can work with.
func (i Instant) Known() bool {
	return i.Problem != Absent && i.Problem != NotANumber && i.Problem != OutOfRange
}

// String returns the time as RFC 3339 in UTC, or "" where there is none.
func (i Instant) String() string {
	if !i.Known() {
		return ""
	}
	return FormatTime(i.At)
}

// The range of what is taken for a time, in seconds: the years -9999 to 9999.
const maxSeconds = 253402300799

// ReadInstant reads a claim that holds a time. Digits are never lost to a float where the number is whole.
func ReadInstant(v *source.Value) Instant {
	switch {
	case v == nil || v.Kind == source.Null:
		return Instant{Problem: Absent}
	case v.Kind == source.Number:
		return readSeconds(v.Text)
	case v.Kind == source.String:
		return readQuoted(v.Text)
	}
	return Instant{Problem: NotANumber}
}

func readQuoted(text string) Instant {
	i := readSeconds(text)
	if i.Problem == NoProblem {
		i.Problem = AsString
	}
	return i
}

func readSeconds(text string) Instant {
	n, err := strconv.ParseInt(text, 10, 64)
	if err == nil {
		return fromSeconds(n)
	}
	f, err := strconv.ParseFloat(text, 64)
	switch {
	case math.IsInf(f, 0) && isNumeric(text):
		return Instant{Problem: OutOfRange}
	case err != nil || !isNumeric(text):
		return Instant{Problem: NotANumber}
	case math.Abs(f) > maxSeconds:
		return fromSeconds(int64(max(min(f, math.MaxInt64/2), math.MinInt64/2)))
	}
	whole, part := math.Modf(f)
	i := fromSeconds(int64(whole))
	i.At = i.At.Add(time.Duration(part * 1e9))
	i.Meant = i.At
	if i.Problem == NoProblem {
		i.Problem = Fraction
	}
	return i
}

// isNumeric reports whether a text is written as JSON writes numbers; strconv reads "NaN", "0x1p4" and "1_0" too.
func isNumeric(text string) bool {
	return text != "" && strings.Trim(text, "0123456789+-.eE") == ""
}

// Milliseconds are told by what they give when divided: a time between 2001 and 2100.
const (
	minMilliseconds = 1_000_000_000_000
	maxMilliseconds = 4_102_444_800_000
)

func fromSeconds(n int64) Instant {
	switch {
	case n >= minMilliseconds && n <= maxMilliseconds:
		return Instant{At: time.Unix(n, 0).UTC(), Meant: time.UnixMilli(n).UTC(), Problem: Milliseconds}
	case n > maxSeconds || n < -maxSeconds:
		return Instant{Problem: OutOfRange}
	}
	at := time.Unix(n, 0).UTC()
	if n < 0 {
		return Instant{At: at, Meant: at, Problem: Negative}
	}
	return Instant{At: at, Meant: at}
}
