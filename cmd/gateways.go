package cmd

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/rules"
)

func newGateways(env *Env) *cobra.Command {
	var (
		output      outputFlags
		expressions bool
	)
	cmd := &cobra.Command{
		Use:   "gateways [NAME]",
		Short: "Show what is known of each gateway's behaviour, each line with its evidence",
		Long: "gateways lists what each gateway answers in which situation: status, body and headers, on what evidence and by\n" +
			"which reference. explain predicts from this table and from nowhere else. With --expressions it lists the rules of\n" +
			"the gateway's expression language instead.",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: env.completeGateway,
		RunE:              func(_ *cobra.Command, args []string) error { return env.gateways(&output, args, expressions) },
	}
	output.register(cmd, render.Formats().Gateways.Names()...)
	cmd.Flags().BoolVar(&expressions, "expressions", false, "the rules of the expression language")
	return cmd
}

func (e *Env) completeGateway(
	_ *cobra.Command, args []string, _ string,
) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return e.Gateways.variants(), cobra.ShellCompDirectiveNoFileComp
}

func (e *Env) gateways(output *outputFlags, args []string, expressions bool) error {
	names := e.Gateways.variants()
	if len(args) > 0 {
		name, err := oneOf("gateway", args[0], names, "all gateways: gatewhy gateways")
		if err != nil {
			return err
		}
		names = []string{name}
	}
	var all []report.Gateway
	for _, adapter := range e.Gateways {
		for _, variant := range adapter.Variants {
			if slices.Contains(names, variant.Name) {
				all = append(all, gatewayOf(&adapter, variant, expressions))
			}
		}
	}
	return show(e, output, render.Formats().Gateways, all)
}

// oneOf finds an argument among the words that it can be.
func oneOf(kind, word string, all []string, hint string) (string, error) {
	if slices.Contains(all, word) {
		return word, nil
	}
	if len(word) > longestWord {
		return "", problem("there is no such "+kind, hint)
	}
	if near := nearest(word, all); near != "" {
		hint = "did you mean " + near + "?"
	}
	return "", problem(fmt.Sprintf("there is no %s %q", kind, word), hint)
}

// gatewayOf gathers what is known of one gateway.
func gatewayOf(adapter *rules.Adapter, variant rules.Variant, expressions bool) report.Gateway {
	g := report.Gateway{Name: variant.Name, Product: variant.Product, Vendor: adapter.Name}
	if expressions {
		g.Expressions = adapter.Expressions(variant.Name)
		return g
	}
	for _, b := range adapter.Behaviours() {
		if b.Variant == variant.Name {
			g.Behaviours = append(g.Behaviours, b)
		}
	}
	return g
}
