package cmd

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// policyType is --policy-type: the policy kind of files that are bare configurations.
type policyType struct {
	name     string
	gateways Gateways
}

func (p *policyType) register(cmd *cobra.Command, gateways Gateways) {
	p.gateways = gateways
	cmd.Flags().Var(p, "policy-type", "the policy's ASSET id, of a file that is a bare configuration")
	complete(cmd, "policy-type", gateways.kinds())
}

func (p *policyType) String() string { return p.name }

// Type names the value in help.
func (p *policyType) Type() string { return "ASSET" }

// Set takes an asset id that a gateway is known by. Any other would compile to a policy of which nothing is known, and nothing
// would be found in it.
func (p *policyType) Set(kind string) error {
	if p.gateways.knows(kind) {
		p.name = kind
		return nil
	}
	known := p.gateways.kinds()
	cause, hint := "unknown value", "one of: "+strings.Join(known, ", ")
	if len(kind) <= longestWord {
		cause = fmt.Sprintf("unknown value %q", kind)
	}
	if near := nearest(kind, known); near != "" {
		hint = "did you mean " + near + "?"
	}
	return problem(cause, hint, "of a policy of your own nothing is known: gatewhy can't tell what is wrong in it")
}
