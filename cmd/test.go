package cmd

import (
	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/cmd/report"
)

// testFlags are the flags of test.
type testFlags struct {
	output        outputFlags
	policies      policyFlags
	config        string
	environment   string
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
		Use:   "test PATH…",
		Short: "Run policy tests: tokens, and what the policies must answer to each",
		Long: "test runs files of policy tests (or all of them in a folder) as unit tests of a policy. A token is a file, or a shape with\n" +
			"claims over it; its signature is assumed, so that no key is needed. Expectations are written by people: there\n" +
			"is nothing that writes them anew.",
		RunE: func(_ *cobra.Command, args []string) error { return env.test(&flags, args) },
	}
	flags.register(cmd, env.Gateways)
	return cmd
}

func (f *testFlags) register(cmd *cobra.Command, gateways Gateways) {
	f.output.register(cmd, render.Formats().Test.Names()...)
	f.policies.register(cmd, gateways)
	flags := cmd.Flags()
	flags.StringVarP(&f.config, "config", "c", defaultEnvironments, "the environments `FILE`, for --env")
	flags.StringVar(&f.environment, "env", "", "take policies and contracts of this environment (`NAME`) of the environments file")
	flags.StringVar(&f.contracts, "contracts", "", "`FILE` with the client ids that have an approved contract, for tests that list none")
	flags.StringVar(&f.introspection, "introspection", "", "`FILE` with the captured answer of the validation endpoint, for tests that have none")
	flags.StringVar(&f.method, "method", "", "the requests' method, for tests that have none")
	flags.StringVar(&f.path, "path", "", "the requests' path, for tests that have none")
	flags.VarP((*texts)(&f.headers), "header", "H", "a `HEADER` of the requests, as \"name: value\"; repeatable")
	f.observed.register(cmd)
	flags.BoolVar(&f.coverage, "coverage", false, "show which checks no test has seen pass, and which none has seen fail")
}

func (e *Env) test(flags *testFlags, args []string) error {
	if len(args) == 0 {
		return problem("no policy tests were given", "gatewhy test PATH…: files or folders; a test file begins with version: 1 and has a list tests:")
	}
	found, err := e.find(args)
	if err != nil {
		return err
	}
	tester := &tester{env: e, flags: flags, coverage: report.NewCoverage()}
	if err := tester.defaults(); err != nil {
		return err
	}
	for _, f := range found {
		if err := tester.file(f); err != nil {
			return err
		}
	}
	if len(tester.report.Cases) == 0 {
		return problem("no policy tests in what was given", "a test file begins with version: 1 and has a list tests:")
	}
	if flags.coverage {
		tester.report.Coverage = tester.coverage
	}
	if err := show(e, &flags.output, render.Formats().Test, &tester.report); err != nil {
		return err
	}
	if tester.report.Failed() > 0 {
		return exitWith(exitRejected)
	}
	return nil
}
