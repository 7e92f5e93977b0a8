package cmd

import (
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/network"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
)

// probeAll sends the real tokens of an environments file to the url of each environment.
func (e *Env) probeAll(cmd *cobra.Command, flags *probeFlags, args []string) error {
	switch {
	case len(args) > 0:
		return problem("--all takes URLs and tokens from the environments file, and one was given",
			"leave it out, or leave out --all")
	case !cmd.Flags().Changed("config"):
		return flags.unnamedFile()
	}
	for _, name := range []string{
		"policy", "policy-type", "api", "gateway", "runtime", "env", "no-token", "app",
		"contracts", "introspection", "tenant", "cloud", "issuer",
	} {
		if flag := cmd.Flag(name); flag != nil && flag.Changed {
			return problem("--all takes policies, tokens and all about them from the "+
				"environments file", "leave out --"+name)
		}
	}
	estate, err := e.maker().ReadEstate(flags.environment.config)
	if err != nil {
		return err
	}
	targets, err := flags.targets(estate)
	if err != nil {
		return err
	}
	hasTokens := func(s *environments.Site) bool { return len(s.Tokens) > 0 }
	if !estate.Has(hasTokens) {
		return problem(flags.environment.config+": no environment has tokens to send",
			"tokens: names files with captured ones, such as [tokens/dev.jwt]")
	}
	if err := e.settleTenant(cmd.Context(), estate, &flags.keys); err != nil {
		return err
	}
	like := &rules.Request{At: e.Now(), Method: flags.methodToSend(e)}
	if like.Headers, err = e.maker().ReadHeaders(flags.headers); err != nil {
		return err
	}
	var done atomic.Int64
	tokens := 0
	for i := range estate.Sites {
		tokens += len(estate.Sites[i].Tokens)
	}
	stop := e.showProgress(&done, tokens*len(targets), "answers")
	all := e.maker().ProbeAll(estate, targets, like, func(
		target report.ProbeTarget, request *rules.Request,
	) (report.ProbeAnswer, error) {
		defer done.Add(1)
		to := network.Purpose{Address: target.Address, Insecure: flags.insecure}
		return e.askGateway(cmd.Context(), to, request)
	})
	stop()
	all.AddNext(e.commandLine(cmd, nil))
	if err := show(e, &flags.output, render.Formats().ProbeAll, all); err != nil {
		return err
	}
	return exitWith(probeAllCode(all))
}

// targets are the environments with a url.
func (f *probeFlags) targets(estate *report.Estate) ([]report.ProbeTarget, error) {
	var targets []report.ProbeTarget
	for _, env := range estate.URLs() {
		purpose, err := f.purpose(env.URL.Value)
		if err != nil {
			ours := *report.AsError(err)
			ours.Pos = env.URL.Pos
			return nil, &ours
		}
		if chain := estate.Chain(env.Name); chain != nil {
			return nil, &source.Error{
				Pos: env.URL.Pos, Cause: env.Name + " has several gateways: " +
					strings.Join(chain, ", "),
				Hints: source.Hints("leave its url out, and probe one of them: " +
					"gatewhy probe URL -p FILE"),
			}
		}
		targets = append(targets, report.ProbeTarget{
			Site: estate.Site(env.Name), Address: purpose.Address,
		})
	}
	if len(targets) == 0 {
		return nil, &source.Error{
			Pos: source.Position{File: estate.Name}, Cause: "no environment has a url to probe",
			Hints: source.Hints("url: https://… under an environment is a request that its " +
				"gateway answers"),
		}
	}
	return targets, nil
}

// probeAllCode is 2 where an answer is missing, else 1 where one differs, else 3 where one is
// open.
func probeAllCode(all *report.ProbingAll) int {
	switch _, differ, open, silent := all.Counts(); {
	case silent > 0:
		return exitUsage
	case differ > 0:
		return exitRejected
	case open > 0:
		return exitUndetermined
	}
	return exitOK
}
