// Package mulesoft is the adapter for MuleSoft's API gateways: Mule Gateway and Flex Gateway
// (since 2025 also called Omni Gateway).
//
// A configuration format (apimanager.go, flex.go, terraform.go, plan.go) is read into entries: a
// policy kind, its version and its fields with their positions. A format does not know what a
// field means. A policy kind (jwt_validation.go, introspecting.go, client_credentials.go) compiles
// the fields into checks. A policy kind does not know formats. What the gateways answer is data,
// in behaviours.go, and what else may explain an answer is data too, in causes.go.
//
// Which of the vendor's policies decide on the caller, and which change what later ones read, is
// data in policies.go.
//
// The vendor's own lint rules are in rule_NAME.go, and short ones together in rules_SUBJECT.go.
// repair.go changes a configuration so that a finding goes away; propose.go changes it so that a
// request gets in or stays out.
//
// The vendor's words are in this package and in dataweave, and in no other below the commands. It
// must not know another vendor, decide what is good or bad for every gateway (that is for package
// lint), say which tokens exist (issued) or whether a change helps (repair).
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

// Adapter returns the adapter for MuleSoft. Its tables are made when something first reads them.
func Adapter() rules.Adapter {
	return rules.Adapter{
		Name:      "mulesoft",
		Variants:  variants(),
		Words:     words(),
		Resources: resources,
		Kinds:     assets,
		Knows:     func(kind string) bool { asset, _ := splitName(kind); return known(asset) },
		Detect:    detect,
		Instead:   instead,
		Read:      new(parsedTexts).read,
		Compile: func(c *rules.Configuration) rules.Compilation {
			return compile(answerOf, c)
		},
		Behaviours: sync.OnceValue(behaviours),
		Causes:     causes,
		AnyOrder:   true,
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

// words are texts. A file with the vendor's policies has at least one of them, in every format.
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
