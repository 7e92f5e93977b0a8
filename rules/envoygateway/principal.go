package envoygateway

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// allowRule is what an Allow rule wants, each condition a check: nothing where it matches every
// request.
func (c *compiler) allowRule(r *authRule) rules.Node {
	node := rules.Node{All: []rules.Node{}}
	if jwt := r.jwt(); jwt.Is(source.Object) {
		if p := c.providerOf(jwt); p != nil && c.open == rules.Yes {
			node.All = append(node.All, c.filter().Accepts(p.Provider).All...)
		} else if c.optional != rules.No && c.open == rules.No && c.only == nil {
			node.All = append(node.All, rules.Node{Check: c.needsToken(r, jwt)})
		}
	}
	for _, check := range c.conditions(r) {
		check.Answer = c.row(envoy.Denied)
		check.Remark = "the rule is " + r.String()
		node.All = append(node.All, rules.Node{Check: check})
	}
	return node
}

// needsToken is the check that a request has a token, where it passes the JWT filter without one.
func (c *compiler) needsToken(r *authRule, jwt *source.Value) *rules.Check {
	check := rules.CheckAt(
		rules.TokenPresent, jwt, r.path+"principal.jwt", rules.Documented.From(docClaims),
	)
	check.Answer = c.row(envoy.Denied)
	check.Test = envoy.SentTo(c.inEnvoy())
	return check
}

// matches is the predicate that a rule matches. It is Yes where each request does, and No where
// none does.
func (c *compiler) matches(r *authRule) (rules.Predicate, rules.Truth) {
	var parts []rules.Predicate
	if jwt := r.jwt(); jwt.Is(source.Object) {
		if p := c.providerOf(jwt); p != nil && c.open != rules.No {
			parts = append(parts, acceptedBy(p.Provider))
		} else if c.optional != rules.No && c.only == nil {
			parts = append(parts, envoy.SentTo(c.inEnvoy()))
		}
	}
	for _, check := range c.conditions(r) {
		if check.Refuses != "" {
			return rules.Never(), rules.No
		}
		parts = append(parts, check.Holds())
	}
	if len(parts) == 0 {
		return rules.Both(), rules.Yes
	}
	return envoy.Both(parts), rules.Maybe
}

// conditions are the checks of a rule, each of which must hold for it to match.
func (c *compiler) conditions(r *authRule) []*rules.Check {
	principal := r.at.Member("principal")
	path := r.path + "principal."
	all := c.operation(r)
	add := func(check *rules.Check) {
		if check != nil {
			all = append(all, check)
		}
	}
	add(c.addresses(principal, path))
	if v := principal.Member("clientIPGeoLocations"); v.IsSet() {
		field := path + "clientIPGeoLocations"
		check := rules.CheckAt(rules.Authorization, v, field, rules.Documented.From(docAPI))
		check.Test = c.from(geoSince, check.Field,
			envoy.NotKnown("gatewhy does not know where the request comes from"))
		check.Wants = "a request from one of these places"
		add(check)
	}
	all = append(all, c.celChecks(r)...)
	if jwt := principal.Member("jwt"); jwt.Is(source.Object) {
		all = append(all, c.ofToken(r)...)
	}
	for path, h := range kubernetes.ItemsIn(principal, path, "headers") {
		add(c.header(h, path))
	}
	return all
}

// operation is what a rule wants of the method and the path.
func (c *compiler) operation(r *authRule) []*rules.Check {
	var all []*rules.Check
	operation, path := r.at.Member("operation"), r.path+"operation."
	if methods := kubernetes.ListIn(operation, path, "methods"); !methods.Empty() {
		check := rules.CheckAt(
			rules.Conditional, methods.At, methods.Field, rules.Documented.From(docAPI),
		)
		check.Test = methodIn(methods.Texts())
		if methods.Doubt != nil {
			check.Test = rules.Either(check.Test, rules.Undecided(methods.Doubt))
		}
		all = append(all, check)
	}
	if v := operation.Member("path"); v.IsSet() {
		check := rules.CheckAt(rules.Conditional, v, path+"path", rules.Inferred.From(codeRegex))
		test, _, ok := pathTest(v)
		if !ok {
			test = envoy.NotKnown("the path can't be read")
		}
		check.Test = c.from(pathSince, check.Field, test)
		all = append(all, check)
	}
	return all
}

// addresses is what a rule wants of the caller's address; nil where it wants nothing, or every
// address fits.
func (c *compiler) addresses(principal *source.Value, path string) *rules.Check {
	ranges := kubernetes.ListIn(principal, path, "clientCIDRs")
	four, six := wholeFamilies(ranges.Texts())
	if ranges.Empty() || four && six {
		return nil
	}
	check := rules.CheckAt(
		rules.Authorization, ranges.At, ranges.Field, rules.Documented.From(docAPI),
	)
	check.Unknown = &rules.Unknown{
		Why: "gatewhy does not know the address that the request comes from",
	}
	check.Test = rules.Undecided(check.Unknown)
	return check
}

