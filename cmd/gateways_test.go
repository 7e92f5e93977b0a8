package cmd

import "github.com/gatewhy/gatewhy/cmd/gateways"

// everyGateway is what the program itself works with.
func everyGateway() Gateways { return Gateways(gateways.All()).complete() }
