package envoygateway

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

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

// field is a field that a policy may have, and what its definition wants of it.
type field struct {
	name  string
	kind  source.Kind
	items source.Kind // those of a list
	since int         // the minor version of Envoy Gateway 1 that it came with

	needed bool // it must be there
	filled bool // it must not be empty
	words  bool // its items must not be empty
	most   int  // how many items, or characters, it may have; 0 for any number
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

// needed are fields that must be there, and not be empty.
func needed(fields []field) []field {
	for i := range fields {
		fields[i].needed, fields[i].filled = true, true
	}
	return fields
}

// present are fields that must be there, and may be empty.
func present(fields []field) []field {
	for i := range fields {
		fields[i].needed = true
	}
	return fields
}

// filled are fields that must not be empty, and may have so many items or characters; 0 for any
// number.
func filled(most int, fields []field) []field {
	for i := range fields {
		fields[i].filled, fields[i].most = true, most
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
	target := slices.Concat(texts("group", "kind", "name"), filled(253, texts("sectionName")))
	visit(spec.Member("targetRef"), "targetRef.", target)
	for path, v := range kubernetes.ItemsIn(spec, "", "targetRefs") {
		visit(v, path, target)
	}
	for path, v := range kubernetes.ItemsIn(spec, "", "targetSelectors") {
		visit(v, path, texts("group", "kind"), objects("namespaces", "matchLabels"),
			lists(object, "matchExpressions"))
		for path, v := range kubernetes.ItemsIn(v, path, "matchExpressions") {
			visit(v, path, needed(texts("key", "operator")), lists(text, "values"))
		}
	}
	jwt := spec.Member("jwt")
	visit(jwt, "jwt.", of(source.Bool, "optional"), needed(lists(object, "providers")),
		from(failOpenSince, of(source.Bool, "failOpen")))
	for path, v := range kubernetes.ItemsIn(jwt, "jwt.", "providers") {
		audiences := lists(text, "audiences")
		audiences[0].most = 8
		visit(v, path, filled(253, needed(texts("name"))), filled(253, texts("issuer")), audiences,
			objects("remoteJWKS", "localJWKS", "extractFrom"), lists(object, "claimToHeaders"),
			of(source.Bool, "recomputeRoute"))
		for path, v := range kubernetes.ItemsIn(v, path, "claimToHeaders") {
			visit(v, path, present(texts("header", "claim")))
		}
		visit(v.Member("remoteJWKS"), path+"remoteJWKS.", filled(253, needed(texts("uri"))),
			texts("cacheDuration"), from(celSince, texts("failedRefetchDuration")),
			lists(object, "backendRefs"), objects("backendSettings"))
		local := v.Member("localJWKS")
		visit(local, path+"localJWKS.", texts("type", "inline"), objects("valueRef"))
		visit(local.Member("valueRef"), path+"localJWKS.valueRef.", present(texts("group")),
			needed(texts("kind", "name")))
		places := v.Member("extractFrom")
		path += "extractFrom."
		visit(places, path, lists(object, "headers"), lists(text, "cookies", "params"))
		for path, v := range kubernetes.ItemsIn(places, path, "headers") {
			visit(v, path, present(texts("name")), texts("valuePrefix"))
		}
	}
	visit(spec.Member("authorization"), "authorization.", lists(object, "rules"),
		texts("defaultAction"))
	for _, r := range rulesIn(spec) {
		visit(r.at, r.path, filled(253, texts("name")), texts("action"),
			objects("operation", "principal"),
			from(celSince, texts("cel")))
		operation := r.at.Member("operation")
		visit(operation, r.path+"operation.", filled(16, lists(text, "methods")),
			from(pathSince, objects("path")))
		visit(operation.Member("path"), r.path+"operation.path.", texts("type", "value"),
			of(source.Bool, "invert"))
		visit(r.at.Member("principal"), r.path+"principal.",
			filled(0, lists(text, "clientCIDRs")), objects("jwt"),
			filled(256, lists(object, "headers")),
			from(geoSince, filled(0, lists(object, "clientIPGeoLocations"))))
		scopes := filled(16, lists(text, "scopes"))
		scopes[0].words = true
		visit(r.jwt(), r.path+"principal.jwt.", needed(texts("provider")),
			filled(16, lists(object, "claims")), scopes)
		for _, claim := range r.claims() {
			visit(claim.at, claim.path, needed(texts("name")), texts("valueType"),
				filled(128, needed(lists(text, "values"))))
		}
	}
}

// fieldRules visits what the definition of a SecurityPolicy does not allow of single fields: those
// that must be there and are not, and those of another type or with a value that is not listed.
type fieldRules struct {
	visit func(at *source.Value, field, why string)
}

// all looks at the fields that the version of the cluster may have.
func (f fieldRules) all(spec *source.Value, c *cluster) {
	lookThrough(spec, func(of *source.Value, path string, known []field) {
		for _, one := range known {
			if c.has(one.since) != rules.No {
				f.field(of, path, one)
			}
		}
	})
}

// field looks at one field, and at the items of a list.
func (f fieldRules) field(of *source.Value, path string, one field) {
	v, path := of.Member(one.name), path+one.name
	isOther := func(v *source.Value, kind source.Kind) bool {
		return !v.Is(kind) && !kubernetes.Marked(v)
	}
	count := len(v.List())
	switch {
	case !v.IsSet():
		marked := func(m source.Member) bool { return kubernetes.HasMark(m.Key) }
		if one.needed && !slices.ContainsFunc(of.Members, marked) {
			f.visit(of, path, one.name+" is missing")
		}
		return
	case isOther(v, one.kind):
		f.visit(v, path, fmt.Sprintf("%s is %s, not %s", one.name, kubernetes.KindOf(v),
			one.kind))
		return
	case one.filled && v.Is(one.kind) && v.Text == "" && count == 0:
		f.visit(v, path, one.name+" is empty")
	case one.most > 0 && count > one.most:
		f.visit(v, path, fmt.Sprintf("%d %s are more than %d", count, one.name, one.most))
	case one.most > 0 && v.Is(source.String) && utf8.RuneCountInString(v.Text) > one.most:
		f.visit(v, path, fmt.Sprintf("%s has more than %d characters", one.name, one.most))
	}
	for _, item := range v.List() {
		switch {
		case isOther(item, one.items):
			f.visit(item, path, fmt.Sprintf("an item of %s is %s, not %s", one.name,
				kubernetes.KindOf(item), one.items))
		case one.words && item.Is(source.String) && item.Text == "":
			f.visit(item, path, "an item of "+one.name+" is empty")
		}
	}
}

// provider looks at the fields of a JWT provider.
func (f fieldRules) provider(p *provider) {
	for _, name := range []string{"cacheDuration", "failedRefetchDuration"} {
		v := p.at.At("remoteJWKS", name)
		if v.Is(source.String) && !kubernetes.Marked(v) && !isDuration(v.Text) {
			f.visit(v, p.path+"remoteJWKS."+name, v.Text+" is not a time such as 1h30m")
		}
	}
	if local := p.at.Member("localJWKS"); local.Is(source.Object) {
		kind := local.TextAt("type")
		if v := local.Member("type"); !oneOf(v, "Inline", "ValueRef") {
			f.visit(v, p.path+"localJWKS.type", "a type is Inline or ValueRef")
		}
		byName, inline := local.Member("valueRef").IsSet(), local.Member("inline").IsSet()
		if !kubernetes.Marked(local.Member("type")) &&
			(byName == inline || byName != (kind == "ValueRef")) {
			f.visit(local, p.path+"localJWKS",
				"of inline and valueRef there is one, the one that the type is about")
		}
	}
	again, to := p.at.Member("recomputeRoute"), p.at.Member("claimToHeaders")
	if again.Is(source.Bool) && again.Text == "true" && !kubernetes.Marked(to) &&
		len(to.List()) == 0 {
		f.visit(again, p.path+"recomputeRoute", "recomputeRoute wants claimToHeaders")
	}
}

// isDuration reports whether a text is a time as the Gateway API has it (GEP-2257).
func isDuration(text string) bool {
	return regexp.MustCompile(`^([0-9]{1,5}(h|m|s|ms)){1,4}$`).MatchString(text)
}

// rule looks at the fields of an authorization rule.
func (f fieldRules) rule(r *authRule) {
	operation, path := r.at.Member("operation"), r.path+"operation."
	if operation.Is(source.Object) && !operation.Member("methods").IsSet() &&
		!operation.Member("path").IsSet() {
		f.visit(operation, r.path+"operation", "an operation has neither methods nor a path")
	}
	for _, v := range operation.Member("methods").List() {
		if !oneOf(v, "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE",
			"PATCH") {
			f.visit(v, path+"methods", v.Text+" is not a method")
		}
	}
	if v := operation.At("path", "type"); !oneOf(v, "Exact", "PathPrefix", "RegularExpression") {
		f.visit(v, path+"path.type", "a type is Exact, PathPrefix or RegularExpression")
	}
	principal := r.at.Member("principal")
	for path, h := range kubernetes.ItemsIn(principal, r.path+"principal.", "headers") {
		values := filled(256, lists(source.String, "values"))
		for _, one := range needed(append(texts("name"), values...)) {
			f.field(h, path, one)
		}
	}
}

// targets looks at what a policy is attached to.
func (f fieldRules) targets(p *policy) {
	one, several := p.Spec.Member("targetRef"), p.Spec.Member("targetRefs")
	if one.IsSet() && several.IsSet() && len(p.selectors) == 0 {
		f.visit(several, "targetRefs", "targetRef and targetRefs are both set")
	}
	for _, ref := range p.refs {
		group := ref.At.Member("group")
		wanted := strings.TrimSuffix(gatewayAPI, "/")
		switch {
		case !group.IsSet():
			f.visit(ref.At, "targetRefs", "a reference has no group")
		case !oneOf(group, wanted):
			f.visit(group, "targetRefs", "the group is not "+wanted)
		}
		f.merges(p, ref.At, ref.Kind)
	}
	for path, selector := range kubernetes.ItemsIn(p.Spec, "", "targetSelectors") {
		f.labels(selector, path)
		f.merges(p, selector, selector.TextAt("kind"))
	}
}

// merges looks at one of the targets of a policy that is merged: it is a route.
func (f fieldRules) merges(p *policy, target *source.Value, kind string) {
	merge := p.Spec.Member("mergeType")
	if merge.IsSet() && !kubernetes.Marked(target.Member("kind")) &&
		!slices.Contains([]string{httpRoute, grpcRoute, tcpRoute}, kind) {
		f.visit(merge, "mergeType", "a policy of a "+kind+" is merged with nothing")
	}
}

// labels looks at what a selector compares with labels, which are texts.
func (f fieldRules) labels(selector *source.Value, path string) {
	look := func(v *source.Value, field string) {
		if v.IsSet() && !v.Is(source.String) && !kubernetes.Marked(v) {
			f.visit(v, path+field, fmt.Sprintf("a label is %s, not a text", v.Kind))
		}
	}
	labels := selector.Member("matchLabels")
	if labels.Is(source.Object) {
		for i := range labels.Members {
			look(labels.Members[i].Known(), "matchLabels")
		}
	}
	for _, expression := range selector.Member("matchExpressions").List() {
		for _, v := range expression.Member("values").List() {
			look(v, "matchExpressions")
		}
	}
}
