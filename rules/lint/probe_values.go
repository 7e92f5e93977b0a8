package lint

import (
	"maps"
	"net/textproto"
	"slices"
	"strconv"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// unrelated is a text that no configuration has.
const unrelated = "gatewhy-unrelated"

// readBy lists what a check reads of the token's claims, and of the request beside it. A validation endpoint's answer is taken to
// mirror the claims, unless only a captured one tells.
func readBy(c *rules.Check) []rules.Input {
	var all []rules.Input
	for _, in := range c.Reads() {
		switch {
		case in.Source == rules.FromIntrospection && in.Model == nil:
			continue
		case in.Source == rules.FromIntrospection && in.Name == "scope":
			in = rules.Claim("scp")
		case in.Source == rules.FromIntrospection:
			in = rules.Claim(in.Name)
		}
		if in.Source == rules.FromClaim || in.Source == rules.FromHTTP || in.Source == rules.FromQuery {
			all = append(all, in)
		}
	}
	return all
}

// reads reports whether a check reads one of the claims.
func reads(c *rules.Check, names ...string) bool {
	return slices.ContainsFunc(readBy(c), func(in rules.Input) bool { return in.Source == rules.FromClaim && slices.Contains(names, in.Name) })
}

// mostLiterals limits how many texts of a check are tried.
const mostLiterals = 12

// literalsOf lists the texts that a check compares with: the literals of its predicates, and those that stand in quotes in an
// expression.
func literalsOf(c *rules.Check) []string {
	var all []string
	add := func(text string) {
		if text != "" && len(all) < mostLiterals && !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	leaves(c.Test, true, func(leaf rules.Predicate, _ bool) {
		for _, v := range leaf.Values {
			add(v.Text)
		}
		if leaf.Input.Opaque != nil {
			for _, text := range quoted(leaf.Input.Opaque.Text) {
				add(text)
			}
		}
	})
	return all
}

// quoted lists what stands in quotes in an expression.
func quoted(expression string) []string {
	var all []string
	for {
		i := strings.IndexAny(expression, `'"`)
		if i < 0 {
			return all
		}
		text, rest, closed := strings.Cut(expression[i+1:], expression[i:i+1])
		if !closed {
			return all
		}
		all, expression = append(all, text), rest
	}
}

// anything is what a claim may hold in a token of somebody who can have whatever helps.
func anything(_ suspect, name string, literals []string) []held {
	switch name {
	case "scp", "scope":
		return []held{{}, {value: text("openid profile")}, {value: inForm(name, literals)}}
	case "roles", "groups", "wids", "amr":
		return []held{{}, {value: list(unrelated)}, {value: inForm(name, literals)}}
	case "exp", "iat", "nbf":
		return []held{{value: &source.Value{Kind: source.Number, Text: strconv.Itoa(instant)}}}
	case "aud", "iss", "tid", "ver":
		return texts(append([]string{unrelated}, literals...)) // every token has them
	}
	all := append([]held{{}}, texts(append([]string{unrelated}, literals...))...)
	return append(all, held{value: list(literals...)}, held{value: &source.Value{Kind: source.Bool, Text: "true"}})
}

// inForm is how a claim holds several values: scp as words, any other as a list.
func inForm(name string, values []string) *source.Value {
	if name == "scp" || name == "scope" {
		return text(strings.Join(values, " "))
	}
	return list(values...)
}

func text(s string) *source.Value { return &source.Value{Kind: source.String, Text: s} }

func texts(all []string) []held {
	some := make([]held, len(all))
	for i, s := range all {
		some[i].value = text(s)
	}
	return some
}

func list(all ...string) *source.Value {
	v := &source.Value{Kind: source.List}
	for _, s := range all {
		v.Items = append(v.Items, text(s))
	}
	return v
}

// write puts a header or a parameter of the query into a request.
func write(r *rules.Request, in rules.Input, value string) {
	into, name := &r.Headers, textproto.CanonicalMIMEHeaderKey(in.Name)
	if in.Source == rules.FromQuery {
		into, name = &r.Query, in.Name
	}
	next := map[string]string{name: value}
	maps.Copy(next, *into)
	*into = next
}
