package envoygateway

import (
	"fmt"
	"net/mail"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// fault is the check that fails for each request of a route whose policy has an error. It is
// unknown where the API server refuses the policy: then an earlier one is in the cluster, or none.
// It is not ok where nothing is wrong.
func (c *compiler) fault() (*rules.Check, bool) {
	if at, field, why := c.refused(); why != "" {
		return c.notModelled(at, field, &rules.Unknown{
			Why: why + ": the API server refuses that, and an earlier version of the policy may " +
				"hold, or none",
		}), true
	}
	at, field, why := c.broken()
	if why == "" {
		return nil, false
	}
	check := c.check(rules.Authorization, at, field, observed())
	check.Test = rules.Never()
	check.Wants = "a policy without an error"
	check.Refuses = why + ": a policy with an error makes its routes refuse every request"
	check.Answer = c.row(broken)
	return check, true
}

// refused is what the API server refuses of the policy itself, before it is merged.
func (c *compiler) refused() (at *source.Value, field, why string) {
	spec := c.policy.Spec
	jwt := spec.Member("jwt")
	none := jwt == nil || jwt.Is(source.Null)
	for _, r := range rulesIn(spec) {
		if v := r.at.At("principal", "jwt"); v.Is(source.Object) && none {
			return v, r.path + "principal.jwt",
				"a rule is about a token, and jwt is not in the same SecurityPolicy"
		}
		if r.at.Member("principal") == nil && r.at.Member("cel") == nil {
			return r.at, strings.TrimSuffix(r.path, "."), "a rule has no principal and no cel"
		}
		if !isSet(r.at.Member("principal")) && c.has(celSince) == rules.No {
			return r.at, strings.TrimSuffix(r.path, "."), "a rule has no principal, which Envoy " +
				"Gateway wants before 1.9"
		}
		if v := r.at.Member("principal"); v.Is(source.Object) && saysNothing(v) {
			return v, r.path + "principal", "a principal has none of clientCIDRs, jwt, headers " +
				"and clientIPGeoLocations"
		}
		for _, claim := range itemsOf(r.at.At("principal", "jwt", "claims")) {
			if why := claimRefused(claim); why != "" {
				return claim, r.path + "principal.jwt.claims", why
			}
		}
		cidrs := kubernetes.ListIn(r.at.Member("principal"), r.path+"principal.", "clientCIDRs")
		for _, v := range cidrs.Values {
			if !looksLikeRange(v.Text) {
				return v, cidrs.Field, v.Text + " is not a range of addresses"
			}
		}
	}
	if jwt.Member("optional") != nil && jwt.Member("failOpen") != nil {
		return jwt.Member("failOpen"), "jwt.failOpen", "optional and failOpen are both set"
	}
	for _, p := range providersOf(spec) {
		remote, local := p.at.Member("remoteJWKS"), p.at.Member("localJWKS")
		switch name, _ := p.at.Member("name").Str(); {
		case remote == nil && local == nil:
			return p.at, strings.TrimSuffix(p.path, "."), "provider " + name + " has no keys: " +
				"neither remoteJWKS nor localJWKS"
		case remote != nil && local != nil:
			return local, p.path + "localJWKS", "remoteJWKS and localJWKS are both set"
		}
	}
	return nil, "", ""
}

// broken is what Envoy Gateway can't translate (securitypolicy.go).
func (c *compiler) broken() (at *source.Value, field, why string) {
	var names []string
	for _, p := range c.providers {
		if fault := issuerFault(p.Issuer); fault != "" && p.IssuerDoubt == nil {
			return p.at.Member("issuer"), p.path + "issuer", fault
		}
		if slices.Contains(names, p.name) {
			return p.at, p.path + "name", "two providers have the name " + p.name
		}
		names = append(names, p.name)
	}
	for _, r := range rulesIn(c.spec) {
		if path := r.at.At("operation", "path"); path != nil && c.has(pathSince) == rules.Yes {
			if _, fault, _ := pathTest(path); fault != "" {
				return path, r.path + "operation.path", fault
			}
		}
		if e, ok := celOf(r); ok && e.fault != nil && c.hasExpression(r) == rules.Yes {
			return e.at, e.field, e.unreadable()
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

// saysNothing reports whether a principal has no condition.
func saysNothing(principal *source.Value) bool {
	for _, name := range []string{"clientCIDRs", "jwt", "headers", "clientIPGeoLocations"} {
		if principal.Member(name) != nil {
			return false
		}
	}
	return true
}

// claimRefused is why the API server refuses a claim of a rule; empty where it does not.
func claimRefused(claim *source.Value) string {
	kind, values := claim.Member("valueType"), claim.Member("values")
	text, isText := kind.Str()
	switch {
	case isText && !kubernetes.Marked(kind) && text != "String" && text != "StringArray":
		return "there is no valueType " + text
	case values.Is(source.List) && len(values.Items) == 0:
		return "a claim has no values"
	}
	return ""
}

// looksLikeRange reports whether a text has the form of a range, as the definition of the resource
// wants it. How many bits there are it does not look at.
func looksLikeRange(text string) bool {
	address, bits, ok := strings.Cut(text, "/")
	_, err := netip.ParseAddr(address)
	return ok && err == nil && bits != "" && strings.Trim(bits, "0123456789") == ""
}

// issuerFault is why Envoy Gateway does not take an issuer (validateJWTProvider).
func issuerFault(issuer string) string {
	switch {
	case strings.Contains(issuer, ":"):
		if _, err := url.ParseRequestURI(issuer); err != nil {
			return fmt.Sprintf("the issuer %s has a colon and is not a URI", issuer)
		}
	case strings.Contains(issuer, "@"):
		if _, err := mail.ParseAddress(issuer); err != nil {
			return fmt.Sprintf("the issuer %s has an @ and is not an address", issuer)
		}
	}
	return ""
}
