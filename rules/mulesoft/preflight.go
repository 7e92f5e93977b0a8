package mulesoft

import "github.com/gatewhy/gatewhy/rules"

const corsPolicy = "cors"

// leavePreflightsOpen leaves open what the other policies of an API do with a browser's preflight
// where the API has the CORS policy: the vendor documents that CORS runs before all others,
// whatever its order is, and not what it answers.
func leavePreflightsOpen(policies []*rules.Policy) {
	answers := map[string]bool{} // the APIs that have it
	for _, p := range policies {
		if p.Asset == corsPolicy && !p.When.Disabled && !p.When.OfOthers {
			answers[p.API] = true
		}
	}
	for _, p := range policies {
		if answers[p.API] && p.Asset != corsPolicy && asks(&p.Root) {
			p.Asides = append(p.Asides, rules.Aside{If: isPreflight(), Root: answeredByCORS(p)})
		}
	}
}

// asks reports whether a policy asks something of a request.
func asks(root *rules.Node) bool {
	for range root.Checks() {
		return true
	}
	return false
}

// isPreflight is that a request is a preflight (Fetch standard), which of an OPTIONS request with
// unknown headers is assumed.
func isPreflight() rules.Predicate {
	asked := rules.Has(rules.Input{
		Source: rules.FromHTTP, Name: "Access-Control-Request-Method",
	})
	asked.Assumed = rules.Yes
	return rules.Both(rules.Predicate{
		Op: rules.Equals, Input: rules.RequestInput(rules.RequestMethod),
		Values: rules.Literals(rules.Preflight),
	}, asked)
}

func answeredByCORS(p *rules.Policy) rules.Node {
	return rules.AllOf(&rules.Check{
		ID: rules.Conditional, Field: "order", Pos: p.Pos,
		Evidence: documented("MuleSoft documentation, " + pageReorder),
		Unknown: &rules.Unknown{
			Why: "the API has the CORS policy, which MuleSoft documents to run before all " +
				"others: it answers a browser's preflight itself",
		},
	})
}
