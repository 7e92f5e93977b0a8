package envoygateway

import (
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy"
)

func tokenNotNeeded() rules.Rule {
	return rules.Rule{
		Name:  "token-not-needed",
		Title: "a request without a token gets in",
		Why: "In Envoy Gateway optional lets a request pass the JWT filter that has no token, " +
			"and failOpen one whose token is bad too. Only authorization rules that each ask " +
			"for something of a token keep it out.",
		Fix: "In Envoy Gateway remove optional and failOpen, or allow by rules with " +
			"principal.jwt alone, with defaultAction Deny.",
		Severity:   rules.Error,
		Since:      since,
		References: []string{docAPI, docJWT},
		Check: eachInstance(func(s subject) []rules.Finding {
			jwt := s.spec.Member("jwt")
			if len(s.providers) == 0 || s.doubt != nil || !envoy.LetsIn(s.root()) {
				return nil
			}
			if s.open == rules.Yes {
				return []rules.Finding{s.FindingAt(jwt.Member("failOpen"), "jwt.failOpen",
					"a request without a token gets in, or with a bad one: failOpen lets it "+
						"pass, and no authorization rule asks for a token")}
			}
			if v := jwt.Member("optional"); s.optional == rules.Yes {
				return []rules.Finding{s.FindingAt(v, "jwt.optional", "a request without a token "+
					"gets in: optional lets it pass, and no authorization rule asks for a token")}
			}
			return nil
		}),
	}
}
