package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

// exposure says how far somebody's tokens get past policies, by the model of which tokens can
// exist.
type exposure uint8

const (
	keptOut  exposure = iota // none gets past
	hidden                   // only a deployment tells, or a policy that is not modelled
	unclear                  // an expression can't be evaluated on them, or on all of them
	doubtful                 // one does, but we do not know whether anyone can get it
	letIn                    // one does
)

// exposed is what a rule asks about: the policies that a request meets, and who may send it.
type exposed struct {
	holders  *issued.Holders
	policies []*rules.Policy
	views    map[distinctions]*issued.View
	answers  map[string]answer // by the question
	shared   bool              // the views are the same for all tokens
	alike    bool              // and whether or not clients are distinguished
	whole    bool              // all policies are modelled
	lines    int               // conditions on methods and paths, where rules read tokens too
	over     *issued.Scratch
	looked   *int    // counts conditions
	limit    *string // why not all tokens were tried; empty where all were
}

// distinctions are what is told apart where policies are looked at: clients, and requests by their
// method and path.
type distinctions struct{ clients, classes bool }

// answer is what came of a question that several rules ask, or of several policies.
type answer struct {
	exposure
	with *issued.Token
}

// exposing looks at the policies that a request to p meets, in the world that is made up from
// them. All rules look at the same.
func exposing(s *rules.Subject, p *rules.Policy) *exposed {
	known := shared(s).met
	if known[p] == nil {
		all := together(s, p)
		of := firstOf(all, p)
		if known[of] == nil {
			known[of] = kept(s).exposed(all, s.App)
		}
		known[p] = known[of]
	}
	return known[p]
}

// firstOf is the first of the policies that a request to p meets, of those whose requests meet the
// same ones.
func firstOf(all []*rules.Policy, p *rules.Policy) *rules.Policy {
	if !meets(p) {
		return p
	}
	i := slices.IndexFunc(all, func(other *rules.Policy) bool {
		return meets(other) && slices.Equal(other.When.Routes, p.When.Routes)
	})
	return all[i]
}

// meets reports whether a request on its routes surely meets a policy.
func meets(p *rules.Policy) bool {
	return !p.When.Disabled && p.When.Unknown == nil && p.MayYield == nil
}

// together lists the policies that a request to p has to pass as well: every policy of the API
// that applies wherever p does, p itself among them.
func together(s *rules.Subject, p *rules.Policy) []*rules.Policy {
	return source.Where(s.Policies, func(other *rules.Policy) bool {
		return other == p || meets(other) &&
			(len(other.When.Routes) == 0 || slices.Equal(other.When.Routes, p.When.Routes))
	})
}

// alone is one check by itself. All rules that have the subject look at the same.
func alone(s *rules.Subject, c *rules.Check) *exposed {
	known := shared(s).alone
	if known[c] == nil {
		known[c] = kept(s).exposed([]*rules.Policy{{Root: rules.AllOf(c)}}, nil)
	}
	return known[c]
}

// ask is how far somebody gets, and with which token. Clients says that only a client that the
// policies know gets past what tells clients apart; without it everybody does.
func (e *exposed) ask(tokens issued.Tokens, clients bool) (exposure, *issued.Token) {
	r := round{exposed: e, clients: clients}
	tokens(r.next)
	return r.best, r.with
}

// round is one question put to one token after the other.
type round struct {
	*exposed
	clients bool
	best    exposure
	with    *issued.Token
	first   *issued.Token
	seen    map[string]bool // how tokens look that were asked about
}

// next asks about a token. It is true where another may get further.
func (r *round) next(t *issued.Token) bool {
	view := r.view(t, distinctions{clients: r.clients})
	switch {
	case !r.shared:
	case view.Bars(t):
		return true
	case r.first == nil:
		r.first = t
	default:
		if r.seen == nil {
			r.seen = map[string]bool{}
			view.Seen(r.seen, r.first)
		}
		if view.Seen(r.seen, t) {
			return true // the policies can't tell it from one that was asked about
		}
	}
	got, token := r.one(view, t)
	if got > r.best && r.lines > 0 {
		got, token = r.inSomeClass(t, r.clients, got)
	}
	if got > r.best {
		r.best, r.with = got, token
	}
	return r.best != letIn
}

