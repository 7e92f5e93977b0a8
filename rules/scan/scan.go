// Package scan runs a stream of tokens against policies, and counts what they get. Its counts add
// up: a summary of parts is the summary of the whole.
//
// It reads no files, and shows no token: what it keeps of one is the client that it names and the
// audience that it is for.
package scan

import (
	"cmp"
	"maps"
	"slices"
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

	// Asks says that the method, the path and the query of a request may matter.
	Asks bool

	classes [][]rules.Class // of what every token comes with, by gateway
	others  []*rules.Classifier
	spare   sync.Pool // of *[]rules.Result that nobody looks at any more
}

// NewJudge makes a judge of policies. The request's method and path may be empty, where they are
// not known.
func NewJudge(
	gateways [][]*rules.Policy, request rules.Request, at func(*inspect.Token) time.Time,
) *Judge {
	j := &Judge{Gateways: gateways, Request: request, At: at}
	for _, policies := range gateways {
		of := rules.NewClassifier(policies)
		j.classes = append(j.classes, of.Classes(request.Method, request.Path))
		j.others = append(j.others, of)
		j.Asks = j.Asks || slices.ContainsFunc(policies, asks)
	}
	return j
}

// asks reports whether what a policy does may depend on the method, the path or the query of a
// request, whatever it does of one of which they are not known.
func asks(policy *rules.Policy) bool {
	return len(policy.When.Routes) > 0 || policy.Find(func(check *rules.Check) bool {
		asked := asksIn(&check.Test)
		for i := range check.Answer.Cases {
			asked = asked || asksIn(&check.Answer.Cases[i].If)
		}
		return asked
	}) != nil
}

func asksIn(test *rules.Predicate) (asked bool) {
	see := func(in rules.Input) { asked = asked || isOfRequestLine(in) }
	test.EachLeaf(func(leaf *rules.Predicate) {
		leaf.EachRead(see)
		if leaf.Lookup != nil {
			for _, at := range leaf.Lookup.Locations {
				see(at.Input)
			}
		}
	})
	return asked
}

// isOfRequestLine is true of an expression too that does not say what it reads.
func isOfRequestLine(in rules.Input) bool {
	if in.Source == rules.FromExpression {
		reads := in.Opaque.Reads
		return len(reads) == 0 || slices.ContainsFunc(reads, isOfRequestLine)
	}
	return in.Source == rules.FromRequest || in.Source == rules.FromQuery
}

// Cause is what a token gets, in short.
type Cause struct {
	Outcome rules.Decision
	Status  int      // 0 where it is not known
	Decided rules.ID // the check that decides; empty where the token is accepted
	Claim   string   // the claim that it is about, of a custom claim
	Earlier rules.ID // see [rules.Verdict.EarlierUnknown]; empty for none
}

// Result is what one token gets, and what it says of itself: both are empty where it does not.
type Result struct {
	Cause
	Client, Audience string
}

