package oauth2proxy

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// readableHeader is the check that the members of the header are of the types that go-jose reads
// (shared.go, sanitized).
func (c *compiler) readableHeader() *rules.Check {
	check := c.check(rules.TokenFormat, c.get("skip_jwt_bearer_tokens"), codeJOSE)
	member := func(name string, kinds ...source.Kind) rules.Predicate {
		in := rules.Input{Source: rules.FromHeader, Name: name, LastCounts: true}
		return rules.Predicate{Op: rules.Typed, Input: in, Kinds: kinds}
	}
	check.Test = rules.Both(
		member("kid", source.String), member("nonce", source.String),
		member("x5c", source.List, source.String), member("jwk", source.Object),
	)
	return check
}

// readableClaims is the check that the claims are of the types that the program reads: those that
// every verifier reads (go-oidc, oidc.go, idToken), and those of which an extra issuer's session
// is made (pkg/apis/middleware/session.go). The provider's own session takes any type.
func (c *compiler) readableClaims(v verifier) *rules.Check {
	check := c.check(rules.TokenFormat, v.issuer, codeOIDC)
	typed := func(name string, kinds ...source.Kind) rules.Predicate {
		return rules.Predicate{Op: rules.Typed, Input: claim(name), Kinds: kinds}
	}
	all := []rules.Predicate{
		typed("iss", source.String), typed("sub", source.String),
		typed("aud", source.String, source.List),
		typed("nonce", source.String), typed("at_hash", source.String),
		typed("_claim_names", source.Object), typed("_claim_sources", source.Object),
		instantOrNone("iat"),
	}
	if v.strict {
		groups := c.get("oidc_groups_claim")
		all = append(
			all, typed("email", source.String), typed("preferred_username", source.String),
			typed(groups.text(), source.String, source.List),
		)
	}
	check.Test = rules.Both(all...)
	return check
}

// instantOrNone is the predicate that a claim is an instant, whichever, or absent.
func instantOrNone(name string) rules.Predicate {
	in := claim(name)
	return rules.Either(
		rules.Negate(rules.Found(in)),
		rules.Predicate{Op: rules.After, Input: in, Inclusive: true, Lenient: true},
		rules.Predicate{Op: rules.NotAfter, Input: in, Lenient: true},
	)
}

// audienceTyped is the check that the claim which holds the audience is a text or a list of texts:
// the program breaks off where it is not (pkg/providers/oidc/verifier.go, verifyAudience). It is
// nil where the claim can't be another one than aud, which the verifier has read before.
func (c *compiler) audienceTyped(v verifier) *rules.Check {
	claims := v.claims.texts()
	if !slices.ContainsFunc(claims, func(name string) bool { return name != "aud" }) {
		return nil
	}
	check := c.check(rules.Audience, v.claims, codeVerifier)
	check.Answer = c.row(brokenOff, always)
	check.Unknown = v.claims.unknown
	test := rules.Both()
	for _, name := range slices.Backward(claims) {
		in := claim(name)
		typed := rules.Predicate{
			Op: rules.Typed, Input: in, Kinds: []source.Kind{source.String, source.List},
		}
		here := rules.Both(rules.Found(in), typed)
		test = rules.Either(here, rules.Both(rules.Negate(rules.Found(in)), test))
	}
	check.Test = test
	return check
}

// sendable is the check that the upstream can be told who the caller is: a claim with a control
// character fits into no header of a request. It is nil where the upstream is not told.
func (c *compiler) sendable(v verifier) *rules.Check {
	pass := c.get("pass_user_headers")
	if pass.off() || c.alpha {
		return nil
	}
	check := c.check(rules.CustomClaim, pass, codeProxy)
	check.Claim = "sub"
	check.Answer = c.row(notSent, always)
	check.MaySkip = pass.unknown
	check.Test = rules.Either(isSubrequest(c.get("proxy_prefix")), rules.Negate(c.unsendable(v)))
	return check
}

// unsendable is the predicate that a claim which goes upstream has a control character.
func (c *compiler) unsendable(v verifier) rules.Predicate {
	groups := c.get("oidc_groups_claim")
	var all []rules.Predicate
	for _, name := range []string{"sub", v.email, groups.text(), "preferred_username"} {
		all = append(all, matches(claim(name), `(?s:.*)[\x00-\x08\x0a-\x1f\x7f](?s:.*)`))
	}
	return rules.Either(all...)
}

// sendableIfValid is sendable for a request that needs no token: the upstream is told of a valid
// one.
func (c *compiler) sendableIfValid(verifiers []verifier) rules.Node {
	check := c.sendable(verifiers[0])
	if check == nil {
		return rules.Node{}
	}
	told := make([]rules.Predicate, len(verifiers))
	for i, v := range verifiers {
		all := []rules.Predicate{{Op: rules.Readable}, c.unsendable(v)}
		for _, verified := range c.verifies(v) {
			all = append(all, verified.Test)
		}
		told[i] = rules.Both(all...)
	}
	check.Test = rules.Either(
		isSubrequest(c.get("proxy_prefix")), rules.Negate(rules.Either(told...)))
	return rules.Node{Check: check}
}

// isSubrequest is the predicate that another proxy asks whether to let a request through.
func isSubrequest(prefix setting) rules.Predicate {
	return rules.Predicate{
		Op: rules.Equals, Input: rules.RequestInput(rules.RequestPath),
		Values: rules.Literals(prefix.text() + "/auth"),
	}
}
