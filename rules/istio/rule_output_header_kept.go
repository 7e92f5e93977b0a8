package istio

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

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
			for n, r := range i.jwt {
				for _, h := range outputHeaders(r) {
					for _, earlier := range i.jwt[:n] {
						if writes(earlier, h.name) {
							continue
						}
						i.found.At(h.at, r.path+h.field, "with a token of %s "+
							"a caller can send %s: only the rule for %s removes it",
							ofIssuer(earlier), h.name, ofIssuer(r))
						break
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
