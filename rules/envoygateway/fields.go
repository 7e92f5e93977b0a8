package envoygateway

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/gatewhy/gatewhy/inspect"
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

	allowed []string // the texts that it may be, or its items; nil for any
}

// shape lists the fields of the objects in a policy whose fields are known, a line for each, by
// where it is. Behind a field's name is its kind: s is a text, n a number, o an object, b true or
// false, S and O lists of texts and of objects. Then: ! it must be there and not be empty, ? it
// must be there, + it must not be empty, ~ its items must not be empty, =8 it has no more than 8
// items or characters, the version that it came with as @ and what [sinceNames] names so, and
// |a|b it, or each item, is a or b.
const shape = `spec targetRef:o apiKeyAuth:o cors:o basicAuth:o jwt:o oidc:o ` +
	`extAuth:o authorization:o targetRefs:O targetSelectors:O mergeType:s@merge csrf:o@cel
spec.targetRef group:s kind:s name:s sectionName:s+=253
spec.targetRefs group:s kind:s name:s=253 sectionName:s+=253
spec.targetSelectors group:s kind:s namespaces:o matchLabels:o matchExpressions:O
spec.targetSelectors.matchExpressions key:s! operator:s! values:S
spec.jwt optional:b providers:O! failOpen:b@failOpen
spec.jwt.providers name:s!=253 issuer:s=253 audiences:S=8 remoteJWKS:o localJWKS:o ` +
	`extractFrom:o claimToHeaders:O recomputeRoute:b
spec.jwt.providers.claimToHeaders header:s? claim:s?
spec.jwt.providers.remoteJWKS uri:s!=253 cacheDuration:s failedRefetchDuration:s@cel ` +
	`backendRefs:O backendSettings:o
spec.jwt.providers.localJWKS type:s|Inline|ValueRef inline:s valueRef:o
spec.jwt.providers.localJWKS.valueRef group:s?=253 kind:s!=63 name:s!=253
spec.jwt.providers.extractFrom headers:O cookies:S params:S
spec.jwt.providers.extractFrom.headers name:s? valuePrefix:s
spec.authorization rules:O defaultAction:s|Allow|Deny
spec.authorization.rules name:s+=253 action:s!|Allow|Deny operation:o principal:o cel:s@cel
spec.authorization.rules.operation ` +
	`methods:S+=16|GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH path:o@path
spec.authorization.rules.operation.path type:s|Exact|PathPrefix|RegularExpression value:s ` +
	`invert:b
spec.authorization.rules.principal clientCIDRs:S+ jwt:o headers:O+=256 ` +
	`clientIPGeoLocations:O+@geo
spec.authorization.rules.principal.clientIPGeoLocations country:s region:s+=16 city:s+=128 ` +
	`asn:n isp:s+=256 anonymous:o
spec.authorization.rules.principal.clientIPGeoLocations.anonymous isAnonymous:b isVPN:b ` +
	`isHosting:b isTor:b isProxy:b
spec.authorization.rules.principal.headers name:s! values:S!=256
spec.authorization.rules.principal.jwt provider:s!=253 claims:O+=16 scopes:S+~=16
spec.authorization.rules.principal.jwt.claims name:s!=253 valueType:s|String|StringArray ` +
	`values:S!=128`

// sinceNames are the versions in [shape].
func sinceNames() map[string]int {
	return map[string]int{
		"merge": mergeSince, "geo": geoSince, "failOpen": failOpenSince, "path": pathSince,
		"cel": celSince,
	}
}

