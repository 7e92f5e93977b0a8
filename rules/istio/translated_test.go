package istio

import (
	"cmp"
	"fmt"
	"maps"
	"net/textproto"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/rules"
	evaluator "github.com/gatewhy/gatewhy/testdata/oracles/envoy"
	"github.com/gatewhy/gatewhy/testdata/oracles/recording"
	"github.com/gatewhy/gatewhy/testdata/oracles/tokens"
	"github.com/gatewhy/gatewhy/testdata/oracles/witness"
)

// asking is a request, and where it has its token; without a place in the header Authorization.
type asking struct {
	recording.Request
	in     rules.Input
	prefix string
}

// asked are the requests that each token is sent with: two, and one of the others in each turn.
func asked(turn int) []asking {
	host := map[string]string{"Host": "orders.example", "X-Team": "blue"}
	request := func(method, path string, headers map[string]string) asking {
		return asking{Request: recording.Request{Method: method, Path: path, Headers: headers}}
	}
	in := func(source rules.Source, name, prefix string) asking {
		a := request("GET", "/orders/7", host)
		a.in, a.prefix = rules.Input{Source: source, Name: name}, prefix
		return a
	}
	others := []asking{
		in(rules.FromHTTP, "X-Token", ""), in(rules.FromHTTP, "X-Token", "Token "),
		in(rules.FromHTTP, "X-Token", "JWT="), in(rules.FromQuery, "token", ""),
		in(rules.FromQuery, "access_token", ""), in(rules.FromCookie, "session", ""),
		in(rules.FromHTTP, "Authorization", "JWT "),
		request("GET", "/orders/", map[string]string{"Host": "orders.example:8443"}),
		request("OPTIONS", "/orders/7/lines", host),
		request("OPTIONS", "/orders", map[string]string{
			"Host": "orders.example", "Origin": "https://x",
			"Access-Control-Request-Method": "GET",
		}),
		request("GET", "/orders/*/lines", host), request("GET", "/", host),
		request("PATCH", "/o%20rders", map[string]string{"Host": "orders.example."}),
	}
	return []asking{
		request("GET", "/orders/7", host),
		request("POST", "/admin", map[string]string{"Host": "Shop.Other"}),
		others[turn%len(others)],
	}
}

// request is the one that is asked with a token, as a prediction takes it.
func (a *asking) request(minted *witness.Minted, name string) *rules.Request {
	r := minted.Request(&a.Request, name)
	r.Query, r.Cookies = map[string]string{}, map[string]string{}
	if token := minted.Token(name).Token; token != "" && a.in.Name != "" {
		delete(r.Headers, "Authorization")
		of := map[rules.Source]map[string]string{
			rules.FromHTTP: r.Headers, rules.FromQuery: r.Query, rules.FromCookie: r.Cookies,
		}
		of[a.in.Source][a.in.Name] = a.prefix + token
	}
	return r
}

// token is the token as the evaluator takes it.
func (a *asking) token(sent *sentToken) *evaluator.Token {
	t := &evaluator.Token{
		Header: map[string]string{}, Query: map[string]string{}, Cookies: map[string]string{},
		Known: sent.text, Verified: sent.verified,
	}
	switch text := a.prefix + sent.Token; a.in.Source {
	case rules.FromQuery:
		t.Query[a.in.Name] = text
	case rules.FromCookie:
		t.Cookies[a.in.Name] = text
	default:
		name, text := "authorization", text
		if a.in.Name == "" {
			text = sent.Authorization
		} else {
			name = strings.ToLower(a.in.Name)
		}
		t.Header[name] = text
	}
	return t
}

// elsewhere says of each place that a rule looks at, and that the request has nothing in, that it
// is not sent.
func elsewhere(r *rules.Request, places []rules.Location) *rules.Request {
	for _, l := range places {
		switch l.Input.Source {
		case rules.FromQuery: // the query is whole
		case rules.FromCookie:
			r.Headers["Cookie"] = "theme=dark" // and no other but those that are known
		default:
			name := textproto.CanonicalMIMEHeaderKey(l.Input.Name)
			r.Headers[name] = cmp.Or(r.Headers[name], "")
		}
	}
	return r
}

// outcome is what comes of a request: an answer's status, 0 where it passes, or -1 where that
// depends on what is not known.
type outcome int

const (
	passes   outcome = 0
	depends  outcome = -1
	unjudged outcome = -2
)

func outcomeOf(v rules.Verdict) outcome {
	switch v.Outcome {
	case rules.Accepted:
		return passes
	case rules.Rejected:
		return outcome(v.Status)
	}
	return depends
}

// asEnvoy is a request as the evaluator of Envoy's filters takes it.
func asEnvoy(r *asking, sent *sentToken) *evaluator.Request {
	e := &evaluator.Request{
		Method: r.Method, Path: r.Path + "?page=1", Host: r.Headers["Host"],
		Headers: map[string]string{},
	}
	for name, value := range r.Headers {
		e.Headers[strings.ToLower(name)] = value
	}
	if sent.Token != "" {
		maps.Copy(e.Headers, r.token(sent).Header)
	}
	return e
}

