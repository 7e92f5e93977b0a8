package lint

import (
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

// identity is where a policy has the client id from, for a token of one version: a claim, or what
// the caller has written.
type identity struct {
	claim string // empty where it is not a claim, or where that can't be known
	// what the caller writes it into, or sameForAll; empty where the caller has no choice
	caller string
}

// sameForAll is in the place of what the caller writes, where they need not write anything.
const sameForAll = "the configuration"

// identities lists where a check has the client id from, for tokens of v1.0 and of v2.0.
func identities(c *rules.Check) [2]identity {
	var all [2]identity
	if !inForce(c) || c.ID != rules.ClientID || c.Test.Op != rules.Present {
		return all
	}
	for i, v := range versions() {
		all[i] = identify(c, v)
	}
	return all
}

// identify reads the client id of a made-up token. Each of its claims holds a mark of its own.
func identify(c *rules.Check, v entra.Version) identity {
	in := c.Test.Input
	if in.Source == rules.FromClaim || in.Source == rules.FromIntrospection {
		return identity{claim: in.Name}
	}
	request := marked(c, v)
	got := request.Read(in)
	text, ok := got.Value.Str()
	if !ok || reads(c, "*") {
		return identity{}
	}
	for _, m := range request.Token.Claims.Members {
		if m.Value.Text == text {
			return identity{claim: m.Key}
		}
	}
	for _, in := range c.Reads() {
		switch {
		case text != unrelated:
		case in.Source == rules.FromHTTP:
			return identity{caller: "the header " + in.Name}
		case in.Source == rules.FromQuery:
			return identity{caller: "the query parameter " + in.Name}
		}
	}
	if len(request.Token.Claims.Members) == 0 && readsClaimsOnly(c) {
		return identity{caller: sameForAll} // no token has anything that it reads
	}
	return identity{}
}

// marked is a request with a token of a version. The token has every claim that the check reads
// and that such tokens carry, and each claim holds its own mark.
func marked(c *rules.Check, v entra.Version) *rules.Request {
	r := withClaims(c, func(name string) bool {
		return issued.Says(name, v, true) != issued.Absent
	})
	for i, m := range r.Token.Claims.Members {
		if m.Key == "ver" {
			r.Token.Claims.Members[i].Value = source.NewString(v.String())
		}
	}
	return r
}

// withClaims is a request with a token that has, of the claims that a check reads, those for which
// a function is true. Each claim holds a mark with its own name.
func withClaims(c *rules.Check, has func(name string) bool) *rules.Request {
	claims := &source.Value{Kind: source.Object}
	for _, in := range c.Reads() {
		if name := in.ClaimRead(); name != "" && name != "*" && has(name) {
			mark := source.NewString("gatewhy-claim-" + name + "-")
			claims.Members = append(claims.Members, source.Member{Key: name, Value: mark})
		}
	}
	r := &rules.Request{Token: &inspect.Token{Shape: inspect.Signed, Claims: claims}}
	issued.Writing(c.Reads(), unrelated).Into(r)
	return r
}

// clientClaim returns the check that reads the client id from a claim, and the claim's name.
func clientClaim(p *rules.Policy) (*rules.Check, string) {
	c := find(p, rules.ClientID)
	if !inForce(c) || c.Test.Op != rules.Present || c.Test.Input.Source != rules.FromClaim {
		return nil, ""
	}
	return c, c.Test.Input.Name
}

func clientClaimOf(v entra.Version) string {
	if v == entra.V2 {
		return "azp"
	}
	return "appid"
}
