package inspect

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// TimeProblem is what is wrong with a claim that holds a time. Its text is the id of the
// observation that reports it.
type TimeProblem string

// The problems of a time. NoProblem is a whole number of seconds.
const (
	NoProblem    TimeProblem = ""
	Absent       TimeProblem = "absent"               // the claim is not there, or null
	NotANumber   TimeProblem = "time-not-a-number"    // gateways reject the token or ignore it
	AsString     TimeProblem = "time-as-string"       // a number in quotes
	Fraction     TimeProblem = "time-with-fraction"   // or with an exponent: not read by all
	Milliseconds TimeProblem = "time-in-milliseconds" // as seconds, thousands of years ahead
	Negative     TimeProblem = "time-before-1970"
	OutOfRange   TimeProblem = "time-out-of-range" // beyond the year 9999
)

// Instant is a time as a claim gives it: seconds since 1970-01-01 UTC (NumericDate; RFC 7519,
// section 2).
type Instant struct {
	At      time.Time   // in UTC, read as seconds; zero if there is none, or it is out of range
	Problem TimeProblem // why At is not, or not surely, what was meant
	Meant   time.Time   // what was probably meant; differs from At for Milliseconds
}

// Known reports whether there is a time that readers of seconds can work with.
func (i Instant) Known() bool {
	return i.Problem != Absent && i.Problem != NotANumber && i.Problem != OutOfRange
}

// String returns the time as RFC 3339 in UTC, or nothing if there is none.
func (i Instant) String() string {
	if !i.Known() {
		return ""
	}
	return FormatTime(i.At)
}

// The range of what is taken for a time, in seconds: the years -9999 to 9999.
const maxSeconds = 253402300799

// ReadInstant reads a claim that holds a time. A whole number never loses digits to a float.
func ReadInstant(v *source.Value) Instant {
	switch {
	case v == nil || v.Kind == source.Null:
		return Instant{Problem: Absent}
	case v.Kind == source.Number:
		return readSeconds(v.Text)
	case v.Kind == source.String:
		i := readSeconds(v.Text)
		if i.Problem == NoProblem {
			i.Problem = AsString
		}
		return i
	}
	return Instant{Problem: NotANumber}
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

// isNumeric reports whether a text is written as JSON writes numbers; strconv reads "NaN", "0x1p4"
// and "1_0" too.
func isNumeric(text string) bool {
	return text != "" && strings.Trim(text, "0123456789+-.eE") == ""
}

// A number is taken for milliseconds if that gives a time between 2001 and 2100.
const (
	minMilliseconds = 1_000_000_000_000
	maxMilliseconds = 4_102_444_800_000
)

func fromSeconds(n int64) Instant {
	switch {
	case n >= minMilliseconds && n <= maxMilliseconds:
		return Instant{
			At: time.Unix(n, 0).UTC(), Meant: time.UnixMilli(n).UTC(), Problem: Milliseconds,
		}
	case n > maxSeconds || n < -maxSeconds:
		return Instant{Problem: OutOfRange}
	}
	at := time.Unix(n, 0).UTC()
	if n < 0 {
		return Instant{At: at, Meant: at, Problem: Negative}
	}
	return Instant{At: at, Meant: at}
}

// WholeSeconds is the instant as who takes any number for seconds reads it, without its fraction.
func (i Instant) WholeSeconds() Instant {
	switch {
	case i.Problem != Fraction && i.Problem != Milliseconds:
		return i
	case i.At.Unix() < 0:
		return Instant{At: i.At, Meant: i.Meant, Problem: Negative}
	}
	at := time.Unix(i.At.Unix(), 0).UTC()
	return Instant{At: at, Meant: at}
}

// Explain says in one clause what is wrong with a claim that was read as this instant, and how
// readers take it. It is empty if nothing is wrong.
func (i Instant) Explain(name string, v *source.Value) string {
	written := brief(v)
	switch i.Problem {
	case NotANumber:
		return fmt.Sprintf("%s is %s, not a number of seconds (RFC 7519, section 2)", name,
			written)
	case AsString:
		return fmt.Sprintf(
			"%s is a string, %s; about half of the gateways refuse that, the others read it as a "+
				"number", name, written)
	case Fraction:
		return fmt.Sprintf("%s is %s; some gateways read only whole seconds", name, written)
	case Milliseconds:
		return fmt.Sprintf(
			"%s is %s: in milliseconds that is %s, in seconds, as gateways read it, the year %d",
			name, written, FormatTime(i.Meant), i.At.Year())
	case Negative:
		return fmt.Sprintf("%s is %s, a time before 1970", name, written)
	case OutOfRange:
		return fmt.Sprintf(
			"%s is %s, a time beyond the year 9999: gateways differ, and some fail on it", name,
			written)
	}
	return ""
}

// FormatTime returns a time in UTC as RFC 3339, to the second. A year beyond 9999, which RFC 3339
// does not have, has more digits.
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
		text := strconv.FormatInt(seconds/hour, 10) + " h"
		if m := seconds % hour / minute; m > 0 {
			text += fmt.Sprintf(" %d min", m)
		}
		return text
	case seconds < 2*year:
		return strconv.FormatInt(seconds/day, 10) + " days"
	}
	return strconv.FormatInt(seconds/year, 10) + " years"
}