// asked is [exposed.ask], and keeps the answer.
func (e *exposed) asked(
	question string, tokens func(*issued.Holders) issued.Tokens, clients bool,
) (exposure, *issued.Token) {
	kept, known := e.answers[question]
	if !known {
		holders := e.holders
		if e.shared {
			holders = holders.Except(e.view(nil, distinctions{clients: clients}))
		}
		kept.exposure, kept.with = e.ask(tokens(holders), clients)
		e.answers[question] = kept
	}
	return kept.exposure, kept.with
}

// ownClients is how far the API's own clients get.
func (e *exposed) ownClients() exposure {
	got, _ := e.own()
	return got
}

// own is ownClients, and with which token.
func (e *exposed) own() (exposure, *issued.Token) {
	return e.asked("own", func(h *issued.Holders) issued.Tokens { return h.Own() }, true)
}

// daemons is how far a stranger gets with a token without a user for the API.
func (e *exposed) daemons() exposure {
	got, _ := e.asked("daemons", func(h *issued.Holders) issued.Tokens {
		return daemonsOf(h.Strangers())
	}, true)
	return got
}

// users is how far a user gets with a token of a stranger for the API.
func (e *exposed) users() exposure {
	got, _ := e.asked("users", func(h *issued.Holders) issued.Tokens {
		return usersOf(h.Strangers())
	}, true)
	return got
}

// ownElsewhere is how far the API's own clients get with a token for another API, and with which:
// for one whose audience has nothing to do with ours, or with near, in whose audience a check
// finds what it looks for in ours.
func (e *exposed) ownElsewhere(near bool) (exposure, *issued.Token) {
	question := "own elsewhere"
	if near {
		question = "own near"
	}
	return e.asked(question, func(h *issued.Holders) issued.Tokens {
		return h.OwnElsewhere(near)
	}, false)
}

// otherTenants is how far another tenant's owner gets, and with which token.
func (e *exposed) otherTenants() (exposure, *issued.Token) {
	return e.asked("other tenants", (*issued.Holders).OtherTenants, true)
}

// strangersElsewhere is how far any client of the tenant gets with a token for another API, near
// as in ownElsewhere, whose scopes and roles are called as ours are, or not.
func (e *exposed) strangersElsewhere(near, names bool) exposure {
	question := "strangers elsewhere"
	if near {
		question = "strangers near"
	}
	if names {
		question += ", namesakes"
	}
	got, _ := e.asked(question, func(h *issued.Holders) issued.Tokens {
		return h.StrangersElsewhere(near, names)
	}, true)
	return got
}

// get is how far somebody gets who passes whatever tells clients apart.
func (e *exposed) get(tokens issued.Tokens) (exposure, *issued.Token) {
	return e.ask(tokens, false)
}

func (e *exposed) one(view *issued.View, t *issued.Token) (exposure, *issued.Token) {
	answer := view.Passes(t, e.over)
	switch answer.Verdict.Outcome {
	case rules.Accepted:
		return letIn, answer.Token
	case rules.Rejected:
		return keptOut, answer.Token
	}
	if answer.Limit != "" {
		*e.limit = answer.Limit
		return unclear, answer.Token
	}
	return why(&answer), answer.Token
}

// unclearBy says why it is unclear how far somebody gets.
func (e *exposed) unclearBy(expression string) string {
	if *e.limit != "" {
		return "gatewhy tries no more than " + *e.limit
	}
	return expression
}

// why says what keeps an answer from being known, the least first.
func why(a *issued.Answer) exposure {
	least := doubtful
	for i := range a.Verdict.Results {
		result := &a.Verdict.Results[i]
		switch {
		case result.Outcome != rules.Unsure:
		case result.Check.Unknown != nil || !looksAtClaims(result.Check):
			return hidden
		case !a.Token.Knows(result.Check.Reads()):
			// nobody says what the token holds: perhaps there is such a one
		default:
			least = unclear
		}
	}
	return least
}

// view is the policies as the rules ask about them: what is not about claims is passed, and so is
// what only a deployment knows of a claim that the token may have as any policy wants it.
func (e *exposed) view(t *issued.Token, at distinctions) *issued.View {
	at.clients = at.clients && !e.alike
	if view := e.views[at]; view != nil {
		return view
	}
	passed := &rules.Check{Skip: "not asked about"}
	view := e.supposed(func(c *rules.Check) *rules.Check {
		return suppose(c, passed, t, at)
	})
	if e.shared {
		e.views[at] = view
	}
	return view
}

