package envoygateway

import (
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy/amend"
)

// Name is the gateway's name on the command line, and that of its one kind of policy.
const Name = "envoy-gateway"

// product is the gateway as its makers call it.
const product = "Envoy Gateway"

// Adapter returns the adapter for Envoy Gateway.
func Adapter() rules.Adapter {
	return rules.Adapter{
		Name:     Name,
		Variants: []rules.Variant{{Name: Name, Product: product}},
		Words:    []string{group, securityPolicy},
		Kinds:    func() []string { return []string{Name} },

		Resources: resources,

		Behaviours: behaviours,
		Handling:   handling,
		Causes:     causes,
		Collect:    collections,

		Rules:      lintRules,
		Advice:     advice,
		Repairable: repairable,
		Solutions:  amend.Solutions,
		Changes:    rules.Changes(changeFor, proposals),

		Detect:   reading().Detect,
		Read:     read,
		Together: reading().Together,
		Beside:   reading().ShowsMore,
		Compile: func(c *rules.Configuration) rules.Compilation {
			return compile(behaviours(), c)
		},
	}
}
