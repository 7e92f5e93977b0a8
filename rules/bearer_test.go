package rules

import (
	"encoding/base64"
	"strings"
	"testing"
)

// elsewhere are places for a token beside the Authorization header.
func elsewhere() []Location {
	return []Location{
		{Input: Input{Source: FromHTTP, Name: "x-token"}, Prefix: "Tiny "},
		{Input: Input{Source: FromQuery, Name: "token"}},
		{
			Input: Input{Source: FromCookie, Name: "t"}, Prefix: "jwt:", FoldCase: true,
			Optional: true,
		},
	}
}

func TestWhereATokenIsLookedFor(t *testing.T) {
	t.Parallel()
	token := claims(`{}`).Token
	text := token.Compact()
	header := func(value string) Request {
		return Request{Headers: map[string]string{"X-Token": value}}
	}
	query := func(value string) Request {
		return Request{Query: map[string]string{"token": value}}
	}
	cookie := func(value string) Request { return Request{Cookies: map[string]string{"t": value}} }
	both := func(h, q string) Request {
		return Request{
			Headers: map[string]string{"X-Token": h},
			Query:   map[string]string{"token": q},
		}
	}
	tests := []struct {
		name    string
		several Several
		request Request
		want    Truth
	}{
		{
			"a token of which nobody says how it is sent is sent as it should be", FirstCounts,
			Request{},
			Yes,
		},
		{"in another header, behind its prefix", FirstCounts, header("Tiny " + text), Yes},
		{"not without the prefix", FirstCounts, header(text), No},
		{"not behind another one", FirstCounts, header("Bearer " + text), No},
		{"not behind the prefix in another case", FirstCounts, header("tiny " + text), No},
		{"not another token", FirstCounts, header("Tiny " + text + "x"), No},
		{
			"not in the Authorization header", FirstCounts,
			Request{Headers: map[string]string{"X-Token": "", "Authorization": "Bearer " + text}},
			No,
		},
		{
			"not where the request is known to have nothing, and the token elsewhere", FirstCounts,
			Request{
				HeadersWhole: true, Headers: map[string]string{"Authorization": "Bearer " + text},
			},
			No,
		},
		{
			"perhaps where the request has the token elsewhere, and may have more", FirstCounts,
			Request{Headers: map[string]string{"Authorization": "Bearer " + text}},
			Maybe,
		},
		{"where nobody says where it is", FirstCounts, Request{HeadersWhole: true}, Yes},
		{
			"in a cookie of the header of cookies", FirstCounts,
			Request{Headers: map[string]string{"Cookie": "a=b; t=jwt:" + text}},
			Yes,
		},
		{
			"not where that header has another cookie", FirstCounts,
			Request{Headers: map[string]string{"Cookie": "a=b"}},
			No,
		},
		{"in a parameter, without a prefix", FirstCounts, query(text), Yes},
		{"not in a parameter behind one", FirstCounts, query("Tiny " + text), No},
		{"in a cookie, behind a prefix", FirstCounts, cookie("jwt:" + text), Yes},
		{
			"in a cookie behind the prefix in another case, where case does not count",
			FirstCounts, cookie("JWT:" + text), Yes,
		},
		{"in a cookie without the prefix, where it is optional", FirstCounts, cookie(text), Yes},

		{"of several the first counts: it is bad", FirstCounts, both("Tiny x", text), No},
		{"of several the first counts: it is good", FirstCounts, both("Tiny "+text, "x"), Yes},
		{"of several all count: one is bad", AllCount, both("Tiny "+text, "x"), No},
		{"of several all count: the first is bad", AllCount, both("Tiny x", text), No},
		{"of several all count: they are good", AllCount, both("Tiny "+text, text), Yes},
		{"of several none counts", NoneCounts, both("Tiny "+text, text), No},
		{"one alone does", NoneCounts, header("Tiny " + text), Yes},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.request.Token = token
			p := Predicate{Op: Sent, Lookup: &Lookup{
				Locations: elsewhere(),
				Several:   test.several,
			}}
			if got := test.request.judge(&p).may.truth(); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
}

func TestOfSeveralHeadersItIsNotKnownWhichCounts(t *testing.T) {
	t.Parallel()
	present := &Check{ID: TokenPresent, Test: Predicate{Op: Sent}}
	audience := &Check{ID: Audience, Test: Predicate{
		Op: Equals, Input: Claim("aud"), Values: Literals("x"),
	}}
	policies := []*Policy{{Root: AllOf(present, audience)}}
	for name, row := range map[string]struct {
		repeated []string
		want     Decision
	}{
		"of the one with the token": {[]string{"Authorization"}, Undetermined},
		"of another one":            {[]string{"Accept"}, Rejected},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			request := claims(`{"aud": "y"}`)
			request.Repeated = row.repeated
			v := Evaluate(policies, request)
			if v.Outcome != row.want {
				t.Errorf("%s: %s", v.Outcome, v.Why())
			}
			if row.want == Undetermined && !strings.Contains(v.Why(), "several Authorization") {
				t.Errorf("why: %s", v.Why())
			}
		})
	}
}

