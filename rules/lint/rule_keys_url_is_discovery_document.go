package lint

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
)

func keysURLIsDiscovery() rules.Rule {
	return rules.Rule{
		Name:  "keys-url-is-discovery-document",
		Title: "the key URL is that of the metadata, not of the keys",
		Why: "The discovery document (openid-configuration) contains no keys, only their " +
			"address in jwks_uri: no signature verifies.",
		Fix: "Use the address in jwks_uri, such as " +
			"https://login.microsoftonline.com/TENANT/discovery/v2.0/keys.",
		Severity:   rules.Error,
		Lesser:     "a warning if the policy has keys from another address too",
		Since:      since,
		References: []string{accessTokens, keySetFormat},
		Check: func(s *rules.Subject) []rules.Finding {
			var all []rules.Finding
			for _, p := range tokenPolicies(s) {
				c, sets, only := entraKeysOf(s, p)
				metadata := func(k entra.KeysAddress) bool { return k.Discovery }
				if !slices.ContainsFunc(sets, metadata) {
					continue
				}
				f := at(c, "this is the address of the metadata document, which contains no keys")
				if !only || slices.ContainsFunc(sets, func(k entra.KeysAddress) bool {
					return !k.Discovery
				}) {
					f = less(f, rules.Warning)
				}
				all = append(all, f)
			}
			return all
		},
	}
}
