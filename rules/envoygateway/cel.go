package envoygateway

import (
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// celCondition is that an expression is true. What comes out of it is not known.
func (c *compiler) celCondition(v *source.Value, field string) rules.Predicate {
	if why := kubernetes.DoubtOf(v, field); why != nil {
		return envoy.Unknown(why)
	}
	return envoy.Unknown(&rules.Unknown{Why: field + " is an expression that is not evaluated"})
}