func TestWhatIsSentInThePlaceOfAToken(t *testing.T) {
	t.Parallel()
	otherwise := Answer{Status: 400}
	check := &Check{ID: TokenPresent, Answer: Answer{Status: 401}, Test: Predicate{
		Op: Sent, Lookup: &Lookup{
			Locations: elsewhere(), Several: NoneCounts,
			Otherwise: &otherwise,
		},
	}}
	for name, row := range map[string]struct {
		headers, query map[string]string
		status         int
		actual, why    string
	}{
		"nothing": {
			map[string]string{"X-Token": ""},
			nil, 401, "none",
			"where the policy looks for it, " +
				"in the X-Token header or the query token or the cookie t",
		},
		"something else in the header": {
			map[string]string{"X-Token": "secret"},
			nil, 400, "something else",
			`is in the X-Token header; the policy wants "Tiny " and the token`,
		},
		"something else in the parameter": {
			nil,
			map[string]string{"token": "secret"},
			400, "something else",
			`is in the query token; the policy wants only the token`,
		},
		"two things": {
			map[string]string{"X-Token": "secret"},
			map[string]string{"token": "secret"},
			400, "something else",
			"in more than one place, the X-Token header or the query token",
		},
	} {
		t.Run(name, func(t *testing.T) {
			request := &Request{Headers: row.headers, Query: row.query}
			v := Evaluate([]*Policy{{Root: AllOf(check)}}, request)
			if v.Status != row.status || v.Decided.Actual() != row.actual {
				t.Errorf("%d, found %s", v.Status, v.Decided.Actual())
			}
			if !strings.Contains(v.Why(), row.why) {
				t.Errorf("got %q", v.Why())
			}
			if strings.Contains(v.Why(), "secret") {
				t.Error("what was sent is shown")
			}
		})
	}
}

func TestATokenMayComeInBasicCredentials(t *testing.T) {
	t.Parallel()
	token := claims(`{}`).Token
	text := token.Compact()
	at := inHeader()[0]
	at.Basic = &InBasic{Passwords: []string{"", "x-oauth-basic"}}
	basic := func(credentials string) string {
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(credentials))
	}
	for header, want := range map[string]bool{
		"Bearer " + text:                 true,
		basic(text + ":"):                true,
		basic(text + ":x-oauth-basic"):   true,
		basic("me:" + text):              true,
		basic(text + ":secret"):          false,
		basic(text + ":" + text):         false,
		basic("me:other"):                false,
		basic(text):                      false,
		"Basic " + text:                  false,
		"basic " + basic(text + ":")[6:]: false,
		text:                             false,
	} {
		if got := at.carries(header, text); got != want {
			t.Errorf("%.40s: got %v, want %v", header, got, want)
		}
		if inHeader()[0].carries(header, text) != (header == "Bearer "+text) {
			t.Errorf("%.40s: a location without Basic takes it", header)
		}
	}
}

