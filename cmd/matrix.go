package cmd

import (
	"context"
	"sync/atomic"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules/environments"
)

// matrixFlags are the flags of matrix.
type matrixFlags struct {
	output  outputFlags
	config  string
	fix     bool
	offline bool
	noCache bool
}

func newMatrix(env *Env) *cobra.Command {
	var flags matrixFlags
	cmd := &cobra.Command{
		Use:   "matrix [-c gatewhy.yaml]",
		Short: "Run every environment's policies against every environment's tokens: who is let in where",
		Long: "matrix reads an environments file and runs real tokens, and every kind of token that Entra ID can issue for its app\n" +
			"registrations, against every environment's policies. An environment's own tokens must be let in, all others\n" +
			"kept out: those of other environments, of a stranger of the tenant, of another tenant, of a client that no file\n" +
			"shows, and where no signature is checked, what anybody writes.",
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return env.matrix(cmd.Context(), &flags) },
	}
	flags.register(cmd)
	return cmd
}

func (f *matrixFlags) register(cmd *cobra.Command) {
	f.output.register(cmd, render.Formats().Matrix.Names()...)
	flags := cmd.Flags()
	flags.StringVarP(&f.config, "config", "c", defaultEnvironments, "the environments `FILE`")
	flags.BoolVar(&f.fix, "fix", false, "look for the smallest set of changes that makes every cell right, and show the smallest that is found with the grid after it")
	flags.BoolVar(&f.offline, "offline", false, "connect to nothing: take key sets from files and from the cache alone")
	flags.BoolVar(&f.noCache, "no-cache", false, "do not use the cache of key sets")
}

func (e *Env) matrix(ctx context.Context, flags *matrixFlags) error {
	estate, err := e.readEstate(ctx, flags.config, &keyFlags{offline: flags.offline, noCache: flags.noCache})
	if err != nil {
		return err
	}
	if len(estate.sets) == 0 {
		return problem(flags.config+": no environment has policies", "policies: the files, as API Manager returns them, in the gateway's order")
	}
	if !estate.has(func(s *environments.Site) bool { return s.API != nil || len(s.Clients)+len(s.Tokens) > 0 }) {
		return problem(flags.config+": no environment has tokens, nor app registrations to model them from", "api: and clients: name app registrations, as az ad app show --id APP prints them; tokens: captured ones")
	}
	x := &report.Matrixing{Name: flags.config, Allow: estate.Allow, File: estate.source}
	x.Matrix = e.evaluate(estate)
	if flags.fix || flags.output.format.value == "html" {
		if err := e.repair(estate, x, flags.fix); err != nil {
			return err
		}
	}
	if err := show(e, &flags.output, render.Formats().Matrix, x); err != nil {
		return err
	}
	return exitWith(matrixCode(x.Matrix))
}

// evaluate runs the matrix, with a line of progress where it takes long.
func (e *Env) evaluate(estate *estate) *environments.Matrix {
	var done atomic.Int64
	estate.Progress = func(n, _ int) { done.Store(int64(n)) }
	defer e.showProgress(&done, len(estate.Sites), "environments")()
	return estate.Evaluate()
}

// repair looks for repairs, with a line of progress too.
func (e *Env) repair(estate *estate, x *report.Matrixing, fix bool) error {
	var done atomic.Int64
	defer e.showProgress(&done, len(x.Gateways), "gateways searched for repairs")()
	return estate.repair(x, fix, func() { done.Add(1) })
}

// source returns the policy file of that name.
func (e *estate) source(name string) *source.File {
	for _, set := range e.sets {
		if file := set.file(name); file != nil {
			return file
		}
	}
	return nil
}

// matrixCode is 1 where a cell is wrong, and 3 where none is and of some it is not known.
func matrixCode(m *environments.Matrix) int {
	switch wrong, unknown, _ := m.Wrong(); {
	case wrong > 0:
		return exitRejected
	case unknown > 0:
		return exitUndetermined
	}
	return exitOK
}
