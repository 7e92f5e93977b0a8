// Package envoy is what Envoy's JWT filter (jwt_authn) checks of a token and answers, and what its
// RBAC filter answers, for the gateways that configure them: Istio and Envoy Gateway.
//
// Which fields a provider comes from does not belong here, but for those that all gateways call
// alike: each adapter maps its own. provider.go has the checks, in the filter's order; lookup.go
// where a token is looked for; values.go how claims read; behaviours.go is the one place that has
// a status or a body, with the form of what their control planes do.
package envoy

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// Provider is one JWT provider of the filter, with the fields that it comes from.
type Provider struct {
	At rules.Place // the provider itself

	Issuer      string // empty for any
	IssuerAt    rules.Place
	IssuerDoubt *rules.Unknown // why it is not known; nil where it is

	Audiences      []*source.Value // none for any
	AudiencesAt    rules.Place
	AudiencesDoubt *rules.Unknown // why not all of them are known

	Locations      []rules.Location
	LocationsDoubt *rules.Unknown

	// SparesPreflights says that the filter passes over a browser's preflight, with any token or
	// none (bypass_cors_preflight, filter.cc).
	SparesPreflights bool

	Key      *rules.Key
	KeyAt    rules.Place
	KeyDoubt *rules.Unknown
}

// IsFor are the predicates that a token is for the provider by its issuer, and if that is asked
// for by its audience.
func (p *Provider) IsFor(audience bool) []rules.Predicate {
	var parts []rules.Predicate
	switch {
	case p.IssuerDoubt != nil:
		parts = append(parts, rules.Undecided(p.IssuerDoubt))
	case p.Issuer != "":
		parts = append(parts, p.hasIssuer())
	}
	switch {
	case !audience:
	case p.AudiencesDoubt != nil:
		parts = append(parts, rules.Undecided(p.AudiencesDoubt))
	case len(p.Audiences) > 0:
		parts = append(parts, p.hasAudience())
	}
	return parts
}

// MayShare reports whether a token may be for both of two providers by its issuer.
func (p *Provider) MayShare(other *Provider) bool {
	return p.Issuer == "" || other.Issuer == "" || p.Issuer == other.Issuer ||
		p.IssuerDoubt != nil || other.IssuerDoubt != nil
}

func (p *Provider) hasIssuer() rules.Predicate {
	return rules.Predicate{
		Op: rules.OneOf, Input: rules.Claim("iss"), Values: rules.Literals(p.Issuer),
	}
}

func (p *Provider) hasAudience() rules.Predicate {
	return rules.Predicate{
		Op: rules.OneOf, Input: rules.Claim("aud"), Values: p.Audiences,
		Texts: &rules.Texts{SchemeAlike: true, SlashAlike: true},
	}
}

// Unchecked are the checks of a token that are not made, and why.
func Unchecked(at rules.Place, key *rules.Key, evidence rules.Evidence, why string) rules.Node {
	var all []*rules.Check
	for _, of := range []struct {
		id   rules.ID
		test rules.Predicate
	}{
		{rules.Issuer, rules.Predicate{Op: rules.OneOf, Input: rules.Claim("iss")}},
		{rules.Audience, rules.Predicate{Op: rules.OneOf, Input: rules.Claim("aud")}},
		{rules.Signature, rules.Predicate{Op: rules.Verifies, Key: key}},
	} {
		all = append(all, &rules.Check{
			ID: of.id, Field: at.Field, Pos: at.Pos, Span: at.Span, Evidence: evidence,
			Test: of.test, Skip: why,
		})
	}
	return rules.AllOf(all...)
}

// Filter makes the checks of providers.
type Filter struct {
	Table []rules.Behaviour // of the gateway
	Docs  string            // the gateway's reference of the fields of a provider

	// NoToken is the situation of a request without a token where one is needed.
	NoToken string
}

// Accepts is what one provider wants of a token, in the filter's order (authenticator.cc).
func (f Filter) Accepts(p *Provider) rules.Node {
	present := f.check(rules.TokenPresent, p.At, f.NoToken, rules.Documented.From(f.Docs))
	present.Unknown = p.LocationsDoubt
	asked := *p
	asked.SparesPreflights = false // of a preflight the filter does not come to this
	present.Test = SentTo([]*Provider{&asked})
	present.Answer.Weight = ofNoToken
	present.Answer.Cases = append(slices.Clip(present.Answer.Cases), rules.Case{
		// something else than the token is there
		If:     rules.Negate(CarriesNothing([]*Provider{&asked})),
		Answer: Row(f.Table, MalformedToken),
	})
	return rules.AllOf(
		present, f.tokenFormat(p), f.algorithm(p), f.issuer(p), f.notBefore(p), f.expiry(p),
		f.audience(p), f.signature(p),
	)
}

