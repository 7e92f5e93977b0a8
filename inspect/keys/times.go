package keys

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// leeway is the clock skew that Microsoft's own libraries and many gateways forgive.
const leeway = 5 * 60

// mostSeconds is the last second of the year 9999; what lies behind it is a mistake, often milliseconds.
const mostSeconds = 253402300799

func expiryCheck(claims *source.Value, at time.Time) Check {
	c := Check{ID: "expiry", Expected: "exp later than " + utc(at.Unix())}
	exp, ok := c.seconds(claims, "exp")
	if !ok {
		return c
	}
	late := at.Unix() - exp
	switch {
	case exp > mostSeconds:
		c.Outcome, c.Why = Pass, "exp must be meant in milliseconds; gateways read it in seconds, so the token never expires"
		return c
	case late < 0:
		c.Outcome, c.Why = Pass, "the token is valid for another "+span(-late)
		return c
	}
	c.Outcome, c.Why = Fail, "the token expired "+span(late)+" ago"
	if late < leeway {
		c.Why += "; a gateway that allows 5 minutes of clock skew still accepts it"
	}
	return c
}

func notBeforeCheck(claims *source.Value, at time.Time) Check {
	c := Check{ID: "not-before", Expected: "nbf no later than " + utc(at.Unix())}
	nbf, ok := c.seconds(claims, "nbf")
	if !ok {
		return c
	}
	early := nbf - at.Unix()
	switch {
	case nbf > mostSeconds:
		c.Outcome, c.Why = Fail, "nbf must be meant in milliseconds; gateways read it in seconds, so the token is never valid"
		return c
	case early <= 0:
		c.Outcome, c.Why = Pass, "the token has been valid for "+span(-early)
		return c
	}
	c.Outcome, c.Why = Fail, "the token is not valid for another "+span(early)+": the clock that issued it is ahead, or this one is behind"
	if early <= leeway {
		c.Why += "; a gateway that allows 5 minutes of clock skew already accepts it"
	}
	return c
}

// seconds reads a claim that is a NumericDate (RFC 7519, section 2), or says in the check why it is none. Fractions
// are cut off.
func (c *Check) seconds(claims *source.Value, name string) (int64, bool) {
	claim := claims.Member(name)
	switch {
	case claims == nil:
		c.Outcome, c.Why = Unknown, "the claims can't be read"
		return 0, false
	case claim == nil:
		c.missing(name)
		return 0, false
	case !claim.Is(source.Number):
		c.Outcome, c.Actual, c.Why = Fail, name+" is "+claim.Kind.String(), "a time is a number of seconds since 1970 (RFC 7519, section 2)"
		return 0, false
	}
	seconds, err := strconv.ParseFloat(claim.Text, 64)
	if err != nil || math.Abs(seconds) > 1<<53 {
		c.Outcome, c.Actual, c.Why = Fail, name+" is "+claim.Text, name+" is no time: the number is too large"
		return 0, false
	}
	c.Actual = name + " " + utc(int64(seconds))
	return int64(seconds), true
}

// missing decides on a token without the claim. RFC 7519 leaves both to the issuer; Entra writes both.
func (c *Check) missing(name string) {
	c.Actual = "no " + name
	if name == "nbf" {
		c.Outcome, c.Why = Skipped, "the token does not say from when on it is valid"
		return
	}
	c.Outcome, c.Why = Unknown, "the token never expires by itself; some gateways accept that and some refuse it"
}

// utc writes a time as RFC 3339 in UTC, or as the bare number where it is out of all reason.
func utc(seconds int64) string {
	if seconds > mostSeconds || seconds < -mostSeconds {
		return strconv.FormatInt(seconds, 10)
	}
	return time.Unix(seconds, 0).UTC().Format(time.RFC3339)
}

// span writes a number of seconds in the two largest units that say enough.
func span(seconds int64) string {
	const minute, hour, day = 60, 60 * 60, 24 * 60 * 60
	switch {
	case seconds < minute:
		return fmt.Sprintf("%d s", seconds)
	case seconds < hour:
		return fmt.Sprintf("%d min %d s", seconds/minute, seconds%minute)
	case seconds < 2*day:
		return fmt.Sprintf("%d h %d min", seconds/hour, seconds%hour/minute)
	}
	return fmt.Sprintf("%d days", seconds/day)
}
