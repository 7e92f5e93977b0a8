package lint

import (
	"slices"

	"github.com/gatewhy/gatewhy/rules"
)

// claim matches a claim of the token, or the member of a validation endpoint's answer.
func claim(names ...string) func(rules.Input) bool {
	return func(in rules.Input) bool {
		return (in.Source == rules.FromClaim || in.Source == rules.FromIntrospection) && slices.Contains(names, in.Name)
	}
}

// leaves calls a function with every part of a predicate that asks something of an input, and whether the whole wants it to
// hold.
func leaves(p rules.Predicate, wanted bool, visit func(leaf rules.Predicate, wanted bool)) {
	switch p.Op {
	case rules.And, rules.Or:
		for _, part := range p.Of {
			leaves(part, wanted, visit)
		}
	case rules.Not:
		leaves(p.Of[0], !wanted, visit)
	default:
		visit(p, wanted)
	}
}

// wantedTexts lists the texts that checks want an input to have, each with its check.
func wantedTexts(c *rules.Check, is func(rules.Input) bool) []string {
	var texts []string
	if !inForce(c) {
		return nil
	}
	leaves(c.Test, true, func(leaf rules.Predicate, wanted bool) {
		if !wanted || !is(leaf.Input) || leaf.Op == rules.Contains && !isList(leaf.Input.Name) {
			return // what a text has to contain is not what it has to be
		}
		for _, v := range leaf.Values {
			if text, ok := v.Str(); ok {
				texts = append(texts, text)
			}
		}
	})
	return texts
}

// isList reports whether a claim is a list of values, or a text of words, in tokens of Entra ID.
func isList(name string) bool {
	return slices.Contains([]string{"roles", "groups", "wids", "amr", "scp", "scope"}, name)
}
