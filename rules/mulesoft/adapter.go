package mulesoft

import "github.com/gatewhy/gatewhy/rules"

// The gateways.
const (
	Mule = "mule"
	Flex = "flex"
)

// Adapter returns the adapter for MuleSoft.
func Adapter() rules.Adapter {
	return rules.Adapter{
		Name:       "mulesoft",
		Variants:   []string{Mule, Flex},
		Compile:    compile,
		Behaviours: behaviours(),
		Causes:     causes(),
		Collect:    collections(),
		Rules:      lintRules(),
		Repairable: repairable(),
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
