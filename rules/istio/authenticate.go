package istio

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// jwtRule is one of the jwtRules that hold for a workload.
type jwtRule struct {
	of    *resource
	at    *source.Value
	path  string // "jwtRules[0]."
	split list   // spaceDelimitedClaims
}

// jwtRulesOf lists the rules of all RequestAuthentications that select a workload, in the proxy's
// order: by issuer.
func jwtRulesOf(w *workload) []*jwtRule {
	var all []*jwtRule
	for _, p := range w.policies {
		items := p.spec.Member("jwtRules")
		if p.kind != requestAuthentication || !items.Is(source.List) {
			continue
		}
		for i, v := range items.Items {
			if !v.Is(source.Object) {
				continue
			}
			r := &jwtRule{of: p, at: v, path: fmt.Sprintf("jwtRules[%d].", i)}
			r.split = listIn(v, r.path, "spaceDelimitedClaims")
			all = append(all, r)
		}
	}
	slices.SortStableFunc(all, func(a, b *jwtRule) int {
		return strings.Compare(a.issuer(), b.issuer())
	})
	return all
}

func (r *jwtRule) text(name string) string {
	text, _ := r.at.Member(name).Str()
	return text
}

func (r *jwtRule) issuer() string { return r.text("issuer") }

// field is the value of a field of the rule, or the rule itself where it has none.
func (r *jwtRule) field(name string) *source.Value {
	if v := r.at.Member(name); v != nil {
		return v
	}
	return r.at
}

// authentication is that a request has no token, or one that a JWT rule accepts. It is not ok
// where there are no rules: then no token is looked at.
func (c *compiler) authentication() (rules.Node, bool) {
	if n, ok := c.unreadRules(); ok {
		return n, true
	}
	if len(c.jwt) == 0 {
		return c.withoutRules()
	}
	first := c.jwt[0]
	none := c.check(rules.Conditional, first.at, "jwtRules", documented(docRequest))
	none.Test = c.carriesNothing()
	none.Wants = "a request without a token, which RequestAuthentication lets pass"
	accepted := rules.Node{Reports: rules.Weightiest, Any: []rules.Node{}}
	for _, r := range c.jwt {
		accepted.Any = append(accepted.Any, c.accepts(r))
	}
	if len(accepted.Any) == 1 {
		accepted = accepted.Any[0]
	}
	return rules.Node{Exempts: true, First: &rules.First{
		Branches: []rules.Branch{{If: rules.Node{Check: none}}}, Default: accepted,
	}}, true
}

// withoutRules is what a RequestAuthentication without rules does: it looks at no token. It is not
// ok where there is none.
func (c *compiler) withoutRules() (rules.Node, bool) {
	for _, p := range c.policies {
		if p.kind == requestAuthentication {
			var all []*rules.Check
			for _, of := range []struct {
				id   rules.ID
				test rules.Predicate
			}{
				{rules.Issuer, rules.Predicate{Op: rules.OneOf, Input: rules.Claim("iss")}},
				{rules.Audience, rules.Predicate{Op: rules.OneOf, Input: rules.Claim("aud")}},
				{rules.Signature, rules.Predicate{Op: rules.Verifies, Key: &rules.Key{}}},
			} {
				check := c.check(of.id, p.at, "jwtRules", documented(docRequest))
				check.Test = of.test
				check.Skip = p.String() + " has no jwtRules: no token is looked at"
				all = append(all, check)
			}
			return rules.AllOf(all...), true
		}
	}
	return rules.Node{}, false
}

// unreadRules is what is not known where a RequestAuthentication's rules can't be read.
func (c *compiler) unreadRules() (rules.Node, bool) {
	for _, p := range c.policies {
		v := p.spec.Member("jwtRules")
		if p.kind != requestAuthentication || v == nil || v.Is(source.Null) {
			continue
		}
		odd := func(item *source.Value) bool { return !item.Is(source.Object) }
		if !v.Is(source.List) || slices.ContainsFunc(v.Items, odd) {
			why := doubtOf(v, "jwtRules")
			if why == nil {
				why = &rules.Unknown{Why: "the jwtRules of " + p.String() + " can't be read: " +
					"what the API server refuses is not in the cluster, or an earlier version is"}
			}
			return rules.AllOf(c.notModelled(p, v, "jwtRules", why)), true
		}
	}
	return rules.Node{}, false
}