// authorize is what the RBAC filters make of a request.
func (w *recordedWorkload) authorize(t *testing.T, r *evaluator.Request) outcome {
	t.Helper()
	all := evaluator.Yes
	for _, filter := range w.rbac {
		all = min(all, allows(t, filter, r))
	}
	switch all {
	case evaluator.Yes:
		return passes
	case evaluator.No:
		return 403
	}
	return depends
}

// allows says whether a filter lets a request pass. One that asks a provider runs before the JWT
// filter.
func allows(t *testing.T, filter *evaluator.RBAC, r *evaluator.Request) evaluator.Truth {
	t.Helper()
	if filter.AsksElsewhere() {
		bare := *r
		bare.Payload, r = nil, &bare
	}
	is, err := filter.Allows(r, "payload")
	if err != nil {
		t.Fatal(err)
	}
	return is
}

// sentToken is a token as both sides take it, read once for all files.
type sentToken struct {
	tokens.Request
	name    string
	text    *evaluator.Text // nil where there is none
	payload map[string]any  // nil for none that can be read

	verified, ownVerified bool // with the issuer's key set, or with its RSA key alone
}

// mostClients limits the random tokens of other clients, which no kind of token is of, and
// mostWays those that are sent otherwise than as bearer tokens are.
const mostClients, mostWays = 12, 24

func sentTokens(minted *witness.Minted) []sentToken {
	all, shapes := []sentToken{}, tokens.Kinds()
	clients, ways := mostClients, mostWays
	for _, s := range tokens.Random() {
		switch otherwise := strings.Contains(s.Name, " sent="); {
		case otherwise && ways > 0:
			ways--
		case !otherwise && strings.Contains(s.Name, " azp=") && clients > 0:
			clients--
		default:
			continue
		}
		shapes = append(shapes, s)
	}
	for _, shape := range shapes {
		sent := sentToken{Request: minted.Token(shape.Name), name: shape.Name}
		if sent.Token != "" {
			sent.text = evaluator.Read(sent.Token)
			if sent.text.Parsed != nil {
				sent.payload = sent.text.Parsed.Payload
			}
			token := inspect.Parse(sent.Token)
			noCrit := keys.Lenience{AnyCrit: true} // as Envoy's jwt.cc and verify.cc have it
			sent.verified = minted.Verify(token, &rules.Key{Lenience: noCrit}).Outcome == keys.Pass
			sent.ownVerified = minted.Verify(
				token, &rules.Key{Own: true, Lenience: noCrit}).Outcome == keys.Pass
		}
		all = append(all, sent)
	}
	return all
}

// seen is the payload that a policy sees, whatever the checks of its times, audience and signature
// say. It is not ok where that depends on which of several providers accepts the token.
func (w *recordedWorkload) seen(sent *sentToken) (payload map[string]any, ok bool) {
	if sent.Token == "" || w.jwt == nil {
		return nil, true
	}
	if !sent.text.Plain || sent.payload == nil || sent.Authorization != "Bearer "+sent.Token {
		return nil, false
	}
	var found *evaluator.Provider
	for _, p := range w.jwt.Providers {
		if p.Issuer == "" || p.Issuer == sent.payload["iss"] {
			if found != nil {
				return nil, false
			}
			found = p
		}
	}
	if found == nil || len(found.FromHeaders)+len(found.FromParams)+len(found.FromCookies) > 0 {
		return nil, false
	}
	return found.Metadata(sent.payload), true
}

// comparisons counts how many predictions were as recorded.
type comparisons struct {
	alone, whole, notJudged, notKnown, cautious int

	seen   map[rules.ID]bool // checks called observed that have decided, as they did in Envoy
	called map[rules.ID]bool // all checks that are called observed
}

