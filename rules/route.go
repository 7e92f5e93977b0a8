package rules

import (
	"regexp"
)

// routed tells whether the policy applies to the request, and gives the result of the route check where there is
// something to check. A policy that is limited to routes is taken to apply where the request's are not known.
func (r *Request) routed(policy *Policy) (Truth, *Result) {
	guard := &policy.When
	if !guard.Disabled && !guard.limited() {
		return Yes, nil
	}
	result := &Result{Check: guard.check(), Policy: policy, request: r}
	applies := guard.applies(r.Method, r.Path)
	switch {
	case guard.Disabled:
		result.Outcome, result.skip = Skipped, "the policy is disabled"
	case applies == No:
		result.Outcome, result.skip = Skipped, "the policy is limited to other methods or paths"
	case applies == Maybe:
		result.Outcome = Unsure
		result.unknown = &Unknown{Why: "the route matches only a part of the path, or can't be read here, and it is not documented how the gateway matches it"}
	default:
		result.Outcome = Pass
	}
	return applies, result
}

func (g *Guard) check() *Check {
	return &Check{ID: Routed, Field: g.Field, Pos: g.Pos, Span: g.Span, Evidence: g.Evidence}
}

// limited reports whether the policy is limited to some routes.
func (g *Guard) limited() bool { return len(g.Routes) > 0 || g.Unread }

func (g *Guard) applies(method, path string) Truth {
	switch {
	case g.Disabled:
		return No
	case g.Unread && (method != "" || path != ""):
		return Maybe
	case g.Unread:
		return Yes
	}
	best := No
	for _, route := range g.Routes {
		best = max(best, min(matchRoute(route.Method, method), matchRoute(route.Path, path)))
	}
	return best
}

// matchRoute matches a request's method or path against a route's expression. What is not known of the request is taken to match.
// The gateway's expressions are Java's: one that can't be read here, or that matches a part only, is left unknown.
func matchRoute(expression, text string) Truth {
	if expression == "" || text == "" {
		return Yes
	}
	re, err := regexp.Compile("^(?:" + expression + ")$")
	if err != nil {
		return Maybe
	}
	if re.MatchString(text) {
		return Yes
	}
	if part, err := regexp.Compile(expression); err != nil || part.MatchString(text) {
		return Maybe
	}
	return No
}

// routeFindings says what a reader must know of a policy that does not apply, or that is taken to.
func (r *Request) routeFindings(policy *Policy, applies Truth) []Finding {
	guard := &policy.When
	finding := Finding{Pos: guard.Pos, Span: guard.Span, Field: guard.Field}
	switch {
	case guard.Disabled:
		finding.Rule, finding.Severity = "policy-disabled", Warning
		finding.Message = "this policy is disabled: it lets everything through"
	case applies == No:
		finding.Rule, finding.Severity = "route-not-covered", Note
		finding.Message = "this policy does not apply to " + r.Method + " " + r.Path + ": it lets the request through"
	case guard.limited() && (r.Method == "" || r.Path == ""):
		finding.Rule, finding.Severity = "route-assumed", Note
		finding.Message = "this policy is limited to some routes and is taken to apply; pass --method and --path to know"
	default:
		return nil
	}
	return []Finding{finding}
}

// ifApplied turns a failure of a policy that perhaps does not apply into an unknown.
func (r *Result) ifApplied(applies Truth) {
	if applies == Maybe && r.Outcome == Fail {
		r.Outcome = Unsure
		r.unknown = &Unknown{Why: r.Why() + "; but it is not known whether the policy applies to this path"}
	}
}
