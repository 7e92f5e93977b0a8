package cmd

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/gateways"
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
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: oneOf(env.Gateways.Variants()),
		RunE: func(_ *cobra.Command, args []string) error {
			return env.gateways(&output, args, expressions)
		},
	}
	output.register(cmd, render.Formats().Gateways.Names()...)
	cmd.Flags().BoolVar(&expressions, "expressions", false, "the rules of the expression language")
	return cmd
}

func (e *Env) gateways(output *outputFlags, args []string, expressions bool) error {
	names := e.Gateways.Variants()
	if len(args) > 0 {
		name, err := report.OneOf("gateway", args[0], names, "one of: "+strings.Join(names, ", "))
		if err != nil {
			return err
		}
		names = []string{name}
	}
	var rulesOf func(variant string) []rules.Expression
	if expressions {
		rulesOf = gateways.Expressions
	}
	return show(e, output, render.Formats().Gateways, e.Gateways.Known(names, rulesOf))
}