// wholeFamilies tells whether some ranges hold every address of IPv4, and of IPv6.
func wholeFamilies(ranges []string) (four, six bool) {
	for _, text := range ranges {
		p, err := netip.ParsePrefix(text)
		four = four || err == nil && p.Bits() == 0 && p.Addr().Is4()
		six = six || err == nil && p.Bits() == 0 && p.Addr().Is6()
	}
	return four, six
}

// header is what a rule wants of a header. One that the JWT filter writes from a claim is not what
// the caller has sent.
func (c *compiler) header(h *source.Value, path string) *rules.Check {
	name, ok := h.Member("name").Str()
	values := kubernetes.ListIn(h, path, "values")
	at := cmp.Or(values.At, h)
	check := rules.CheckAt(rules.Conditional, at, values.Field, rules.Documented.From(docAPI))
	check.Test = rules.Predicate{
		Op: rules.OneOf, Input: rules.Input{Source: rules.FromHTTP, Name: name},
		Values: values.Values,
	}
	switch {
	case !ok || kubernetes.Marked(h.Member("name")):
		check.Unknown = &rules.Unknown{Why: "which header it is only its deployment knows"}
	case c.written[strings.ToLower(name)]:
		check.Unknown = &rules.Unknown{Why: "claimToHeaders writes " + name + " from a claim, " +
			"and that is not modelled"}
	case slices.ContainsFunc(c.forwarded(), func(to string) bool {
		return strings.EqualFold(to, name)
	}):
		check.Unknown = &rules.Unknown{Why: "basicAuth or apiKeyAuth writes " + name + " from " +
			"what the caller proves to be, and that is not modelled"}
	case values.Doubt != nil:
		check.Test = rules.Either(check.Test, rules.Undecided(values.Doubt))
	}
	return check
}

// forwarded are the headers into which basicAuth and apiKeyAuth write who the caller is.
func (c *compiler) forwarded() []string {
	var all []string
	for _, path := range [][]string{
		{"basicAuth", "forwardUsernameHeader"}, {"apiKeyAuth", "forwardClientIDHeader"},
	} {
		if name := c.spec.At(path...); name.IsSet() {
			all = append(all, name.Text)
		}
	}
	return all
}

// providerOf is the provider that a rule names; nil where the policy has none of that name.
func (c *compiler) providerOf(jwt *source.Value) *provider {
	name := jwt.TextAt("provider")
	for _, p := range c.providers {
		if p.name == name {
			return p
		}
	}
	return nil
}

// ofToken is what a rule wants of the token that a provider has accepted.
func (c *compiler) ofToken(r *authRule) []*rules.Check {
	jwt, path := r.jwt(), r.path+"principal.jwt."
	name := jwt.Member("provider")
	at := cmp.Or(name, jwt)
	p := c.providerOf(jwt)
	if p == nil {
		check := rules.CheckAt(
			rules.Authorization, at, path+"provider", rules.Inferred.From(codeRules),
		)
		check.Unknown = kubernetes.DoubtOf(name, check.Field)
		if check.Unknown == nil {
			check.Unknown = c.namesUnread()
		}
		if check.Unknown == nil {
			text, _ := name.Str()
			check.Test = rules.Never()
			check.Refuses = "the policy has no provider " + text + ": the rule matches nothing"
		}
		return []*rules.Check{check}
	}
	var all []*rules.Check
	if test, needed := c.fromProvider(p); needed {
		check := rules.CheckAt(rules.Issuer, at, path+"provider", rules.Inferred.From(codeRules))
		check.Test = test
		check.Wants = "a token that the provider " + p.name + " accepts, and none before it"
		all = append(all, check)
	}
	if scopes := kubernetes.ListIn(jwt, path, "scopes"); !scopes.Empty() {
		check := rules.CheckAt(
			rules.Scopes, scopes.At, scopes.Field, rules.Documented.From(notesScp),
		)
		check.Test = c.scopesTest(scopes)
		check.Grant = entra.GrantOf("scp")
		all = append(all, check)
	}
	for _, claim := range r.claims() {
		all = append(all, c.claim(claim))
	}
	return all
}

// fromProvider is that the filter has taken the token's claims from this provider and not from
// another one: the first that accepts a token is asked alone. It is not needed where there is one,
// or where it is known which.
func (c *compiler) fromProvider(p *provider) (test rules.Predicate, needed bool) {
	if len(c.providers) == 1 || c.only != nil {
		return test, false
	}
	parts := []rules.Predicate{acceptedBy(p.Provider)}
	for _, other := range c.providers[:slices.Index(c.providers, p)] {
		parts = append(parts, rules.Negate(acceptedBy(other.Provider)))
	}
	return envoy.Both(parts), true
}