// For each file, each kind of token and each request: what the predictions say of the policies
// alone, and of the whole, is what the translation comes to.
func TestIstioTranslatesAsPredicted(t *testing.T) {
	t.Parallel()
	minted, err := witness.Mint(time.Date(2026, 5, 6, 10, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	files, all := recordedFiles(t), sentTokens(minted)
	counts := make([]comparisons, len(files))
	t.Run("of", func(t *testing.T) {
		for i, f := range files {
			t.Run(f.name, func(t *testing.T) {
				t.Parallel()
				counts[i].seen, counts[i].called = map[rules.ID]bool{}, map[rules.ID]bool{}
				for j, recorded := range f.workloads {
					counts[i].compare(t, f, recorded, minted, oneTokenIn(all, i+j))
				}
			})
		}
	})
	total := comparisons{}
	seen, called := map[rules.ID]bool{}, map[rules.ID]bool{}
	for _, c := range counts {
		maps.Copy(seen, c.seen)
		maps.Copy(called, c.called)
		total.alone += c.alone
		total.whole += c.whole
		total.notJudged += c.notJudged
		total.notKnown += c.notKnown
		total.cautious += c.cautious
	}
	for id := range called {
		if !seen[id] && !t.Failed() {
			t.Errorf("no recording shows that %s is tested, which is called observed", id)
		}
	}
	t.Logf("%d files: %d outcomes of the policies alone and %d of the whole as predicted, %d of "+
		"them not known; %d not judged, and %d not known on purpose", len(files),
		total.alone, total.whole, total.notKnown, total.notJudged, total.cautious)
}

// oneTokenIn is each token of a turn: all have been sent when it was every number's turn.
func oneTokenIn(all []sentToken, turn int) []*sentToken {
	var some []*sentToken
	for i := turn % oneTokenOf; i < len(all); i += oneTokenOf {
		some = append(some, &all[i])
	}
	return some
}

func (n *comparisons) compare(
	t *testing.T, f *recordedFile, recorded *recordedWorkload, minted *witness.Minted,
	all []*sentToken,
) {
	w := f.workload(t, recorded.Workload)
	if w == nil || f.notInCluster() || !slices.Equal(w.selected(), recorded.Selected) {
		return
	}
	c := newCompiler(w, behaviours())
	own := len(c.jwt) > 0 && c.providers[0].Key.Own
	places := []rules.Location{}
	for _, rule := range c.jwt {
		places = append(places, rule.provider(newest).Locations...)
	}
	alone := []*rules.Policy{{Root: c.authorization()}}
	whole := []*rules.Policy{{Root: c.root()}}
	for _, check := range whole[0].Checks() {
		if check.Evidence.Level == rules.Observed {
			n.called[check.ID] = true
		}
	}
	for turn, sent := range all {
		for _, r := range asked(turn) {
			predicted := func(of []*rules.Policy) rules.Verdict {
				request := elsewhere(r.request(minted, sent.name), places)
				request.Brief = true
				return rules.Evaluate(of, request)
			}
			e, want := asEnvoy(&r, sent), unjudged
			if payload, ok := recorded.seen(sent); ok && r.in.Name == "" {
				if recorded.jwt == nil || !recorded.jwt.Passes(e) {
					e.Payload = payload
				}
				want = recorded.authorize(t, e)
			}
			where := fmt.Sprintf("%s, %s, %s %s with %s %s%s", f.name, recorded.Workload,
				r.Method, r.Path, sent.name, r.in, r.prefix)
			n.alone += n.add(t, f, where+", alone", predicted(alone), want)
			want = recorded.answer(t, &r, sent, minted.At, own)
			n.whole += n.add(t, f, where+", whole", predicted(whole), want)
		}
	}
}

// add compares what is predicted with what Envoy does, and returns 1 if they are the same.
func (n *comparisons) add(
	t *testing.T, f *recordedFile, where string, v rules.Verdict, want outcome,
) int {
	got := outcomeOf(v)
	switch {
	case want == unjudged:
		n.notJudged++
	case got == depends && len(f.Refused) > 0:
		n.cautious++ // an earlier version may hold
	case got == depends && strings.HasPrefix(f.name, "wide") &&
		strings.Contains(v.Why(), "before the policy looks at it"):
		n.cautious++ // a header that a JWT rule rewrites is not predicted
	case got != want:
		t.Errorf("%s: predicted %d, and Envoy's is %d; %s", where, got, want, v.Why())
	default:
		if got == depends {
			n.notKnown++
		}
		if v.Decided != nil && v.Decided.Check.Evidence.Level == rules.Observed {
			n.seen[v.Decided.Check.ID] = true
		}
		return 1
	}
	return 0
}

// authorization is what the AuthorizationPolicies alone want.
func (c *compiler) authorization() rules.Node {
	whole := rules.Node{All: []rules.Node{}}
	for _, stage := range []func() (rules.Node, bool){
		func() (rules.Node, bool) { asked, _, ok := c.custom(); return asked, ok },
		c.deny, func() (rules.Node, bool) { return c.allow(false) },
	} {
		if n, ok := stage(); ok {
			whole.All = append(whole.All, n)
		}
	}
	return whole
}

// answer is what both filters make of a request with a token.
func (w *recordedWorkload) answer(
	t *testing.T, asked *asking, sent *sentToken, at time.Time, own bool,
) outcome {
	t.Helper()
	r := asEnvoy(asked, sent)
	for _, filter := range w.rbac {
		if filter.AsksElsewhere() && allows(t, filter, r) == evaluator.Maybe {
			return depends // what it lets pass may have another token
		}
	}
	if w.jwt == nil || sent.Token == "" {
		return w.authorize(t, r)
	}
	if !sent.text.Plain {
		return unjudged
	}
	token := asked.token(sent)
	if own {
		token.Verified = sent.ownVerified
	}
	if w.jwt.Passes(r) {
		return w.authorize(t, r)
	}
	status, provider, err := w.jwt.Verify(token, at)
	if err != nil {
		t.Fatal(err)
	}
	if code := status.Code(); code != 0 {
		return outcome(code)
	}
	if provider != nil {
		r.Payload = provider.Metadata(sent.payload)
		provider.Rewrite(r)
	}
	return w.authorize(t, r)
}
