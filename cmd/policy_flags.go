package cmd

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/rules"
)

// policyFlags name the policies and say how to read them.
type policyFlags struct {
	files   []string
	api     string
	kind    policyType
	variant choice
	runtime string // of Mule, or the version of another gateway
}

func (f *policyFlags) register(cmd *cobra.Command, gateways report.Gateways) {
	f.variant = choice{allowed: gateways.Variants(), kind: "GATEWAY"}
	flags := cmd.Flags()
	flags.VarP((*texts)(&f.files), "policy", "p",
		"policy `FILE`, repeatable, in the gateway's order; - for standard input")
	flags.StringVar(&f.api, "api", "", "the `NAME` of the API instance, if the file has several")
	f.kind.register(cmd, gateways)
	f.variant.register(cmd, "gateway", "", "the gateway, if the file does not say")
	clusterFlags{&f.api, &f.runtime}.register(cmd)
	flags.StringVar(&f.runtime, "runtime", "",
		"the `VERSION` of the Mule runtime, if expressions depend on it")
	cmd.MarkFlagsMutuallyExclusive("runtime", "gateway-version")
}

// clusterFlags are those of gateways whose policies are resources of a cluster, for a command that
// has --api.
type clusterFlags struct{ api, version *string }

func (f clusterFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(f.api, "workload", "",
		"the `NAMESPACE/NAME` of the workload, or NAMESPACE/KEY=VALUE: the same as --api")
	cmd.Flags().StringVar(f.version, "gateway-version", "",
		"the `VERSION` of another gateway, if its behaviour depends on it")
	cmd.MarkFlagsMutuallyExclusive("api", "workload")
}

func (f *policyFlags) options() rules.Options {
	return rules.Options{
		Variant: f.variant.value, API: f.api, Kind: f.kind.name, Runtime: f.runtime,
	}
}

// policyType is --policy-type: the policy kind of files that are bare configurations.
type policyType struct {
	name     string
	gateways report.Gateways
}

func (p *policyType) register(cmd *cobra.Command, gateways report.Gateways) {
	p.gateways = gateways
	cmd.Flags().Var(p, "policy-type",
		"the policy's ASSET id, if the file has only its configuration")
}

func (p *policyType) String() string { return p.name }

// Type names the value in help.
func (p *policyType) Type() string { return "ASSET" }

// Set takes an asset id that a gateway is known by. Any other would compile to a policy of which
// nothing is known, and nothing would be found in it.
func (p *policyType) Set(kind string) error {
	if p.gateways.Knows(kind) {
		p.name = kind
		return nil
	}
	known := p.gateways.Kinds()
	cause, hint := "unknown value", "one of: "+strings.Join(known, ", ")
	if len(kind) <= report.LongestWord {
		cause = fmt.Sprintf("unknown value %q", kind)
	}
	if near := report.Nearest(kind, known); near != "" {
		hint = "did you mean " + near + "?"
	}
	return problem(cause, hint,
		"gatewhy knows nothing about custom policies, so it can't say what is wrong in one")
}
