package envoy

import (
	"math"
	"slices"
	"strconv"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// tokenFormat is the check that Envoy can read the token: its form, and the types of the members
// that it reads (jwt.cc, parseFromString). What its reader of JSON makes of a text that readers
// differ on depends on the version of protobuf, so we do not know that. What is wrong with alg is
// left to its own check.
func (f Filter) tokenFormat(p *Provider) *rules.Check {
	check := f.check(rules.TokenFormat, p.IssuerAt, MalformedToken, inferred(codeJWT))
	check.Wants = "a signed JWT with members of the types that Envoy reads"
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
		rules.Either(rules.Negate(knownAlgorithm()), rules.Negate(withoutSignature())),
		typed(ofHeader("kid"), texts),
		typed(rules.Claim("iss"), texts), typed(rules.Claim("sub"), texts),
		typed(rules.Claim("jti"), texts),
		typed(rules.Claim("aud"), []source.Kind{source.String, source.List}),
		typed(rules.Claim("exp"), number), typed(rules.Claim("nbf"), number),
		typed(rules.Claim("iat"), number),
		heldIssued(),
	)
	return check
}

// withoutSignature is the predicate that the token's last part is empty: Envoy passes over empty
// parts, and so misses one.
func withoutSignature() rules.Predicate {
	return rules.Predicate{
		Op: rules.Suffix, Input: rules.Input{Source: rules.FromToken},
		Values: rules.Literals("."), Assumed: rules.No,
	}
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

// algorithm has the answer to a malformed token where Envoy finds no algorithm, or a part is
// missing.
func (f Filter) algorithm(p *Provider) *rules.Check {
	check := f.check(rules.Algorithm, p.IssuerAt, AlgorithmUnknown, inferred(codeJWT))
	check.Test = knownAlgorithm()
	alg := ofHeader("alg")
	check.Answer.Cases = append(slices.Clip(check.Answer.Cases), rules.Case{
		If: rules.Either(
			withoutSignature(),
			rules.Negate(rules.Both(rules.Has(alg), typed(alg, []source.Kind{source.String}))),
		),
		Answer: Row(f.Table, MalformedToken),
	})
	return check
}

// knownAlgorithm is the predicate that Envoy has the token's algorithm.
func knownAlgorithm() rules.Predicate {
	return rules.Predicate{
		Op: rules.OneOf, Input: ofHeader("alg"),
		Values: rules.Literals(
			"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
			"HS256", "HS384", "HS512", "EdDSA",
		),
	}
}

// heldIssued is the predicate that Envoy can hold the token's iat.
func heldIssued() rules.Predicate {
	in := rules.Computed("an iat that Envoy can hold", holdsIssued, rules.Claim("iat"))
	in.Opaque.Language = "envoy"
	return rules.Predicate{Op: rules.True, Input: in}
}

// holdsIssued says whether Envoy can hold the token's iat. Its newer versions refuse a negative
// one, and one beyond 64 bits, which its older ones do not look at.
func holdsIssued(r *rules.Request) rules.Reading {
	iat := r.Read(rules.Claim("iat")).Value
	if !iat.Is(source.Number) {
		return rules.Reading{Value: source.NewBool(true)}
	}
	if n, err := strconv.ParseFloat(iat.Text, 64); err != nil || n < 0 || n >= math.MaxInt64 {
		return rules.Reading{Unknown: &rules.Unknown{
			Why: "iat is " + iat.Text +
				", which newer versions of Envoy refuse and older ones do not",
		}}
	}
	return rules.Reading{Value: source.NewBool(true)}
}
