package cmd

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// policyType is --policy-type: the policy kind of files that are bare configurations.
type policyType struct{ asset string }

func (p *policyType) register(cmd *cobra.Command) {
	cmd.Flags().Var(p, "policy-type", "the policy's ASSET id, of a file that is a bare configuration")
	complete(cmd, "policy-type", assets())
}

func (p *policyType) String() string { return p.asset }

// Type names the value in help.
func (p *policyType) Type() string { return "ASSET" }

// Set takes an asset id that a gateway is known by. Any other would compile to a policy of which nothing is known, and nothing
// would be found in it.
func (p *policyType) Set(asset string) error {
	for _, adapter := range adapters() {
		if adapter.Knows(asset) {
			p.asset = asset
			return nil
		}
	}
	known := assets()
	cause, hint := "unknown value", "one of: "+strings.Join(known, ", ")
	if len(asset) <= longestWord {
		cause = fmt.Sprintf("unknown value %q", asset)
	}
	if near := nearest(asset, known); near != "" {
		hint = "did you mean " + near + "?"
	}
	return problem(cause, hint, "of a policy of your own nothing is known: gatewhy can't tell what is wrong in it")
}

// assets lists the policy kinds that are modelled, of all gateways.
func assets() []string {
	var all []string
	for _, adapter := range adapters() {
		all = append(all, adapter.Assets()...)
	}
	return all
}
