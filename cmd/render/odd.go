package render

import (
	"slices"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
)

// oddAt is what is odd in a token at an instant: what is odd in its text, and a time of issue that is still to come.
func oddAt(p inspect.Profile, at time.Time) []inspect.Observation {
	if !p.IssuedAt.Known() || !p.IssuedAt.At.After(at) {
		return p.Observations
	}
	return append(slices.Clone(p.Observations), inspect.Observation{
		ID: "issued-in-future", Path: "claims.iat",
		Message: "iat is " + inspect.Relative(p.IssuedAt.At, at) + ": the clock that issued it is ahead, or this one is behind; " +
			"mod_oauth2, Ory Oathkeeper and KrakenD reject such a token (measured), most others do not look",
	})
}