func (d *describer) times() {
	d.IssuedAt = d.instant("iat")
	d.NotBefore = d.instant("nbf")
	d.ExpiresAt = d.instant("exp")
	if d.ExpiresAt.Problem == Absent {
		d.odd("exp-missing", "claims.exp",
			"the token has no exp: it never expires for the gateways that do not ask for one")
	}
	if d.ExpiresAt.Known() && d.ExpiresAt.At.Unix() == 0 {
		d.odd("exp-zero", "claims.exp",
			"exp is 0, the start of 1970; some gateways treat it as no exp at all")
	}
	if d.ordered(d.IssuedAt, d.ExpiresAt) && d.ordered(d.NotBefore, d.ExpiresAt) {
		return
	}
	d.odd("never-valid", "claims.exp",
		"exp is not later than iat or nbf: the token is never valid")
}

func (d *describer) ordered(from, to Instant) bool {
	return !from.Known() || !to.Known() || to.Meant.After(from.Meant)
}

// instant reads a time and notes what is wrong with it.
func (d *describer) instant(name string) Instant {
	v := d.claims.Member(name)
	i := ReadInstant(v)
	if message := i.Explain(name, v); message != "" {
		d.odd(string(i.Problem), "claims."+name, message)
	}
	return i
}

// The lifetimes that Entra ID gives by default. Its clocks write iat and nbf about five minutes
// back, so a nominal hour measures 3900 s
// (learn.microsoft.com/entra/identity-platform/configurable-token-lifetimes and access-tokens).
const (
	backdated      = 5 * time.Minute
	leastDefault   = 60 * time.Minute
	mostDefault    = 90*time.Minute + backdated
	leastExtended  = 20 * time.Hour
	mostExtended   = 28*time.Hour + backdated
	leastByPolicy  = 10 * time.Minute
	mostByPolicy   = 24*time.Hour + backdated
	idTokenDefault = 60 * time.Minute
)

// lifetime compares the token's lifetime with Entra's defaults.
func (d *describer) lifetime() {
	life := d.Lifetime()
	if life <= 0 || d.IssuedBy != ByEntra {
		return
	}
	says := "its lifetime is " + Length(life) + ", "
	switch {
	case d.Kind == KindID && life >= idTokenDefault && life <= idTokenDefault+backdated:
		says += "the default of an ID token"
	case d.Kind != KindID && life >= leastDefault && life <= mostDefault:
		says += "within Entra ID's default of 60 to 90 minutes"
	case d.Kind != KindID && life >= leastExtended && life <= mostExtended:
		says += "as for managed identities and for clients with continuous access evaluation: a " +
			"change of roles may take that long to appear"
	case life >= leastByPolicy && life <= mostByPolicy:
		says += "which is not Entra ID's default: a token lifetime policy may have set it"
	default:
		d.odd("lifetime-unusual", "claims.exp",
			says+"outside the range that Entra ID allows (10 min to 28 h)")
		return
	}
	d.trait("lifetime", "claims.exp", says)
}
