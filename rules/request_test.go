package rules

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestWhatIsReadOfAToken(t *testing.T) {
	t.Parallel()
	var many []string
	for i := range 2 * manyMembers {
		many = append(many, fmt.Sprintf(`"c%d":"v%d"`, i, i))
	}
	crowd := "{" + strings.Join(many, ",") + `,"twice":1,"twice":2,"same":1,"same":1}`
	header := Input{Source: FromHeader, Name: "alg"}
	tests := []struct {
		name    string
		request *Request
		in      Input
		want    string // "-" for absent, "?" for not known
	}{
		{"a claim", claims(`{"aud":"x"}`), Claim("aud"), "x"},
		{"a claim that is absent", claims(`{}`), Claim("aud"), "-"},
		{"a claim without a token", &Request{}, Claim("aud"), "-"},
		{"a claim of a token that can't be read", claims(``), Claim("aud"), "?"},
		{"one of many claims", claims(crowd), Claim("c70"), "v70"},
		{"none of many claims", claims(crowd), Claim("x"), "-"},
		{
			"one that is twice among many, with different values",
			claims(crowd), Claim("twice"), "?",
		},
		{
			"one that is twice among many, where the last counts", claims(crowd),
			Input{Source: FromClaim, Name: "twice", LastCounts: true},
			"2",
		},
		{
			"one that is twice, where the last counts", claims(`{"a":1,"a":"b"}`),
			Input{Source: FromClaim, Name: "a", LastCounts: true},
			"b",
		},
		{"one that is twice among many, with the same value", claims(crowd), Claim("same"), "1"},
		{"a member of the header", claims(`{}`), header, "RS256"},
		{"a header without a token", &Request{}, header, "-"},
		{"what nothing has bound", claims(`{}`), Input{Source: FromBound, Name: "x"}, "-"},
		{"what nothing reads", claims(`{}`), Input{Source: FromClock}, "?"},
		{"a member of an answer that nobody models", claims(`{}`), Input{
			Source: FromIntrospection, Name: "scope",
		}, "?"},
		{"a member of a modelled answer", claims(`{"scp":"a b"}`), memberOf("scope"), "a b"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for range 2 { // the second time from what the first has looked up
				reading := test.request.Read(test.in)
				got := "-"
				switch {
				case reading.Unknown != nil:
					got = "?"
				case reading.Value != nil:
					got = reading.Value.Text
				}
				if got != test.want {
					t.Errorf("got %s, want %s", got, test.want)
				}
			}
		})
	}
}

func TestAnInputIsNamedByItsSource(t *testing.T) {
	t.Parallel()
	opaque := Input{Source: FromExpression, Opaque: &Opaque{Text: "#[x]"}}
	for want, in := range map[string]Input{
		"claim:aud": Claim("aud"), "contracts": {Source: FromContracts}, "#[x]": opaque,
		"request:path": RequestInput(RequestPath),
	} {
		if got := in.String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	for want, in := range map[string]Input{
		"aud": Claim("aud"), "appid": memberOf("client_id"), "exp": memberOf("exp"),
		"": {Source: FromHTTP, Name: "jwt"},
	} {
		if got := in.ClaimRead(); got != want {
			t.Errorf("%s is read from the claim %q, want %q", in, got, want)
		}
	}
}

func TestARequestIsMovedBackOnlyWhereItsTokenHasExpiredSince(t *testing.T) {
	t.Parallel()
	const issued = 1778060000
	tests := []struct {
		name   string
		claims string
		want   bool
	}{
		{
			"an expired token that says when it was issued", `{"iat":1778060000,"exp":1778063600}`,
			true,
		},
		{"one that is good", `{"iat":1778060000,"exp":1778072400}`, false},
		{"one that does not say", `{"exp":1778063600}`, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			request := claims(test.claims)
			earlier := request.JustIssued()
			if (earlier != nil) != test.want {
				t.Fatalf("got %v", earlier)
			}
			if earlier != nil && (earlier.At.Unix() != issued+1 || !request.At.Equal(noon)) {
				t.Errorf("moved from %s to %s", request.At, earlier.At.Format(time.RFC3339))
			}
		})
	}
	if (&Request{At: noon}).JustIssued() != nil {
		t.Error("a request without a token is moved")
	}
}

func TestWhatIsInTheAuthorizationHeaderInsteadOfTheTokenIsNamedWithoutShowingIt(t *testing.T) {
	t.Parallel()
	token := claims(`{}`).Token
	loose := &Check{ID: TokenPresent, Test: Predicate{Op: Sent, Loose: true}}
	strict := &Check{
		ID:   TokenPresent,
		Test: Predicate{Op: Sent, Lookup: &Lookup{Otherwise: &Answer{Status: 400}}},
	}
	tests := []struct {
		name   string
		check  *Check
		header string
		want   Outcome
		why    string
	}{
		{"Bearer and the token", loose, "Bearer " + token.Compact(), Pass, "carries a token"},
		{
			"another spelling of Bearer is not documented", loose, "bearer " + token.Compact(),
			Unsure, "spells the scheme bearer, and it is not documented whether",
		},
		{
			"nor are two spaces", loose, "Bearer  " + token.Compact(), Unsure,
			"has more than one space after Bearer",
		},
		{
			"nor is another blank", loose, "Bearer\t" + token.Compact(), Unsure,
			"has something other than a space after Bearer, and it is not documented whether",
		},
		{"Basic credentials", strict, "Basic c2VjcmV0", Fail, "carries Basic credentials"},
		{
			"Bearer twice", strict, "Bearer Bearer " + token.Compact(), Fail, "says Bearer twice",
		},
		{"anything else", strict, "secret", Fail, "something other than Bearer and the token"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			request := &Request{
				Token:   token,
				Headers: map[string]string{"Authorization": test.header},
			}
			r := &Evaluate([]*Policy{{Root: AllOf(test.check)}}, request).Results[0]
			if r.Outcome != test.want || !strings.Contains(r.Why(), test.why) {
				t.Errorf("%s, because %s", r.Outcome, r.Why())
			}
			if strings.Contains(r.Why(), "c2VjcmV0") || strings.Contains(r.Why(), "secret") {
				t.Error("what was sent is shown")
			}
		})
	}
}

