package lint

import (
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// identity is where a policy has the client id from, for a token of one version: a claim, or what the caller has written.
type identity struct {
	claim  string // empty where it is none, or where that can't be known
	caller string // what the caller writes it into, or that it is the same for all; empty where it is no choice of his
}

// sameForAll is in the place of what the caller writes, where he need not write anything.
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

// mark stands for a claim in made-up tokens.
const mark = "gatewhy-claim-"

// identify reads the client id of a made-up token, each claim of which holds its own name.
func identify(c *rules.Check, v entra.Version) identity {
	in := c.Test.Input
	if in.Source == rules.FromClaim || in.Source == rules.FromIntrospection {
		return identity{claim: in.Name}
	}
	p := party{may: func(_ suspect, name string, _ []string) []held { return []held{{value: text(mark + name)}} }}
	fixed := suspect{claims: ofClient(v, mark+clientClaimOf(v))}
	var got identity
	p.each(c, fixed, 1, func(t *trial) bool {
		got = t.identity(c)
		return false
	})
	return got
}

func (t *trial) identity(c *rules.Check) identity {
	got := t.request.Read(c.Test.Input)
	if got.Value == nil || got.Value.Kind != source.String || t.blind {
		return identity{}
	}
	for _, m := range t.claims() {
		if m.Value.Text == got.Value.Text {
			return identity{claim: m.Key}
		}
	}
	for _, in := range c.Reads() {
		switch {
		case got.Value.Text != unrelated:
		case in.Source == rules.FromHTTP:
			return identity{caller: "the header " + in.Name}
		case in.Source == rules.FromQuery:
			return identity{caller: "the query parameter " + in.Name}
		}
	}
	if len(c.Reads()) == 0 {
		return identity{caller: sameForAll}
	}
	return identity{}
}

// chosen is what the caller writes the client id into, whatever the version of his token; empty where that is not so.
func chosen(c *rules.Check) string {
	ids := identities(c)
	if ids[0].caller == "" || ids[1].caller == "" {
		return ""
	}
	return ids[0].caller
}

// contracted tells whether the checks let known clients in only: by a contract, or by a secret. A contract of a client id that the caller
// chooses is none.
func contracted(checks []*rules.Check) rules.Truth {
	best := rules.No
	var id *rules.Check
	for _, c := range checks {
		switch {
		case c.ID == rules.ClientID:
			id = c
		case c.Skip != "" || c.ID != rules.Contract && c.ID != rules.ClientSecret:
		case c.Unknown != nil:
			best = max(best, rules.Maybe)
		case c.ID == rules.Contract && id != nil && chosen(id) != "":
		case c.ID == rules.Contract && id != nil && id.Skip == "" && id.Unknown != nil:
			best = max(best, rules.Maybe)
		default:
			return rules.Yes
		}
	}
	return best
}

// lets tells how far a party gets past the checks where it has no contract of ours.
func (p *party) lets(checks []*rules.Check) (reach, suspect) {
	known := contracted(checks)
	if known == rules.Yes {
		return shut, suspect{}
	}
	best, with := p.gets(checks)
	if known == rules.Maybe {
		best = min(best, hidden)
	}
	return best, with
}
