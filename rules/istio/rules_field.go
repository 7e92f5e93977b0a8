package istio

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

func fieldNotKnown() rules.Rule {
	return rules.Rule{
		Name:  "field-not-known",
		Title: "a policy has a field that its gateway does not know",
		Why: "The API server drops a field that it does not know, without a word unless kubectl " +
			"validates: what it was to check is not checked.",
		Fix:        "Write the field as the reference has it; case counts.",
		Severity:   rules.Warning,
		References: []string{docRules, docPolicy},
		Check: eachInstance(func(i instance) {
			look := func(object *source.Value, path string, known ...string) {
				for n := range object.Members {
					m := &object.Members[n]
					if slices.Contains(known, m.Key) {
						continue
					}
					key := &source.Value{Pos: m.KeyPos, Span: m.KeySpan}
					i.found.At(key, path+m.Key, "%s is not a field of Istio%s",
						path+m.Key, instead(m.Key, known))
				}
			}
			for _, p := range i.policies {
				lookThrough(p, look)
			}
		}),
	}
}

// instead is what was probably meant; empty where nothing is known.
func instead(key string, known []string) string {
	if name := sameName(key, known); name != "" {
		return ": it is " + name
	}
	switch key {
	case "jwtHeaders":
		return ": where the token is looked for is fromHeaders"
	case "jwtParams":
		return ": where the token is looked for is fromParams"
	case "requireJwt", "required":
		return ": that a token is needed an AuthorizationPolicy says"
	case "audience":
		return ": it is audiences, a list"
	case "matchExpressions":
		return ": it is dropped, and matchLabels alone selects"
	case "valuePrefix":
		return ": it is prefix"
	case "jwksUrl":
		return ": it is jwksUri"
	}
	return ""
}

// sameName is the field that a key differs from in its case alone; empty where there is none.
func sameName(key string, known []string) string {
	i := slices.IndexFunc(known, func(name string) bool { return strings.EqualFold(name, key) })
	if i < 0 || known[i] == key {
		return ""
	}
	return known[i]
}

// lookThrough visits each object of a policy whose fields are known.
func lookThrough(p *resource, visit func(object *source.Value, path string, known ...string)) {
	attached := []string{"selector", "targetRef", "targetRefs"}
	look := func(object *source.Value, path string, known ...string) {
		if object.Is(source.Object) {
			visit(object, path, known...)
		}
	}
	look(p.Spec.Member("selector"), "selector.", "matchLabels")
	reference := []string{"group", "kind", "name", "namespace"}
	look(p.Spec.Member("targetRef"), "targetRef.", reference...)
	for path, v := range kubernetes.ItemsIn(p.Spec, "", "targetRefs") {
		look(v, path, reference...)
	}
	if p.Kind == requestAuthentication {
		look(p.Spec, "", append(attached, "jwtRules")...)
		for path, v := range kubernetes.ItemsIn(p.Spec, "", "jwtRules") {
			look(v, path, "issuer", "audiences", "jwksUri", "jwks_uri", "jwks", "fromHeaders",
				"fromParams", "fromCookies", "outputPayloadToHeader", "outputClaimToHeaders",
				"forwardOriginalToken", "timeout", "spaceDelimitedClaims")
			for path, v := range kubernetes.ItemsIn(v, path, "fromHeaders") {
				look(v, path, "name", "prefix")
			}
			for path, v := range kubernetes.ItemsIn(v, path, "outputClaimToHeaders") {
				look(v, path, "header", "claim")
			}
		}
		return
	}
	look(p.Spec, "", append(attached, "rules", "action", "provider")...)
	look(p.Spec.Member("provider"), "provider.", "name")
	for path, rule := range kubernetes.ItemsIn(p.Spec, "", "rules") {
		look(rule, path, "from", "to", "when")
		for path, v := range kubernetes.ItemsIn(rule, path, "from") {
			look(v, path, "source")
			look(v.Member("source"), path+"source.", namesOfFields(sourceFields())...)
		}
		for path, v := range kubernetes.ItemsIn(rule, path, "to") {
			look(v, path, "operation")
			look(v.Member("operation"), path+"operation.", namesOfFields(operationFields())...)
		}
		for path, v := range kubernetes.ItemsIn(rule, path, "when") {
			look(v, path, "key", "values", "notValues")
		}
	}
}

func namesOfFields(all []namedField) []string {
	var names []string
	for _, f := range all {
		names = append(names, f.name, f.not)
	}
	return names
}

func outputHeaderKept() rules.Rule {
	return rules.Rule{
		Name:  "output-header-kept",
		Title: "a caller can write a header that is to come from the token",
		Why: "Before Envoy tries a JWT rule, it removes the headers that this rule writes, so " +
			"that no caller can. It tries the rules by issuer, and stops at the one that " +
			"accepts the token: the headers of the rules behind it are not removed, and reach " +
			"the backend as the caller has sent them.",
		Fix: "Write the same headers in each JWT rule of the workload, or remove them at the " +
			"gateway before they get here.",
		Severity:   rules.Warning,
		References: []string{codeExtractor, codeVerifier, docRules},
		Check: eachInstance(func(i instance) {
			written := map[string]int{} // how many of the first rules write a header
			for n, r := range i.jwt {
				headers := outputHeaders(r)
				for _, h := range headers {
					if first := written[h.name]; first < n {
						i.found.At(h.at, r.path+h.field, "with a token of %s "+
							"a caller can send %s: only the rule for %s removes it",
							ofIssuer(i.jwt[first]), h.name, ofIssuer(r))
					}
				}
				for _, h := range headers {
					if written[h.name] == n {
						written[h.name]++
					}
				}
			}
		}),
	}
}

// outputHeader is a header that a JWT rule writes.
type outputHeader struct {
	name, field string
	at          *source.Value
}

func outputHeaders(r *jwtRule) []outputHeader {
	var all []outputHeader
	add := func(v *source.Value, field string) {
		if name, ok := v.Str(); ok && name != "" && !kubernetes.Marked(v) {
			all = append(all, outputHeader{strings.ToLower(name), field, v})
		}
	}
	add(r.at.Member("outputPayloadToHeader"), "outputPayloadToHeader")
	for _, item := range r.at.Member("outputClaimToHeaders").List() {
		add(item.Member("header"), "outputClaimToHeaders")
	}
	return all
}

// writes reports whether a JWT rule writes a header, and so removes what a caller sends in it.
func writes(r *jwtRule, name string) bool {
	is := func(h outputHeader) bool { return h.name == name }
	return slices.ContainsFunc(outputHeaders(r), is)
}

func ofIssuer(r *jwtRule) string {
	if iss := r.issuer(); iss != "" {
		return iss
	}
	return "any issuer"
}
