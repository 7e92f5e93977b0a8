package cmd

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
)

// fixFlags are the flags of fix.
type fixFlags struct {
	output    outputFlags
	rule      string
	solution  choice
	api       string
	facts     rules.Facts
	version   choice
	tokens    []string
	contracts string
	apps      []string
	write     bool

	kind    policyType
	variant choice
}

func (f *fixFlags) register(cmd *cobra.Command, gateways Gateways) {
	f.output.register(cmd, render.Formats().Fix.Names()...)
	f.solution = choice{allowed: gateways.solutionNames(), kind: "SOLUTION"}
	f.solution.register(cmd, "solution", "", gateways.solutionUsage())
	f.version = choice{allowed: []string{"1", "2"}, kind: "VERSION"}
	f.version.register(cmd, "token-version", "", "the version of the API's tokens")
	f.variant = choice{allowed: gateways.variants(), kind: "GATEWAY"}
	f.kind.register(cmd, gateways)
	f.variant.register(cmd, "gateway", "", "the gateway, where the file does not tell")
	flags := cmd.Flags()
	flags.StringVar(&f.api, "api", "", "the `NAME` of the API instance, of a file with several")
	flags.StringVar(&f.rule, "rule", "", "repair the findings of this rule only: a `NAME` of gatewhy rules")
	flags.StringVar(&f.facts.Audience, "audience", "", "this environment's `AUDIENCE`, as its tokens carry it")
	flags.StringVar(&f.facts.Scope, "scope", "", "the `SCOPE` that only this environment's API exposes")
	flags.StringVar(&f.facts.Tenant, "tenant", "", "the `ID` of this environment's tenant")
	flags.Var((*texts)(&f.tokens), "token", "a `TOKEN` (or @FILE) to run before and after, with --solution first one of this environment; repeatable; signatures are assumed to verify")
	flags.Var((*texts)(&f.apps), "app", "`FILE` with the API's app registration: tells the audience and the version of its tokens")
	flags.StringVar(&f.contracts, "contracts", "", "`FILE` with the client ids that have an approved contract")
	flags.BoolVar(&f.write, "write", false, "write the repaired file")
}

// solutionUsage says what the ready-made repairs are, and where they are described.
func (g Gateways) solutionUsage() string {
	var parts []string
	reference := ""
	for _, adapter := range g {
		for _, s := range adapter.Solutions() {
			if len(parts) == 0 || s.Reference != reference {
				reference = s.Reference
				parts = append(parts, "of "+reference+": "+s.Title)
				continue
			}
			parts[len(parts)-1] += ", or " + s.Title
		}
	}
	return strings.Join(parts, "; ")
}

func (f *fixFlags) options() rules.Options {
	return rules.Options{Variant: f.variant.value, API: f.api, Kind: f.kind.name}
}

// complete checks the flags that only make sense in one form.
func (f *fixFlags) complete(gateways Gateways) error {
	f.facts.Version = versionNamed(f.version.value)
	if f.facts.Tenant != "" && !entra.IsGUID(f.facts.Tenant) {
		return problem("--tenant must be the tenant's id, a GUID: issuers never have a domain", "gatewhy decode shows it, as tid of any of the tenant's tokens")
	}
	if f.rule != "" && f.solution.value != "" {
		return problem("--rule and --solution were both given", "one at a time: run fix again for the other")
	}
	if f.rule != "" {
		_, err := gateways.ruleNamed(f.rule)
		return err
	}
	return nil
}

// versionNamed is the version of tokens that a number is; 0 for none.
func versionNamed(text string) entra.Version {
	switch text {
	case "1", "1.0":
		return entra.V1
	case "2", "2.0":
		return entra.V2
	}
	return 0
}