func TestWhereTheTokenIsTakenToBe(t *testing.T) {
	t.Parallel()
	looks := func(locations []Location) *Policy {
		return &Policy{Root: AllOf(&Check{
			ID: TokenPresent, Test: Predicate{Op: Sent, Lookup: &Lookup{Locations: locations}},
		})}
	}
	tests := []struct {
		name     string
		policies []*Policy
		want     bool
	}{
		{"no policy looks for it", []*Policy{{}}, true},
		{"one looks in the Authorization header", []*Policy{looks(nil)}, true},
		{"one looks elsewhere", []*Policy{looks(elsewhere())}, false},
		{"one looks elsewhere, one there", []*Policy{looks(elsewhere()), looks(nil)}, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			request := claims(`{}`)
			Evaluate(test.policies, request)
			if got := request.Bearer(); got != test.want {
				t.Errorf("got %t", got)
			}
		})
	}
	if (&Request{}).Bearer() {
		t.Error("a request without a token carries one")
	}
}

func TestACheckIsTriedByItself(t *testing.T) {
	t.Parallel()
	check := &Check{Test: Predicate{Op: Equals, Input: Claim("aud"), Values: Literals("x")}}
	if got := claims(`{"aud":"x"}`).Try(check); got != Pass {
		t.Errorf("with the claim: %s", got)
	}
	if got := (&Request{}).Try(check); got != Skipped {
		t.Errorf("without a token: %s", got)
	}
}

// A list of contracts that names its API instance is not that of another one.
func TestContractsOfAnotherInstance(t *testing.T) {
	t.Parallel()
	of := func(apis ...string) (all []*Policy) {
		for _, api := range apis {
			all = append(all, &Policy{API: api})
		}
		return all
	}
	for _, test := range []struct {
		name      string
		contracts *Contracts
		policies  []*Policy
		refused   bool
	}{
		{"no list", nil, of("25"), false},
		{"a list that does not say it", &Contracts{}, of("25"), false},
		{"its own", &Contracts{API: "25"}, of("25"), false},
		{"another's", &Contracts{API: "26"}, of("25"), true},
		{"a policy that does not say it", &Contracts{API: "26"}, of(""), false},
		{"a policy that an expression names", &Contracts{API: "26"}, of("var.api"), false},
		{"one of several", &Contracts{API: "26"}, of("25", "26"), false},
	} {
		if err := test.contracts.Of(test.policies); (err != nil) != test.refused {
			t.Errorf("%s: got %v", test.name, err)
		}
	}
}

func TestWhatAGatewayMayMakeOfAPath(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/a//b":       "/a//b /a//b /a/b /a/b /a/b",
		"/a/./b/":     "/a/./b/ /a/b/ /a/./b/ /a/b/ /a/b/",
		"/a/b/..":     "/a/b/.. /a/ /a/b/.. /a/ /a/",
		"/a//../b":    "/a//../b /a/b /a/../b /a/b /b",
		"/../../a":    "/../../a /a /../../a /a /a",
		"/..":         "/.. / /.. / /",
		"/a/..b/.c":   "/a/..b/.c /a/..b/.c /a/..b/.c /a/..b/.c /a/..b/.c",
		"/a/%2e%2e/b": "",
		"/a//b%2Fc":   "",
		`/a\b`:        "",
		"/a//é":       "",
	} {
		if got := strings.Join(normalizedPaths(path), " "); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

func TestWhatIsNoMethodOrPathIsSaid(t *testing.T) {
	t.Parallel()
	for text, isMethod := range map[string]bool{
		"GET": true, "M-SEARCH": true, "": false, "GE T": false, "GET/": false,
	} {
		if got := MethodFault(text) == ""; got != isMethod {
			t.Errorf("the method %q: %v", text, got)
		}
	}
	for text, isPath := range map[string]bool{
		"/": true, "/a%20b?c=d": true, "*": true, "": false, "orders": false, "/a b": false,
		"https://api.example/orders": false, "/a#b": false,
	} {
		if got := PathFault(text) == ""; got != isPath {
			t.Errorf("the path %q: %v", text, got)
		}
	}
}

// It is not documented whether a gateway takes the escapes, the dots and the empty segments out of
// a path before it matches the path with a route.
func TestAPathThatCanBeWrittenOtherwiseIsKnownWhereAllWaysAgree(t *testing.T) {
	t.Parallel()
	policies := []*Policy{limited(Route{Method: ".*", Path: "/orders/.*"})}
	for path, want := range map[string]Truth{
		"/orders/1": Yes, "/customers/1": No, "/customers/": No, "/orders/a%20b": Yes,
		"/%6Frders/1": Maybe, "/orders/../customers": Maybe, "/customers//1": No,
		"/a/../orders/1": Maybe, "/a/%2e%2e/orders/1": Maybe, "/%zz/1": No,
	} {
		classes := Classes(policies, "GET", path)
		if len(classes) != 1 || classes[0].Applies[0] != want {
			t.Errorf("%s: %v, want %v", path, classes, want)
		}
	}
}
