// Package gateways is the one list of the gateways that the program knows: a line for each
// adapter.
//
// Nothing else belongs here, and nothing else in the program names an adapter's package, so that a
// new gateway is a package and a line.
package gateways

import (
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoygateway"
	"github.com/gatewhy/gatewhy/rules/istio"
	"github.com/gatewhy/gatewhy/rules/mulesoft"
	"github.com/gatewhy/gatewhy/rules/oauth2proxy"
)

// All lists the adapters, one a vendor.
func All() []rules.Adapter {
	return []rules.Adapter{
		mulesoft.Adapter(), oauth2proxy.Adapter(), istio.Adapter(), envoygateway.Adapter(),
	}
}

// Expressions lists the rules of a gateway's expression language. They are not a part of its
// adapter, because the page in the browser has all adapters, and shows no such list.
func Expressions(variant string) []rules.Expression {
	return mulesoft.Expressions(variant)
}
