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

// asked are the requests that each token is sent with.
func asked() []recording.Request {
	return []recording.Request{
		{
			Method: "GET", Path: "/orders/7",
			Headers: map[string]string{"Host": "orders.example", "X-Team": "blue"},
		},
		{Method: "POST", Path: "/admin", Headers: map[string]string{"Host": "Shop.Other"}},
	}
}

// elsewhere says of each place that a rule looks at, and that the request has nothing in, that it
// is empty.
func elsewhere(r *rules.Request, places []rules.Location) *rules.Request {
	r.Query, r.Cookies = map[string]string{}, map[string]string{}
	for _, l := range places {
		switch l.Input.Source {
		case rules.FromQuery:
			r.Query[l.Input.Name] = ""
		case rules.FromCookie:
			r.Cookies[l.Input.Name] = ""
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
func asEnvoy(r *recording.Request) *evaluator.Request {
	e := &evaluator.Request{
		Method: r.Method, Path: r.Path + "?page=1", Host: r.Headers["Host"],
		Headers: map[string]string{},
	}
	for name, value := range r.Headers {
		e.Headers[strings.ToLower(name)] = value
	}
	return e
}

// authorize is what the RBAC filters make of a request.
func (w *recordedWorkload) authorize(t *testing.T, r *evaluator.Request) outcome {
	t.Helper()
	all := evaluator.Yes
	for _, filter := range w.rbac {
		one, err := filter.Allows(r, "payload")
		if err != nil {
			t.Fatal(err)
		}
		all = min(all, one)
	}
	switch all {
	case evaluator.Yes:
		return passes
	case evaluator.No:
		return 403
	}
	return depends
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
		"them not known; %d not judged, and %d not known of what is refused", len(files),
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
		places = append(places, rule.provider(true).Locations...)
	}
	alone := []*rules.Policy{{Root: c.authorization()}}
	whole := []*rules.Policy{{Root: c.root()}}
	for _, check := range whole[0].Checks() {
		if check.Evidence.Level == rules.Observed {
			n.called[check.ID] = true
		}
	}
	for _, sent := range all {
		for _, r := range asked() {
			predicted := func(of []*rules.Policy) rules.Verdict {
				request := elsewhere(minted.Request(&r, sent.name), places)
				request.Brief = true
				return rules.Evaluate(of, request)
			}
			e, want := asEnvoy(&r), unjudged
			if payload, ok := recorded.seen(sent); ok {
				e.Payload = payload
				want = recorded.authorize(t, e)
			}
			where := fmt.Sprintf("%s, %s, %s %s with %s", f.name, recorded.Workload, r.Method,
				r.Path, sent.name)
			n.alone += n.add(t, f, where+", alone", predicted(alone), want)
			want = recorded.answer(t, asEnvoy(&r), sent, minted.At, own)
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
	case got != want:
		t.Errorf("%s: predicted %d, and Envoy's is %d", where, got, want)
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
		c.custom, c.deny, func() (rules.Node, bool) { return c.allow(false) },
	} {
		if n, ok := stage(); ok {
			whole.All = append(whole.All, n)
		}
	}
	return whole
}

// answer is what both filters make of a request with a token.
func (w *recordedWorkload) answer(
	t *testing.T, r *evaluator.Request, sent *sentToken, at time.Time, own bool,
) outcome {
	t.Helper()
	if w.jwt == nil || sent.Token == "" {
		return w.authorize(t, r)
	}
	if !sent.text.Plain {
		return unjudged
	}
	token := &evaluator.Token{
		Header:   map[string]string{"authorization": sent.Authorization},
		Known:    sent.text,
		Verified: sent.verified,
	}
	if own {
		token.Verified = sent.ownVerified
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
	}
	return w.authorize(t, r)
}
