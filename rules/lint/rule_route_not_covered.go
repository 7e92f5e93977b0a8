package lint

import (
	"fmt"
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

// checkRoutes finds no request that is not covered where another policy of the API covers
// everything.
func checkRoutes(s *rules.Subject) []rules.Finding {
	var partly, never []rules.Finding
	for _, p := range s.Policies {
		if judges(p) && !p.When.Disabled && nothing(p) {
			never = append(never, ofGuard(p, "this policy checks no request: none has a method "+
				"and a path like "+routes(p)))
		}
	}
	covered := false
	for _, p := range tokenPolicies(s) {
		switch {
		case p.When.Unknown != nil: // nobody knows what it covers
		case everything(p):
			covered = true
		default:
			partly = append(partly, less(ofGuard(p, "requests to other methods and paths than "+
				routes(p)+" pass without a check of their token"), rules.Note))
		}
	}
	if covered {
		return never
	}
	return append(never, partly...)
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

func everything(p *rules.Policy) bool {
	for _, r := range p.When.Routes {
		if all(r.Method) && all(r.Path) {
			return true
		}
	}
	return len(p.When.Routes) == 0
}

// all reports whether an expression surely matches everything.
func all(expression string) bool {
	return expression == "" || expression == ".*" || expression == "/.*" || expression == "^.*$"
}

func routes(p *rules.Policy) string {
	var texts []string
	for _, r := range p.When.Routes {
		texts = append(texts, strings.TrimSpace(fmt.Sprintf("%s %s", r.Method, r.Path)))
	}
	return strings.Join(texts, ", ")
}
