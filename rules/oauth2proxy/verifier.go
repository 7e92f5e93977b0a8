package oauth2proxy

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// verifier is one of those that a token is held against, in order. The first that accepts it
// counts.
type verifier struct {
	issuer    setting
	audiences []setting // any of their values is accepted
	claims    setting   // the first of these claims that is there holds the audience
	algs      setting
	skip      setting // the issuer is not compared
	discovers bool    // the keys and algorithms are those of the issuer's discovery document
	keys      setting // the address of the keys, where nothing is discovered
	email     string  // the claim of the e-mail
	groups    setting // the claim of the groups
	strict    bool    // an e-mail that is said not to be verified is refused, whatever the options
}

// verifiers lists what the tokens are held against: the provider, then the extra issuers
// (oauthproxy.go, buildSessionChain).
func (c *compiler) verifiers() []verifier {
	var all []verifier
	if c.providerVerifies() {
		all = append(all, c.ofProvider())
	}
	extra := c.get("extra_jwt_issuers")
	for _, item := range extra.values {
		all = append(all, c.ofExtra(extra, item))
	}
	return all
}

func (c *compiler) ofProvider() verifier {
	v := verifier{
		issuer:    c.wanted("oidc_issuer_url"),
		audiences: []setting{c.wanted("client_id"), c.get("oidc_extra_audiences")},
		claims:    c.get("oidc_audience_claims"),
		algs:      c.get("oidc_enabled_signing_algs"),
		skip:      c.get("insecure_oidc_skip_issuer_verification"),
		discovers: !c.get("skip_oidc_discovery").on(),
		keys:      c.get("oidc_jwks_url"),
		email:     c.emailClaim(),
		groups:    c.get(groupsClaim),
	}
	if files := c.get("oidc_public_key_files"); !v.keys.set() && files.set() {
		v.keys = files
	}
	if c.get("provider").text() == "azure" { // it has no own way to make a session of a token
		v.email, v.strict, v.groups = "email", true, c.plainGroups()
	}
	return v
}

// emailClaim is the claim of the e-mail. The deprecated user_id_claim stands in for it
// (providers/providers.go, newProviderDataFromConfig).
func (c *compiler) emailClaim() string {
	email, user := c.get("oidc_email_claim"), c.get("user_id_claim")
	if email.text() == "email" && user.text() != "" {
		return user.text()
	}
	return email.text()
}

// groupsClaim is the option that names the claim of the groups.
const groupsClaim = "oidc_groups_claim"

// oldGroups reports whether the version takes the groups of an extra issuer's token from the claim
// groups, whichever the option names, and as a list alone: so do all before 7.15.6
// (pkg/apis/middleware/session.go).
func (c *compiler) oldGroups() (old, known bool) { return rules.OlderThan(c.version, 7, 15, 6) }

// plainGroups is the claim of the groups in a token of which the provider does not make the
// session itself.
func (c *compiler) plainGroups() setting {
	of := c.get(groupsClaim)
	switch old, known := c.oldGroups(); {
	case of.text() == "groups" || known && !old:
	case known:
		of.values, of.unknown = rules.Literals("groups"), nil
	case of.unknown == nil:
		of.unknown = ofVersion(groupsClaim + " counts for tokens of this issuer from OAuth2 " +
			"Proxy 7.15.6 on; before it their groups are those in the claim groups")
	}
	return of
}

// mayBeOlder reports whether the version is not known to be 7.minor.patch or newer.
func (c *compiler) mayBeOlder(minor, patch int) bool {
	old, known := rules.OlderThan(c.version, 7, minor, patch)
	return old || !known
}

// doubtOfOld is a doubt about what is not modelled of old versions: where the version is known, it
// is one of these, and there is nothing to ask.
func (c *compiler) doubtOfOld(why string) rules.Reading {
	if _, known := rules.OlderThan(c.version, 0, 0, 0); known {
		return doubt(why)
	}
	return rules.Reading{Unknown: ofVersion(why)}
}

// ofVersion is why something is not known that the version decides.
func ofVersion(why string) *rules.Unknown {
	return &rules.Unknown{Why: why, Need: rules.Need{
		Input: source.NeedGatewayVersion, For: "the version of OAuth2 Proxy",
	}}
}

// ofExtra is the verifier of one extra issuer, which is written as issuer=audience. It shares the
// audiences and the audience claims of the provider (pkg/validation/options.go).
func (c *compiler) ofExtra(extra setting, item *source.Value) verifier {
	issuer, audience, _ := strings.Cut(item.Text, "=")
	part := func(text string) setting {
		s := extra
		s.values, s.unknown = []*source.Value{value(text, item)}, nil
		if marked(s.values[0]) {
			s.unknown = extra.unknown
		}
		s.given = []given{extra.given[0]}
		s.given[0].value = item
		return s
	}
	return verifier{
		issuer:    part(issuer),
		audiences: []setting{part(audience), c.get("oidc_extra_audiences")},
		claims:    c.get("oidc_audience_claims"),
		algs:      setting{option: extra.option, given: part("").given},
		discovers: true,
		email:     "email",
		groups:    c.plainGroups(),
		strict:    true,
	}
}

