package cel

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

const entraClaims = "metadata.filter_metadata['envoy.filters.http.jwt_authn']['entra']"

// plainEnv is a policy whose one provider has accepted each token that gets as far.
func plainEnv() Env {
	return Env{Providers: []Provider{{Name: "entra", Accepted: rules.Both()}}}
}

func parsed(t testing.TB, text string) *Expr {
	t.Helper()
	e, err := Parse(strings.ReplaceAll(text, "CLAIMS", entraClaims))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return e
}

func tokenOf(t testing.TB, claims string) *inspect.Token {
	t.Helper()
	file, err := source.ReadJSON("claims", []byte(claims))
	if err != nil {
		t.Fatal(err)
	}
	return &inspect.Token{Shape: inspect.Signed, Claims: file.Documents[0]}
}

// Whatever tests one attribute with literals is data: nothing of it is opaque.
func TestWhatComparesWithLiteralsIsData(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"CLAIMS.azp == 'a'":                            "claim:azp",
		"!(CLAIMS.azp == 'a')":                         "claim:azp",
		"CLAIMS.azp != 'a'":                            "claim:azp",
		"CLAIMS['azp'] in ['a', 'b']":                  "claim:azp",
		"!(CLAIMS['azp'] in ['a', 'b'])":               "claim:azp",
		"'admin' in CLAIMS.roles":                      "claim:roles",
		"!('admin' in CLAIMS.roles)":                   "claim:roles",
		"'read' in CLAIMS.scp":                         "claim:scp",
		"has(CLAIMS.azp) && CLAIMS.azp != ''":          "claim:azp",
		"'azp' in CLAIMS":                              "claim:azp",
		"CLAIMS.email.endsWith('@contoso.com')":        "claim:email",
		"CLAIMS.n == 1":                                "claim:n",
		"CLAIMS.admin":                                 "claim:admin",
		"!CLAIMS.admin":                                "claim:admin",
		"(CLAIMS.admin ? CLAIMS.azp : 'x') == 'x'":     "claim:admin claim:azp",
		"request.method == 'GET'":                      "request:method",
		"request.url_path.startsWith('/a')":            "request:path",
		"request.path.startsWith('/a')":                "request:path",
		"request.url_path.matches('^/a/[0-9]+$')":      "request:path",
		"request.host.endsWith('.contoso.com')":        "request:host",
		"request.headers['X-Tenant'] == 'a'":           "http:x-tenant",
		"'x-tenant' in request.headers":                "http:x-tenant",
		"request.useragent.contains('curl')":           "http:user-agent",
		"request.method == 'GET' || CLAIMS.azp == 'a'": "request:method claim:azp",
	} {
		p := parsed(t, text).Predicate(plainEnv())
		var reads []string
		for _, in := range p.Reads() {
			reads = append(reads, in.String())
		}
		if got := strings.Join(reads, " "); got != want || opaque(p) > 0 {
			t.Errorf("%s: reads %s, want %s; %d opaque parts", text, got, want, opaque(p))
		}
	}
}

// opaque counts the parts of a predicate that are evaluated.
func opaque(p rules.Predicate) int {
	n := 0
	for _, part := range p.Of {
		n += opaque(part)
	}
	if p.Input.Opaque != nil {
		n++
	}
	return n
}

func TestWhatDoesNotDependOnTheRequestIsKnown(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]rules.Op{
		"true":                                  rules.And,
		"1 == 1.0":                              rules.And,
		"'a' in ['a'] || request.method == 'a'": rules.And,
		"request.method == 'a' || !false":       rules.And,
		"false":                                 rules.Or,
		"'GET'":                                 rules.Or,
		"nothing == 1":                          rules.Or,
		"request.method == 'a' && 1 > 2":        rules.Or,
		"request.path":                          rules.Or,
		"request.path.matches('(')":             rules.Or,
	} {
		p := parsed(t, text).Predicate(plainEnv())
		if p.Op != want || len(p.Of) > 0 {
			// what is no boolean may be left as a predicate that nothing meets
			r := &rules.Request{Method: "a", Path: "/true", Headers: map[string]string{}}
			if want != rules.Or || outcome(p, r) != 'f' {
				t.Errorf("%s: %+v", text, p)
			}
		}
	}
}

