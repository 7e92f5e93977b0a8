package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// Decoding is a token as decode shows it. Nothing in it is verified.
type Decoding struct {
	Token   *inspect.Token
	Profile inspect.Profile
	At      time.Time
	Redact  bool         // personal values are hidden
	Next    []rules.Step // what to do now
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

// UnknownClaim is the error for a claim that neither the token nor the dictionary has.
func UnknownClaim(token *inspect.Token, name string) *source.Error {
	shown := "of that name"
	if Guarded(name) == name && len(name) <= leastGuarded {
		shown = fmt.Sprintf("%q", name)
	}
	cause, names, hints := "gatewhy knows no claim "+shown, inspect.ClaimNames(), []string(nil)
	switch {
	case token == nil:
		hints = []string{"pass a token to see its own claims"}
	case token.Claims != nil:
		own := source.Each(token.Claims.Members, func(m source.Member) string { return m.Key })
		slices.Sort(own)
		own = slices.Compact(own)
		names = append(own, names...)
		hints = []string{"the token has " + inspect.ShortenMiddle(strings.Join(own, ", "), 600)}
	}
	if _, ok := inspect.HeaderMember(name); ok {
		hints = []string{name + " is a member of the header, which decode shows"}
	} else if near := Nearest(name, names); near != "" {
		hints = append([]string{"did you mean " + near + "?"}, hints...)
	}
	return Problem(cause, hints...)
}

// Unreadable is the error for a text that is damaged, and nil for one that is not a readable JWS
// by its nature: opaque or encrypted.
func Unreadable(token *inspect.Token) error {
	fault := token.Fault
	if fault == nil || fault.ID == "opaque" || fault.ID == "encrypted" {
		return nil
	}
	return &fault.Error
}

// AddNext adds what to do now.
func (d *Decoding) AddNext(line CommandLine) {
	var all steps
	switch a := askingLike(d.Profile); {
	case d.Token.Fault != nil:
		hints := Sentence(strings.Join(Hints(d.Token.Fault.Hints), "; "))
		all.add(cmp.Or(strings.TrimSuffix(hints, "."), copyAgain)+thenPass,
			line.Again("decode", "-"))
	case d.Profile.HasTrait("microsoft-api"):
		all.addAll(a.step(line.Shell, "This token is for "+d.Profile.Resource+", not for your API",
			line.Again("decode", "-")))
	case d.Profile.Kind == inspect.KindID:
		all.addAll(a.step(line.Shell, "This is an ID token: an API gets the access token",
			line.Again("decode", "-")))
	case d.Profile.CutOrAltered():
		all.add(copyAgain, line.Again("decode", "-"))
	default:
		all.add("See whether its signature, issuer, tenant and times are valid",
			line.Shell.Line("gatewhy", "verify", line.token()))
		all.add("See what a gateway answers to it, and why", line.explain())
	}
	d.Next = all
}
