package cmd

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
)

type explainFlags struct {
	output   outputFlags
	policies policyFlags
	keys     keyFlags
	at       atFlag
	redact   redactFlag

	environment environmentFlags
	apps        []string
	noToken     bool
	other       string
	said        report.Said // of the request
	observed    observedFlags
}

func newExplain(env *Env) *cobra.Command {
	var flags explainFlags
	cmd := &cobra.Command{
		ValidArgsFunction: atArgument(0, env.completeAt),
		RunE: func(cmd *cobra.Command, args []string) error {
			return env.explain(cmd, &flags, args)
		},
	}
	flags.register(cmd, env.Gateways)
	return cmd
}

func (f *explainFlags) register(cmd *cobra.Command, gateways report.Gateways) {
	f.output.register(cmd, render.Formats().Explain.Names()...)
	f.output.registerDetail(cmd)
	f.policies.register(cmd, gateways)
	f.keys.register(cmd)
	f.at.register(cmd)
	f.redact.register(cmd)
	f.registerRequest(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.other, "other", "",
		"another environment's `TOKEN` (or @FILE), run against each repair")
	flags.Var(&checkedText{&f.said.Path, rules.PathFault}, "path",
		"the request's `PATH`, with the API's base path")
	flags.BoolVar(&f.said.HeadersWhole, "no-other-headers", false,
		"the request has no headers except those of -H and the token")
	f.observed.register(cmd)
}

// registerRequest adds the flags that say what is known of the request and of its surroundings,
// which explain and probe share.
func (f *explainFlags) registerRequest(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&f.noToken, "no-token", false, "the request carries no token")
	flags.StringVar(&f.said.Contracts, "contracts", "",
		"`FILE` with the client ids that have an approved contract")
	flags.StringVar(&f.said.Introspection, "introspection", "",
		"`FILE` with the captured answer of the validation endpoint")
	flags.Var(&checkedText{&f.said.Method, rules.MethodFault}, "method", "the request's `METHOD`")
	flags.VarP((*texts)(&f.said.Headers), "header", "H", "a `HEADER` of the request, as \"name: "+
		"value\"; \"name:\" says that it is not sent; @FILE has one a line; repeatable")
	f.environment.register(cmd)
	flags.Var((*texts)(&f.apps), "app", "`FILE` with the API's app registration, for more exact "+
		"findings in the policy; repeatable")
}

func (e *Env) explain(cmd *cobra.Command, flags *explainFlags, args []string) error {
	line := e.commandLine(cmd, args)
	if err := flags.check(args); err != nil {
		return err
	}
	if err := e.misplacedPolicy(flags, &line, args); err != nil {
		return err
	}
	var done atomic.Int64
	stop := e.showProgress(&done, 3, "steps: reading the policies")
	policies, contracts, err := e.explained(flags)
	stop() // a token may be asked for
	if err != nil {
		return e.orNearFile(e.orOfOne(err, policies, cmd, args), cmd, args)
	}
	done.Add(1)
	if policies.Apps, err = e.maker().ReadApps(flags.apps); err != nil {
		return err
	}
	token, pasted, err := e.explainedRequest(flags, &line, args)
	if err != nil {
		return err
	}
	stop = e.showProgress(&done, 3, "steps: reading the request and fetching keys")
	run, err := e.newRun(cmd.Context(), flags, policies, token, pasted.Request)
	stop()
	if err != nil && flags.keys.by != "" && flags.keys.jwks == "" && !flags.keys.offline {
		return orOffline(err, line.Same("explain", "--offline"))
	}
	if err != nil {
		return err
	}
	done.Add(1)
	run.Line, run.Ignores = line, e.ignores(cmd, flags.environment.config)
	run.Assume(contracts)
	stop = e.showProgress(&done, 3, "steps: evaluating, and trying repairs")
	explanation := run.Explain()
	stop()
	if err := e.observe(flags, pasted, run, explanation); err != nil {
		return err
	}
	explanation.Redact = flags.redact.in(flags.output.format.value)
	if err := show(e, &flags.output, render.Formats().Explain, explanation); err != nil {
		return err
	}
	outcome := explanation.Verdict.Outcome
	return exitAs(outcome == rules.Rejected, outcome != rules.Accepted)
}

