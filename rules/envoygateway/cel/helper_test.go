package cel

import (
	"maps"
	"net/textproto"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// providerCookie says in tests which provider has accepted the token.
const providerCookie = "provider"

// testEnv is a policy with two providers.
func testEnv() Env {
	accepted := func(name string) Provider {
		return Provider{Name: name, Accepted: rules.Predicate{
			Op:     rules.Equals,
			Input:  rules.Input{Source: rules.FromCookie, Name: providerCookie},
			Values: rules.Literals(name),
		}}
	}
	return Env{Providers: []Provider{accepted("entra"), accepted("other")}}
}

// requests reads the requests that the answers are recorded for.
func requests(t testing.TB, file string) []*rules.Request {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	read, err := source.ReadJSON(file, text)
	if err != nil {
		t.Fatal(err)
	}
	var all []*rules.Request
	for _, v := range read.Documents[0].Items {
		all = append(all, requestOf(v))
	}
	return all
}

func requestOf(v *source.Value) *rules.Request {
	text := func(name string) string {
		text, _ := v.Member(name).Str()
		return text
	}
	path, query, found := strings.Cut(text("Path"), "?")
	r := &rules.Request{
		Method: text("Method"), Path: path, Host: text("Host"),
		Headers: map[string]string{}, HeadersWhole: true,
		Query: map[string]string{}, QueryWhole: true,
		Cookies: map[string]string{providerCookie: text("Provider")},
	}
	if found {
		values, _ := url.ParseQuery(query)
		for name := range maps.Keys(values) {
			r.Query[name] = values.Get(name)
		}
	}
	for _, header := range v.Member("Headers").Members {
		r.Headers[textproto.CanonicalMIMEHeaderKey(header.Key)] = header.Value.Text
	}
	if claims := v.Member("Claims"); claims.Is(source.Object) {
		r.Token = &inspect.Token{Shape: inspect.Signed, Claims: claims}
	}
	return r
}

// outcome is t, f or ? for a predicate that holds, does not, or is not known.
func outcome(p rules.Predicate, r *rules.Request) byte {
	check := &rules.Check{ID: rules.CustomClaim, Test: p}
	policy := &rules.Policy{Root: rules.AllOf(check)}
	again := *r
	switch rules.EvaluateIn(
		[]rules.Class{{Applies: []rules.Truth{rules.Yes}}}, []*rules.Policy{policy}, &again,
	).Outcome {
	case rules.Accepted:
		return 't'
	case rules.Rejected:
		return 'f'
	}
	return '?'
}