// shapes are the fields of [shape], by where they are.
var shapes = sync.OnceValue(func() map[string][]field {
	all, since := map[string][]field{}, sinceNames()
	for line := range strings.Lines(shape) {
		words := strings.Fields(line)
		for _, word := range words[1:] {
			word, allowed, isBound := strings.Cut(word, "|")
			name, rest, _ := strings.Cut(word, ":")
			rest, version, _ := strings.Cut(rest, "@")
			marks, most, _ := strings.Cut(rest[1:], "=")
			f := field{name: name, kind: kindOf(rest[0]), since: since[version]}
			if f.kind == source.List {
				f.items = kindOf(rest[0] | ' ') // the small letter
			}
			if isBound {
				f.allowed = strings.Split(allowed, "|")
			}
			f.most, _ = strconv.Atoi(most)
			f.needed = strings.ContainsAny(marks, "!?")
			f.filled = strings.ContainsAny(marks, "!+")
			f.words = strings.Contains(marks, "~")
			all[words[0]] = append(all[words[0]], f)
		}
	}
	return all
})

func kindOf(letter byte) source.Kind {
	switch letter {
	case 's':
		return source.String
	case 'o':
		return source.Object
	case 'b':
		return source.Bool
	case 'n':
		return source.Number
	}
	return source.List
}

// lookThrough looks at each object of a policy whose fields are known.
func lookThrough(spec *source.Value, look func(of *source.Value, path string, fields []field)) {
	var visit func(v *source.Value, path, place string)
	visit = func(v *source.Value, path, place string) {
		known := shapes()[place]
		if !v.Is(source.Object) || known == nil {
			return
		}
		look(v, path, known)
		for _, f := range known {
			inside := place + "." + f.name
			if f.kind == source.Object {
				visit(v.Member(f.name), path+f.name+".", inside)
			} else if f.items == source.Object {
				for path, item := range kubernetes.ItemsIn(v, path, f.name) {
					visit(item, path, inside)
				}
			}
		}
	}
	visit(spec, "", "spec")
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
	case one.most > 0 && v.Is(source.String) && !kubernetes.Marked(v) &&
		utf8.RuneCountInString(v.Text) > one.most:
		f.visit(v, path, fmt.Sprintf("%s has more than %d characters", one.name, one.most))
	}
	bound := func(v *source.Value) {
		if one.allowed != nil && v.Is(source.String) && !oneOf(v, one.allowed...) {
			f.visit(v, path, path+" must be one of "+strings.Join(one.allowed, ", ")+
				", and is "+inspect.InSentence(v.Text))
		}
	}
	bound(v)
	for _, item := range v.List() {
		bound(item)
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
			f.visit(v, p.path+"remoteJWKS."+name, name+" is "+inspect.InSentence(v.Text)+
				", and not a time such as 1h30m")
		}
	}
	if local := p.at.Member("localJWKS"); local.Is(source.Object) {
		kind := local.TextAt("type")
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
	operation := r.at.Member("operation")
	if operation.Is(source.Object) && !operation.Member("methods").IsSet() &&
		!operation.Member("path").IsSet() {
		f.visit(operation, r.path+"operation", "an operation has neither methods nor a path")
	}
}

// places looks at where the requests of a rule come from.
func (f fieldRules) places(r *authRule) {
	principal, path := r.at.Member("principal"), r.path+"principal."
	for path, place := range kubernetes.ItemsIn(principal, path, "clientIPGeoLocations") {
		for _, of := range []struct{ name, pattern, wanted string }{
			{"country", `^[A-Za-z]{2}$`, "a code of two letters"},
			{"region", `^[A-Za-z0-9-]*$`, "letters, digits and hyphens"},
			{"asn", `^[1-9][0-9]*$`, "a whole number from 1 on"},
		} {
			v := place.Member(of.name)
			scalar := v.Is(source.String) || v.Is(source.Number)
			if scalar && !kubernetes.Marked(v) &&
				!regexp.MustCompile(of.pattern).MatchString(v.Text) {
				f.visit(v, path+of.name, of.name+" is "+inspect.InSentence(v.Text)+
					", and not "+of.wanted)
			}
		}
		for _, v := range []*source.Value{place, place.Member("anonymous")} {
			if v.Is(source.Object) && len(v.Members) == 0 {
				f.visit(v, path, "a place has no condition")
			}
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
