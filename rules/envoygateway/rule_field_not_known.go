package envoygateway

import (
	"fmt"
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
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
		Check: eachInstance(func(s subject) []rules.Finding {
			var all []rules.Finding
			spec := s.policy.Spec
			lookThrough(spec, func(of *source.Value, path string, known []field) {
				for i := range of.Members {
					if f, found := s.unknownField(&of.Members[i], path, known); found {
						all = append(all, f)
					}
				}
			})
			return all
		}),
	}
}

// unknownField is the finding about a member that is no field, or none of this version.
func (s *subject) unknownField(
	m *source.Member, path string, known []field,
) (rules.Finding, bool) {
	at := &source.Value{Pos: m.KeyPos, Span: m.KeySpan}
	i := slices.IndexFunc(known, func(f field) bool { return f.name == m.Key })
	switch {
	case i < 0:
		return s.FindingAt(at, path+m.Key, "%s is not a field of Envoy Gateway%s", path+m.Key,
			instead(m.Key)), true
	case s.has(known[i].since) == rules.No:
		return s.FindingAt(at, path+m.Key, "%s is not a field of Envoy Gateway %s: it came with "+
			"1.%d", path+m.Key, s.version, known[i].since), true
	}
	return rules.Finding{}, false
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

// lookThrough visits each object of a policy whose fields are known.
func lookThrough(
	spec *source.Value, look func(of *source.Value, path string, fields []field),
) {
	visit := func(v *source.Value, path string, fields ...[]field) {
		if v.Is(source.Object) {
			look(v, path, slices.Concat(fields...))
		}
	}
	each := func(list *source.Value, path string, do func(v *source.Value, path string)) {
		for i, v := range itemsOf(list) {
			do(v, fmt.Sprintf("%s[%d].", path, i))
		}
	}
	const text, object = source.String, source.Object
	visit(spec, "",
		objects("targetRef", "apiKeyAuth", "cors", "basicAuth", "jwt", "oidc", "extAuth",
			"authorization"),
		lists(object, "targetRefs", "targetSelectors"),
		from(mergeSince, texts("mergeType")), from(celSince, objects("csrf")))
	visit(spec.Member("targetRef"), "targetRef.", texts("group", "kind", "name", "sectionName"))
	each(spec.Member("targetRefs"), "targetRefs", func(v *source.Value, path string) {
		visit(v, path, texts("group", "kind", "name", "sectionName"))
	})
	each(spec.Member("targetSelectors"), "targetSelectors", func(v *source.Value, path string) {
		visit(v, path, texts("group", "kind"), objects("namespaces", "matchLabels"),
			lists(object, "matchExpressions"))
	})
	jwt := spec.Member("jwt")
	visit(jwt, "jwt.", of(source.Bool, "optional"), lists(object, "providers"),
		from(failOpenSince, of(source.Bool, "failOpen")))
	each(jwt.Member("providers"), "jwt.providers", func(v *source.Value, path string) {
		visit(v, path, texts("name", "issuer"), lists(text, "audiences"),
			objects("remoteJWKS", "localJWKS", "extractFrom"), lists(object, "claimToHeaders"),
			of(source.Bool, "recomputeRoute"))
		each(v.Member("claimToHeaders"), path+"claimToHeaders",
			func(v *source.Value, path string) { visit(v, path, texts("header", "claim")) })
		places := v.Member("extractFrom")
		path += "extractFrom."
		visit(places, path, lists(object, "headers"), lists(text, "cookies", "params"))
		each(places.Member("headers"), path+"headers", func(v *source.Value, path string) {
			visit(v, path, texts("name", "valuePrefix"))
		})
	})
	authorization := spec.Member("authorization")
	visit(authorization, "authorization.", lists(object, "rules"), texts("defaultAction"))
	each(authorization.Member("rules"), "authorization.rules", func(v *source.Value, path string) {
		visit(v, path, texts("name", "action"), objects("operation", "principal"),
			from(celSince, texts("cel")))
		visit(v.Member("operation"), path+"operation.", lists(text, "methods"),
			from(pathSince, objects("path")))
		principal := v.Member("principal")
		path += "principal."
		visit(principal, path, lists(text, "clientCIDRs"), objects("jwt"),
			lists(object, "headers"), from(geoSince, lists(object, "clientIPGeoLocations")))
		jwt := principal.Member("jwt")
		visit(jwt, path+"jwt.", texts("provider"), lists(object, "claims"),
			lists(text, "scopes"))
		each(jwt.Member("claims"), path+"jwt.claims", func(v *source.Value, path string) {
			visit(v, path, texts("name", "valueType"), lists(text, "values"))
		})
	})
}