// Envoy takes the token out of a header (extractor.cc, extractJWT), and passes over one without
// the prefix. Before 1.28 it dropped what is behind the token.
func TestATokenMayBeInsideOfWhatIsSent(t *testing.T) {
	t.Parallel()
	token := claims(`{}`).Token
	text := token.Compact()
	for prefix, headers := range map[string]map[string]bool{
		"Bearer ": {
			"Bearer " + text: true, "Bearer  " + text: true, "x Bearer \"" + text: true,
			"Bearer x, Bearer " + text: false, "bearer " + text: false, text: false,
			"Bearer " + text + ".x": false, "Bearer ": false,
		},
		"Bearer": {"Bearer " + text: true, "Bearer" + text: true, "Bearer=" + text: true},
	} {
		at := inHeader()[0]
		at.Prefix, at.Inside = prefix, true
		for header, want := range headers {
			if got := at.carries(header, text); got != want {
				t.Errorf("%q in %.40s: got %v, want %v", prefix, header, got, want)
			}
			at.Cut = true
			if got := at.carries(header+", Bearer x", text); got != want && header != "Bearer " {
				t.Errorf("%q in %.40s, cut: got %v, want %v", prefix, header, got, want)
			}
			at.Cut = false
		}
	}
	inside := inHeader()[0]
	inside.Inside = true
	for behind, want := range map[string]may{
		"": holds, `"`: fails, " x": fails, ", Bearer " + text: fails,
		".": holds | fails, "==": holds | fails,
	} {
		r := Request{
			Token: token, Headers: map[string]string{"Authorization": "Bearer " + text + behind},
		}
		got := r.sent(Predicate{Op: Sent, Lookup: &Lookup{Locations: []Location{inside}}}).may
		if got != want {
			t.Errorf("%.20q behind the token: got %v, want %v", behind, got, want)
		}
	}
	test := Predicate{Op: Sent, Lookup: &Lookup{
		Locations: []Location{inside, elsewhere()[1]}, Several: AllCount,
	}}
	for header, want := range map[string]may{"Basic eDp5": holds, "Bearer x": fails} {
		r := Request{
			Token: token, Query: map[string]string{"token": text},
			Headers: map[string]string{"Authorization": header},
		}
		if got := r.sent(test).may; got != want {
			t.Errorf("%s beside a parameter: got %v, want %v", header, got, want)
		}
	}
}

// Envoy has a header or a cookie that is sent without a value, and others do not.
func TestOfWhatIsSentWithoutAValueItIsNotKnownWhetherItCounts(t *testing.T) {
	t.Parallel()
	header := Input{Source: FromHTTP, Name: "x-tenant"}
	cookie := Input{Source: FromCookie, Name: "session"}
	request := claims(`{"aud": "y"}`)
	request.HeadersWhole = true
	request.Headers = map[string]string{"X-Tenant": "", "X-Other": "", "Cookie": "session="}
	request.Blank = []string{"X-Tenant"}
	request.Cookies = map[string]string{"session": "", "theme": "dark"}
	for name, row := range map[string]struct {
		in   Input
		want Decision
	}{
		"a header":                     {header, Undetermined},
		"a cookie":                     {cookie, Undetermined},
		"a header said not to be sent": {Input{Source: FromHTTP, Name: "x-other"}, Rejected},
		"a cookie with a value":        {Input{Source: FromCookie, Name: "theme"}, Accepted},
		"a cookie that is not sent":    {Input{Source: FromCookie, Name: "none"}, Rejected},
	} {
		check := &Check{ID: Conditional, Test: Predicate{Op: Present, Input: row.in}}
		v := Evaluate([]*Policy{{Root: AllOf(check)}}, request)
		if v.Outcome != row.want {
			t.Errorf("%s: %s, %s", name, v.Outcome, v.Why())
		}
	}
}
