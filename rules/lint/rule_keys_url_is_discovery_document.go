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
		References: []string{accessTokens, keySetFormat},
		Check: eachPolicy(func(s *rules.Subject, p *rules.Policy) []rules.Finding {
			known := factsOf(s, p)
			metadata := func(k entra.KeysAddress) bool { return k.Discovery }
			keys := func(k entra.KeysAddress) bool { return !k.Discovery }
			if !slices.ContainsFunc(known.sets, metadata) {
				return nil
			}
			f := at(known.verifies,
				"this is the address of the metadata document, which contains no keys")
			if !known.ofEntraOnly() || slices.ContainsFunc(known.sets, keys) {
				f = less(f, rules.Warning)
			}
			return one(f)
		}),
	}
}
