package rules

import (
	"regexp"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// wholePatterns are the expressions of a predicate of Matches.
func wholePatterns(t *testing.T, expressions ...string) *Texts {
	t.Helper()
	texts := &Texts{}
	for _, expression := range expressions {
		re, err := WholePattern(expression)
		if err != nil {
			t.Fatal(err)
		}
		texts.Patterns = append(texts.Patterns, re)
	}
	return texts
}

func TestOperatorsThatCompareTexts(t *testing.T) {
	t.Parallel()
	aud, scp, roles := Claim("aud"), Claim("scp"), Claim("roles")
	op := func(op Op, in Input, texts *Texts, literals ...string) Predicate {
		return Predicate{Op: op, Input: in, Texts: texts, Values: Literals(literals...)}
	}
	typed := func(in Input, kinds ...source.Kind) Predicate {
		return Predicate{Op: Typed, Input: in, Kinds: kinds}
	}
	slash, scheme, fold := &Texts{SlashAlike: true}, &Texts{SchemeAlike: true, SlashAlike: true},
		&Texts{FoldCase: true}
	comma := &Texts{Separator: ","}
	nullToo := Predicate{Op: Present, Input: aud, NullToo: true}
	members := op(Contains, roles, nil, "x")
	members.Members = true
	tests := []struct {
		name   string
		test   Predicate
		claims string
		want   Truth
	}{
		{"a text begins with itself", op(Prefix, aud, nil, "x"), `{"aud":"x"}`, Yes},
		{
			"a text begins with its beginning", op(Prefix, aud, nil, "api://"),
			`{"aud":"api://x"}`,
			Yes,
		},
		{"a text does not begin with its end", op(Prefix, aud, nil, "x"), `{"aud":"api://x"}`, No},
		{"a beginning is told by case", op(Prefix, aud, nil, "API"), `{"aud":"api://x"}`, No},
		{
			"one of several beginnings is enough", op(Prefix, aud, nil, "y", "api"),
			`{"aud":"api://x"}`, Yes,
		},
		{
			"one item of a list that begins so is enough", op(Prefix, roles, nil, "Ord"),
			`{"roles":["x","Orders"]}`, Yes,
		},
		{"a number has no beginning", op(Prefix, aud, nil, "1"), `{"aud":12}`, No},
		{"what is absent has no beginning", op(Prefix, aud, nil, ""), `{}`, No},
		{
			"one scheme does not count", op(OneOf, aud, scheme, "http://x/"),
			`{"aud":"https://x"}`, Yes,
		},
		{"a second one does", op(OneOf, aud, scheme, "x"), `{"aud":"https://http://x"}`, No},
		{"in either order", op(OneOf, aud, scheme, "x"), `{"aud":"http://https://x"}`, No},
		{"null is there, where that is documented", nullToo, `{"aud":null}`, Yes},
		{"and what is absent is not", nullToo, `{}`, No},
		{"a list has its items as members", members, `{"roles":["x","y"]}`, Yes},
		{"an object has names as members", members, `{"roles":{"x":null}}`, Yes},
		{"and not its values", members, `{"roles":{"y":"x"}}`, No},
		{"a text has no members", members, `{"roles":"x"}`, No},
		{"nor has a number, or null", members, `{"roles":null}`, No},
		{"a text ends with its end", op(Suffix, aud, nil, "uat"), `{"aud":"orders-uat"}`, Yes},
		{
			"a text does not end with its beginning", op(Suffix, aud, nil, "orders"),
			`{"aud":"orders-uat"}`, No,
		},
		{
			"one item of a list that ends so is enough", op(Suffix, roles, nil, ".Read"),
			`{"roles":["x","A.Read"]}`, Yes,
		},

		{
			"a pattern has to match the whole text", op(Matches, aud, wholePatterns(t, "a|ab")),
			`{"aud":"abc"}`, No,
		},
		{
			"a pattern that matches the whole text", op(Matches, aud, wholePatterns(t, "a|ab")),
			`{"aud":"ab"}`, Yes,
		},
		{
			"one of several patterns is enough", op(Matches, aud, wholePatterns(t, "x", "o.*s")),
			`{"aud":"orders"}`, Yes,
		},
		{
			"one item of a list that matches is enough",
			op(Matches, roles, wholePatterns(t, ".+")), `{"roles":["",".+"]}`, Yes,
		},
		{"an empty text is no text of one character or more", op(Matches, aud, wholePatterns(t,
			".+")), `{"aud":""}`, No},
		{"a pattern says itself that case does not count", op(Matches, aud, wholePatterns(t,
			"(?i)x")), `{"aud":"X"}`, Yes},

		{
			"a text is split at the separator", op(HasAll, scp, comma, "a", "b"), `{"scp":"b,a"}`,
			Yes,
		},
		{"and not at white space then", op(HasAll, scp, comma, "a", "b"), `{"scp":"b a"}`, No},
		{
			"nor is white space cut off its words", op(HasAny, scp, comma, "a"), `{"scp":"b, a"}`,
			No,
		},
		{"a list is not split", op(HasAny, scp, comma, "a"), `{"scp":["a,b"]}`, No},

		{"one slash at the end of the token's text does not count", op(Equals, aud, slash,
			"https://x"), `{"aud":"https://x/"}`, Yes},
		{
			"nor one at the end of the policy's", op(OneOf, aud, slash, "https://x/"),
			`{"aud":"https://x"}`, Yes,
		},
		{"two slashes do", op(Equals, aud, slash, "https://x"), `{"aud":"https://x//"}`, No},
		{
			"without the rule one slash counts", op(Equals, aud, nil, "https://x"),
			`{"aud":"https://x/"}`, No,
		},
		{
			"of a list each item is compared without it", op(OneOf, aud, slash, "y"),
			`{"aud":["x","y/"]}`, Yes,
		},
		{
			"the scheme of the web does not count", op(OneOf, aud, scheme, "http://x"),
			`{"aud":"https://x/"}`, Yes,
		},
		{"a host alone is the same then", op(OneOf, aud, scheme, "https://x"), `{"aud":"x"}`, Yes},
		{"another scheme counts", op(OneOf, aud, scheme, "api://x"), `{"aud":"x"}`, No},
		{"where case does not count, texts of another case are equal", op(OneOf, aud, fold,
			"Example.COM"), `{"aud":"example.com"}`, Yes},
		{"and end alike", op(Suffix, aud, fold, "@Example.com"), `{"aud":"a@example.COM"}`, Yes},
		{"and have words alike", op(HasAll, scp, fold, "Read"), `{"scp":"read write"}`, Yes},
		{"and have parts alike", op(Contains, scp, fold, "READ"), `{"scp":"readwrite"}`, Yes},

		{"a list is one", op(IsList, roles, nil), `{"roles":["x"]}`, Yes},
		{"an empty one too", op(IsList, roles, nil), `{"roles":[]}`, Yes},
		{"a text is none", op(IsList, roles, nil), `{"roles":"x"}`, No},
		{"a text is of its kind", typed(aud, source.String), `{"aud":"x"}`, Yes},
		{"a number is not a text", typed(aud, source.String), `{"aud":5}`, No},
		{"what is absent is of any kind", typed(aud, source.String), `{}`, Yes},
		{"what is null too", typed(aud, source.String), `{"aud":null}`, Yes},
		{"a list is not a text", typed(aud, source.String), `{"aud":["x"]}`, No},
		{"a list of texts", typed(aud, source.String, source.List), `{"aud":["x"]}`, Yes},
		{"an empty list", typed(aud, source.String, source.List), `{"aud":[]}`, Yes},
		{"a number in it", typed(aud, source.String, source.List), `{"aud":["x",5]}`, No},
		{"a list in it", typed(aud, source.String, source.List), `{"aud":[["x"]]}`, No},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := claims(test.claims).judge(&test.test).may.truth(); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
}

func TestAPatternThatCannotBeReadIsAnError(t *testing.T) {
	t.Parallel()
	if _, err := WholePattern("(?<=x)y"); err == nil {
		t.Error("no error")
	}
}

func TestALeewayMovesTheInstantThatCounts(t *testing.T) {
	t.Parallel()
	exp, nbf := Claim("exp"), Claim("nbf")
	after := Predicate{Op: After, Input: exp, Leeway: 30 * time.Second}
	until := Predicate{Op: NotAfter, Input: nbf, Leeway: 30 * time.Second}
	doubtful, inclusive := after, Predicate{Op: After, Input: exp, Inclusive: true}
	doubtful.Doubt = time.Minute
	strict := Predicate{Op: NotAfter, Input: nbf}
	whole := Predicate{Op: After, Input: exp, Inclusive: true, Seconds: true, Zero: Yes}
	begun := Predicate{Op: NotAfter, Input: nbf, Seconds: true}
	tests := []struct {
		name   string
		test   Predicate
		claims string
		want   Truth
	}{
		{"an instant that is missed by less holds", after, `{"exp":1778068771}`, Yes},
		{"one that is missed by just as much does not", after, `{"exp":1778068770}`, No},
		{"one that is missed by more does not", after, `{"exp":1778068769}`, No},
		{"a beginning that is as far ahead holds", until, `{"nbf":1778068830}`, Yes},
		{"one that is further ahead does not", until, `{"nbf":1778068831}`, No},
		{"a doubt begins behind the leeway", doubtful, `{"exp":1778068770}`, Maybe},
		{"and ends as much later", doubtful, `{"exp":1778068709}`, No},
		{"within the leeway there is no doubt", doubtful, `{"exp":1778068771}`, Yes},
		{"the very instant holds where it is included", inclusive, `{"exp":1778068800}`, Yes},
		{"and nothing later does", inclusive, `{"exp":1778068799}`, No},
		{"an end in three thousand years holds", after, `{"exp":99999999999}`, Yes},
		{"a beginning in three thousand years does not", until, `{"nbf":99999999999}`, No},
		{"nor where there is no leeway", strict, `{"nbf":99999999999}`, No},
		{"a fraction is not known to be read", inclusive, `{"exp":1778068800.5}`, Maybe},
		{"where it is dropped, the instant counts", whole, `{"exp":1778068800.5}`, Yes},
		{"and one before it does not hold", whole, `{"exp":1778068799.9}`, No},
		{"a beginning holds in its second", begun, `{"nbf":1778068800.9}`, Yes},
		{"milliseconds count as seconds", whole, `{"exp":1778068700000}`, Yes},
		{"less than a second is zero", whole, `{"exp":0.5}`, Yes},
		{"which is an instant elsewhere", inclusive, `{"exp":0}`, No},
		{"less than nothing is not known", whole, `{"exp":-0.5}`, Maybe},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := claims(test.claims).judge(&test.test).may.truth(); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
}

func TestWhatIsReadOfTheRequest(t *testing.T) {
	t.Parallel()
	path := Predicate{Op: Prefix, Input: RequestInput(RequestPath), Values: Literals("/admin")}
	method := Predicate{Op: OneOf, Input: RequestInput(RequestMethod), Values: Literals("GET",
		"HEAD")}
	host := Predicate{
		Op: Equals, Input: RequestInput(RequestHost),
		Values: Literals("orders.example"), Texts: &Texts{FoldCase: true},
	}
	header := Predicate{
		Op: Equals, Input: Input{Source: FromHTTP, Name: "x-stage"},
		Values: Literals("uat"),
	}
	query := Predicate{
		Op: Equals, Input: Input{Source: FromQuery, Name: "stage"},
		Values: Literals("uat"),
	}
	cookie := Predicate{
		Op: Equals, Input: Input{Source: FromCookie, Name: "stage"},
		Values: Literals("uat"),
	}
	tests := []struct {
		name    string
		test    Predicate
		request Request
		want    Truth
	}{
		{"a path", path, Request{Path: "/admin/users"}, Yes},
		{"another path", path, Request{Path: "/orders"}, No},
		{"a path that is not known", path, Request{}, Maybe},
		{"a method", method, Request{Method: "HEAD"}, Yes},
		{"methods are told apart by case", method, Request{Method: "get"}, No},
		{"a method that is not known", method, Request{Path: "/"}, Maybe},
		{"a host", host, Request{Host: "orders.example"}, Yes},
		{
			"the host of the Host header", host,
			Request{Headers: map[string]string{"Host": "Orders.Example"}},
			Yes,
		},
		{"a host that is not known", host, Request{}, Maybe},
		{
			"a header by its name in any case", header,
			Request{Headers: map[string]string{"X-Stage": "uat"}},
			Yes,
		},
		{"a header that was not given", header, Request{}, Maybe},
		{
			"a header that is known not to be sent", header,
			Request{Headers: map[string]string{"X-Stage": ""}},
			No,
		},
		{"a header that is not among all", header, Request{HeadersWhole: true}, No},
		{"a parameter", query, Request{Query: map[string]string{"stage": "uat"}}, Yes},
		{
			"a parameter by its name in another case", query,
			Request{Query: map[string]string{"Stage": "uat"}, QueryWhole: true},
			No,
		},
		{"a parameter that was not given", query, Request{}, Maybe},
		{"a cookie", cookie, Request{Cookies: map[string]string{"stage": "uat"}}, Yes},
		{"a cookie that was not given", cookie, Request{}, Maybe},
		{"a cookie that is not among all", cookie, Request{HeadersWhole: true}, No},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := test.request.judge(&test.test).may.truth(); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
}

func TestAnUnknownPartOfTheRequestSaysWhatToPass(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]source.Input{
		RequestPath: source.NeedRequest, RequestMethod: source.NeedRequest,
		RequestHost: source.NeedHeader,
	} {
		if got := (&Request{}).Read(RequestInput(name)).Unknown.Need.Input; got != want {
			t.Errorf("%s asks for %s, want %s", name, got, want)
		}
	}
}

func TestWordsOfWhatIsWanted(t *testing.T) {
	t.Parallel()
	aud, depends := Claim("aud"), &Unknown{Why: "it depends"}
	tests := []struct {
		test Predicate
		want string
	}{
		{
			Predicate{Op: Prefix, Input: aud, Values: Literals("a", "b")},
			"aud that begins with a or b",
		},
		{Predicate{Op: Suffix, Input: aud, Values: Literals("a")}, "aud that ends with a"},
		{
			Predicate{Op: Matches, Input: aud, Texts: wholePatterns(t, "a+", "b")},
			"aud that matches a+ or b",
		},
		{Predicate{Op: IsList, Input: aud}, "a list in aud"},
		{
			Predicate{Op: Typed, Input: aud, Kinds: []source.Kind{source.String, source.List}},
			"aud as a string or a list",
		},
		{
			Predicate{Op: Prefix, Input: RequestInput(RequestPath), Values: Literals("/x")},
			"the request's path that begins with /x",
		},
		{
			Predicate{Op: Sent, Lookup: &Lookup{Locations: elsewhere()}},
			"a token in the X-Token header or the query token or the cookie t",
		},
		{Never(), "what no request has"},
		{Negate(Never()), "any request"},
		{
			Either(Never(), Predicate{Op: Suffix, Input: aud, Values: Literals("a")}),
			"aud that ends with a",
		},
		{
			Either(
				Both(Predicate{Op: Suffix, Input: aud, Values: Literals("a")}, Never()),
				Both(Predicate{Op: Suffix, Input: aud, Values: Literals("b")}, Both()),
			),
			"aud that ends with b",
		},
		{Both(Negate(Both()), Predicate{Op: IsList, Input: aud}), "what no request has"},
		{
			Either( // whichever of the two it is, only the deployment knows
				Both(Predicate{Op: IsList, Input: aud}, Predicate{Op: IsList, Input: aud}),
				Both(Predicate{Op: IsList, Input: aud}, Undecided(depends)),
			),
			"a list in aud",
		},
		{
			Either( // perhaps everybody
				Predicate{Op: IsList, Input: aud},
				Both(Either(Predicate{Op: IsList, Input: aud}, Both()), Undecided(depends)),
			),
			"a list in aud",
		},
	}
	for _, test := range tests {
		if got := test.test.words(9); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

func TestExpressionsCoverWhatAPredicateHoldsFor(t *testing.T) {
	t.Parallel()
	path := RequestInput(RequestPath)
	tests := []Predicate{
		{Op: Equals, Input: path, Values: Literals("/a.b")},
		{Op: Equals, Input: path, Values: Literals("/a/"), Texts: &Texts{SlashAlike: true}},
		{Op: OneOf, Input: path, Values: Literals("/a", "/b"), Texts: &Texts{FoldCase: true}},
		{Op: Prefix, Input: path, Values: Literals("/a")},
		{Op: Suffix, Input: path, Values: Literals("b")},
		{Op: Contains, Input: path, Values: Literals("/b")},
		{Op: Matches, Input: path, Texts: wholePatterns(t, "/a/[0-9]+")},
	}
	for _, test := range tests {
		for _, text := range []string{
			"/a", "/a/", "/A", "/b", "/a.b", "/axb", "/a/b", "/a/12",
			"/x/b", "/",
		} {
			covered := false
			for _, expression := range test.expressions() {
				covered = covered || regexp.MustCompile("^(?:"+expression+")$").MatchString(text)
			}
			request := Request{Path: text}
			if holds := request.judge(&test).may.truth() == Yes; holds != covered {
				t.Errorf("%s of %s: holds is %t, and the expressions %q say %t", test.words(1),
					text, holds, test.expressions(), covered)
			}
		}
	}
}

// Many items and many literals are looked up. That tells the same as to compare each with each.
func TestManyItemsAreLookedUpAsFewAreCompared(t *testing.T) {
	t.Parallel()
	kinds := []*source.Value{
		source.NewString("a"), source.NewString("A"), source.NewString("1"), source.NewBool(true),
		{Kind: source.Number, Text: "1"},
		{Kind: source.Number, Text: "1.0"},
		{Kind: source.Number, Text: "2"},
		{Kind: source.Null},
		{Kind: source.List},
		{Kind: source.Object},
		{Kind: source.Unknown},
	}
	for _, texts := range []*Texts{nil, {FoldCase: true}} {
		for i, literal := range kinds {
			for j, other := range kinds {
				for k, item := range kinds {
					p := Predicate{Texts: texts}
					p.Values = []*source.Value{literal, other}[:1+(j+k)%2]
					items := []*source.Value{item, kinds[(i+j+k)%len(kinds)]}[:1+(i+k)%2]
					few := p.oneOf(&source.Value{Kind: source.List, Items: items})
					if many := p.oneOfMany(items); many != few {
						t.Errorf("%v among %v: %v, and compared one by one %v",
							items, p.Values, many, few)
					}
				}
			}
		}
	}
}