// What nobody can know of the request leaves open what depends on it, and nothing else.
func TestWhatIsNotKnownIsNotGuessed(t *testing.T) {
	t.Parallel()
	known := &rules.Request{
		Method: "GET", Path: "/a", Host: "h", HeadersWhole: true,
		Headers: map[string]string{"X-Tenant": "a"},
		Token:   tokenOf(t, `{"azp":"a","n":1.5,"o":{"x":1,"x":2}}`),
	}
	for text, want := range map[string]byte{
		"connection.mtls": '?',
		"connection.mtls || request.method == 'GET'":                 't',
		"connection.mtls && request.method == 'POST'":                'f',
		"!connection.mtls":                                           '?',
		"source.address == '10.0.0.1'":                               '?',
		"request.scheme == 'https'":                                  '?',
		"has(request.scheme)":                                        't',
		"request.headers['x-forwarded-for'] == 'a'":                  '?',
		"request.headers['x-request-id'] == 'a'":                     '?',
		"request.headers[':path'] == '/a'":                           '?',
		"request.headers['authorization'].startsWith('B')":           '?',
		"metadata.filter_metadata['other'].a == 'a'":                 '?',
		"CLAIMS.azp + 'b' == 'ab'":                                   '?',
		"['a'].exists(x, x == CLAIMS.azp)":                           '?',
		"['a'].exists(x, x == CLAIMS.azp) || true":                   '?',
		"CLAIMS.o.x == 1":                                            '?',
		"CLAIMS == {}":                                               '?',
		"request.query == ''":                                        '?',
		"request.headers['host'] == 'h'":                             '?',
		"request.headers['X-TENANT'] == 'a'":                         't',
		"CLAIMS.azp.matches('" + strings.Repeat("[a-z]?", 30) + "')": '?',
		"response.code == 200":                                       '?',
		"filter_state.a == 'b'":                                      '?',
	} {
		if got := outcome(parsed(t, text).Predicate(plainEnv()), known); got != want {
			t.Errorf("%s: %c, want %c", text, got, want)
		}
	}
	unknown := &rules.Request{Token: known.Token}
	for _, text := range []string{
		"request.method == 'GET'", "request.method != 'GET'", "request.path.startsWith('/')",
		"request.host == 'h'", "request.headers['x-tenant'] == 'a'",
		"!('x-tenant' in request.headers)", "request.url_path.contains('a') && CLAIMS.azp == 'a'",
		"size(request.path) > 3",
	} {
		if got := outcome(parsed(t, text).Predicate(plainEnv()), unknown); got != '?' {
			t.Errorf("%s of an unknown request: %c", text, got)
		}
	}
}

// A token that no provider, or another one, has accepted has no claims to look at, neither for a
// test nor for its opposite.
func TestClaimsAreThereOnceAProviderHasAcceptedTheToken(t *testing.T) {
	t.Parallel()
	r := &rules.Request{
		Token: tokenOf(t, `{"azp":"a","roles":["x"]}`), HeadersWhole: true,
		Cookies: map[string]string{providerCookie: "other"},
	}
	for _, text := range []string{
		"CLAIMS.azp == 'a'", "CLAIMS.azp != 'a'", "!(CLAIMS.azp == 'a')", "has(CLAIMS.azp)",
		"!has(CLAIMS.azp)", "'x' in CLAIMS.roles", "!('x' in CLAIMS.roles)",
		"CLAIMS.roles[0] == 'x'",
		"size(CLAIMS.roles) == 1", "size(CLAIMS.roles) != 1", "!('azp' in CLAIMS)",
	} {
		e := parsed(t, text)
		r.Cookies[providerCookie] = "other"
		if got := outcome(e.Predicate(testEnv()), r); got != 'f' {
			t.Errorf("%s of a token that another provider accepted: %c", text, got)
		}
		if got := outcome(e.Predicate(Env{}), r); got != 'f' {
			t.Errorf("%s without providers: %c", text, got)
		}
	}
	r.Cookies[providerCookie] = "entra"
	if got := outcome(parsed(t, "CLAIMS.azp == 'a'").Predicate(testEnv()), r); got != 't' {
		t.Errorf("of a token that it accepted: %c", got)
	}
}

// What must all hold is told apart, and each part has its text.
func TestPartsAreTheConditions(t *testing.T) {
	t.Parallel()
	e := parsed(t, "request.method == 'GET' &&\n "+
		"('a' in CLAIMS.roles || CLAIMS.azp == 'b') && (true)")
	var texts []string
	for _, part := range e.Parts(plainEnv()) {
		texts = append(texts, part.Text)
	}
	want := []string{
		"request.method == 'GET'", "'a' in roles || azp == 'b'", "true",
	}
	if !slices.Equal(texts, want) {
		t.Errorf("%q", texts)
	}
}

// A condition in a condition in a condition doubles what is made of it: there is an end to that.
func TestAHugePredicateIsLeftOpen(t *testing.T) {
	t.Parallel()
	text := "CLAIMS.a"
	for range 40 {
		text = "(" + text + " ? CLAIMS.b : CLAIMS.c)"
	}
	p := parsed(t, text).Predicate(plainEnv())
	r := &rules.Request{Token: tokenOf(t, `{"a":true,"b":true,"c":true}`)}
	if got := outcome(p, r); got != '?' {
		t.Errorf("%c", got)
	}
}
