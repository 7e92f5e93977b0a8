package rules

import (
	"runtime"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
)

func TestAnObservedAnswerFitsARowOfTheTable(t *testing.T) {
	t.Parallel()
	body := func(text string) *string { return &text }
	exact := Behaviour{
		Answer:  Answer{Status: 401, Body: `{"error":"Invalid token."}`},
		Headers: []string{"www-authenticate: Bearer", "Content-Type: application/json"},
	}
	words := Behaviour{Answer: Answer{Status: 403, Says: "Invalid Client"}}
	empty := Behaviour{Answer: Answer{Status: 503, NoBody: true}}
	silent := Behaviour{Answer: Answer{Status: 401}}
	passes := Behaviour{Answer: Answer{Status: 200}}
	anyValue := Behaviour{
		Answer: Answer{Status: 302}, Headers: []string{"location: <where one signs in>"},
	}
	challenge := Behaviour{
		Answer: Answer{Status: 401}, Headers: []string{`www-authenticate: Bearer realm="<URL>"`},
	}
	invalid := Behaviour{Answer: Answer{Status: 401}, Headers: []string{
		`www-authenticate: Bearer realm="<URL>", error="invalid_token"`,
	}}
	refused := Observation{Status: 401, Headers: []string{
		`WWW-Authenticate: Bearer realm="https://api.example/orders", error="invalid_token"`,
	}}
	tests := []struct {
		name      string
		row       Behaviour
		observed  Observation
		published bool
		by        Match
		fits      bool
	}{
		{"the status alone", exact, Observation{Status: 401}, false, ByStatus, true},
		{"another status", exact, Observation{Status: 403}, false, ByNone, false},
		{
			"the body without a status", exact,
			Observation{Body: body(`{"error":"Invalid token."}`)},
			true, ByBody, true,
		},
		{
			"the body in another layout", exact,
			Observation{Status: 401, Body: body("{\n  \"error\": \"Invalid token.\"\n}\n")},
			true,
			ByBody, true,
		},
		{
			"a body of another situation", exact,
			Observation{Status: 401, Body: body("{}")},
			true,
			ByNone, false,
		},
		{
			"a body that nobody published", exact,
			Observation{Status: 401, Body: body("{}")},
			false, ByStatus, true,
		},
		{
			"any body, where the row has none published", silent,
			Observation{Status: 401, Body: body("{}")},
			true, ByStatus, true,
		},
		{
			"a header in another case", exact,
			Observation{Status: 401, Headers: []string{"WWW-Authenticate: bearer"}},
			false,
			ByHeader, true,
		},
		{
			"the header with another value", exact,
			Observation{Status: 401, Headers: []string{"WWW-Authenticate: Basic"}},
			false, ByNone,
			false,
		},
		{
			"a header whose value the table has in words", anyValue,
			Observation{Status: 302, Headers: []string{"Location: https://login.example/a"}},
			false,
			ByHeader, true,
		},
		{"a header that has a part in words", invalid, refused, false, ByHeader, true},
		{
			"a header that goes on behind the part in words", challenge, refused,
			false, ByNone, false,
		},
		{
			"a header that ends where the part in words begins", invalid,
			Observation{Status: 401, Headers: []string{`www-authenticate: Bearer realm="`}},
			false, ByNone, false,
		},
		{
			"a content type, which says nothing", exact,
			Observation{Status: 401, Headers: []string{"content-type: text/html"}},
			false,
			ByStatus, true,
		},
		{
			"a header that the row does not have", exact,
			Observation{Status: 401, Headers: []string{"server: nginx"}},
			false, ByStatus, true,
		},
		{
			"words in the body", words,
			Observation{Status: 403, Body: body(`{"error":"invalid client"}`)},
			false, ByBody,
			true,
		},
		{"an empty body", empty, Observation{Status: 503, Body: body("\n")}, false, ByBody, true},
		{
			"a body where there is none", empty,
			Observation{Status: 503, Body: body("down")},
			false, ByNone, false,
		},
		{
			"nothing known but a header", silent,
			Observation{Headers: []string{"server: nginx"}},
			false, ByStatus, false,
		},
		{"any status of success", passes, Observation{Status: 204}, false, ByStatus, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if by, fits := test.observed.fits(
				&test.row, test.published,
			); fits != test.fits ||
				fits && by != test.by {
				t.Errorf("got %s %t, want %s %t", by, fits, test.by, test.fits)
			}
		})
	}
}

