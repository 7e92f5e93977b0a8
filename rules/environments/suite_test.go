package environments

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

func suiteOf(t *testing.T, text string) (*Suite, error) {
	t.Helper()
	file, err := source.Read("tests.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return ReadSuite(file)
}

func TestAFileOfPolicyTestsIsRead(t *testing.T) {
	t.Parallel()
	s, err := suiteOf(t, `version: 1
policies: [a.json, b.json]
gateway: flex
at: 2026-05-06T10:00:00Z
tests:
  - name: a good token
    token: {shape: entra-v1-app-only, claims: {aud: "api://x", exp: null}}
    signature: unknown-key
    contracts: [one]
    method: GET
    path: /orders
    headers: {x-stage: uat}
    introspection: {active: true}
    expect: {outcome: rejected, status: 401, decided_by: audience}
  - {name: no token, token: none, expect: {status: null, decided_by: null}}
  - {name: a file, token: {file: t.jwt}, contracts: [], expect: {outcome: accepted}}
`)
	if err != nil {
		t.Fatal(err)
	}
	if s.Gateway.Value != "flex" || len(s.Policies) != 2 || s.At.Hour() != 10 {
		t.Errorf("the suite is %+v", s)
	}
	good, none, file := s.Cases[0], s.Cases[1], s.Cases[2]
	if diff := cmp.Diff(map[string]string{"X-Stage": "uat"}, good.Headers); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
	if good.Signature != "unknown-key" || good.Method+good.Path != "GET/orders" ||
		good.Answer == nil || len(good.Contracts) != 1 || good.Pos.Line != 6 {
		t.Errorf("the first test is %+v", good)
	}
	want := Expectation{Outcome: rules.Rejected, Status: 401, Decided: rules.Audience}
	if good.Expect != want {
		t.Errorf("it expects %+v", good.Expect)
	}
	if !none.Token.None || !none.Expect.NoStatus || !none.Expect.Nobody ||
		none.Signature != "valid" || none.Contracts != nil {
		t.Errorf("the second test is %+v", none)
	}
	for _, e := range []struct {
		of   Expectation
		want string
	}{
		{good.Expect, "outcome status decided_by"},
		{none.Expect, "status decided_by"},
		{file.Expect, "outcome"},
	} {
		if got := strings.Join(e.of.Compared(), " "); got != e.want {
			t.Errorf("%+v compares %s, not %s", e.of, got, e.want)
		}
	}
	if file.Token.File.Value != "t.jwt" || file.Contracts == nil {
		t.Errorf("the third test is %+v", file)
	}
}

func TestTheRequestsOfTestsAreMadeAtATimeOrAsTheirTokensAreNew(t *testing.T) {
	t.Parallel()
	const rest = "tests: [{name: x, token: none, expect: {status: 401}}]\n"
	for at, want := range map[string]Suite{
		"at: 2026-05-06T12:00:00Z\n": {At: noon},
		"at: 1778068800\n":           {At: noon},
		"at: issued\n":               {Issued: true},
		"":                           {},
	} {
		s, err := suiteOf(t, "version: 1\n"+at+rest)
		if err != nil || !s.At.Equal(want.At) || s.Issued != want.Issued {
			t.Errorf("%q: %+v, %v", at, s, err)
		}
	}
}

func TestATestTokenIsItsShapeWithOtherClaims(t *testing.T) {
	t.Parallel()
	s, err := suiteOf(t, `version: 1
tests:
  - name: x
    token: {shape: entra-v1-app-only, claims: {aud: "api://x", exp: null}}
    expect: {status: 401}
`)
	if err != nil {
		t.Fatal(err)
	}
	token := s.Cases[0].Token.Make(noon)
	if aud, _ := token.Claims.Member("aud").Str(); aud != "api://x" {
		t.Errorf("aud is %s", aud)
	}
	if token.Claims.Member("exp") != nil || token.Claims.Member("iss") == nil {
		t.Errorf("its claims are %s", token.Claims.JSON())
	}
}

func TestWhatIsWrongInPolicyTestsIsNamedWithItsPlace(t *testing.T) {
	t.Parallel()
	const head = "version: 1\ntests:\n  - "
	of := func(fields string) string {
		return head + "{name: x, token: none, expect: {status: 401}, " + fields + "}\n"
	}
	token := func(text string) string {
		return head + "{name: x, expect: {status: 401}, token: " + text + "}\n"
	}
	expect := func(text string) string {
		return head + "{name: x, token: none, expect: " + text + "}\n"
	}
	tests := []struct{ name, text, cause string }{
		{"no version", "tests: [{name: x}]\n", "a test needs a token"},
		{
			"a missing version", strings.TrimPrefix(of("path: /"), "version: 1\n"),
			"version is missing",
		},
		{"no tests", "version: 1\ntests: []\n", "there are no tests"},
		{
			"two documents", "version: 1\n---\nversion: 1\n",
			"2 documents, but a file of policy tests has",
		},
		{"no name", head + "{token: none, expect: {status: 401}}\n", "a test needs a name"},
		{"no token", head + "{name: x, expect: {status: 401}}\n", "a test needs a token"},
		{"nothing expected", head + "{name: x, token: none}\n", "a test must expect something"},
		{
			"a name that is there twice",
			of("path: /") + "  - {name: x, token: none, expect: {status: 401}}\n",
			"two tests have this name",
		},
		{"a signature that is no word for one", of("signature: good"), "signature must be one of"},
		{
			"contracts that are no list", of("contracts: one"),
			"contracts must be a list of client ids",
		},
		{"headers that are no object", of("headers: [a]"), "headers must be an object"},
		{
			"a header that is a number", of("headers: {a: 1}"),
			"the value of a header must be a text",
		},
		{
			"a header twice, in another case", of("headers: {x-env: a, X-Env: b}"),
			"the header X-Env is there twice",
		},
		{"a header with an empty name", of(`headers: {"": a}`), "a header has no name, or"},
		{
			"a header of two lines", of(`headers: {x-env: "a\nx-stage: b"}`),
			"the value of the header x-env has a line break",
		},
		{
			"the introspection answer is an error", of("introspection: {error: x}"),
			"not an introspection answer",
		},
		{
			"the instant is not a time", "version: 1\nat: noon\ntests: []\n",
			"at: the value is not a time",
		},
		{
			"the instant is in milliseconds", "version: 1\nat: 1778061600000\ntests: []\n",
			"at: this number of seconds is not a date",
		},
		{"a file and a shape", token("{file: a, shape: graph}"), "either a file or a shape"},
		{
			"claims of a file", token("{file: a, claims: {}}"),
			"a token from a file can't be changed",
		},
		{
			"claims that are no object", token("{shape: graph, claims: 1}"),
			"claims must be an object",
		},
		{"a shape that is not known", token("{shape: round}"), `"round" is not a token shape`},
		{"a status that HTTP has not", expect("{status: 99}"), "status must be an HTTP status"},
		{"the outcome is not known", expect("{outcome: perhaps}"), "outcome must be one of"},
		{"a field that is not known", expect("{state: 1}"), `"state" is not a field of expect`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := suiteOf(t, test.text)
			if err == nil || !strings.Contains(err.Error(), test.cause) {
				t.Fatalf("got %v", err)
			}
			var place *source.Error
			if !errors.As(err, &place) || place.Pos.File != "tests.yaml" || place.Pos.Line == 0 {
				t.Errorf("no place in: %v", err)
			}
		})
	}
}

