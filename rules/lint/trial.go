package lint

import (
	"slices"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// trial is what one made-up request holds of what a check reads.
type trial struct {
	token   *inspect.Token // that the made-up ones are copies of
	claims  []source.Member
	request rules.Request
	doubt   bool
	blind   bool // the check reads all claims
}

// run evaluates a check on the trial's request.
func (t *trial) run(c *rules.Check, doubt bool) reach {
	if t.blind {
		return unread
	}
	token := *t.token
	token.Claims = &source.Value{Kind: source.Object, Members: t.claims}
	t.request.Token = &token
	t.request.At = time.Unix(instant, 0)
	switch outcome := t.request.Try(c); {
	case outcome == rules.Fail:
		return shut
	case outcome == rules.Unsure:
		return unread
	case doubt || t.doubt:
		return perhaps
	}
	return open
}

// instant is when made-up tokens are used, in Unix seconds: no rule looks at times.
const instant = 1_780_000_000

// Limits on the combinations of values that are tried: of a check and a token, of a check to which all tokens are the same, and of a
// party in all.
const (
	mostTrials = 128
	fewTrials  = 32
	allTrials  = 4096
)

// each makes a trial of every combination of what the claims that the check reads may hold, until visit has seen enough. It is not
// complete where there are too many.
func (p *party) each(c *rules.Check, s suspect, most int, visit func(trial) bool) (complete bool) {
	q := p.ask(c)
	if p.trials >= allTrials {
		return false
	}
	complete = true
	trials := []trial{{token: p.base}}
	for _, in := range q.reads {
		var more []trial
		values := p.holds(s, in, q.literals)
		for _, t := range trials {
			for _, h := range values {
				if len(more) == most {
					complete = false
					break
				}
				more = append(more, t.with(in, h))
			}
		}
		trials = more
	}
	for _, t := range trials {
		if p.trials++; p.trials > allTrials {
			return false
		}
		if !visit(t) {
			return complete
		}
	}
	return complete
}

// holds lists what an input may hold in this token's request. What the caller writes beside the token may be anything.
func (p *party) holds(s suspect, in rules.Input, literals []string) []held {
	if in.Source == rules.FromHTTP || in.Source == rules.FromQuery {
		return texts(append([]string{unrelated}, literals...))
	}
	if fixed, ok := s.claims[in.Name]; ok {
		return []held{{value: fixed}}
	}
	return p.may(s, in.Name, literals)
}

func (t *trial) with(in rules.Input, h held) trial {
	next := *t
	next.doubt = next.doubt || h.doubt
	switch {
	case in.Name == "*":
		next.blind = true
	case in.Source == rules.FromHTTP || in.Source == rules.FromQuery:
		write(&next.request, in, h.value.Text)
	case h.value != nil:
		next.claims = append(slices.Clip(t.claims), source.Member{Key: in.Name, Value: h.value})
	}
	return next
}