// explainedRequest reads the token, with what else was pasted of its request.
func (e *Env) explainedRequest(
	flags *explainFlags, line *report.CommandLine, args []string,
) (*inspect.Token, report.Pasted, error) {
	if flags.noToken {
		return nil, report.Pasted{}, nil
	}
	bearer := report.BearerIn(flags.said.Headers)
	if len(args) == 0 && bearer != "" && e.Terminal.Stdin { // it would be asked for
		args = []string{bearer}
	}
	token, pasted, err := e.maker().ReadRequest(args)
	return token, pasted, e.orAgain(err, "explain", line, args)
}

// observe compares the explanation with what the gateway answered: as flags have it, or the pasted
// text.
func (e *Env) observe(
	flags *explainFlags, pasted report.Pasted, run *report.Explainer, x *report.Explanation,
) error {
	observation, err := flags.observed.observation(e)
	if err != nil {
		return err
	}
	if observation == nil {
		observation = e.maker().Answered(pasted, run.Request)
	}
	if observation != nil {
		observation.Before = e.Now()
		run.Observe(observation, x)
	}
	return nil
}

// misplacedPolicy is about policies that are given after the token, without -p.
func (e *Env) misplacedPolicy(
	flags *explainFlags, line *report.CommandLine, args []string,
) error {
	if len(flags.policies.files) > 0 || flags.environment.name != "" {
		return nil
	}
	if len(args) == 1 && e.maker().IsFile(args[0]) && e.maker().KindOf(args[0]) == "a policy" {
		args = []string{"-", args[0]} // the token is missing, or it comes from standard input
	}
	if len(args) < 2 {
		return nil
	}
	token, more := args[0], []string(nil)
	for _, name := range args[1:] {
		if !e.maker().IsFile(name) {
			return nil
		}
		more = append(more, "-p", name)
	}
	switch {
	case e.maker().IsFile(token):
		token = "@" + token
	case !strings.HasPrefix(token, "@"):
		token = "-" // it stays out of what is printed
	}
	again := line.Again("explain", token, more...)
	return problem("no policy was given", "-p stands before the name of a policy's file", again)
}

// check refuses flags that can't all be true, before anything is read.
func (f *explainFlags) check(args []string) error {
	fromStdin := !f.noToken && (len(args) == 0 || args[0] == "-")
	if f.noToken && len(args) > 0 {
		return problem("--no-token means a request without a token, but a token was given",
			"leave out one of the two")
	}
	for _, other := range [...]struct {
		used bool
		what string
	}{
		{slices.Contains(f.policies.files, "-"), "the policy"},
		{f.said.Introspection == "-", "the introspection answer"},
		{f.other == "-", "the token of --other"},
	} {
		switch {
		case other.used && fromStdin:
			return problem("standard input can't be both "+other.what+" and the token",
				"pass the token as @FILE")
		case other.used && other.what != "the policy" && slices.Contains(f.policies.files, "-"):
			return problem("standard input can't be both the policy and "+other.what,
				"pass one of them as a file")
		}
	}
	return nil
}

// environmentFlags take a request's surroundings from an environment of the environments file.
type environmentFlags struct{ name, config string }

func (f *environmentFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.name, "env", "",
		"take policies, contracts and keys of this environment (`NAME`) of the environments file")
	cmd.Flags().StringVarP(&f.config, "config", "c", report.DefaultEnvironments,
		"the environments `FILE`")
}

