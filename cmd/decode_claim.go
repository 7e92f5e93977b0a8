package cmd

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
)

// decodeClaim tells of one claim: its value, where there is a token, and what the dictionary has on it.
func (e *Env) decodeClaim(flags *decodeFlags, args []string) error {
	if flags.output.format.value == "markdown" {
		return problem("--claim has no Markdown form", "leave out -o, or take -o json; without --claim, -o markdown is the block for a ticket")
	}
	token, err := e.tokenIfAny(args)
	if err != nil {
		return err
	}
	d := &report.Decoding{At: e.Now()}
	if token != nil {
		if d, err = e.decoding(flags, token); err != nil {
			return err
		}
	}
	claim := report.NewClaim(d, flags.claim)
	if !claim.Known && claim.Value == nil {
		return unknownClaim(token, flags.claim)
	}
	err = show(e, &flags.output, render.Formats().Claim, claim)
	switch {
	case err != nil || token == nil || claim.Value != nil:
		return err
	case token.Claims == nil:
		return exitWith(exitUndetermined)
	}
	return exitWith(exitRejected)
}

// tokenIfAny returns the token that is given, or nil where none is: on a terminal nothing is asked for, and standard input may be
// empty.
func (e *Env) tokenIfAny(args []string) (*inspect.Token, error) {
	if len(args) > 0 {
		return e.readToken(args)
	}
	if e.Terminal.Stdin {
		return nil, nil
	}
	text, err := e.readStdin()
	if err != nil || strings.TrimSpace(text) == "" {
		return nil, err
	}
	return e.tokenIn(text)
}

// unknownClaim is the error for a claim that neither the token nor the dictionary has.
func unknownClaim(token *inspect.Token, name string) error {
	shown := "of that name"
	if guarded(name) == name && len(name) <= leastGuarded {
		shown = fmt.Sprintf("%q", name)
	}
	cause, names, hints := "no claim "+shown+" is known", inspect.ClaimNames(), []string(nil)
	switch {
	case token == nil:
		hints = []string{"pass a token to see a claim of its own"}
	case token.Claims == nil:
		cause += ", and the token's claims can't be read"
	default:
		own := claimsOf(token)
		cause, names = cause+", and the token has none", append(own, names...)
		hints = []string{"it has " + inspect.ShortenMiddle(strings.Join(own, ", "), 600)}
	}
	if _, ok := inspect.HeaderMember(name); ok {
		hints = append(hints, name+" is a member of the header, which decode shows")
	}
	if near := nearest(name, names); near != "" {
		hints = slices.Insert(hints, 0, "did you mean "+near+"?")
	}
	return problem(cause, hints...)
}

// claimsOf returns the names of a token's claims in order, each once.
func claimsOf(token *inspect.Token) []string {
	var names []string
	for _, member := range token.Claims.Members {
		names = append(names, member.Key)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