// supposed is the policies with each check replaced by what a function makes of it, on a route
// that all of them cover.
func (e *exposed) supposed(by func(*rules.Check) *rules.Check) *issued.View {
	policies := withChecks(e.policies, by)
	for _, p := range policies {
		p.When.Routes, p.Root = nil, withoutPassed(p.Root)
		p.MayYield = nil // what it asks for is looked at, wherever it is asked
	}
	view := e.holders.View(policies)
	view.CountIn(e.looked)
	return view
}

// withoutPassed leaves checks that are not made out of a list in which all must hold.
func withoutPassed(n rules.Node) rules.Node {
	n.All = source.Without(n.All, func(part rules.Node) bool {
		return part.Check != nil && part.Check.Skip != ""
	})
	return n
}

// suppose is a check as a rule asks about it.
func suppose(c, passed *rules.Check, t *issued.Token, at distinctions) *rules.Check {
	switch {
	case c.Skip != "", c.ID == rules.NotModelled:
		return c
	case c.Unknown == nil && (c.ID == rules.Authorization && asksOfToken(c) ||
		at.classes && c.Test.ReadsRequestLine()):
		supposed := *c
		supposed.Test = at.passedOthers(c.Test, true)
		return &supposed
	case !ofClaims(c):
		if at.clients && tellsClients(c) {
			return c
		}
		return passed
	case c.Unknown != nil:
		if claim := claimOf(c); claim != "" && t.CanBeAsWanted(claim) {
			return passed
		}
	}
	return mirroring(c)
}

// mirroring is a check of what only a captured answer of a validation endpoint tells, where the
// endpoint answers with what the token claims: it may. Other checks stay as they are.
func mirroring(c *rules.Check) *rules.Check {
	if !onlyCaptured(c.Test.Input) {
		return c
	}
	modelled := *c
	modelled.Test.Input.Model = rules.MirroredClaims()
	return &modelled
}

// mirrored is policies with their checks as mirroring has them.
func mirrored(policies []*rules.Policy) []*rules.Policy {
	for c := range rules.EachCheck(policies) {
		if onlyCaptured(c.Test.Input) {
			return withChecks(policies, mirroring)
		}
	}
	return policies
}

// passedOthers is what rules that allow or deny ask of a token, where whatever they ask of the
// request beside it lets it pass: it holds, or where it must not, it does not.
func (d distinctions) passedOthers(p rules.Predicate, holds bool) rules.Predicate {
	switch {
	case p.Op == rules.Not:
		p.Of = []rules.Predicate{d.passedOthers(p.Of[0], !holds)}
	case p.Op == rules.And || p.Op == rules.Or:
		of := make([]rules.Predicate, len(p.Of))
		for i, part := range p.Of {
			of[i] = d.passedOthers(part, holds)
		}
		p.Of = of
	case d.classes && p.OfRequestLine(), !ofRequest(&p):
	case holds:
		return rules.Both()
	default:
		return rules.Never()
	}
	return p
}

// ofRequest reports whether a part of a predicate looks at nothing of the token.
func ofRequest(leaf *rules.Predicate) bool {
	switch leaf.Op {
	case rules.Sent, rules.Readable, rules.Verifies:
		return false
	}
	return !slices.ContainsFunc(leaf.Reads(), func(in rules.Input) bool {
		switch in.Source {
		case rules.FromClaim, rules.FromHeader, rules.FromToken:
			return true
		}
		return false
	})
}

// newExposed counts what is looked at. It may be called on a nil cache.
func (m *cache) newExposed(policies []*rules.Policy, app *entra.Registration) *exposed {
	count := new(int)
	if m != nil {
		count = &m.looked
	}
	return withHolders(issued.Assume(mirrored(policies), app), policies, count)
}

func withHolders(holders *issued.Holders, policies []*rules.Policy, count *int) *exposed {
	e := &exposed{
		holders: holders, policies: policies, views: map[distinctions]*issued.View{},
		answers: map[string]answer{}, shared: true, alike: true, whole: true,
		over: &issued.Scratch{}, looked: count, limit: new(string),
		lines: ofRequestLine(policies),
	}
	for c := range rules.EachCheck(policies) {
		e.shared = e.shared && (c.Unknown == nil || !ofClaims(c))
		e.alike = e.alike && !tellsClients(c)
		e.whole = e.whole && c.ID != rules.NotModelled
	}
	return e
}

