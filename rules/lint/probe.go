package lint

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// reach says how far somebody's tokens get past checks. A check is run on made-up tokens, so that what it is worth is seen from
// what it does, not from how it is written.
type reach uint8

const (
	shut    reach = iota // none gets past
	hidden               // only a deployment tells, or a policy that is not modelled
	unread               // an expression can't be evaluated on them
	perhaps              // one does of which it is not known whether it can be had
	open                 // one does
)

// held is what a claim may hold; a nil value is that it is not there.
type held struct {
	value *source.Value
	doubt bool // it is not known whether a token can hold it
}

// suspect is a made-up token: the claims that are fixed in it. A nil value is a claim that is not there.
type suspect struct {
	claims map[string]*source.Value
	doubt  bool
}

// party is somebody's tokens: each of them, and what the claims that are not fixed in it may hold.
type party struct {
	tokens []suspect
	may    func(s suspect, name string, literals []string) []held
	limits func(name string) bool // whether may keeps a claim from holding what helps; nil for none

	base   *inspect.Token // that made-up tokens are copies of; made when the first one is
	asked  map[*rules.Check]question
	passed map[*rules.Check]reach // of checks to which all of the tokens are the same
	trials int                    // that were made
}

// question is what there is to know of a check before tokens are made for it.
type question struct {
	reads    []rules.Input
	literals []string
}

// ask looks into a check, once.
func (p *party) ask(c *rules.Check) question {
	if p.base == nil {
		p.base = &inspect.Token{Shape: inspect.Signed}
		p.asked, p.passed = map[*rules.Check]question{}, map[*rules.Check]reach{}
	}
	q, known := p.asked[c]
	if !known {
		q = question{readBy(c), literalsOf(c)}
		p.asked[c] = q
	}
	return q
}

// gets tells how far the party gets past all of the checks, and with which of its tokens.
func (p *party) gets(checks []*rules.Check) (reach, suspect) {
	best, with := shut, suspect{}
	for _, s := range p.tokens {
		least := open
		for _, c := range checks {
			if least = min(least, p.past(c, s)); least <= best {
				break // it gets no further than another one
			}
		}
		if least > best {
			best, with = least, s
		}
		if best == open {
			break
		}
	}
	return best, with
}

// past tells how far the party gets past one check with one token. Checks of no claim are passed.
func (p *party) past(c *rules.Check, s suspect) reach {
	switch {
	case c.Skip != "":
		return open
	case c.ID == rules.NotModelled:
		return hidden
	case !ofClaims(c):
		return open
	case c.Unknown != nil:
		if _, fixed := s.claims[claimOf(c)]; fixed || claimOf(c) == "" || claimOf(c) == "aud" {
			return hidden
		}
		return open
	case c.Test.Input.Source == rules.FromIntrospection && c.Test.Input.Model == nil:
		if _, fixed := s.claims["scp"]; fixed {
			return shut // what only a captured answer tells is taken for what the policy wants it to be: a scope of ours
		}
		return open
	}
	if p.free(c, s) {
		return p.freely(c, s)
	}
	best, complete := p.try(c, s, mostTrials)
	if best == shut && !complete {
		return unread
	}
	return best
}

// free reports whether a check reads only claims that the party can give any value: then what it says is the same for all tokens.
func (p *party) free(c *rules.Check, s suspect) bool {
	read := p.ask(c).reads
	return len(read) > 0 && !slices.ContainsFunc(read, func(in rules.Input) bool {
		_, fixed := s.claims[in.Name]
		return fixed || in.Name == "*" || p.limits != nil && p.limits(in.Name)
	})
}

// freely tells how far the party gets past a check to which all of its tokens are the same. What few of the values do not show is taken
// for possible.
func (p *party) freely(c *rules.Check, s suspect) reach {
	if known, ok := p.passed[c]; ok {
		return known
	}
	best, complete := p.try(c, s, fewTrials)
	if best == shut && !complete {
		best = open
	}
	p.passed[c] = best
	return best
}

// try runs a check on so many combinations of values at most.
func (p *party) try(c *rules.Check, s suspect, most int) (best reach, complete bool) {
	complete = p.each(c, s, most, func(t *trial) bool {
		best = max(best, t.run(c, s.doubt))
		return best < open
	})
	return best, complete
}

// ofClaims reports whether a check is of a kind that tells tokens apart by what they claim.
func ofClaims(c *rules.Check) bool {
	return slices.Contains([]rules.ID{rules.Audience, rules.Issuer, rules.Tenant, rules.CustomClaim, rules.Scopes}, c.ID)
}

// claimOf is the claim that a check is about, though the file does not tell what it wants of it; empty where the file does not tell that either.
func claimOf(c *rules.Check) string {
	switch c.ID {
	case rules.Audience:
		return "aud"
	case rules.Issuer:
		return "iss"
	case rules.Tenant:
		return "tid"
	case rules.Scopes:
		return "scp"
	}
	return c.Claim
}
