// Package scan runs a stream of tokens against policies, and counts what they get. Its counts add
// up: a summary of parts is the summary of the whole.
//
// It reads no files, and shows no token: what it keeps of one is the client that it names and the
// audience that it is for.
package scan

import (
	"strings"
	"sync"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/rules"
)

// Judge evaluates tokens. Several goroutines may use one.
type Judge struct {
	// Gateways are the policies, for each gateway that they may be meant for: the strictest answer
	// counts.
	Gateways [][]*rules.Policy
	Request  rules.Request // what every token comes with

	// At is when a token is used. It is asked only for a token.
	At func(token *inspect.Token) time.Time

	classes [][]rules.Class // by gateway
	spare   sync.Pool       // of *[]rules.Result that nobody looks at any more
}

// NewJudge makes a judge of policies. The request's method and path may be empty, where they are
// not known.
func NewJudge(
	gateways [][]*rules.Policy, request rules.Request, at func(*inspect.Token) time.Time,
) *Judge {
	j := &Judge{Gateways: gateways, Request: request, At: at}
	for _, policies := range gateways {
		j.classes = append(j.classes, rules.Classes(policies, request.Method, request.Path))
	}
	return j
}

// Cause is what a token gets, in short.
type Cause struct {
	Outcome rules.Decision
	Status  int      // 0 where it is not known
	Decided rules.ID // the check that decides; empty where the token is accepted
	Claim   string   // the claim that it is about, of a custom claim
}

// Result is what one token gets, and what it says of itself: both are empty where it does not.
type Result struct {
	Cause
	Client, Audience string
}

// Judge evaluates a token.
func (j *Judge) Judge(token *inspect.Token) Result {
	request := j.Request
	request.Token, request.At = token, j.At(token)
	var r Result
	for i, policies := range j.Gateways {
		got := j.evaluate(j.classes[i], policies, &request)
		if i == 0 || got.Outcome.Stricter(r.Outcome) {
			r.Cause = got
		}
	}
	client, audience := inspect.Parties(token)
	r.Client = short(client.Value)
	if len(audience) > 0 {
		r.Audience = short(audience[0])
	}
	return r
}

// evaluate runs the policies of one gateway. The results of single checks are written over those
// of a token before: only the one that decides counts here.
func (j *Judge) evaluate(
	classes []rules.Class, policies []*rules.Policy, request *rules.Request,
) Cause {
	if len(classes) != 1 {
		return cause(rules.EvaluateIn(classes, policies, request))
	}
	results, _ := j.spare.Get().(*[]rules.Result)
	if results == nil {
		results = new([]rules.Result)
	}
	verdict := classes[0].EvaluateOver(*results, policies, request)
	c := cause(verdict)
	*results = verdict.Results
	j.spare.Put(results)
	return c
}

// cause is a verdict in short.
func cause(v rules.Verdict) Cause {
	c := Cause{Outcome: v.Outcome, Status: v.Status}
	if v.Decided != nil {
		c.Decided, c.Claim = v.Decided.Check.ID, v.Decided.Check.Claim
	}
	return c
}

// longest is how long an id or an audience is that is counted by itself, in bytes: Entra ID's are
// shorter, and of those that anybody writes many may be kept.
const longest = 256

func short(value string) string {
	if len(value) > longest {
		return "(longer than 256 bytes)"
	}
	return strings.Clone(value) // so that the rest of the token is not kept with it
}