// modelled leaves out what is not modelled: a policy, or a check of one.
func (e *exposed) modelled() *exposed {
	if e.whole {
		return e
	}
	passed := &rules.Check{Skip: "not modelled"}
	return withHolders(e.holders, withChecks(e.policies, func(c *rules.Check) *rules.Check {
		if c.ID == rules.NotModelled {
			return passed
		}
		return c
	}), e.looked)
}

// daemonsOf leaves out the tokens of users.
func daemonsOf(tokens issued.Tokens) issued.Tokens {
	return tokens.Only(func(t *issued.Token) bool { return !t.User() })
}

// usersOf leaves out the tokens without a user.
func usersOf(tokens issued.Tokens) issued.Tokens { return tokens.Only((*issued.Token).User) }

// changed replaces each token by those that a function makes of it.
func changed(tokens issued.Tokens, by func(*issued.Token) []*issued.Token) issued.Tokens {
	return func(yield func(*issued.Token) bool) {
		for t := range tokens {
			for _, other := range by(t) {
				if !yield(other) {
					return
				}
			}
		}
	}
}

// unrelated is a text that no configuration has.
const unrelated = "gatewhy-unrelated"

// versions are those of access tokens.
func versions() []entra.Version { return []entra.Version{entra.V1, entra.V2} }

// mostOfRequestLine is up to how many conditions on a request's method or path policies are asked
// about in every class of requests. Beyond it they are in some: the more conditions, the fewer.
const mostOfRequestLine = 512

// inSomeClass is how far a token gets in the class of requests in which it gets furthest, where it
// gets no further than so far.
func (e *exposed) inSomeClass(
	t *issued.Token, clients bool, most exposure,
) (best exposure, with *issued.Token) {
	view := e.view(t, distinctions{clients, true})
	classes := view.Classes()
	beyond := classes[0].Beyond()
	if beyond != "" {
		classes = append(e.namedClasses(view), classes...)
	}
	tried := len(classes)
	if e.lines > mostOfRequestLine {
		tried = min(tried, mostOfRequestLine*mostOfRequestLine/e.lines+1)
	}
	for _, class := range classes[:tried] {
		if got, token := e.one(view.OfClass(&class), t); got > best {
			best, with = got, token
		}
		if best == letIn {
			return best, with
		}
	}
	if beyond != "" {
		*e.limit = strings.TrimPrefix(beyond, "more than ")
	}
	if tried < len(classes) {
		*e.limit = fmt.Sprintf("%d conditions on methods and paths", mostOfRequestLine)
		return min(most, unclear), t
	}
	return best, with
}

// namedClasses are classes of requests whose method and path conditions name: some, where there
// are too many to know all classes.
func (e *exposed) namedClasses(view *issued.View) (all []rules.Class) {
	methods := e.named(rules.RequestMethod, rules.MethodFault)
	if len(methods) == 0 {
		methods = []string{"GET"}
	}
	for _, path := range e.named(rules.RequestPath, rules.PathFault) {
		for _, method := range methods {
			all = append(all, view.ClassOf(method, path))
		}
	}
	return all
}

// named are the first few methods or paths that conditions name.
func (e *exposed) named(what string, fault func(text string) string) (all []string) {
	const most = 4
	add := func(leaf *rules.Predicate) {
		for _, v := range leaf.Values {
			isOne := leaf.OfRequestLine() && leaf.Input.Name == what && fault(v.Text) == ""
			if isOne && len(all) < most && !slices.Contains(all, v.Text) {
				all = append(all, v.Text)
			}
		}
	}
	for c := range rules.EachCheck(e.policies) {
		c.Test.EachLeaf(add)
	}
	return all
}

// ofRequestLine counts the conditions on a request's method or path, where rules that allow or
// deny by what tokens claim have some; 0 elsewhere.
func ofRequestLine(policies []*rules.Policy) int {
	conditions, both := 0, false
	for c := range rules.EachCheck(policies) {
		if c.Unknown == nil && c.Test.ReadsRequestLine() {
			both = both || c.ID == rules.Authorization && asksOfToken(c)
			c.Test.EachLeaf(func(leaf *rules.Predicate) {
				if leaf.OfRequestLine() {
					conditions++
				}
			})
		}
	}
	if !both {
		return 0
	}
	return conditions
}