// locations are where a rule looks for the token. Without any of its own these are the
// Authorization header and a parameter.
func (r *jwtRule) locations() ([]rules.Location, *rules.Unknown) {
	var all []rules.Location
	var doubt *rules.Unknown
	if headers := r.at.Member("fromHeaders"); headers.Is(source.List) {
		for _, h := range headers.Items {
			name, ok := h.Member("name").Str()
			if !ok || marked(h.Member("name")) || marked(h.Member("prefix")) {
				doubt = &rules.Unknown{Why: "where the token is looked for is not known: " +
					r.path + "fromHeaders has a name or a prefix that only its deployment knows"}
				continue
			}
			prefix, _ := h.Member("prefix").Str()
			all = append(all, rules.Location{
				Input: rules.Input{Source: rules.FromHTTP, Name: name}, Prefix: prefix,
			})
		}
	}
	for _, from := range []struct {
		field string
		in    rules.Source
	}{{"fromParams", rules.FromQuery}, {"fromCookies", rules.FromCookie}} {
		names := listIn(r.at, r.path, from.field)
		if names.doubt != nil {
			doubt = names.doubt
		}
		for _, name := range names.texts() {
			all = append(all, rules.Location{Input: rules.Input{Source: from.in, Name: name}})
		}
	}
	if len(all) == 0 && doubt == nil {
		return []rules.Location{
			{Input: rules.Input{Source: rules.FromHTTP, Name: "Authorization"}, Prefix: "Bearer "},
			{Input: rules.Input{Source: rules.FromQuery, Name: "access_token"}},
		}, nil
	}
	return all, doubt
}

// sentTo is the predicate that the token arrives where one of some rules looks for it.
func sentTo(all []*jwtRule) rules.Predicate {
	var locations []rules.Location
	for _, r := range all {
		at, _ := r.locations()
		for _, l := range at {
			if !slices.Contains(locations, l) {
				locations = append(locations, l)
			}
		}
	}
	if len(locations) == 0 {
		return rules.Never()
	}
	return rules.Predicate{Op: rules.Sent, Lookup: &rules.Lookup{
		Locations: locations, Several: rules.AllCount,
	}}
}

// carriesNothing is the predicate that nothing is where the rules look for a token. A header
// counts only if the prefix is in it (extractor.cc).
func (c *compiler) carriesNothing() rules.Predicate {
	parts := []rules.Predicate{rules.Negate(sentTo(c.jwt))}
	for _, r := range c.jwt {
		locations, _ := r.locations()
		for _, l := range locations {
			any := `(?s:.*` + regexp.QuoteMeta(l.Prefix) + `.+)`
			parts = append(parts, rules.Negate(rules.Predicate{
				Op: rules.Matches, Input: l.Input, Assumed: rules.No,
				Texts: &rules.Texts{Patterns: patterns(any)},
			}))
		}
	}
	return rules.Both(parts...)
}

// accepts is what one rule wants of a token, in Envoy's order (authenticator.cc).
func (c *compiler) accepts(r *jwtRule) rules.Node {
	_, doubt := r.locations()
	present := c.check(rules.TokenPresent, r.at, strings.TrimSuffix(r.path, "."),
		documented(docRules))
	present.Unknown = doubt
	present.Test = sentTo([]*jwtRule{r})
	present.Answer = c.row(malformedToken)
	present.Answer.Weight = ofNoToken
	return rules.AllOf(
		present, c.tokenFormat(r), c.algorithm(r), c.issuer(r), c.notBefore(r), c.expiry(r),
		c.audience(r), c.signature(r),
	)
}

// ofRule starts a check of a field of a rule.
func (c *compiler) ofRule(
	r *jwtRule, id rules.ID, name, situation, reference string,
) *rules.Check {
	check := c.check(id, r.field(name), r.path+name, inferred(reference))
	check.Answer = c.row(situation)
	return check
}

func (c *compiler) tokenFormat(r *jwtRule) *rules.Check {
	check := c.ofRule(r, rules.TokenFormat, "issuer", malformedToken, codeJWT)
	texts := []source.Kind{source.String}
	number := []source.Kind{source.Number}
	check.Test = rules.Both(
		rules.Predicate{Op: rules.Readable},
		typed("iss", texts), typed("sub", texts), typed("jti", texts),
		typed("aud", []source.Kind{source.String, source.List}),
		typed("exp", number), typed("nbf", number), typed("iat", number),
	)
	return check
}

// typed is the predicate that a claim is of one of some kinds, or absent.
func typed(name string, kinds []source.Kind) rules.Predicate {
	in := rules.Claim(name)
	null := rules.Predicate{
		Op: rules.Equals, Input: in, Values: []*source.Value{{Kind: source.Null}},
		Assumed: rules.No,
	}
	return rules.Both(rules.Negate(null), rules.Predicate{
		Op: rules.Typed, Input: in, Kinds: kinds, Assumed: rules.Yes,
	})
}

