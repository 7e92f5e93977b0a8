package rules

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// overflows reports whether the value is a number that the gateway can't read as an instant.
func (p Predicate) overflows(v *source.Value) bool {
	if p.Overflow == nil || !v.Is(source.Number) {
		return false
	}
	n, err := strconv.ParseFloat(v.Text, 64)
	return err == nil && n > float64(p.Limit)
}

// plain reports whether every reader of NumericDates reads the same instant. A negative exp is
// none at all for HAProxy and mod_auth_openidc.
func plain(instant inspect.Instant) bool {
	return instant.Problem == inspect.NoProblem || instant.Problem == inspect.Fraction
}

// longest is how far an instant is at most said to be away, some 146 years: the longest duration
// has no room for a leeway, and its negative can't be turned around.
const longest = time.Duration(1 << 62)

func (r *Request) compareTime(p Predicate, reading *Reading) Truth {
	instant := inspect.ReadInstant(reading.Value)
	if p.Lenient {
		seconds, ok := lenientSeconds(reading.Value)
		if !ok {
			return No
		}
		instant = inspect.Instant{At: time.Unix(seconds, 0)}
	}
	now := r.At
	if p.Seconds {
		instant, now = instant.WholeSeconds(), now.Truncate(time.Second)
	}
	if p.Zero != Maybe && instant.Known() && instant.At.Unix() == 0 {
		return p.Zero
	}
	if !plain(instant) {
		return reading.unknown(fmt.Sprintf(
			"%s is %s (%s), and it is not documented how the gateway handles that",
			p.Input.Name, brief(reading.Value), instant.Problem,
		))
	}
	if p.Sure > 0 && instant.At.Unix() > p.Sure {
		const why = "%s is %s, and we do not know whether the gateway's clock can hold that"
		return reading.unknown(fmt.Sprintf(why, p.Input.Name, brief(reading.Value)))
	}
	// After: by how much the clock is past the instant
	missed := min(max(now.Sub(instant.At), -longest), longest)
	if p.Op == NotAfter {
		missed = -missed
	}
	missed -= p.Leeway
	switch {
	case missed < 0, missed == 0 && (p.Op == NotAfter || p.Inclusive):
		if instant.Problem == inspect.Fraction {
			const why = "%s is %s, and it is not documented that the gateway reads a fraction"
			return reading.unknown(fmt.Sprintf(why, p.Input.Name, brief(reading.Value)))
		}
		return Yes
	case p.Doubt > 0 && missed <= p.Doubt:
		reading.Unknown = &Unknown{
			Why: fmt.Sprintf(
				"%s is %s, %s, and the gateway's leeway is not documented",
				p.Input.Name, instant, inspect.Relative(instant.At, r.At),
			),
			Need: Need{Input: source.NeedTime, For: "an instant further from " + p.Input.Name},
		}
		return Maybe
	}
	return No
}

// IsInstant reports whether a value is an instant for a gateway that is [Predicate.Lenient].
func IsInstant(v *source.Value) bool {
	_, ok := lenientSeconds(v)
	return ok
}

// lenientSeconds reads an instant as [Predicate.Lenient] says.
func lenientSeconds(v *source.Value) (seconds int64, ok bool) {
	if !v.Is(source.Number) && !v.Is(source.String) {
		return 0, false
	}
	if !json.Valid([]byte(v.Text)) || strings.Trim(v.Text, "0123456789+-.eE") != "" {
		return 0, false
	}
	// the largest number of seconds that Go's clock holds: it counts from the year 1
	const largest = math.MaxInt64 - 62135596800
	seconds, err := strconv.ParseInt(v.Text, 10, 64)
	if err != nil {
		f, err := strconv.ParseFloat(v.Text, 64)
		if err != nil {
			return 0, false
		}
		seconds = math.MaxInt64
		if math.Abs(f) < largest {
			seconds = int64(f)
		}
	}
	if seconds > largest {
		seconds = math.MinInt32
	}
	return seconds, true
}
