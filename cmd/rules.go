package cmd

import (
	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/cmd/report"
)

func newRules(env *Env) *cobra.Command {
	var output outputFlags
	cmd := &cobra.Command{
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: oneOf(report.RuleNames(env.Gateways.Catalogue())),
		RunE: func(_ *cobra.Command, args []string) error {
			return env.rules(&output, args)
		},
	}
	output.register(cmd, render.Formats().Rules.Names()...)
	return cmd
}

func (e *Env) rules(output *outputFlags, args []string) error {
	if len(args) == 0 {
		return show(e, output, render.Formats().Rules, e.Gateways.Catalogue())
	}
	rule, err := e.Gateways.RuleNamed(args[0])
	if err != nil {
		return err
	}
	page, err := e.Gateways.PageOf(rule)
	if err != nil {
		return err
	}
	return show(e, output, render.Formats().Rule, page)
}