// AcceptsOneOf is what several providers want of a token: one that accepts it is enough.
func (f Filter) AcceptsOneOf(all []*Provider) rules.Node {
	if len(all) == 1 {
		return f.Accepts(all[0])
	}
	node := rules.Node{Reports: rules.Weightiest, Any: []rules.Node{}}
	var count rules.Conditions
	for _, p := range all {
		one := f.Accepts(p)
		node.Any = append(node.Any, one)
		if count.Beyond(one) {
			break
		}
	}
	return node
}

func (f Filter) check(
	id rules.ID, at rules.Place, situation string, evidence rules.Evidence,
) *rules.Check {
	return &rules.Check{
		ID: id, Field: at.Field, Pos: at.Pos, Span: at.Span, Evidence: evidence,
		Answer: Row(f.Table, situation),
	}
}

// ofHeader is the input that reads a member of the token's header.
func ofHeader(name string) rules.Input { return rules.Input{Source: rules.FromHeader, Name: name} }

func (f Filter) issuer(p *Provider) *rules.Check {
	check := f.check(rules.Issuer, p.IssuerAt, IssuerUnknown, rules.Documented.From(f.Docs))
	check.Test = p.hasIssuer()
	check.Unknown = p.IssuerDoubt
	if p.Issuer == "" && check.Unknown == nil {
		check.Skip = "issuer is empty: a token of any issuer is accepted that a key verifies"
	}
	return check
}

// skew is by how much the filter lets a token be early or late, where nothing sets it. Neither
// gateway does.
const skew = time.Minute

func (f Filter) notBefore(p *Provider) *rules.Check {
	check := f.check(rules.NotBefore, p.IssuerAt, NotYetValid, rules.Inferred.From(codeFilter))
	check.Test = rules.IfPresent(rules.Claim("nbf"), rules.Predicate{
		Op: rules.NotAfter, Input: rules.Claim("nbf"), Leeway: skew, Seconds: true,
	})
	return check
}

// expiry is checked only where the token has exp, and where it is not 0 seconds. Neither gateway
// makes it mandatory, so the check is put as what a token must not be.
func (f Filter) expiry(p *Provider) *rules.Check {
	check := f.check(rules.Expiry, p.IssuerAt, Expired, rules.Inferred.From(codeFilter))
	exp := rules.Claim("exp")
	check.Test = rules.Negate(rules.Both(
		rules.Has(exp),
		rules.Negate(rules.Predicate{
			Op: rules.After, Input: exp, Leeway: skew, Inclusive: true, Seconds: true,
			Zero: rules.Yes,
		}),
	))
	return check
}

// audience is compared without http:// or https:// at the beginning, and without a slash at the
// end (check_audience.cc).
func (f Filter) audience(p *Provider) *rules.Check {
	check := f.check(rules.Audience, p.AudiencesAt, WrongAudience, rules.Inferred.From(codeFilter))
	check.Test = p.hasAudience()
	switch {
	case p.AudiencesDoubt != nil && len(p.Audiences) == 0:
		check.Unknown = p.AudiencesDoubt
	case len(p.Audiences) == 0:
		check.Skip = "audiences is empty: a token for any API is accepted"
	default:
		check.MaySkip = p.AudiencesDoubt
	}
	return check
}

func (f Filter) signature(p *Provider) *rules.Check {
	check := f.check(rules.Signature, p.KeyAt, BadSignature, rules.Inferred.From(codeFilter))
	check.Answer.Body = "" // which of two it is depends on whether a key has the token's kid
	check.Unknown = p.KeyDoubt
	check.Test = rules.Predicate{Op: rules.Verifies, Key: lenient(p.Key)}
	return check
}