// accepts is what one of the verifiers wants of a token, what the session that is made of it must
// have, and what the upstream is told of it. The first verifier that takes a token makes the
// session: no later one helps whoever is not allowed with it.
func (c *compiler) accepts(verifiers []verifier, i int) rules.Node {
	v := verifiers[i]
	verifies, of := c.verifies(v), c.allowed(verifiers, i)
	if check := c.sendable(v); check != nil {
		of = append(of, check)
	}
	if len(verifiers) > 1 {
		for _, check := range of {
			weigh(&check.Answer, int8(len(verifiers)-i))
		}
	}
	return rules.AllOf(append(verifies, of...)...)
}

// weigh gives an answer a weight, to whichever request it is sent.
func weigh(answer *rules.Answer, weight int8) {
	answer.Weight = weight
	answer.Cases = slices.Clone(answer.Cases)
	for i := range answer.Cases {
		answer.Cases[i].Answer.Weight = weight
	}
}

// verifies is what a verifier wants of a token, in the program's order.
func (c *compiler) verifies(v verifier) []*rules.Check {
	checks := append(
		c.comesToAudience(v),
		c.audienceTyped(v), c.audience(v), c.sessionTyped(v), c.emailVerified(v),
	)
	return source.Without(checks, func(check *rules.Check) bool { return check == nil })
}

// comesToAudience is what a verifier wants before it looks at the audience.
func (c *compiler) comesToAudience(v verifier) []*rules.Check {
	return []*rules.Check{
		c.algorithm(v), c.signature(v), c.issuer(v), c.expiry(v), c.notBefore(v),
	}
}

// defaultAlgorithm is the one that go-oidc accepts where nothing names others.
const defaultAlgorithm = "RS256"

func (c *compiler) algorithm(v verifier) *rules.Check {
	check := c.check(rules.Algorithm, v.algs, codeOIDC)
	accepted := v.algs.texts()
	wrong := slices.IndexFunc(accepted, func(alg string) bool {
		return !slices.Contains(algorithms(), alg)
	})
	switch {
	case v.algs.unknown == nil && wrong >= 0:
		check.Unknown = notStarted(accepted[wrong] + " is not a signing algorithm that it has")
	case v.algs.unknown != nil:
		check.MaySkip = v.algs.unknown
		accepted = append(accepted, defaultAlgorithm)
	case v.discovers && ofEntra(v.issuer.text()) && len(accepted) > 0:
		// only what the discovery document names too (provider_verifier.go, intersectSigningAlgs)
		if !slices.Contains(accepted, defaultAlgorithm) {
			check.Unknown = notStarted(noneInCommon())
		}
		accepted = source.Without(accepted, func(alg string) bool {
			return alg != defaultAlgorithm
		})
	case len(accepted) == 0:
		accepted = []string{defaultAlgorithm}
		if v.discovers && !ofEntra(v.issuer.text()) {
			check.MaySkip = &rules.Unknown{
				Why: "the discovery document of " + cmp.Or(v.issuer.text(), "the issuer") +
					" may name other algorithms, which the program accepts then",
			}
		}
	}
	check.Test = rules.Predicate{
		Op:     rules.OneOf,
		Input:  rules.Input{Source: rules.FromHeader, Name: "alg", LastCounts: true},
		Values: rules.Literals(accepted...),
	}
	return check
}

// notStarted is what nobody knows of a program that does not start.
func notStarted(why string) *rules.Unknown {
	return &rules.Unknown{Why: "the program does not start: " + why}
}

func (c *compiler) signature(v verifier) *rules.Check {
	field := v.issuer
	if !v.discovers && v.keys.set() {
		field = v.keys
	}
	check := c.check(rules.Signature, field, codeOIDC)
	key := c.keysOf(v)
	// go-jose, shared.go, checkSupportedCritical
	key.Lenience = keys.Lenience{EmptyCrit: true, B64: true, GoOIDC: true}
	// go-oidc, oidc/jwks.go, StaticKeySet: keys of files have no ids
	key.Lenience.AnyKid = !v.discovers && v.keys.name == "oidc_public_key_files"
	check.Test = rules.Predicate{Op: rules.Verifies, Key: key}
	if v.issuer.name == "extra_jwt_issuers" && v.issuer.unknown == nil &&
		differs(v.issuer.text()) {
		check.Test, check.Refuses = rules.Never(), "the discovery document of "+
			v.issuer.text()+" names another issuer: OAuth2 Proxy finds no keys for it"
	}
	return check
}

