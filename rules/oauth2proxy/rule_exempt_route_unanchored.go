package oauth2proxy

import (
	"regexp"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/rules"
)

func exemptRouteUnanchored() rules.Rule {
	return rules.Rule{
		Name:  "exempt-route-unanchored",
		Title: "an exempt route matches anywhere in the path",
		Why: "skip_auth_routes and skip_auth_regex are regular expressions that a part of the " +
			"path has to match. /public also exempts /admin/public, and a dot stands for any " +
			"character. Whoever can choose a path with that part needs no token.",
		Fix:        "Begin the expression with ^, and end it with $ or a slash.",
		Severity:   rules.Warning,
		Since:      since,
		References: []string{docOptions, codeProxy},
		Check: eachInstance(func(i instance) []rules.Finding {
			var all []rules.Finding
			for _, name := range []string{"skip_auth_routes", "skip_auth_regex"} {
				routes := i.get(name)
				for _, v := range routes.values {
					r := route{path: v.Text}
					if name == "skip_auth_routes" {
						r = routeOf(v.Text)
					}
					if marked(v) || r.negated || anchored(r.path) ||
						refusedExpression(r.path) != "" {
						continue
					}
					all = append(all, i.findingAt(v, routes, "%s exempts every path that has "+
						"this in it, such as /x%s", inspect.Visible(r.path),
						strings.TrimLeft(r.path, "."))...)
				}
			}
			return all
		}),
	}
}

// anchored reports whether an expression matches at the beginning of a path alone.
func anchored(expression string) bool {
	return regexp.MustCompile(`^(\(\?[a-z]+\))?(\^|\\A|\(\^)`).MatchString(expression)
}