// lenient is a key as Envoy verifies with it: of the header it reads alg and kid, and no crit, and
// of a key neither use nor key_ops. It skips keys that are written otherwise than is usual. A key
// of the set that has no kid fits every token (google/jwt_verify_lib and its successor in Envoy,
// jwt.cc, verify.cc, and createRsaFromJwk of jwks.cc).
func lenient(key *rules.Key) *rules.Key {
	if key == nil {
		return nil
	}
	of := *key
	of.Lenience.UsualKeys, of.Lenience.AnyCrit = true, true
	of.Lenience.Kidless, of.Lenience.AnyUse = true, true
	return &of
}

// ProviderIn reads what every gateway calls alike of a provider: its issuer and its audiences. The
// path is that of its fields, with a dot at the end.
func ProviderIn(v *source.Value, path string) *Provider {
	issuer := v.TextAt("issuer")
	audiences := kubernetes.ListIn(v, path, "audiences")
	return &Provider{
		At:     rules.PlaceOf(v, strings.TrimSuffix(path, ".")),
		Issuer: issuer, IssuerAt: PlaceIn(v, path, "issuer"),
		IssuerDoubt: kubernetes.TextDoubt(v.Member("issuer"), path+"issuer"),
		Audiences:   audiences.Values, AudiencesAt: PlaceIn(v, path, "audiences"),
		AudiencesDoubt: audiences.Doubt,
	}
}

// PlaceIn is the place of a field of an object, or of the object itself where it has none.
func PlaceIn(object *source.Value, path, name string) rules.Place {
	if v := object.Member(name); v != nil {
		return rules.PlaceOf(v, path+name)
	}
	return rules.PlaceOf(object, path+name)
}

// Extraction is what a gateway calls the fields that say where a token is looked for.
type Extraction struct {
	Headers, Prefix string // the list, and the prefix of one
	Params, Cookies string

	// Cuts says that the filter drops what is behind a token in a header: so does Envoy before
	// 1.28 (changelogs/1.28.0.yaml).
	Cuts bool
}

// LocationsIn are where a provider looks for the token. Without any of its own these are the
// Authorization header and a parameter.
func (e Extraction) LocationsIn(v *source.Value, path string) ([]rules.Location, *rules.Unknown) {
	var all []rules.Location
	doubt := kubernetes.DoubtOf(v, strings.TrimSuffix(path, "."))
	for _, h := range v.Member(e.Headers).List() {
		name, ok := h.Member("name").Str()
		if !ok || kubernetes.Marked(h.Member("name")) || kubernetes.Marked(h.Member(e.Prefix)) {
			doubt = &rules.Unknown{Why: "where the token is looked for is not known: " + path +
				e.Headers + " has a name or a prefix that only its deployment knows"}
			continue
		}
		all = append(all, e.inHeader(name, h.TextAt(e.Prefix)))
	}
	for _, from := range []struct {
		field string
		in    rules.Source
	}{{e.Params, rules.FromQuery}, {e.Cookies, rules.FromCookie}} {
		names := kubernetes.ListIn(v, path, from.field)
		if names.Doubt != nil {
			doubt = names.Doubt
		}
		for _, name := range names.Texts() {
			at := rules.Location{Input: rules.Input{Source: from.in, Name: name}}
			if from.in == rules.FromQuery {
				at = parameter(name)
			}
			all = append(all, at)
		}
	}
	if len(all) == 0 && doubt == nil {
		return e.defaultLocations(), nil
	}
	return all, doubt
}

// AsSent is what some stages want of a request that an earlier filter, which is not modelled, lets
// pass and may have changed: they refuse it for sure only if it is unchanged.
func AsSent(unchanged []rules.Node, stages ...rules.Node) []rules.Node {
	if len(unchanged) == 0 {
		return stages
	}
	return []rules.Node{{First: &rules.First{
		Branches: []rules.Branch{{If: rules.Node{All: unchanged}, Then: rules.Node{All: stages}}},
	}}}
}

// tokenFormat is the check that Envoy can read the token: its form, and the types of the members
// that it reads (jwt.cc, parseFromString). What its reader of JSON makes of a text that readers
// differ on depends on the version of protobuf, so we do not know that. What is wrong with alg is
// left to its own check.
func (f Filter) tokenFormat(p *Provider) *rules.Check {
	check := f.check(rules.TokenFormat, p.IssuerAt, MalformedToken, rules.Inferred.From(codeJWT))
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
	check := f.check(rules.Algorithm, p.IssuerAt, AlgorithmUnknown, rules.Inferred.From(codeJWT))
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