// predictionOf is the prediction that checks lead to, with a small table of behaviours.
func predictionOf(checks ...*Check) *Prediction {
	policy := &Policy{Asset: "jwt", Variant: "one", Root: AllOf(checks...)}
	request := claims(`{}`)
	v := Evaluate([]*Policy{policy}, request)
	row := func(situation string, status int, body string, policies ...string) Behaviour {
		return Behaviour{
			Situation: situation, Title: situation, Variant: "one", Policies: policies,
			Answer: Answer{Situation: situation, Status: status, Body: body},
		}
	}
	return &Prediction{
		Verdict: &v, Request: request, Policies: []*Policy{policy}, AnyOrder: true,
		Behaviours: []Behaviour{
			row("wrong-audience", 401, "bad audience", "jwt"),
			row("no-contract", 403, "no contract", "jwt"),
			row("no-token", 400, "", "jwt"),
			row("rate-limited", 429, "slow down", "rate-limit"),
		},
		Known: []Adapter{{
			Variants: []Variant{{Name: "two", Product: "Two"}, {Name: "three", Product: "Three"}},
			Behaviours: func() []Behaviour {
				other := []Behaviour{
					row("expired", 401, "has expired"), row("denied", 403, "no contract"),
					row("refused", 403, "Forbidden"), row("expired", 401, "has expired"),
				}
				for i := range other {
					other[i].Variant = "two"
				}
				other[3].Variant = "three"
				return other
			},
		}},
		Causes: []Cause{
			{
				ID:       "never",
				Any:      true,
				Possible: func(*Prediction, *Observation) bool { return false },
			},
			{ID: "header-lost", Situations: []string{"no-token"}},
			{ID: "not-deployed", LetsIn: true},
			{ID: "another-policy", Elsewhere: true},
			{ID: "something-else", Any: true},
		},
	}
}

// situated is a check whose answer is that of a situation.
func situated(id ID, truth Truth, situation string, status int) *Check {
	c := fixed(id, truth)
	c.Answer = Answer{Situation: situation, Status: status}
	if situation == "wrong-audience" {
		c.Answer.Body = "bad audience"
	}
	return c
}

