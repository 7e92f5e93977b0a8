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
		Since:      since,
		References: []string{jwtPractices},
		Check: func(s *rules.Subject) []rules.Finding {
			var all []rules.Finding
			for _, p := range tokenPolicies(s) {
				c, addresses := keysOf(s, p)
				plain := func(address string) bool {
					return strings.HasPrefix(strings.ToLower(address), "http://") &&
						rules.AddressFault(address) == ""
				}
				if i := slices.IndexFunc(addresses, plain); i >= 0 && c.Test.Key.Nowhere == "" {
					all = append(all, at(c, "the key set is fetched over http, where anyone on "+
						"the network path can replace a key"))
				}
			}
			return all
		},
	}
}
