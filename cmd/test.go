package cmd

import (
	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
)

type testFlags struct {
	output        outputFlags
	policies      policyFlags
	environment   environmentFlags
	contracts     string
	introspection string
	method, path  string
	headers       []string
	observed      observedFlags
	coverage      bool
}

func newTest(env *Env) *cobra.Command {
	var flags testFlags
	cmd := &cobra.Command{
		RunE: func(cmd *cobra.Command, args []string) error { return env.test(cmd, &flags, args) },
	}
	flags.register(cmd, env.Gateways)
	return cmd
}

func (f *testFlags) register(cmd *cobra.Command, gateways report.Gateways) {
	f.output.register(cmd, render.Formats().Test.Names()...)
	f.output.registerQuiet(cmd)
	f.policies.register(cmd, gateways)
	flags := cmd.Flags()
	flags.StringVarP(&f.environment.config, "config", "c", report.DefaultEnvironments,
		"the environments `FILE`, for --env")
	flags.StringVar(&f.environment.name, "env", "",
		"take policies and contracts of this environment (`NAME`) of the environments file")
	flags.StringVar(&f.contracts, "contracts", "",
		"`FILE` with the client ids that have an approved contract, for tests that list none")
	flags.StringVar(&f.introspection, "introspection", "",
		"`FILE` with the captured answer of the validation endpoint, for tests that have none")
	flags.Var(&checkedText{&f.method, rules.MethodFault}, "method",
		"the requests' `METHOD`, for tests that have none")
	flags.Var(&checkedText{&f.path, rules.PathFault}, "path",
		"the requests' `PATH`, for tests that have none")
	flags.VarP((*texts)(&f.headers), "header", "H",
		"a `HEADER` of the requests, as \"name: value\"; repeatable")
	f.observed.register(cmd)
	flags.BoolVar(&f.coverage, "coverage", false,
		"show which checks never pass in a test, and which never fail")
}

func (e *Env) test(cmd *cobra.Command, flags *testFlags, args []string) error {
	if len(args) == 0 {
		return problem("no policy tests were given", "name files or folders with tests; a test "+
			"file begins with version: 1 and has a list tests:", "gatewhy help tests")
	}
	found, err := e.maker().Find(args)
	if err != nil {
		return err
	}
	tester, err := e.tester(flags)
	if err != nil {
		return err
	}
	x, err := tester.Run(found)
	if err != nil {
		return err
	}
	if !flags.coverage {
		x.Coverage = nil
	}
	x.AddNext(e.commandLine(cmd, nil), args)
	if err := show(e, &flags.output, render.Formats().Test, x); err != nil {
		return err
	}
	return exitAs(x.Failed() > 0, false)
}

// tester reads what the command line names for every test.
func (e *Env) tester(flags *testFlags) (t *report.Tester, err error) {
	t = &report.Tester{Maker: e.maker(), Options: flags.policies.options(), Path: flags.path}
	switch {
	case flags.environment.name != "":
		var site *environments.Site
		site, t.Policies, err = e.environment(flags.environment, &flags.policies)
		if err == nil {
			t.Contracts = site.Contracts
		}
	case len(flags.policies.files) > 0:
		t.Policies, err = t.Maker.ReadPolicies(flags.policies.files, t.Options)
	}
	if err == nil && flags.contracts != "" {
		t.Contracts, err = t.Maker.ReadContracts(flags.contracts)
	}
	if err == nil && t.Policies != nil {
		err = t.Contracts.Of(t.Policies.Policies)
	}
	if err == nil && flags.introspection != "" {
		t.Answer, err = t.Maker.ReadIntrospection(flags.introspection)
	}
	if err == nil {
		t.Method = t.Maker.MethodOf(flags.method)
		t.Headers, err = e.maker().ReadSharedHeaders(flags.headers)
	}
	if err == nil {
		t.Observed, err = flags.observed.observation(e)
	}
	return t, err
}