func TestAPredictionIsComparedWithWhatWasObserved(t *testing.T) {
	t.Parallel()
	body := func(text string) *string { return &text }
	in := []*Check{situated(Audience, Yes, "wrong-audience", 401)}
	out := []*Check{situated(Audience, No, "wrong-audience", 401)}
	silent := []*Check{situated(Audience, No, "no-token", 400)}
	nameless := []*Check{situated(Audience, No, "", 0)}
	laterToo := append(out[:1:1], situated(Contract, No, "no-contract", 403))
	openBefore := append(
		[]*Check{situated(Contract, Maybe, "no-contract", 403)}, out...,
	)
	open := []*Check{situated(Audience, Maybe, "wrong-audience", 401)}
	twoOpen := append(open[:1:1], situated(Issuer, Maybe, "wrong-audience", 401))
	tests := []struct {
		name     string
		checks   []*Check
		observed Observation
		agrees   Truth
		follows  string // a part; empty for nothing
		causes   string // their ids, the likeliest first
	}{
		{"let in as predicted", in, Observation{Status: 200}, Yes, "", ""},
		{
			"rejected by what the policy is known to send", in,
			Observation{Status: 400},
			No, "",
			"header-lost something-else",
		},
		{
			"rejected by what no policy is known to send", in,
			Observation{Status: 418},
			Maybe,
			"the request may have passed them, as predicted", "something-else",
		},
		{
			"a body that another policy is known to send", in,
			Observation{Status: 429, Body: body("slow down")},
			Maybe,
			"the request may have passed them", "another-policy something-else",
		},
		{
			"rejected as predicted, with its body", out,
			Observation{Status: 401, Body: body("bad audience")},
			Yes, "the status agrees, and the body is the one that is published", "",
		},
		{
			"rejected as predicted, as far as the status says", out,
			Observation{Status: 401},
			Yes,
			"the status agrees", "",
		},
		{
			"let in where a rejection was predicted", out,
			Observation{Status: 200},
			No, "",
			"not-deployed something-else",
		},
		{
			"a body of another situation", out,
			Observation{Status: 401, Body: body("no contract")},
			No, "", "something-else",
		},
		{
			"a body that nobody has published", out,
			Observation{Status: 401, Body: body("hm")},
			Maybe, "another version of the policy, or something else, answered", "something-else",
		},
		{
			"a body of another vendor's gateways", out,
			Observation{Status: 401, Body: body("has expired")},
			No, "", "another-gateway something-else",
		},
		{
			"such a body where a request is let in", in,
			Observation{Status: 401, Body: body("has expired")},
			Maybe, "the request may have passed them", "another-gateway something-else",
		},
		{
			"such a body where that of the prediction is not known", silent,
			Observation{Status: 400, Body: body("has expired")},
			Maybe, "this one is another gateway's",
			"another-gateway header-lost something-else",
		},
		{
			"a body that anybody may send", out,
			Observation{Status: 401, Body: body("Forbidden")},
			Maybe, "another version of the policy, or something else, answered", "something-else",
		},
		{
			"a body alone, where none is published", silent,
			Observation{Body: body("x")},
			Maybe,
			"no source gives the body of the predicted answer", "something-else",
		},
		{
			"the status of an answer of which no body is published", silent,
			Observation{Status: 400, Body: body("x")},
			Yes,
			"no source gives the body of the predicted answer", "",
		},
		{
			"a prediction whose status is not known", nameless,
			Observation{Status: 401},
			Maybe,
			"the status of the predicted answer is not known", "something-else",
		},
		{
			"a later check that fails too may come first", laterToo,
			Observation{Status: 403},
			No,
			"", "other-check-first something-else",
		},
		{
			"an earlier check that is not known may fail", openBefore,
			Observation{Status: 403},
			No,
			"", "unknown-check-fails something-else",
		},
		{
			"let in where the prediction is open", open,
			Observation{Status: 200},
			Maybe,
			"every check passed, including those that are not known: audience", "",
		},
		{
			"rejected as the check that is not known would", open,
			Observation{Status: 401},
			Maybe,
			"it was the check that is not known: audience", "",
		},
		{
			"rejected as one of two would", twoOpen,
			Observation{Status: 401},
			Maybe,
			"it was one of the checks that are not known: audience, issuer", "",
		},
		{
			"rejected as no open check would", open,
			Observation{Status: 400},
			Maybe,
			"no check that is still open is known to answer like this",
			"header-lost something-else",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := predictionOf(test.checks...).Compare(test.observed)
			if c.Agrees != test.agrees {
				t.Errorf("agrees: %d", c.Agrees)
			}
			if !strings.Contains(c.Follows, test.follows) ||
				test.follows == "" && c.Follows != "" {
				t.Errorf("it follows that %s", c.Follows)
			}
			var ids []string
			for i, cause := range c.Causes {
				ids = append(ids, cause.ID)
				if cause.Rank != i+1 {
					t.Errorf("%s has the rank %d", cause.ID, cause.Rank)
				}
			}
			if got := strings.Join(ids, " "); got != test.causes {
				t.Errorf("the causes are %s", got)
			}
		})
	}
}

