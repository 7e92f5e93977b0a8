package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/rules"
)

// explainFlags are the flags of explain.
type explainFlags struct {
	output   outputFlags
	policies policyFlags
	keys     keyFlags
	at       atFlag
	redact   redactFlag

	environment   environmentFlags
	apps          []string
	noToken       bool
	other         string
	contracts     string
	introspection string
	method, path  string
	headers       []string
	headersWhole  bool
	observed      observedFlags
}

func newExplain(env *Env) *cobra.Command {
	var flags explainFlags
	cmd := &cobra.Command{
		Use:   "explain [TOKEN] -p POLICY",
		Short: "Predict the gateway's answer to a token, check by check, and say why",
		Long: "explain runs a gateway's policies over a token and says what the gateway answers, which field of which\n" +
			"file decides it, and which change, tried on this token, repairs it. Nothing is sent anywhere but the request\n" +
			"for the key set.",
		RunE: func(cmd *cobra.Command, args []string) error { return env.explain(cmd.Context(), &flags, args) },
	}
	flags.register(cmd, env.Gateways)
	return cmd
}

func (f *explainFlags) register(cmd *cobra.Command, gateways Gateways) {
	f.output.register(cmd, render.Formats().Explain.Names()...)
	f.policies.register(cmd, gateways)
	f.keys.register(cmd)
	f.at.register(cmd)
	f.redact.register(cmd)
	flags := cmd.Flags()
	flags.BoolVar(&f.noToken, "no-token", false, "the request carries no token")
	flags.StringVar(&f.other, "other", "", "another environment's `TOKEN` (or @FILE), run against each repair")
	flags.StringVar(&f.contracts, "contracts", "", "`FILE` with the client ids that have an approved contract")
	flags.StringVar(&f.introspection, "introspection", "", "`FILE` with the captured answer of the validation endpoint")
	flags.StringVar(&f.method, "method", "", "the request's method")
	flags.StringVar(&f.path, "path", "", "the request's path")
	flags.VarP((*texts)(&f.headers), "header", "H", "a `HEADER` of the request, as \"name: value\"; \"name:\" is known not to be sent; repeatable")
	flags.BoolVar(&f.headersWhole, "no-other-headers", false, "the headers of -H are all that the request has beside the token")
	flags.StringVar(&f.environment.name, "env", "", "take policies, contracts and keys of this environment (`NAME`) of the environments file")
	flags.StringVarP(&f.environment.config, "config", "c", "gatewhy.yaml", "the environments `FILE`")
	flags.Var((*texts)(&f.apps), "app", "`FILE` with the API's app registration, which makes what is found in the policy exact; repeatable")
	f.observed.register(cmd)
}

func (e *Env) explain(ctx context.Context, flags *explainFlags, args []string) error {
	if err := flags.check(args); err != nil {
		return err
	}
	policies, contracts, err := e.explained(flags)
	if err != nil {
		return err
	}
	if policies.apps, err = e.readApps(flags.apps); err != nil {
		return err
	}
	token, err := e.explainedToken(flags, args)
	if err != nil {
		return err
	}
	run, err := e.newRun(ctx, flags, policies, token, args)
	if err != nil {
		return err
	}
	run.assume(contracts)
	explanation, err := run.explain()
	if err != nil {
		return err
	}
	if err := run.observe(&flags.observed, e, explanation); err != nil {
		return err
	}
	explanation.Redact = flags.redact.in(flags.output.format.value)
	if err := show(e, &flags.output, render.Formats().Explain, explanation); err != nil {
		return err
	}
	return exitWith(verdictCode(explanation.Verdict.Outcome))
}

// explainedToken reads the token, unless the request carries none.
func (e *Env) explainedToken(flags *explainFlags, args []string) (*inspect.Token, error) {
	if flags.noToken {
		return nil, nil
	}
	return e.readToken(args)
}

// verdictCode is the exit code of a verdict.
func verdictCode(outcome rules.Decision) int {
	switch outcome {
	case rules.Accepted:
		return exitOK
	case rules.Rejected:
		return exitRejected
	}
	return exitUndetermined
}
