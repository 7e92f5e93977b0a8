package main

import (
	"math/rand/v2"
)

// randomExpressions makes so many expressions, the same each time: whole ones over a grammar, and
// some of them with a character taken out, doubled or replaced.
func randomExpressions(n int) []expression {
	g := generator{rand.New(rand.NewPCG(19, 2026))}
	var all []expression
	for i := range n {
		e := expression{"random", g.boolean(3)}
		if i%4 == 3 {
			e = expression{"damaged", g.damaged(e.text)}
		}
		all = append(all, e)
	}
	return all
}

type generator struct{ *rand.Rand }

func (g generator) one(of ...string) string { return of[g.IntN(len(of))] }

// boolean is an expression that gives a boolean, or an error.
func (g generator) boolean(depth int) string {
	if depth == 0 {
		return g.test()
	}
	switch g.IntN(9) {
	case 0:
		return g.boolean(depth-1) + " && " + g.boolean(depth-1)
	case 1:
		return g.boolean(depth-1) + " || " + g.boolean(depth-1)
	case 2:
		return "!(" + g.boolean(depth-1) + ")"
	case 3:
		return "(" + g.boolean(depth-1) + " ? " + g.boolean(depth-1) + " : " +
			g.boolean(depth-1) + ")"
	case 4:
		return "(" + g.boolean(depth-1) + ")"
	case 5:
		return "(" + g.boolean(depth-1) + " ? " + g.value() + " : " + g.value() + ")" +
			g.operator() + g.value()
	}
	return g.test()
}

func (g generator) operator() string {
	return g.one(" == ", "==", " != ", " == ", " < ", " <= ", " > ", " >= ", " in ")
}

// test is a test of one or two values.
func (g generator) test() string {
	switch g.IntN(8) {
	case 0:
		return g.attribute() + g.one(".startsWith(", ".endsWith(", ".contains(", ".matches(") +
			g.value() + ")"
	case 1:
		return "has(" + g.claims() + "." + g.name() + ")"
	case 2:
		return g.text() + " in " + g.attribute()
	case 3:
		return g.attribute() + " in [" + g.value() + ", " + g.value() + ", " + g.value() + "]"
	case 4:
		return g.value()
	case 5:
		return g.text() + " in " + g.claims()
	}
	return g.attribute() + g.operator() + g.value()
}

func (g generator) claims() string {
	return g.one(
		"metadata.filter_metadata['envoy.filters.http.jwt_authn']['entra']",
		`metadata.filter_metadata["envoy.filters.http.jwt_authn"].entra`,
		"metadata.filter_metadata['envoy.filters.http.jwt_authn']['other']",
		"metadata.filter_metadata['envoy.filters.http.jwt_authn']['nobody']",
	)
}

func (g generator) name() string {
	return g.one("azp", "roles", "scp", "scope", "ver", "n", "admin", "none", "nested", "email")
}

func (g generator) attribute() string {
	switch g.IntN(6) {
	case 0:
		return "request." + g.one("path", "url_path", "method", "host", "query", "nothing",
			"referer")
	case 1:
		return g.one("request.headers['x-tenant']", "request.headers.accept",
			"request.headers['x-none']")
	case 2:
		return g.claims() + ".nested." + g.one("team", "groups", "level", "none")
	}
	return g.claims() + g.one("['"+g.name()+"']", "."+g.name())
}

func (g generator) text() string {
	return g.one("'read'", `"write"`, "'Orders.Read'", "'GET'", "'/admin'", "'admin'", "'contoso'",
		"'platform'", "'a'", "''", "r'^/api/v[0-9]+'", "'.*'", `'@contoso\\.com$'`, "'2.0'")
}

func (g generator) value() string {
	switch g.IntN(7) {
	case 0:
		return g.attribute()
	case 1:
		return g.one("1", "2", "-1", "1.0", "2.5", "1u", "0", "9007199254740993", "true", "false",
			"null", "[]", "[1, 'a']", "['read', 'write']", "b'read'", "{}", "size('abc')", "1 + 1",
			"3 % 2", "1 / 0")
	case 2:
		return g.one("size(", "(") + g.attribute() + ")"
	}
	return g.text()
}

// damaged is a text with one of its characters changed.
func (g generator) damaged(text string) string {
	i := g.IntN(len(text))
	switch g.IntN(3) {
	case 0:
		return text[:i] + text[i+1:]
	case 1:
		return text[:i] + text[i:i+1] + text[i:]
	}
	return text[:i] + g.one("(", ")", "'", ".", "!", "-", "?", "&", "0", "x") + text[i+1:]
}