// Judge evaluates a token that comes with a request: nil for what every token comes with.
func (j *Judge) Judge(token *inspect.Token, sent *rules.Request) Result {
	request := j.Request
	if sent != nil {
		request = *sent
	}
	request.Token, request.At = token, j.At(token)
	var r Result
	for i, policies := range j.Gateways {
		classes := j.classes[i]
		if request.Method != j.Request.Method || request.Path != j.Request.Path {
			classes = j.others[i].Classes(request.Method, request.Path)
		}
		got := j.evaluate(classes, policies, &request)
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
	c := Cause{Outcome: v.Outcome, Status: v.Status, Earlier: v.EarlierUnknown()}
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

// MostValues is how many distinct clients, and how many audiences, are counted one by one. Of more
// a summary tells only how many tokens there were, so that it does not depend on which came first.
const MostValues = 10_000

// Summary is what the tokens of a stream got. The zero Summary is that of an empty stream.
type Summary struct {
	Lines      int64
	Without    int64 // lines without a token
	Unreadable int64 // lines that could not be read
	Several    int64 // lines with more than one token, of which one is counted
	Partial    bool  // not everything was read
	Groups     map[Cause]*Group

	ClientsOver, AudiencesOver bool // there were more than MostValues

	clients, audiences map[string]bool // that were counted
}

// Group is the tokens that got the same for the same cause.
type Group struct {
	Tokens             int64
	Clients, Audiences map[string]int64 // by id; nil where there were more than MostValues
}

// Tokens is how many tokens there were.
func (s *Summary) Tokens() int64 {
	var n int64
	for _, g := range s.Groups {
		n += g.Tokens
	}
	return n
}

// Count is how many tokens had an outcome.
func (s *Summary) Count(outcome rules.Decision) int64 {
	var n int64
	for cause, g := range s.Groups {
		if cause.Outcome == outcome {
			n += g.Tokens
		}
	}
	return n
}

// Add counts tokens that get the same.
func (s *Summary) Add(r Result, tokens int64) {
	g := s.group(r.Cause)
	g.Tokens += tokens
	s.client(g, r.Client, tokens)
	s.audience(g, r.Audience, tokens)
}

// client counts tokens of a client, unless there are too many clients.
func (s *Summary) client(g *Group, id string, n int64) {
	if s.clients = add(g.Clients, s.clients, id, n); len(s.clients) > MostValues {
		s.giveUpClients()
	}
}

// audience counts tokens for an audience, unless there are too many audiences.
func (s *Summary) audience(g *Group, name string, n int64) {
	if s.audiences = add(g.Audiences, s.audiences, name, n); len(s.audiences) > MostValues {
		s.giveUpAudiences()
	}
}

// add counts a value, and notes that it was seen. Where there were too many, to is nil.
func add(to map[string]int64, seen map[string]bool, value string, n int64) map[string]bool {
	if to == nil || value == "" {
		return seen
	}
	to[value] += n
	if seen == nil {
		seen = map[string]bool{}
	}
	seen[value] = true
	return seen
}

func (s *Summary) giveUpClients() {
	s.ClientsOver, s.clients = true, nil
	for _, g := range s.Groups {
		g.Clients = nil
	}
}

func (s *Summary) giveUpAudiences() {
	s.AudiencesOver, s.audiences = true, nil
	for _, g := range s.Groups {
		g.Audiences = nil
	}
}

func (s *Summary) group(cause Cause) *Group {
	if s.Groups == nil {
		s.Groups = map[Cause]*Group{}
	}
	g := s.Groups[cause]
	if g == nil {
		g = &Group{}
		if !s.ClientsOver {
			g.Clients = map[string]int64{}
		}
		if !s.AudiencesOver {
			g.Audiences = map[string]int64{}
		}
		s.Groups[cause] = g
	}
	return g
}

// Merge adds what another summary counted.
func (s *Summary) Merge(other *Summary) {
	s.Lines += other.Lines
	s.Without += other.Without
	s.Unreadable += other.Unreadable
	s.Several += other.Several
	s.Partial = s.Partial || other.Partial
	if other.ClientsOver {
		s.giveUpClients()
	}
	if other.AudiencesOver {
		s.giveUpAudiences()
	}
	for cause, theirs := range other.Groups {
		g := s.group(cause)
		g.Tokens += theirs.Tokens
		for id, n := range theirs.Clients {
			s.client(g, id, n)
		}
		for name, n := range theirs.Audiences {
			s.audience(g, name, n)
		}
	}
}

// Causes lists the causes: accepted, undetermined, rejected, of each the most frequent first.
func (s *Summary) Causes() []Cause {
	order := []rules.Decision{rules.Accepted, rules.Undetermined, rules.Rejected}
	return slices.SortedFunc(maps.Keys(s.Groups), func(a, b Cause) int {
		return cmp.Or(
			slices.Index(order, a.Outcome)-slices.Index(order, b.Outcome),
			cmp.Compare(s.Groups[b].Tokens, s.Groups[a].Tokens),
			cmp.Compare(a.Decided, b.Decided), cmp.Compare(a.Claim, b.Claim),
			cmp.Compare(a.Status, b.Status), cmp.Compare(a.Earlier, b.Earlier),
		)
	})
}

// Counted is a value with how many tokens had it.
type Counted struct {
	Value  string
	Tokens int64
}

// Busiest lists values, the most frequent first.
func Busiest(values map[string]int64) []Counted {
	all := make([]Counted, 0, len(values))
	for value, n := range values {
		all = append(all, Counted{value, n})
	}
	slices.SortFunc(all, func(a, b Counted) int {
		return cmp.Or(cmp.Compare(b.Tokens, a.Tokens), cmp.Compare(a.Value, b.Value))
	})
	return all
}

// Comparison is what the same tokens get before a change of the policies and after it.
type Comparison struct {
	Before, After Summary

	LockedOut Summary // accepted before and rejected after: what they get after
	LetIn     Summary // rejected before and accepted after: what they got before
	Unclear   Summary // what they get after, where that or what they got before is not known
}

// Add counts tokens that get the same.
func (c *Comparison) Add(before, after Result, tokens int64) {
	c.Before.Add(before, tokens)
	c.After.Add(after, tokens)
	switch was, is := before.Outcome, after.Outcome; {
	case was == is && is != rules.Undetermined: // two that are not known may differ
	case was == rules.Accepted && is == rules.Rejected:
		c.LockedOut.Add(after, tokens)
	case was == rules.Rejected && is == rules.Accepted:
		c.LetIn.Add(before, tokens)
	default:
		c.Unclear.Add(after, tokens)
	}
}

// Merge adds what another comparison counted.
func (c *Comparison) Merge(other *Comparison) {
	c.Before.Merge(&other.Before)
	c.After.Merge(&other.After)
	c.LockedOut.Merge(&other.LockedOut)
	c.LetIn.Merge(&other.LetIn)
	c.Unclear.Merge(&other.Unclear)
}
