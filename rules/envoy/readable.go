package envoy

import (
	"math"
	"strconv"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// tokenFormat is the check that Envoy can read the token: its form, and the types of the members
// that it reads (jwt.cc, parseFromString). What its reader of JSON makes of a text that readers
// differ on depends on the version of protobuf, so we do not know that.
func (f Filter) tokenFormat(p *Provider) *rules.Check {
	check := f.check(rules.TokenFormat, p.IssuerAt, MalformedToken, inferred(codeJWT))
	texts := []source.Kind{source.String}
	number := []source.Kind{source.Number}
	checked := []string{"claims.exp", "claims.nbf"}
	if p.Issuer != "" {
		checked = append(checked, "claims.iss")
	}
	if len(p.Audiences) > 0 {
		checked = append(checked, "claims.aud")
	}
	check.Test = rules.Both(
		rules.Predicate{Op: rules.Readable, Loose: true, Elsewhere: checked},
		typed(ofHeader("kid"), texts),
		typed(rules.Claim("iss"), texts), typed(rules.Claim("sub"), texts),
		typed(rules.Claim("jti"), texts),
		typed(rules.Claim("aud"), []source.Kind{source.String, source.List}),
		typed(rules.Claim("exp"), number), typed(rules.Claim("nbf"), number),
		typed(rules.Claim("iat"), number),
		rules.Predicate{Op: rules.True, Input: rules.Computed(
			"a token as Envoy reads it: three parts that are not empty, an alg that is a text, "+
				"and an iat that its clock can hold",
			readsParts, rules.Input{Source: rules.FromToken},
		)},
	)
	return check
}

// typed is the predicate that a claim is of one of some kinds, or absent.
func typed(in rules.Input, kinds []source.Kind) rules.Predicate {
	null := rules.Predicate{
		Op: rules.Equals, Input: in, Values: []*source.Value{{Kind: source.Null}},
		Assumed: rules.No,
	}
	return rules.Both(rules.Negate(null), rules.Predicate{
		Op: rules.Typed, Input: in, Kinds: kinds, Assumed: rules.Yes,
	})
}

// readsParts says whether Envoy reads what no type tells: it passes over parts that are empty, and
// so misses one, and it wants an alg that is a text. Its newer versions refuse a negative iat, and
// one beyond 64 bits, which its older ones do not look at.
func readsParts(r *rules.Request) rules.Reading {
	t := r.Token
	switch {
	case t == nil:
		return truth(false)
	case t.Fault != nil: // which the form tells
		return truth(true)
	}
	alg := t.Header.Member("alg")
	unread := alg != nil && alg.Kind == source.Unknown
	if strings.HasSuffix(t.Compact(), ".") || !alg.Is(source.String) && !unread {
		return truth(false)
	}
	iat := t.Claims.Member("iat")
	if iat.Is(source.Number) && !heldByAll(iat.Text) {
		why := "iat is " + iat.Text +
			", which newer versions of Envoy refuse and older ones do not"
		return rules.Reading{Unknown: &rules.Unknown{Why: why}}
	}
	return truth(true)
}

// heldByAll reports whether a number is an instant that every version of Envoy reads.
func heldByAll(number string) bool {
	n, err := strconv.ParseFloat(number, 64)
	return err == nil && n >= 0 && n < math.MaxInt64
}

func truth(ok bool) rules.Reading {
	return rules.Reading{Value: &source.Value{Kind: source.Bool, Text: strconv.FormatBool(ok)}}
}