// keysOf is where a verifier has its keys from. For another issuer than Entra ID only its
// discovery document says that.
func (c *compiler) keysOf(v verifier) *rules.Key {
	switch {
	case !v.discovers && v.keys.name == "oidc_jwks_url" && v.keys.unknown == nil:
		return rules.KeysAt(v.keys.text(), false)
	case !v.discovers && v.keys.unknown != nil:
		return rules.KeysUnread(v.keys.unknown)
	case v.discovers && v.issuer.unknown != nil:
		return rules.KeysUnread(v.issuer.unknown)
	case !v.discovers:
		return &rules.Key{}
	}
	return rules.KeysOf(v.issuer.text())
}

// ofEntra reports whether an issuer is Entra ID, whose discovery documents name RS256 alone.
func ofEntra(issuer string) bool {
	_, ok := entra.ParseIssuer(issuer)
	return ok
}

func (c *compiler) issuer(v verifier) *rules.Check {
	check := c.check(rules.Issuer, v.issuer, codeOIDC)
	iss := field("iss")
	iss.NullKeeps = true
	accepted := rules.Literals(v.issuer.texts()...)
	check.Test = rules.Both(rules.Found(iss), rules.Predicate{
		Op: rules.OneOf, Input: iss, Values: accepted,
	})
	check.Unknown = v.issuer.unknown
	switch {
	case v.skip.on():
		at := c.place(v.skip)
		check.Field, check.Pos, check.Span, check.Unknown = v.skip.name, at.Pos, at.Span, nil
		check.Skip = v.skip.name + " is on: a token of any issuer is accepted that a key verifies"
	case v.skip.unknown != nil:
		check.MaySkip = v.skip.unknown
	}
	return check
}

// expiry has no leeway: a token without exp, and one that has just expired, are refused. The
// instant itself still counts.
func (c *compiler) expiry(v verifier) *rules.Check {
	check := c.check(rules.Expiry, v.issuer, codeOIDC)
	exp := field("exp")
	check.Test = rules.Both(rules.Found(exp), rules.Predicate{
		Op: rules.After, Input: exp, Inclusive: true, Lenient: true,
	})
	return check
}

// notBeforeLeeway is by how much a token may be early.
const notBeforeLeeway = 5 * time.Minute

func (c *compiler) notBefore(v verifier) *rules.Check {
	check := c.check(rules.NotBefore, v.issuer, codeOIDC)
	nbf := field("nbf")
	check.Test = rules.Either(rules.Negate(rules.Found(nbf)), rules.Predicate{
		Op: rules.NotAfter, Input: nbf, Leeway: notBeforeLeeway, Lenient: true,
	})
	return check
}

// audience is checked in the first of some claims that is there.
func (c *compiler) audience(v verifier) *rules.Check {
	field := v.audiences[0]
	if !field.set() && v.audiences[1].set() {
		field = v.audiences[1]
	}
	check := c.check(rules.Audience, field, codeVerifier)
	var accepted []string
	for _, s := range v.audiences {
		accepted = append(accepted, s.texts()...)
	}
	check.Test = firstOf(v.claims.texts(), rules.Literals(accepted...))
	if v.audOnly() {
		texts := audienceFits("aud")
		check.Test = rules.Both(texts, check.Test)
		check.Answer.Cases = append([]rules.Case{{
			If: rules.Negate(texts), Answer: c.row(brokenOff, always),
		}}, check.Answer.Cases...)
	}
	check.MaySkip = cmp.Or(v.audiences[0].unknown, v.audiences[1].unknown)
	check.Unknown = v.claims.unknown
	if len(accepted) == 0 && check.MaySkip != nil {
		check.Unknown, check.MaySkip = check.MaySkip, nil
	}
	return check
}

// audOnly reports whether no other claim than aud can hold the audience. The verifier has read
// that one before, so that it can't be of another kind than a text, or a list of texts and nulls.
func (v *verifier) audOnly() bool {
	return !slices.ContainsFunc(v.claims.texts(), func(name string) bool { return name != "aud" })
}

// audienceFits is the predicate that a claim is a text or a list of texts: the program breaks off
// where another one holds the audience (pkg/providers/oidc/verifier.go, verifyAudience).
func audienceFits(name string) rules.Predicate {
	return typed(name, source.String, source.List)
}

// firstOf is the predicate that the first of some claims that is there is one of the values, or
// lists one. One that is null is there, and is none of them.
func firstOf(claims []string, accepted []*source.Value) rules.Predicate {
	test := rules.Never()
	for i := len(claims) - 1; i >= 0; i-- {
		in := claim(claims[i])
		here := rules.Both(rules.Found(in), rules.Predicate{
			Op: rules.OneOf, Input: in, Values: accepted,
		})
		if i == len(claims)-1 {
			test = here
			continue
		}
		test = rules.Either(here, rules.Both(rules.Negate(isThere(claims[i])), test))
	}
	return test
}

// isThere is the predicate that a claim is there, though it may be null.
func isThere(name string) rules.Predicate {
	return rules.Predicate{Op: rules.Present, Input: claim(name), NullToo: true}
}
