package lint

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

// demanded lists the values that a check wants a claim of words or of a list to have. Of an
// expression these are the texts in it without which no token gets past, or which alone let one
// past.
func demanded(c *rules.Check, names ...string) []string {
	if plain := wantedTexts(c, claim(names...)); len(plain) > 0 || !inForce(c) || !ofClaims(c) ||
		!reads(c, names...) || !readsExpression(c) {
		return plain
	}
	literals := slices.DeleteFunc(issued.TextsOf(c), func(text string) bool { return text == " " })
	if having(c, names, nil) != keptOut || having(c, names, literals) != letIn {
		return nil
	}
	var all []string
	for i, literal := range literals {
		others := slices.Concat(literals[:i], literals[i+1:])
		if having(c, names, []string{literal}) == letIn || having(c, names, others) == keptOut {
			all = append(all, literal)
		}
	}
	return all
}

// readsExpression reports whether a check evaluates an expression.
func readsExpression(c *rules.Check) bool {
	found := false
	leaves(c.Test, true, func(leaf rules.Predicate, _ bool) {
		found = found ||
			leaf.Input.Opaque != nil
	})
	return found
}

// having is how far an otherwise usual token gets past one check with these values in the claims.
func having(c *rules.Check, names, values []string) exposure {
	e := alone(c)
	got, _ := e.get(changed(e.holders.StrangersElsewhere(false, false), func(t *issued.Token) []*issued.Token {
		for _, name := range names {
			t = t.Chose(name, inForm(name, append([]string{unrelated}, values...)))
		}
		return []*issued.Token{t}
	}))
	return got
}

// unrelated is a text that no configuration has.
const unrelated = "gatewhy-unrelated"

// inForm is how a claim holds several values: scp as words, any other as a list.
func inForm(name string, values []string) *source.Value {
	if name == "scp" || name == "scope" {
		return text(strings.Join(values, " "))
	}
	return list(values...)
}

func text(s string) *source.Value { return &source.Value{Kind: source.String, Text: s} }

func list(all ...string) *source.Value {
	v := &source.Value{Kind: source.List}
	for _, s := range all {
		v.Items = append(v.Items, text(s))
	}
	return v
}
