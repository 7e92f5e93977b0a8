package keys

import (
	"cmp"
	"fmt"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// leeway is the clock skew that Microsoft's own libraries and many gateways forgive, in seconds.
const leeway = 5 * 60

func expiryCheck(claims *source.Value, at time.Time) Check {
	c := Check{ID: "expiry", Expected: "exp later than " + inspect.FormatTime(at)}
	c.judge(claims, "exp", func(exp int64) {
		late := at.Unix() - exp
		if late < 0 {
			c.Outcome, c.Why = Pass, "the token is valid for another "+span(-late)
			return
		}
		c.Outcome, c.Why = Fail, "the token expired "+span(late)+" ago"
		c.Why += forgiven(late < leeway, "still")
	})
	return c
}

func notBeforeCheck(claims *source.Value, at time.Time) Check {
	c := Check{ID: "not-before", Expected: "nbf no later than " + inspect.FormatTime(at)}
	c.judge(claims, "nbf", func(nbf int64) {
		early := nbf - at.Unix()
		if early <= 0 {
			c.Outcome, c.Why = Pass, "the token has been valid for "+span(-early)
			return
		}
		c.Outcome, c.Why = Fail, "the token is not valid for another "+span(early)+": the clock that issued it is ahead, or this one is behind"
		c.Why += forgiven(early <= leeway, "already")
	})
	return c
}

// forgiven says whether the usual clock skew would change a check that failed.
func forgiven(within bool, when string) string {
	if within {
		return "; a gateway that allows 5 minutes of clock skew " + when + " accepts it"
	}
	return "; 5 minutes of leeway would not change that"
}

// judge reads a claim that is a NumericDate (RFC 7519, section 2) and has it compared, in whole seconds. Where readers
// differ on what the claim means the outcome is Unknown, but for a string that is too late or too early for all who
// read it: those who do not read it refuse it as well.
func (c *Check) judge(claims *source.Value, name string, compare func(seconds int64)) {
	claim := claims.Member(name)
	instant := inspect.ReadInstant(claim)
	switch {
	case claims == nil:
		c.Outcome, c.Why = Unknown, "the claims can't be read"
		return
	case claim == nil:
		c.missing(name)
		return
	case instant.Problem == inspect.Absent, instant.Problem == inspect.NotANumber:
		c.Outcome, c.Actual, c.Why = Fail, name+" is "+claim.Kind.String(), "a time is a number of seconds since 1970 (RFC 7519, section 2)"
		return
	}
	c.Actual = name + " " + cmp.Or(instant.String(), quoted(claim.Text))
	if instant.Known() {
		compare(instant.At.Unix())
	}
	switch instant.Problem {
	case inspect.Milliseconds, inspect.OutOfRange:
		c.Outcome, c.Why = Unknown, instant.Explain(name, claim)
	case inspect.AsString:
		if c.Outcome == Pass {
			c.Outcome, c.Why = Unknown, instant.Explain(name, claim)
		}
	}
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
