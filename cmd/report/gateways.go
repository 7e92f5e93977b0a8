package report

import "github.com/gatewhy/gatewhy/rules"

// Gateway is what is known of one gateway.
type Gateway struct {
	Name       string
	Product    string // as its vendor calls it
	Vendor     string // the adapter's name
	Behaviours []rules.Behaviour

	// Expressions are the rules of its expression language, where they are asked for in place of
	// the behaviours.
	Expressions []rules.Expression
}
