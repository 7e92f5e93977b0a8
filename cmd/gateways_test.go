package cmd

import (
	"github.com/gatewhy/gatewhy/cmd/gateways"
	"github.com/gatewhy/gatewhy/cmd/report"
)

// everyGateway is what the program itself works with.
func everyGateway() report.Gateways { return report.Gateways(gateways.All()).Complete() }
