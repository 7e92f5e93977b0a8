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
		Severity: rules.Note,
		Since:    since,
		Check:    checkRoutes,
	}
}

// checkRoutes finds nothing where another policy of the API covers everything.
func checkRoutes(s *rules.Subject) []rules.Finding {
	var all []rules.Finding
	for _, p := range tokenPolicies(s) {
		if p.When.Unknown != nil {
			continue // nobody knows what it covers
		}
		if everything(p) {
			return nil
		}
		all = append(all, ofGuard(p, "requests to other methods and paths than "+routes(p)+
			" pass without a check of their token"))
	}
	return all
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
