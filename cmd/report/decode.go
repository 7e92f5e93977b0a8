package report

import (
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// Decoding is a token as decode shows it. Nothing in it is verified.
type Decoding struct {
	Token   *inspect.Token
	Profile inspect.Profile
	At      time.Time
	Redact  bool // personal values are hidden
}

// Claim is one claim: what a token says, and what is known of it.
type Claim struct {
	*Decoding // whose Token is nil where none was given
	Name      string
	Value     *source.Value // nil where there is no token, or it has no such claim
	Info      inspect.ClaimInfo
	Known     bool // the dictionary has it
}

// NewClaim looks a claim up, in a token and in the dictionary.
func NewClaim(d *Decoding, name string) *Claim {
	c := &Claim{Decoding: d, Name: name}
	c.Info, c.Known = inspect.Claim(name)
	if d.Token != nil {
		c.Value = d.Token.Claims.Member(name)
	}
	return c
}
