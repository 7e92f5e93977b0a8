package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/rules"
)

func routeNotCovered() rules.Rule {
	return rules.Rule{
		Name:  "route-not-covered",
		Title: "some methods or paths are covered by no policy that decides on tokens",
		Why: "A policy that is limited to methods and paths lets every other request through " +
			"without checking its token.",
		Fix:      "Cover every method and path, or make sure that the rest is meant to be open.",
		Severity: rules.Warning,
		Lesser:   "a note if the policy applies to some requests",
		Check:    checkRoutes,
	}
}

// checkRoutes finds no request that is not covered where the policies of the API together cover
// everything.
func checkRoutes(s *rules.Subject) []rules.Finding {
	var all []rules.Finding
	for _, p := range s.Policies {
		if judges(p) && !p.When.Disabled && nothing(p) {
			all = append(all, ofGuard(p, "this policy checks no request: none has a method "+
				"and a path like "+routes(p)))
		}
	}
	policies := tokenPolicies(s)
	alone := func(p *rules.Policy) bool { return everything([]*rules.Policy{p}) }
	if everything(policies) || slices.ContainsFunc(policies, alone) { // of very many, alone
		return all
	}
	for _, p := range policies {
		others := ""
		if slices.ContainsFunc(policies, func(other *rules.Policy) bool {
			return !slices.Equal(other.When.Routes, p.When.Routes)
		}) {
			others = " and those of the other policies"
		}
		if p.When.Unknown == nil { // else nobody knows what it covers
			all = append(all, less(ofGuard(p, "requests to other methods and paths than "+
				routes(p)+others+" pass without a check of their token"), rules.Note))
		}
	}
	return all
}

// nothing reports whether a policy surely applies to no request.
func nothing(p *rules.Policy) bool {
	if p.When.Unknown != nil || len(p.When.Routes) == 0 {
		return false
	}
	for _, class := range rules.Classes([]*rules.Policy{p}, "", "") {
		if class.Applies[0] != rules.No {
			return false
		}
	}
	return true
}

// everything reports whether one of some policies surely applies to each request, whatever its
// method: a method may have any name (RFC 9110, section 9.1), and nobody's policy has this one.
func everything(policies []*rules.Policy) bool {
	for _, method := range []string{"", "UNHEARD-OF"} {
		for _, class := range rules.Classes(policies, method, "") {
			if !slices.Contains(class.Applies, rules.Yes) {
				return false
			}
		}
	}
	return true
}

// onlyFor names the requests that a policy is for, in brackets; it is empty where it is for all.
func onlyFor(p *rules.Policy) string {
	if p == nil || len(p.When.Routes) == 0 || everything([]*rules.Policy{p}) {
		return ""
	}
	return " (requests to " + routes(p) + ")"
}

func routes(p *rules.Policy) string {
	var texts []string
	for _, r := range p.When.Routes {
		texts = append(texts, strings.TrimSpace(fmt.Sprintf("%s %s", r.Method, r.Path)))
	}
	return strings.Join(texts, ", ")
}