func TestAnotherGatewayIsNamedByItsBody(t *testing.T) {
	t.Parallel()
	p, body := predictionOf(situated(Audience, No, "wrong-audience", 401)), "has expired"
	c := p.Compare(Observation{Status: 401, Body: &body}).Causes[0]
	if c.Title != "another gateway answered, such as Two or Three" || c.Seen != "expired" {
		t.Errorf("got %q, seen %q", c.Title, c.Seen)
	}
}

func TestARequestThatWasMadeWhileItsTokenWasValidIsTheLikeliestCause(t *testing.T) {
	t.Parallel()
	p := predictionOf(situated(Expiry, No, "wrong-audience", 401))
	earlier := Evaluate(nil, p.Request)
	p.Earlier = &earlier
	c := p.Compare(Observation{Status: 200})
	if len(c.Causes) == 0 || c.Causes[0].ID != "made-while-valid" ||
		c.Causes[0].Need.Input != source.NeedTime {
		t.Errorf("got %+v", c.Causes)
	}
	if c := p.Compare(Observation{Status: 403}); c.Causes[0].ID == "made-while-valid" {
		t.Error("an answer that was not given at that time either is explained by it")
	}
}

// An answer to HEAD has no body (RFC 9110, section 9.3.2), whichever a GET is answered with.
func TestTheBodyOfAHeadSaysNothing(t *testing.T) {
	t.Parallel()
	for method, want := range map[string]Truth{"HEAD": Yes, "GET": Maybe} {
		p := predictionOf(situated(Audience, No, "wrong-audience", 401))
		p.Verdict.Answer.Body, p.Request.Method = "bad audience", method
		empty := "\n"
		c := p.Compare(Observation{Status: 401, Body: &empty})
		if c.Agrees != want || (c.Need != Need{}) || len(c.Causes) > 0 != (want == Maybe) {
			t.Errorf("%s: %+v", method, c)
		}
	}
}

func TestBodiesAreTheSameByTheirContent(t *testing.T) {
	t.Parallel()
	const known = `{"error": "a \" b", "n": [1, 2]}`
	for name, test := range map[string]struct {
		known, observed string
		same            bool
	}{
		"the same text":            {known, known, true},
		"blanks between the parts": {known, "{ \"error\":\n\t\"a \\\" b\", \"n\":[1,2] }\n", true},
		"a blank in a text":        {known, `{"error": "a  \" b", "n": [1, 2]}`, false},
		"a blank in a number":      {`[12]`, `[1 2]`, false},
		"the beginning":            {known, `{"error": "a \" b"`, false},
		"something behind it":      {known, known + "x", false},
		"an escape that ends":      {known, `{"error": "a \`, false},
		"no JSON, but for blanks":  {"Denied.", " Denied.\n", true},
		"no JSON, another one":     {"Denied.", "Denied", false},
		"JSON in place of none":    {"Denied.", `"Denied."`, false},
	} {
		if got := sameBody(test.known, test.observed); got != test.same {
			t.Errorf("%s: %t", name, got)
		}
	}
	for text, want := range map[string]bool{
		"<h1>502 BAD gateway</h1>": true, "b bad bad gateway": true, "bad gatewa": false,
		"": false,
	} {
		if says(text, "Bad Gateway") != want {
			t.Errorf("%q", text)
		}
	}
}

// It is compared with each row of a table.
func TestALargeBodyIsNotCopiedToBeCompared(t *testing.T) {
	body := `{"error": "Invalid"` + strings.Repeat(" ", 8<<20) + "}"
	answers := []Answer{{Body: `{"error": "Denied"}`}, {Says: "Bad Gateway"}, {NoBody: true}}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for i := range answers {
		if answers[i].hasBody(&body) != No {
			t.Errorf("it is taken for %+v", answers[i])
		}
	}
	runtime.ReadMemStats(&after)
	if kib := (after.TotalAlloc - before.TotalAlloc) >> 10; kib > 1024 {
		t.Errorf("%d KiB are allocated", kib)
	}
}