// explained are the policies that a request meets, with the contracts where an environment tells
// them.
func (e *Env) explained(flags *explainFlags) (*report.PolicySet, *rules.Contracts, error) {
	if flags.environment.name == "" {
		set, err := e.maker().ReadPolicies(flags.policies.files, flags.policies.options())
		return set, nil, err
	}
	site, set, err := e.environment(flags.environment, &flags.policies)
	if err != nil {
		return nil, nil, err
	}
	if flags.noToken || len(set.Policies) == 0 { // no signature is checked
		return set, site.Contracts, nil
	}
	return set, site.Contracts,
		e.environmentKeys(flags.environment, &flags.keys, set.Policies)
}

// environment reads the policies and contracts of an environment, as the flags of -p say that
// policies are read.
func (e *Env) environment(
	f environmentFlags, policies *policyFlags,
) (*environments.Site, *report.PolicySet, error) {
	if len(policies.files) > 0 {
		return nil, nil, problem("--env and -p both name policies", "leave one of them out")
	}
	return e.maker().ReadEnvironment(f.config, f.name, policies.options())
}

// environmentKeys takes the key set, else the tenant, of the environments file, where the command
// line names neither. A cloud that nobody names is that of the policies' keys.
func (e *Env) environmentKeys(
	f environmentFlags, keys *keyFlags, policies []*rules.Policy,
) error {
	if keys.namesKeys() {
		return nil
	}
	file, err := e.maker().ReadEnvironments(f.config)
	if err != nil {
		return err
	}
	keys.by = file.Tenant.Pos.String()
	if file.Keys.Value != "" {
		if entra.IsGUID(file.Tenant.Value) { // nothing is fetched to know the id of a domain
			keys.tenant = file.Tenant.Value
		}
		keys.jwks, err = e.maker().KeysFile(f.config, file)
		return err
	}
	if keys.offline {
		return nil
	}
	keys.tenant = file.Tenant.Value
	keys.cloud.value = cmp.Or(file.Cloud.Value, keys.cloud.value)
	if of := report.CloudOfKeys(policies); of != report.CloudNamed("").ID {
		keys.cloud.value = cmp.Or(keys.cloud.value, of)
	}
	return nil
}

// ignores are what the environments file says under lint.ignore: the one that is named, else the
// one that lint finds. What is wrong with them changes no verdict.
func (e *Env) ignores(cmd *cobra.Command, named string) *report.Ignores {
	name := ""
	switch {
	case cmd.Flags().Changed("config") && named == "-":
		return nil // it is used up
	case cmd.Flags().Changed("config"):
		name = named
	case e.maker().IsGone(report.DefaultEnvironments):
		name = e.findEnvironments()
	}
	ignores, err := e.maker().ReadIgnores(name)
	if err != nil {
		e.warn("no finding is ignored: %s", inspect.Safe(err.Error()))
	}
	return ignores
}

// newRun puts together what one explanation needs.
func (e *Env) newRun(
	ctx context.Context, flags *explainFlags, policies *report.PolicySet, token *inspect.Token,
	pasted *inspect.HTTPRequest,
) (*report.Explainer, error) {
	if err := policies.Beyond(token); err != nil {
		return nil, err
	}
	said := flags.said
	var err error
	if said.At, err = flags.at.resolve(e, token); err != nil {
		return nil, err
	}
	if flags.at.text == "" {
		said.At = e.maker().WhenMade(pasted, token)
	}
	request, err := e.maker().NewRequest(&said, token, pasted)
	if err == nil {
		err = request.Contracts.Of(policies.Policies)
	}
	if err != nil {
		return nil, err
	}
	signatures, err := e.signatures(ctx, &flags.keys, token)
	if err != nil {
		return nil, err
	}
	request.Signatures = signatures
	expected, err := e.expected(ctx, &flags.keys, signatures.Given, token)
	if err != nil {
		return nil, err
	}
	run := &report.Explainer{
		Policies: policies, Request: request, Expect: expected,
		Contracts: said.Contracts, AppFiles: flags.apps, Short: flags.output.isShort(),
	}
	if flags.other != "" {
		run.Other, err = e.maker().OtherRequest(flags.other, request)
	}
	return run, err
}