func TestAFileOfPolicyTestsHasAVersionAndTests(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"version: 1\ntests: []\n": true, "tests: []\n": false, "version: 1\n": false,
		"version: 1\ntests: []\n---\na: 1\n": false,
	} {
		file, err := source.Read("x.yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if got := IsSuite(file); got != want {
			t.Errorf("%q: got %t", text, got)
		}
	}
}

func TestWhatDiffersFromTheExpectationIsSaid(t *testing.T) {
	t.Parallel()
	rejected := &rules.Verdict{}
	*rejected = rules.Evaluate(policy(check("aud", "x")), &rules.Request{
		Token: inspect.Parse(encode(`{"alg":"RS256"}`) + "." + encode(`{"aud":"y"}`) + ".x"),
		At:    noon,
	})
	accepted := rules.Evaluate(nil, &rules.Request{})
	tests := []struct {
		name    string
		expect  Expectation
		verdict *rules.Verdict
		want    []string
	}{
		{
			"as expected",
			Expectation{Outcome: rules.Rejected, Status: 401, Decided: rules.Audience},
			rejected, nil,
		},
		{
			"everything differs",
			Expectation{Outcome: rules.Accepted, Status: 403, Nobody: true},
			rejected,
			[]string{
				"outcome: expected accepted, got rejected", "status: expected 403, got 401",
				"decided_by: expected none, got audience",
			},
		},
		{
			"a status where none was expected",
			Expectation{NoStatus: true},
			rejected,
			[]string{"status: expected null (not known), got 401"},
		},
		{
			"no check decides where one was expected",
			Expectation{Decided: rules.Audience},
			&accepted,
			[]string{"decided_by: expected audience, got none"},
		},
		{
			"a status that is not known",
			Expectation{Status: 401},
			&rules.Verdict{Outcome: rules.Undetermined},
			[]string{"status: expected 401, got null (not known)"},
		},
		{
			"a status that is one of two",
			Expectation{Status: 401},
			&rules.Verdict{
				Outcome: rules.Rejected, Answer: rules.Answer{OneOf: []int{400, 401}},
			},
			[]string{"status: expected 401, got null (400 or 401)"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, test.expect.Differences(test.verdict)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestATestSaysWhetherItsSignatureVerifies(t *testing.T) {
	t.Parallel()
	for assumed, want := range map[Assumed]keys.Outcome{
		"valid": keys.Pass, "invalid": keys.Fail, "unknown-key": keys.Fail,
	} {
		if got := assumed.Verify(nil, nil); got.Outcome != want || got.Why == "" {
			t.Errorf("%s: %+v", assumed, got)
		}
	}
}
