package mulesoft

import (
	"sync"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// The gateways.
const (
	Mule = "mule"
	Flex = "flex"
)

// Adapter returns the adapter for MuleSoft. Its tables are built when something first reads them.
func Adapter() rules.Adapter {
	return rules.Adapter{
		Name:      "mulesoft",
		Variants:  variants(),
		Words:     words(),
		Resources: resources,
		Kinds:     assets,
		Knows:     func(kind string) bool { asset, _ := splitName(kind); return known(asset) },
		Detect:    detect,
		Read:      new(parsedTexts).read,
		Compile: func(c *rules.Configuration) rules.Compilation {
			return compile(behavioursOf, c)
		},
		Behaviours: sync.OnceValue(behaviours),
		Causes:     causes,
		Collect:    collections,
		Contracts:  contractsIn,
		Rules:      lintRules,
		Advice:     advice,
		Solutions:  solutions,
		Repairable: repairable,
		Changes:    rules.Changes(repairFinding, propose),
	}
}

func variants() []rules.Variant {
	return []rules.Variant{
		{Name: Mule, Product: "Mule Gateway"}, {Name: Flex, Product: "Flex Gateway"},
	}
}

// resources lists what is looked at in a cluster: everything of the vendor's.
func resources() []source.Resource { return []source.Resource{{Group: flexGroup}} }

// words are texts of which a file with the vendor's policies has at least one, in every format.
func words() []string {
	return []string{
		"assetId", "policyTemplateId", "policyRef", "anypoint_ap", "gateway.mulesoft.com/",
		"jwksUrl",
	}
}

// product is the vendor's name for a gateway.
func product(variant string) string {
	for _, v := range variants() {
		if v.Name == variant {
			return v.Product
		}
	}
	return ""
}
