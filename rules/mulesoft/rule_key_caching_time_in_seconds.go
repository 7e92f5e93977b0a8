package mulesoft

import (
	"strconv"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/rules"
)

// mostMinutes is the longest time for which it makes sense to cache keys: a day. Entra ID may roll
// its keys at any time (learn.microsoft.com/entra/identity-platform/signing-key-rollover).
const mostMinutes = 24 * 60

func keyCachingTime() rules.Rule {
	return rules.Rule{
		Name:  "key-caching-time-in-seconds",
		Title: "the caching time of keys is probably given in seconds",
		Why: "jwksServiceTimeToLive counts minutes. 3600 keeps keys for two and a half days, " +
			"during which the gateway does not know a new key of Entra ID.",
		Fix:      "Write minutes: 60 for an hour, at most 1440 for a day.",
		Severity: rules.Warning,
		Since:    since,
		References: []string{
			docJWTPage, tfCommunity,
			"learn.microsoft.com/entra/identity-platform/signing-key-rollover",
		},
		Check: eachEntry(cachesForLongerThanADay),
	}
}

func cachesForLongerThanADay(c configured) []rules.Finding {
	ttl := c.setting("jwksServiceTimeToLive")
	minutes, err := strconv.ParseInt(ttl.text, 10, 64)
	if err != nil || ttl.value == nil || minutes <= mostMinutes || minutes > 1<<40 {
		return nil
	}
	length := inspect.Length(time.Duration(min(minutes, 100_000_000)) * time.Minute)
	message := "jwksServiceTimeToLive counts minutes: this is " + length
	return c.finding("jwksServiceTimeToLive", ttl.value, message)
}
