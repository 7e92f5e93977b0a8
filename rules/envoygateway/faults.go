package envoygateway

import (
	"cmp"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// notInForce is why nobody knows what holds: the API server refuses the policy, or Envoy its
// configuration, so that an earlier one is in force, or none. It is not ok where nothing is wrong.
func (c *compiler) notInForce() (*rules.Check, bool) {
	if at, field, why := c.refused(); why != "" {
		return notModelled(at, field, &rules.Unknown{
			Why: why + ": the API server refuses that, and an earlier version of the policy may " +
				"hold, or none",
		}), true
	}
	if at, why := c.policy.notAccepted(); why != nil {
		return notModelled(at, "status", why), true
	}
	if at, why := c.notTaken(); why != "" {
		return notModelled(at, passField, &rules.Unknown{
			Why: why + ": Envoy Gateway takes nothing of the policy, and the route is as open " +
				"as without it",
		}), true
	}
	if at, field, name := c.unsegmented(); name != "" {
		return notModelled(at, field, &rules.Unknown{Why: "the claim " + name + " has nothing " +
			"between two dots or beside one: Envoy does not take the configuration, and an " +
			"earlier one may hold"}), true
	}
	return nil, false
}

// inError is what the routes of a policy with an error answer: 500, in place of the backend.
// Before that comes the filter that the part without the error has made (securitypolicy.go,
// SecurityFeatures; route.go). It is not ok where nothing is wrong.
func (c *compiler) inError() ([]rules.Node, bool) {
	at, field, why := c.brokenProvider()
	before, ok := rules.Node{}, false
	if at2, field2, why2 := c.brokenRule(); why == "" {
		at, field, why = at2, field2, why2
		before, ok = c.authentication()
	} else if why2 == "" {
		before, ok = c.with().authorization(true)
	}
	if why == "" {
		return nil, false
	}
	check := rules.CheckAt(rules.Authorization, at, field, observed())
	check.Test = rules.Never()
	check.Wants = "a policy without an error"
	check.Refuses = why + ": a policy with an error makes its routes refuse every request"
	check.Answer = c.row(broken)
	stages := envoy.AsSent(c.unchanged(), before)
	if !ok {
		stages = nil
	}
	return append(stages, rules.Node{Check: check}), true
}

// passField is the field of oidc that lets requests with a token pass.
const passField = "oidc.passThroughAuthHeader"

// notTaken is why Envoy Gateway takes nothing of a route's policy, as it is or merged, and leaves
// the route without it; empty where it does (securitypolicy.go, validateSecurityPolicy).
func (c *compiler) notTaken() (at *source.Value, why string) {
	if !slices.ContainsFunc(c.policy.kinds(), isRoute) {
		return nil, ""
	}
	for _, spec := range []*source.Value{c.policy.Spec, c.spec} {
		pass := spec.At("oidc", "passThroughAuthHeader")
		to := spec.At("oidc", idTokenField, "header")
		switch on, _ := pass.Bool(); {
		case !on:
		case passesNothing(spec):
			return pass, "passThroughAuthHeader wants a JWT provider of the policy that looks " +
				"for a token in a header"
		case to.IsSet() && c.has(idTokenSince) != rules.No && readsHeader(spec, to.Text):
			return pass, "with passThroughAuthHeader, " + idTokenField + " can't write the " +
				"header " + to.Text + ", in which a JWT provider looks for a token"
		}
	}
	return nil, ""
}

// idTokenField is the field of oidc that says into which header the token of a session goes.
const idTokenField = "forwardIDToken"

// readsHeader reports whether a JWT provider of a spec looks for a token in a header.
func readsHeader(spec *source.Value, header string) bool {
	return slices.ContainsFunc(providersOf(spec), func(p *provider) bool {
		return slices.ContainsFunc(p.Locations, func(l rules.Location) bool {
			return l.Input.Source == rules.FromHTTP && strings.EqualFold(l.Input.Name, header)
		})
	})
}

// passesNothing reports whether no JWT provider of a spec looks for a token in a header.
func passesNothing(spec *source.Value) bool {
	if kubernetes.Marked(spec.Member("jwt")) || kubernetes.Marked(spec.At("jwt", "providers")) {
		return false
	}
	return !slices.ContainsFunc(providersOf(spec), func(p *provider) bool {
		from := p.at.Member("extractFrom")
		return !from.IsSet() || !kubernetes.IsEmpty(from.Member("headers"))
	})
}

// unsegmented is the first claim whose name is no row of members between dots. Envoy takes no
// empty member (xds.type, DynamicMetadataInput).
func (c *compiler) unsegmented() (at *source.Value, field, name string) {
	for _, r := range rulesIn(c.spec) {
		for _, claim := range r.claims() {
			v := claim.at.Member("name")
			if claim.name != "" && !kubernetes.Marked(v) &&
				slices.Contains(strings.Split(claim.name, "."), "") {
				return v, claim.path + "name", claim.name
			}
		}
	}
	return nil, "", ""
}

// refusal is what the API server refuses, and why.
type refusal struct {
	at         *source.Value
	field, why string
}

// refused is the first thing that the API server refuses of the policy itself, before it is
// merged, or else of the one that it is merged with.
func (c *compiler) refused() (at *source.Value, field, why string) {
	all := c.policy.refusals(c.cluster)
	if c.merges() {
		all = append(all, c.outer.refusals(c.cluster)...)
	}
	for _, r := range all {
		return r.at, r.field, r.why
	}
	return nil, "", ""
}

// refusals lists what the definition of a SecurityPolicy does not allow, in the cluster's version.
func (p *policy) refusals(c *cluster) []refusal {
	var all []refusal
	add := func(at *source.Value, field, why string) {
		all = append(all, refusal{at, strings.TrimSuffix(field, "."), why})
	}
	jwt := p.Spec.Member("jwt")
	kubernetes.Metadata(p.At, add)
	if p.void != "" {
		add(p.attachment(), "spec", p.void)
	}
	if p.Spec.TextAt("mergeType") == "Replace" {
		add(p.Spec.Member("mergeType"), "mergeType", "Replace is no way to merge")
	}
	of := fieldRules{add}
	of.targets(p)
	of.all(p.Spec, c)
	for _, r := range rulesIn(p.Spec) {
		r.refusals(jwt.IsSet(), add)
		of.rule(r)
		if c.has(geoSince) != rules.No {
			of.places(r)
		}
		if r.at.Is(source.Object) && !r.at.Member("principal").IsSet() &&
			r.at.Member("cel").IsSet() && c.has(celSince) == rules.No {
			add(r.at, r.path, "a rule has no principal, which Envoy Gateway wants before 1.9")
		}
	}
	if jwt.Member("optional").IsSet() && jwt.Member("failOpen").IsSet() {
		add(jwt.Member("failOpen"), "jwt.failOpen", "optional and failOpen are both set")
	}
	list, most := jwt.Member("providers"), c.mostProviders()
	if n := len(list.List()); n > most {
		add(list, "jwt.providers", fmt.Sprintf("%d providers are more than %d", n, most))
	}
	for _, one := range providersOf(p.Spec) {
		of.provider(one)
		remote, local := one.at.Member("remoteJWKS"), one.at.Member("localJWKS")
		switch {
		case !remote.IsSet() && !local.IsSet():
			add(one.at, one.path, "provider "+one.name+" has no keys: neither remoteJWKS nor "+
				"localJWKS")
		case remote.IsSet() && local.IsSet():
			add(local, one.path+"localJWKS", "remoteJWKS and localJWKS are both set")
		}
	}
	return all
}

// oneOf reports whether a value is one of some texts, or absent, or not known.
func oneOf(v *source.Value, texts ...string) bool {
	text, _ := v.Str()
	return !v.IsSet() || kubernetes.Marked(v) || slices.Contains(texts, text)
}

// refusals visits what is refused of a rule.
func (r *authRule) refusals(withJWT bool, add func(at *source.Value, field, why string)) {
	if !r.at.Is(source.Object) {
		add(r.at, r.path, "a rule is an object")
		return
	}
	if !r.at.Member("principal").IsSet() && !r.at.Member("cel").IsSet() {
		add(r.at, r.path, "a rule has no principal and no cel")
	}
	principal := r.at.Member("principal")
	isSet := func(name string) bool { return principal.Member(name).IsSet() }
	conditions := []string{"clientCIDRs", "jwt", "headers", "clientIPGeoLocations"}
	if principal.Is(source.Object) && !slices.ContainsFunc(conditions, isSet) {
		add(principal, r.path+"principal",
			"a principal has none of clientCIDRs, jwt, headers and clientIPGeoLocations")
	}
	cidrs := kubernetes.ListIn(principal, r.path+"principal.", "clientCIDRs")
	for _, v := range cidrs.Values {
		if !looksLikeRange(v.Text) {
			add(v, cidrs.Field, v.Text+" is not a range of addresses")
		}
	}
	jwt := principal.Member("jwt")
	if !jwt.Is(source.Object) {
		return
	}
	if !withJWT {
		add(jwt, r.path+"principal.jwt",
			"a rule is about a token, and jwt is not in the same SecurityPolicy")
	}
	if !jwt.Member("claims").IsSet() && !jwt.Member("scopes").IsSet() {
		add(jwt, r.path+"principal.jwt", "a rule about a token has no claims and no scopes")
	}
}

// broken is what Envoy Gateway can't translate (securitypolicy.go).
func (c *compiler) broken() (at *source.Value, field, why string) {
	if at, field, why = c.brokenProvider(); why != "" {
		return at, field, why
	}
	return c.brokenRule()
}

func (c *compiler) brokenProvider() (at *source.Value, field, why string) {
	var names []string
	for _, p := range c.providers {
		if fault := issuerFault(p.Issuer); fault != "" && p.IssuerDoubt == nil {
			return p.at.Member("issuer"), p.path + "issuer", fault
		}
		if slices.Contains(names, p.name) {
			return p.at, p.path + "name", "two providers have the name " + p.name
		}
		names = append(names, p.name)
		if fault := nameFault(p.name); fault != "" && !kubernetes.Marked(p.at.Member("name")) {
			return cmp.Or(p.at.Member("name"), p.at), p.path + "name", fault
		}
		if fault := c.keysMissing(p); fault != "" {
			return p.at.At("localJWKS", "valueRef"), p.path + "localJWKS.valueRef", fault
		}
		for _, v := range p.at.Member("claimToHeaders").List() {
			empty := func(name string) bool {
				at := v.Member(name)
				return at.Is(source.String) && at.Text == ""
			}
			if empty("header") || empty("claim") {
				return v, p.path + "claimToHeaders", "claimToHeaders has an empty header or claim"
			}
		}
		uri := p.at.At("remoteJWKS", "uri")
		if text, ok := uri.Str(); ok && !kubernetes.Marked(uri) {
			if _, err := url.ParseRequestURI(text); err != nil {
				return uri, p.path + "remoteJWKS.uri", text + " is not an address"
			}
		}
	}
	return nil, "", ""
}

func (c *compiler) brokenRule() (at *source.Value, field, why string) {
	for _, r := range rulesIn(c.spec) {
		if path := r.at.At("operation", "path"); path.IsSet() && c.has(pathSince) == rules.Yes {
			if _, fault, _ := pathTest(path); fault != "" {
				return path, r.path + "operation.path", fault
			}
		}
		if e, ok := celOf(r); ok && e.fault != nil && c.hasExpression(r) == rules.Yes {
			return c.faultAt(e, e.fault), e.field, e.unreadable()
		}
		cidrs := kubernetes.ListIn(r.at.Member("principal"), r.path+"principal.", "clientCIDRs")
		for _, v := range cidrs.Values {
			if _, err := netip.ParsePrefix(v.Text); err != nil {
				return v, cidrs.Field, v.Text + " is not a range of addresses"
			}
		}
	}
	return nil, "", ""
}

// looksLikeRange reports whether a text has the form of a range, as the definition of the resource
// wants it. How many bits there are it does not look at.
func looksLikeRange(text string) bool {
	address, bits, ok := strings.Cut(text, "/")
	_, err := netip.ParseAddr(address)
	return ok && err == nil && bits != "" && strings.Trim(bits, "0123456789") == ""
}

// notAnAddress reports whether a text is surely not a mail address (RFC 5322, section 3.4). One
// with quotes, comments or brackets may be. net/mail knows them too, and is not linked for it: it
// would be a hundredth of the page's module.
func notAnAddress(text string) bool {
	if strings.ContainsAny(text, "\"<>()[]\\,;") {
		return false
	}
	local, domain, found := strings.Cut(strings.Trim(text, " \t"), "@")
	return !found || notDotAtom(local) || notDotAtom(domain)
}

// notDotAtom reports whether a text is not a row of words between dots.
func notDotAtom(text string) bool {
	isOther := func(r rune) bool { return r <= ' ' || r == '@' || r == 0x7f }
	return slices.Contains(strings.Split(text, "."), "") || strings.ContainsFunc(text, isOther)
}

// nameFault is why Envoy Gateway does not take a provider's name: it must be a qualified name of
// Kubernetes, which may have a domain and a slash before it.
func nameFault(name string) string {
	rest := name
	if _, after, found := strings.Cut(name, "/"); found {
		rest = after
	}
	switch {
	case name == "":
		return ""
	case rest == "" || len(rest) > 63 || !source.IsPlain(rest, "-_.") ||
		!source.IsAlphanumeric(rune(rest[0])) ||
		!source.IsAlphanumeric(rune(rest[len(rest)-1])):
		return "the provider name " + name + " is not a name of letters, digits, -, _ and ."
	}
	return ""
}

// issuerFault is why Envoy Gateway does not take an issuer (validateJWTProvider).
func issuerFault(issuer string) string {
	switch {
	case strings.Contains(issuer, ":"):
		if _, err := url.ParseRequestURI(issuer); err != nil {
			return fmt.Sprintf("the issuer %s has a colon and is not a URI", issuer)
		}
	case strings.Contains(issuer, "@"):
		if notAnAddress(issuer) {
			return fmt.Sprintf("the issuer %s has an @ and is not an address", issuer)
		}
	}
	return ""
}

// acceptance is what the status of a resource, as the cluster has it, says of the condition
// Accepted, for some of its ancestors or parents. A condition of an earlier version says nothing.
type acceptance struct {
	yes bool          // there is one that accepts it
	no  *source.Value // the condition of one that does not; nil where there is none
}

func acceptanceOf(of *source.Value, entries []*source.Value) (a acceptance) {
	generation := of.At("metadata", "generation")
	for _, entry := range entries {
		for _, condition := range entry.Member("conditions").List() {
			seen := condition.Member("observedGeneration")
			switch {
			case condition.TextAt("type") != "Accepted":
			case generation.IsSet() && seen.IsSet() && generation.Text != seen.Text:
			case condition.TextAt("status") == "True":
				a.yes = true
			default:
				a.no = condition
			}
		}
	}
	return a
}

// acceptance is what the status of the policy says.
func (p *policy) acceptance() acceptance {
	return acceptanceOf(p.At, p.At.At("status", "ancestors").List())
}

// notAccepted says that no parent accepts the route, as its status has it; empty where it does not
// say so.
func (a *attachable) notAccepted() string {
	said := acceptanceOf(a.At, a.At.At("status", "parents").List())
	if said.yes || said.no == nil {
		return ""
	}
	return "the status of " + a.String() + " says that no parent accepts it: " + messageOf(said.no)
}

// messageOf is what a condition says in words.
func messageOf(condition *source.Value) string {
	text := cmp.Or(condition.TextAt("message"), condition.TextAt("reason"))
	return strings.TrimSuffix(text, ".")
}

// notAccepted is why nobody knows what holds of a policy whose status says that it is not
// accepted; nil where it does not say so. Its routes answer 500, or are as open as without it.
func (p *policy) notAccepted() (at *source.Value, why *rules.Unknown) {
	said := p.acceptance()
	if said.no == nil {
		return nil, nil
	}
	return said.no, &rules.Unknown{
		Why: "the status of " + p.String() + " says that it is not accepted: " +
			messageOf(said.no) + ". Its routes answer 500, or are as open as without it",
		Need: rules.Need{
			Input: source.NeedPolicy, For: "the policy as the cluster has it once it is accepted",
		},
	}
}
