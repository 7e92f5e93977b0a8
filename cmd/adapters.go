package cmd

import (
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/mulesoft"
)

// adapters lists the gateways that the program knows.
func adapters() []rules.Adapter {
	return []rules.Adapter{mulesoft.Adapter()}
}