// acceptedBy is that a provider accepts the token, as one predicate.
func acceptedBy(p *envoy.Provider) rules.Predicate {
	node := envoy.Filter{}.Accepts(p)
	var parts []rules.Predicate
	for check := range node.Checks() {
		if check.Skip == "" {
			parts = append(parts, check.Holds())
		}
	}
	return envoy.Both(parts)
}

// scopesTest is that the token has each scope, in scope or, where the version looks there, in scp.
func (c *compiler) scopesTest(scopes kubernetes.List) rules.Predicate {
	var old, both []rules.Predicate
	for _, text := range scopes.Texts() {
		in := envoy.HasWord(rules.Claim("scope"), []string{text})
		old = append(old, in)
		both = append(both, rules.Either(in, envoy.HasWord(rules.Claim("scp"), []string{text})))
	}
	if scopes.Doubt != nil {
		old = append(old, rules.Undecided(scopes.Doubt))
		both = append(both, rules.Undecided(scopes.Doubt))
	}
	switch c.has(scpSince) {
	case rules.Yes:
		return envoy.Both(both)
	case rules.No:
		return envoy.Both(old)
	}
	return envoy.Perhaps(envoy.Both(old), envoy.Both(both), &rules.Unknown{
		Why:  "scopes are looked for in scp from Envoy Gateway 1.7 on, and in scope alone before",
		Need: theVersion(),
	})
}

// claim is what a rule wants of one claim: String compares texts alone, and StringArray looks into
// lists alone.
func (c *compiler) claim(claim comparedClaim) *rules.Check {
	name, values := claim.name, kubernetes.ListIn(claim.at, claim.path, "values")
	check := rules.CheckAt(rules.CustomClaim, cmp.Or(values.At, claim.at), values.Field,
		rules.Inferred.From(codeRules))
	if check.Claim = name; strings.Contains(name, ".") {
		check.Evidence = rules.Inferred.From(issueDots)
	}
	check.Grant = entra.GrantOf(name)
	if at := claim.at.Member("name"); !at.Is(source.String) || kubernetes.Marked(at) ||
		kubernetes.Marked(claim.at.Member("valueType")) {
		check.Unknown = &rules.Unknown{Why: "which claim it is, or how it is compared, only " +
			"its deployment knows"}
		return check
	}
	in, split := envoy.Nested(strings.Split(name, ".")), c.isSplit(name)
	switch {
	case claim.kind == "StringArray":
		check.Test = c.listed(name, in, values)
	case split == rules.Yes:
		check.Test, check.Refuses = rules.Never(), neverText(name)
		check.Wants, check.Remedy = "a text, which "+name+" is not there", scopeEach
		return check
	default:
		check.Test = c.equal(name, in, values)
	}
	if split == rules.Maybe && claim.kind != "StringArray" {
		check.Wants = values.Alternatives() + " as the whole text, which no token has from " +
			"Envoy Gateway 1.7 on: it makes a list of scp"
		check.Remedy = "From Envoy Gateway 1.7 on: " + scopeEach
	}
	if values.Doubt != nil {
		check.Test = rules.Either(check.Test, rules.Undecided(values.Doubt))
	}
	return check
}

// scopeEach is what compares scopes that the filter has split.
const scopeEach = "set valueType to StringArray, with one scope a value, and a claim for each " +
	"scope that is wanted"

// neverText is why no token has a claim as a text that the filter has split into a list.
func neverText(claim string) string {
	return claim + " is split into a list before the rules see it: String never matches it"
}

// equal is that a claim is one of some texts.
func (c *compiler) equal(name string, in rules.Input, values kubernetes.List) rules.Predicate {
	var some []rules.Predicate
	for _, v := range values.Values {
		some = append(some, rules.Predicate{
			Op: rules.Equals, Input: in, Values: []*source.Value{v},
		})
	}
	return c.ifSplit(name, envoy.Either(some), rules.Never())
}

// listed is that a claim is a list that holds one of some texts.
func (c *compiler) listed(name string, in rules.Input, values kubernetes.List) rules.Predicate {
	plain := rules.Both(
		rules.Predicate{Op: rules.IsList, Input: in},
		rules.Predicate{Op: rules.OneOf, Input: in, Values: values.Values},
	)
	return c.ifSplit(name, plain, envoy.HasWord(in, values.Texts()))
}

// isSplit tells whether the filter has split a claim into words before the rules see it.
func (c *cluster) isSplit(claim string) rules.Truth {
	switch claim {
	case "scope":
		return rules.Yes
	case "scp":
		return c.has(scpSince)
	}
	return rules.No
}

// ifSplit is one of two predicates: of a claim as the token has it, or split into words.
func (c *compiler) ifSplit(name string, plain, split rules.Predicate) rules.Predicate {
	switch c.isSplit(name) {
	case rules.Yes:
		return split
	case rules.No:
		return plain
	}
	return envoy.Perhaps(plain, split, &rules.Unknown{
		Why:  "scp is split into its scopes from Envoy Gateway 1.7 on, and is one text before",
		Need: theVersion(),
	})
}
