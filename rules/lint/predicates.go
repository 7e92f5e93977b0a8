package lint

import (
	"slices"

	"github.com/gatewhy/gatewhy/rules"
)

// restricts tells whether a predicate holds only where an input has certain values. That the input is absent counts as one
// way around it, unless the input always is there.
func restricts(p rules.Predicate, is func(rules.Input) bool, always bool) rules.Truth {
	switch p.Op {
	case rules.And:
		best := rules.No
		for _, part := range p.Of {
			best = max(best, restricts(part, is, always))
		}
		return best
	case rules.Or:
		return restrictsEach(p.Of, is, always)
	case rules.True:
		return restrictsOpaque(p, is)
	case rules.Not, rules.Present, rules.Readable, rules.Verifies, rules.Active, rules.Positive, rules.After, rules.NotAfter:
		return rules.No
	}
	if is(p.Input) {
		return rules.Yes
	}
	return restrictsOpaque(p, is)
}

// restrictsEach is what a predicate with alternatives restricts: what each of them does.
func restrictsEach(parts []rules.Predicate, is func(rules.Input) bool, always bool) rules.Truth {
	worst := rules.Yes
	for _, part := range parts {
		if always && isAbsent(part, is) {
			continue
		}
		worst = min(worst, restricts(part, is, always))
	}
	return worst
}

// restrictsOpaque leaves open what an expression makes of an input that it reads.
func restrictsOpaque(p rules.Predicate, is func(rules.Input) bool) rules.Truth {
	if p.Input.Opaque != nil && slices.ContainsFunc(p.Input.Opaque.Reads, is) {
		return rules.Maybe
	}
	return rules.No
}

// isAbsent reports whether a predicate is that the input is not there.
func isAbsent(p rules.Predicate, is func(rules.Input) bool) bool {
	return p.Op == rules.Not && p.Of[0].Op == rules.Present && is(p.Of[0].Input)
}

// claim matches a claim of the token, or the member of a validation endpoint's answer.
func claim(names ...string) func(rules.Input) bool {
	return func(in rules.Input) bool {
		return (in.Source == rules.FromClaim || in.Source == rules.FromIntrospection) && slices.Contains(names, in.Name)
	}
}

// pins tells whether a check lets through only certain values of one of the claims. A check that is switched off does not; of
// one that the file leaves open it is not known.
func pins(c *rules.Check, names ...string) rules.Truth {
	switch {
	case c.Skip != "":
		return rules.No
	case c.Unknown != nil && (about(c, names) || slices.Contains(names, c.Claim)):
		return rules.Maybe
	case c.Unknown != nil:
		return rules.No
	}
	return restricts(c.Test, claim(names...), alwaysThere(names))
}

// about reports whether the check is of a kind that reads one of the claims.
func about(c *rules.Check, names []string) bool {
	kinds := map[rules.ID]string{rules.Audience: "aud", rules.Issuer: "iss", rules.Tenant: "tid", rules.Scopes: "scp"}
	return slices.Contains(names, kinds[c.ID])
}

// alwaysThere reports whether every access token of Entra has each of the claims.
func alwaysThere(names []string) bool {
	for _, name := range names {
		if !slices.Contains([]string{"aud", "iss", "tid", "ver"}, name) {
			return false
		}
	}
	return true
}

// anyPins is the best of what the checks do.
func anyPins(checks []*rules.Check, names ...string) rules.Truth {
	best := rules.No
	for _, c := range checks {
		best = max(best, pins(c, names...))
	}
	return best
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
		if !wanted || !is(leaf.Input) {
			return
		}
		for _, v := range leaf.Values {
			if text, ok := v.Str(); ok {
				texts = append(texts, text)
			}
		}
	})
	return texts
}
