package lint

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/rules"
)

func keySetOverHTTP() rules.Rule {
	return rules.Rule{
		Name:  "key-set-over-http",
		Title: "the key set is fetched without TLS",
		Why: "Anyone who can answer in place of the key server decides which signatures " +
			"verify.",
		Fix:        "Use https.",
		Severity:   rules.Error,
		References: []string{jwtPractices},
		Check: eachPolicy(func(s *rules.Subject, p *rules.Policy) []rules.Finding {
			known := factsOf(s, p)
			plain := func(address string) bool {
				return strings.HasPrefix(strings.ToLower(address), "http://") &&
					rules.AddressFault(address) == ""
			}
			if !slices.ContainsFunc(known.addresses, plain) ||
				known.verifies.Test.Key.Nowhere != "" {
				return nil
			}
			return one(at(known.verifies, "the key set is fetched over http, where anyone on "+
				"the network path can replace a key"))
		}),
	}
}
