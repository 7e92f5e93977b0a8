package istio

import (
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy/amend"
)

// Name is the gateway's name on the command line, and that of its one kind of policy.
const Name = "istio"

// product is the gateway as its makers call it.
const product = "Istio"

// Adapter returns the adapter for Istio.
func Adapter() rules.Adapter {
	return rules.Adapter{
		Name:      Name,
		Variants:  []rules.Variant{{Name: Name, Product: product}},
		Words:     []string{"security.istio.io/", requestAuthentication, authorizationPolicy},
		Resources: resources,
		Kinds:     func() []string { return []string{Name} },
		Detect:    reading().Detect,
		Read:      read,
		Together:  reading().Together,
		Beside:    reading().ShowsMore,
		Compile: func(c *rules.Configuration) rules.Compilation {
			return compile(behaviours(), c)
		},
		Behaviours: behaviours,
		Handling:   handling,
		Causes:     causes,
		Rules:      lintRules,
		Advice:     advice,
		Collect:    collections,
		Repairable: repairable,
		Solutions:  amend.Solutions,
		Changes:    rules.Changes(changeFor, proposals),
	}
}
