// Package gateways is the one list of the gateways that the program knows.
package gateways

import (
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/mulesoft"
)

// All lists the adapters, one a vendor.
func All() []rules.Adapter {
	return []rules.Adapter{mulesoft.Adapter()}
}
