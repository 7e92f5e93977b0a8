package oauth2proxy

import "github.com/gatewhy/gatewhy/rules"

// Name is the gateway's name on the command line, and that of its one kind of policy.
const Name = "oauth2-proxy"

// product is the gateway as its makers call it.
const product = "OAuth2 Proxy"

// Adapter returns the adapter for OAuth2 Proxy.
func Adapter() rules.Adapter {
	return rules.Adapter{
		Name:     Name,
		Variants: []rules.Variant{{Name: Name, Product: product}},
		Words: []string{
			"oauth2-proxy", "oauth2_proxy", "skip_jwt_bearer_tokens", "oidc_issuer_url",
		},
		Resources: resources,
		Kinds:     func() []string { return []string{Name} },
		Detect:    detect,
		Read:      read,
		Compile: func(c *rules.Configuration) rules.Compilation {
			return compile(behaviours(), c)
		},
		Behaviours: behaviours,
		Rules:      lintRules,
		Advice:     advice,
		Collect:    collections,
		Repairable: repairable,
		Changes:    rules.Changes(changeFor, proposals),
	}
}
