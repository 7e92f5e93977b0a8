package lint

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

// claim matches a claim of the token, or the member of a validation endpoint's answer.
func claim(names ...string) func(rules.Input) bool {
	return func(in rules.Input) bool {
		return (in.Source == rules.FromClaim || in.Source == rules.FromIntrospection) &&
			slices.Contains(names, in.Name)
	}
}

// wantedTexts lists the texts that a check wants an input to have.
func wantedTexts(c *rules.Check, is func(rules.Input) bool) []string {
	var texts []string
	if !inForce(c) {
		return nil
	}
	leaves(&c.Test, true, func(leaf *rules.Predicate, wanted bool) {
		if !wanted || !is(leaf.Input) ||
			leaf.Op == rules.Contains && !slices.Contains(entra.ManyValued(), leaf.Input.Name) {
			return // what a text has to contain is not what it has to be
		}
		for _, v := range leaf.Values {
			if text, ok := v.Str(); ok {
				texts = append(texts, cmp.Or(leaf.Texts.Bare(text), text))
			}
		}
	})
	return texts
}

// leaves visits every part of a predicate that asks something of an input, and says whether the
// whole predicate wants that part to hold.
func leaves(p *rules.Predicate, wanted bool, visit func(leaf *rules.Predicate, wanted bool)) {
	switch p.Op {
	case rules.And, rules.Or:
		for i := range p.Of {
			leaves(&p.Of[i], wanted, visit)
		}
	case rules.Not:
		leaves(&p.Of[0], !wanted, visit)
	default:
		visit(p, wanted)
	}
}

// wantedOf returns the policy's first check that wants a claim to be a text, and the texts: any
// one of them will do.
func wantedOf(p *rules.Policy, name string) (*rules.Check, []string) {
	for c := range p.Root.Checks() {
		if texts := wantedTexts(c, claim(name)); len(texts) > 0 {
			return c, texts
		}
	}
	return nil, nil
}

// audienceOf returns the check of the audience, where it is in force, and the audiences that it
// accepts.
func audienceOf(p *rules.Policy) (*rules.Check, []string) {
	c := find(p, rules.Audience)
	if !inForce(c) {
		return nil, nil
	}
	return c, wantedTexts(c, claim("aud"))
}

// configured lists what a check would accept if it were made.
func configured(c *rules.Check) []string {
	on := *c
	on.Skip = ""
	return wantedTexts(&on, claim("aud"))
}

// guids reports how many of the audiences are application ids.
func guids(audiences []string) int {
	n := 0
	for _, a := range audiences {
		if entra.IsGUID(strings.TrimPrefix(a, "spn:")) {
			n++
		}
	}
	return n
}

// claimCheck returns the first check in force that reads one of these claims, or nil.
func claimCheck(p *rules.Policy, names ...string) *rules.Check {
	return p.Find(func(c *rules.Check) bool {
		return inForce(c) && looksAtClaims(c) && reads(c, names...)
	})
}

// demanded lists the values that a check wants a claim of words or of a list to have. Of an
// expression these are the texts that are needed: without one of them no token gets past, or it
// alone lets a token past.
func demanded(s *rules.Subject, c *rules.Check, names ...string) []string {
	if plain := wantedTexts(c, claim(names...)); len(plain) > 0 || !inForce(c) || !ofClaims(c) ||
		!reads(c, names...) || !c.Test.HasExpression() {
		return plain
	}
	e := alone(s, c)
	var literals []string // blanks around a name say that the whole of it is meant
	for _, text := range issued.TextsOf(c) {
		if name := strings.TrimSpace(text); name != "" {
			literals = append(literals, name)
		}
	}
	if e.having(names, nil) != keptOut || e.having(names, literals) != letIn {
		return nil
	}
	var all []string
	for i, literal := range literals {
		others := slices.Concat(literals[:i], literals[i+1:])
		if e.having(names, []string{literal}) == letIn || e.having(names, others) == keptOut {
			all = append(all, literal)
		}
	}
	return all
}

// having is how far an otherwise usual token gets with these values in the claims.
func (e *exposed) having(names, values []string) exposure {
	usual := e.holders.StrangersElsewhere(false, false)
	got, _ := e.get(changed(usual, func(t *issued.Token) []*issued.Token {
		for _, name := range names {
			t = t.Chose(name, entra.ValuesIn(name, append([]string{unrelated}, values...)))
		}
		return []*issued.Token{t}
	}))
	return got
}