func (c *compiler) algorithm(r *jwtRule) *rules.Check {
	check := c.ofRule(r, rules.Algorithm, "issuer", algorithmUnknown, codeJWT)
	check.Test = rules.Predicate{
		Op: rules.OneOf, Input: rules.Input{Source: rules.FromHeader, Name: "alg"},
		Values: rules.Literals(
			"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
			"HS256", "HS384", "HS512", "EdDSA",
		),
	}
	return check
}

func (c *compiler) issuer(r *jwtRule) *rules.Check {
	check := c.ofRule(r, rules.Issuer, "issuer", issuerUnknown, codeEnvoy)
	check.Evidence = documented(docRules)
	check.Test = rules.Predicate{
		Op: rules.OneOf, Input: rules.Claim("iss"), Values: rules.Literals(r.issuer()),
	}
	check.Unknown = doubtOf(r.at.Member("issuer"), check.Field)
	if r.issuer() == "" && check.Unknown == nil {
		check.Skip = "issuer is empty: a token of any issuer is accepted that a key verifies"
	}
	return check
}

// skew is by how much Envoy lets a token be early or late, where nothing sets it. Istio never
// does.
const skew = time.Minute

func (c *compiler) notBefore(r *jwtRule) *rules.Check {
	check := c.ofRule(r, rules.NotBefore, "issuer", notYetValid, codeEnvoy)
	check.Test = rules.IfPresent(rules.Claim("nbf"), rules.Predicate{
		Op: rules.NotAfter, Input: rules.Claim("nbf"), Leeway: skew,
	})
	return check
}

// expiry is checked only where the token has exp, and where it is not 0. Nothing in Istio makes it
// mandatory, so the check is put as what a token must not be.
func (c *compiler) expiry(r *jwtRule) *rules.Check {
	check := c.ofRule(r, rules.Expiry, "issuer", expired, codeEnvoy)
	exp := rules.Claim("exp")
	zero := []*source.Value{{Kind: source.Number, Text: "0"}}
	check.Test = rules.Negate(rules.Both(
		rules.Has(exp),
		rules.Negate(rules.Predicate{
			Op: rules.After, Input: exp, Leeway: skew, Inclusive: true,
		}),
		rules.Negate(rules.Predicate{Op: rules.Equals, Input: exp, Values: zero}),
	))
	return check
}

// audience is compared without http:// or https:// at the beginning, and without a slash at the
// end (check_audience.cc).
func (c *compiler) audience(r *jwtRule) *rules.Check {
	check := c.ofRule(r, rules.Audience, "audiences", wrongAudience, codeEnvoy)
	audiences := listIn(r.at, r.path, "audiences")
	check.Test = rules.Predicate{
		Op: rules.OneOf, Input: rules.Claim("aud"), Values: audiences.values,
		Texts: &rules.Texts{SchemeAlike: true, SlashAlike: true},
	}
	switch {
	case audiences.doubt != nil && len(audiences.values) == 0:
		check.Unknown = audiences.doubt
	case audiences.empty():
		check.Skip = "audiences is empty: a token for any API is accepted"
	default:
		check.MaySkip = audiences.doubt
	}
	return check
}

func (c *compiler) signature(r *jwtRule) *rules.Check {
	name := "jwksUri"
	if r.at.Member("jwks") != nil {
		name = "jwks"
	}
	check := c.ofRule(r, rules.Signature, name, badSignature, codeEnvoy)
	check.Answer.Body = "" // which of two it is depends on whether a key has the token's kid
	check.Unknown = doubtOf(r.at.Member(name), check.Field)
	check.Test = rules.Predicate{Op: rules.Verifies, Key: r.key()}
	return check
}

// key is where a rule has its keys from: the rule itself, an address, or the discovery document of
// its issuer, of which only Entra ID's is known here.
func (r *jwtRule) key() *rules.Key {
	if text := r.text("jwks"); text != "" {
		return &rules.Key{Own: true, Text: text, Set: true}
	}
	if address := r.text("jwksUri"); address != "" {
		return rules.KeysAt(address, false)
	}
	iss, ok := entra.ParseIssuer(r.issuer())
	if !ok || iss.Kind != entra.Workforce {
		return &rules.Key{}
	}
	cloud, ok := entra.CloudByID(iss.Clouds[0])
	if !ok {
		return &rules.Key{}
	}
	return rules.KeysAt(entra.KeysURL(cloud, iss.Tenant, iss.Version, ""), false)
}
