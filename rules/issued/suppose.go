package issued

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// ByClient are the claims by which a policy can tell one client or environment from another.
func ByClient() []string {
	return []string{
		"aud", "appid", "azp", "oid", "sub", "scp", "scope", "roles", "groups", "wids",
	}
}

// ByTenant are those by which it can tell one tenant from another.
func ByTenant() []string { return []string{"aud", "iss", "tid", "appid", "azp", "oid", "sub"} }

// NeverEvaluated lists the checks of policies whose expressions can't be evaluated, whatever
// stands in the claims that they read.
func NeverEvaluated(policies []*rules.Policy) []*rules.Check {
	var all []*rules.Check
	for c := range rules.EachCheck(policies) {
		if c.ID == rules.CustomClaim && c.Skip == "" && c.Unknown == nil &&
			c.Test.HasExpression() && neverEvaluated(c) {
			all = append(all, c)
		}
	}
	return all
}

// Supposing takes checks that are never evaluated to hold, if they read none of some claims:
// whatever they make of others, they are not what tells tokens apart by these. It is not ok where
// there is no such check.
func Supposing(
	policies []*rules.Policy, never []*rules.Check, claims []string,
) (supposed []*rules.Policy, ok bool) {
	held := map[*rules.Check]*rules.Check{}
	for _, c := range never {
		if !readsAny(c, claims) {
			held[c] = presence(c)
		}
	}
	if len(held) == 0 {
		return policies, false
	}
	for _, p := range policies {
		copied := *p
		copied.Root = p.Root.Map(func(c *rules.Check) *rules.Check {
			if other := held[c]; other != nil {
				return other
			}
			return c
		})
		supposed = append(supposed, &copied)
	}
	return supposed, true
}

// presence is what is left of a check whose expression is taken to hold: the claims that it
// demands are there, or may be there.
func presence(c *rules.Check) *rules.Check {
	left := &rules.Check{ID: c.ID, Claim: c.Claim, Skip: "its expression can't be evaluated"}
	if c.Test.Op != rules.And {
		return left
	}
	for _, part := range c.Test.Of {
		if part.Op == rules.Present {
			left.Skip, left.Test.Op = "", rules.And
			left.Test.Of = append(left.Test.Of, perhapsThere(part.Input))
		}
	}
	return left
}

// perhapsThere is the predicate that an input is not known to be absent.
func perhapsThere(in rules.Input) rules.Predicate {
	opaque := &rules.Opaque{Text: in.Name, Reads: []rules.Input{in}}
	opaque.Eval = func(r *rules.Request) rules.Reading {
		got := r.Read(in)
		there := got.Value != nil || got.Unknown != nil
		return rules.Reading{Value: source.NewBool(there)}
	}
	return rules.Predicate{
		Op: rules.True, Input: rules.Input{Source: rules.FromExpression, Opaque: opaque},
	}
}

// readsAny reports whether a check reads one of some claims, or claims that are not known.
func readsAny(c *rules.Check, claims []string) bool {
	return c.ReadsAny(func(in rules.Input) bool {
		name := in.ClaimRead()
		return name == "*" || slices.Contains(claims, name)
	})
}

// NeverKnown is why nobody can know what a check answers, whatever stands in the claims that it
// reads, and whatever else is passed; empty where somebody can. What is not modelled at all is not
// meant, nor an expression for the token or for a secret, which only the gateway knows.
func NeverKnown(c *rules.Check) string {
	switch {
	case c.Skip != "", c.ID == rules.NotModelled, c.ID == rules.TokenPresent,
		c.ID == rules.ClientSecret:
		return ""
	case c.Unknown == nil && (!c.Test.HasExpression() || !neverEvaluated(c)):
		return ""
	}
	u := requestWith(c, "gatewhy-other", false).Doubt(c)
	if u == nil || u.Need.Input != "" {
		return "" // it can be passed
	}
	return u.Why
}

// neverEvaluated reports whether the expression of a check can't be evaluated, whatever stands in
// the claims that it reads.
func neverEvaluated(c *rules.Check) bool {
	const other = "gatewhy-other"
	for _, text := range append(TextsOf(c), other) {
		for _, several := range []bool{false, true} {
			if requestWith(c, text, several).Try(c) != rules.Unsure {
				return false
			}
		}
	}
	return true
}

// requestWith is a request in which everything that a check reads holds a text, or a list of
// several.
func requestWith(c *rules.Check, text string, several bool) *rules.Request {
	claims, reads := &source.Value{Kind: source.Object}, c.Reads()
	has := make(map[string]bool, len(reads))
	for i := range reads {
		if name := reads[i].ClaimRead(); name != "" && !has[name] {
			has[name] = true
			value := claimHolding(name, text, several)
			claims.Members = append(claims.Members, source.Member{Key: name, Value: value})
		}
	}
	r := &rules.Request{Token: &inspect.Token{Shape: inspect.Signed, Claims: claims}}
	Writing(reads, text).Into(r)
	return r
}

// claimHolding is a claim with a text, in the form that Entra ID gives a claim of that name; where
// others decide that, in one of two.
func claimHolding(name, text string, several bool) *source.Value {
	row, _ := claimNamed(name)
	switch {
	case row.form == asAny && several, row.form == asList && !several:
		return source.NewList(text)
	case row.form == asList:
		return source.NewList(text, "gatewhy-another")
	case row.form == asTime:
		return &source.Value{Kind: source.Number, Text: largeNumber}
	}
	return source.NewString(text)
}
