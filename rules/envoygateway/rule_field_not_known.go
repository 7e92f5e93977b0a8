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
	case "prefix":
		return ": it is valuePrefix"
	case "value":
		return ": it is values, a list"
	}
	return ""
}

// field is a field that a policy may have.
type field struct {
	name  string
	kind  source.Kind
	items source.Kind // those of a list
	since int         // the minor version of Envoy Gateway 1 that it came with
}

// of are fields of these names, which all versions have.
func of(kind source.Kind, names ...string) []field {
	all := make([]field, len(names))
	for i, name := range names {
		all[i] = field{name: name, kind: kind}
	}
	return all
}

func texts(names ...string) []field   { return of(source.String, names...) }
func objects(names ...string) []field { return of(source.Object, names...) }

// lists are fields that are lists of a kind.
func lists(items source.Kind, names ...string) []field {
	all := of(source.List, names...)
	for i := range all {
		all[i].items = items
	}
	return all
}

// from are fields that came with a version.
func from(since int, fields []field) []field {
	for i := range fields {
		fields[i].since = since
	}
	return fields
}

// lookThrough looks at each object of a policy whose fields are known.
func lookThrough(
	spec *source.Value, look func(of *source.Value, path string, fields []field),
) {
	visit := func(v *source.Value, path string, fields ...[]field) {
		if v.Is(source.Object) {
			look(v, path, slices.Concat(fields...))
		}
	}
	const text, object = source.String, source.Object
	visit(spec, "",
		objects("targetRef", "apiKeyAuth", "cors", "basicAuth", "jwt", "oidc", "extAuth",
			"authorization"),
		lists(object, "targetRefs", "targetSelectors"),
		from(mergeSince, texts("mergeType")), from(celSince, objects("csrf")))
	target := texts("group", "kind", "name", "sectionName")
	visit(spec.Member("targetRef"), "targetRef.", target)
	for path, v := range kubernetes.ItemsIn(spec, "", "targetRefs") {
		visit(v, path, target)
	}
	for path, v := range kubernetes.ItemsIn(spec, "", "targetSelectors") {
		visit(v, path, texts("group", "kind"), objects("namespaces", "matchLabels"),
			lists(object, "matchExpressions"))
	}
	jwt := spec.Member("jwt")
	visit(jwt, "jwt.", of(source.Bool, "optional"), lists(object, "providers"),
		from(failOpenSince, of(source.Bool, "failOpen")))
	for path, v := range kubernetes.ItemsIn(jwt, "jwt.", "providers") {
		visit(v, path, texts("name", "issuer"), lists(text, "audiences"),
			objects("remoteJWKS", "localJWKS", "extractFrom"), lists(object, "claimToHeaders"),
			of(source.Bool, "recomputeRoute"))
		for path, v := range kubernetes.ItemsIn(v, path, "claimToHeaders") {
			visit(v, path, texts("header", "claim"))
		}
		places := v.Member("extractFrom")
		path += "extractFrom."
		visit(places, path, lists(object, "headers"), lists(text, "cookies", "params"))
		for path, v := range kubernetes.ItemsIn(places, path, "headers") {
			visit(v, path, texts("name", "valuePrefix"))
		}
	}
	visit(spec.Member("authorization"), "authorization.", lists(object, "rules"),
		texts("defaultAction"))
	for _, r := range rulesIn(spec) {
		visit(r.at, r.path, texts("name", "action"), objects("operation", "principal"),
			from(celSince, texts("cel")))
		visit(r.at.Member("operation"), r.path+"operation.", lists(text, "methods"),
			from(pathSince, objects("path")))
		visit(r.at.Member("principal"), r.path+"principal.", lists(text, "clientCIDRs"),
			objects("jwt"), lists(object, "headers"),
			from(geoSince, lists(object, "clientIPGeoLocations")))
		visit(r.jwt(), r.path+"principal.jwt.", texts("provider"), lists(object, "claims"),
			lists(text, "scopes"))
		for _, claim := range r.claims() {
			visit(claim.at, claim.path, texts("name", "valueType"), lists(text, "values"))
		}
	}
}
