package envoygateway

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

func fieldNotKnown() rules.Rule {
	return rules.Rule{
		Name:  "field-not-known",
		Title: "a policy has a field that its gateway does not know",
		Why: "In Envoy Gateway that is true of fields of later versions too: failOpen, cel and " +
			"operation.path are dropped before 1.9, mergeType before 1.8.",
		Fix:        "In Envoy Gateway write the field as its API has it.",
		Severity:   rules.Warning,
		Since:      since,
		References: []string{docAPI},
		Check: eachInstance(func(s subject) {
			lookThrough(s.policy.Spec, func(of *source.Value, path string, known []field) {
				if of.Is(source.Object) {
					for i := range of.Members {
						s.member(&of.Members[i], path, known)
					}
				}
			})
		}),
	}
}

// member looks at a member that is perhaps no field, or none of this version.
func (s *subject) member(m *source.Member, path string, known []field) {
	at := &source.Value{Pos: m.KeyPos, Span: m.KeySpan}
	i := slices.IndexFunc(known, func(f field) bool { return f.name == m.Key })
	switch {
	case i < 0:
		s.found.At(at, path+m.Key, "%s is not a field of Envoy Gateway%s", path+m.Key,
			instead(m.Key))
	case s.has(known[i].since) == rules.No:
		s.found.At(at, path+m.Key, "%s is not a field of Envoy Gateway %s: it came with 1.%d",
			path+m.Key, s.version, known[i].since)
	}
}

// instead is what was probably meant; empty where nothing is known.
func instead(key string) string {
	switch key {
	case "audience":
		return ": it is audiences, a list"
	case "jwks_uri", "jwksUri", "jwksURI", "remoteJwks":
		return ": the keys are at remoteJWKS.uri"
	case "claim":
		return ": it is claims, a list"
	case "scope":
		return ": it is scopes, a list"
	case "value":
		return ": it is values, a list"
	}
	return ""
}

// field is the name of a field, and the minor version of Envoy Gateway 1 that it came with.
type field struct {
	name  string
	since int
}

// fields are those of these names, which all versions have.
func fields(names ...string) []field {
	all := make([]field, len(names))
	for i, name := range names {
		all[i].name = name
	}
	return all
}

// lookThrough visits each object of a policy whose fields are known.
func lookThrough(
	spec *source.Value, visit func(of *source.Value, path string, fields []field),
) {
	target := fields("group", "kind", "name", "sectionName")
	visit(spec, "", append(fields("targetRef", "targetRefs", "targetSelectors", "apiKeyAuth",
		"cors", "basicAuth", "jwt", "oidc", "extAuth", "authorization"),
		field{"mergeType", mergeSince}, field{"csrf", celSince}))
	visit(spec.Member("targetRef"), "targetRef.", target)
	for path, v := range kubernetes.ItemsIn(spec, "", "targetRefs") {
		visit(v, path, target)
	}
	for path, v := range kubernetes.ItemsIn(spec, "", "targetSelectors") {
		visit(v, path, fields("group", "kind", "namespaces", "matchLabels", "matchExpressions"))
	}
	jwt := spec.Member("jwt")
	visit(jwt, "jwt.", append(fields("optional", "providers"), field{"failOpen", failOpenSince}))
	for path, v := range kubernetes.ItemsIn(jwt, "jwt.", "providers") {
		visit(v, path, fields("name", "issuer", "audiences", "remoteJWKS", "localJWKS",
			"claimToHeaders", "recomputeRoute", "extractFrom"))
		visit(v.Member("extractFrom"), path+"extractFrom.", fields("headers", "cookies",
			"params"))
	}
	visit(spec.Member("authorization"), "authorization.", fields("rules", "defaultAction"))
	for _, r := range rulesIn(spec) {
		visit(r.at, r.path, append(fields("name", "action", "operation", "principal"),
			field{"cel", celSince}))
		visit(r.at.Member("operation"), r.path+"operation.", append(fields("methods"),
			field{"path", pathSince}))
		visit(r.at.Member("principal"), r.path+"principal.",
			append(fields("clientCIDRs", "jwt", "headers"),
				field{"clientIPGeoLocations", geoSince}))
		visit(r.jwt(), r.path+"principal.jwt.", fields("provider", "claims", "scopes"))
		for _, claim := range r.claims() {
			visit(claim.at, claim.path, fields("name", "valueType", "values"))
		}
	}
}
