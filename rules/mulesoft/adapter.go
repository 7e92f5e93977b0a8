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
	table := sync.OnceValue(behaviours)
	return rules.Adapter{
		Name:     "mulesoft",
		Variants: []string{Mule, Flex},
		Assets:   assets,
		Knows:    func(asset string) bool { name, _ := named(asset); return known(name) },
		Compile: func(file *source.File, options rules.Options) (rules.Compilation, error) {
			return compileBy(table(), file, options)
		},
		Behaviours: table,
		Causes:     causes,
		Collect:    collections,
		Rules:      lintRules,
		Advice:     advice,
		Repairable: repairable,
		Repair:     repairFinding,
		Propose:    propose,
	}
}

// GatewayName returns the product's name for a variant.
func GatewayName(variant string) string {
	if variant == Flex {
		return "Flex Gateway"
	}
	return "Mule Gateway"
}
