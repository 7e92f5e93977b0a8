package istio

import "github.com/gatewhy/gatewhy/rules"

func lintRules() []rules.Rule { return nil }
