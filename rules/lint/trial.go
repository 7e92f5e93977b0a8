package lint

import (
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// trial is one made-up request.
type trial struct {
	request rules.Request
	doubt   bool // it is not known whether such a token can be had
	blind   bool // the check reads all claims, more than a made-up token has
}

// run evaluates a check on the trial's request.
func (t *trial) run(c *rules.Check, doubt bool) reach {
	if t.blind {
		return unread
	}
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

// claims are those of the trial's token.
func (t *trial) claims() []source.Member { return t.request.Token.Claims.Members }

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
// complete where there are too many. A trial is gone when visit returns.
func (p *party) each(c *rules.Check, s suspect, most int, visit func(*trial) bool) (complete bool) {
	reads, choices := p.choices(c, s)
	picks, token := make([]int, len(reads)), inspect.Token{}
	claims := source.Value{Kind: source.Object, Members: make([]source.Member, 0, len(reads))}
	for n := 0; n < most && p.trials < allTrials; n++ {
		p.trials++
		token, claims.Members = *p.base, claims.Members[:0]
		token.Claims = &claims
		t := trial{request: rules.Request{Token: &token, At: time.Unix(instant, 0)}}
		for i, in := range reads {
			t.with(in, choices[i][picks[i]])
		}
		if !visit(&t) || !advance(picks, choices) {
			return true
		}
	}
	return false
}

// choices lists what a check reads, and what each of it may hold in this token's request.
func (p *party) choices(c *rules.Check, s suspect) ([]rules.Input, [][]held) {
	q := p.ask(c)
	choices := make([][]held, len(q.reads))
	for i, in := range q.reads {
		choices[i] = p.holds(s, in, q.literals)
	}
	return q.reads, choices
}

// advance picks the next combination, the last choice first; false after the last one.
func advance(picks []int, choices [][]held) bool {
	for i := len(picks) - 1; i >= 0; i-- {
		if picks[i]++; picks[i] < len(choices[i]) {
			return true
		}
		picks[i] = 0
	}
	return false
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

// with puts into the request what an input holds.
func (t *trial) with(in rules.Input, h held) {
	t.doubt = t.doubt || h.doubt
	switch {
	case in.Name == "*":
		t.blind = true
	case in.Source == rules.FromHTTP || in.Source == rules.FromQuery:
		write(&t.request, in, h.value.Text)
	case h.value != nil:
		claims := t.request.Token.Claims
		claims.Members = append(claims.Members, source.Member{Key: in.Name, Value: h.value})
	}
}
