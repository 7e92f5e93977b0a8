package cmd

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
)

type verifyFlags struct {
	output outputFlags
	keys   keyFlags
	at     atFlag
	redact redactFlag
}

func newVerify(env *Env) *cobra.Command {
	var flags verifyFlags
	cmd := &cobra.Command{
		Long:              tokenHelp,
		ValidArgsFunction: atArgument(0, env.completeAt),
		RunE: func(cmd *cobra.Command, args []string) error {
			return env.verify(cmd, &flags, args)
		},
	}
	flags.keys.register(cmd)
	flags.output.register(cmd, render.Formats().Verify.Names()...)
	flags.output.registerDetail(cmd)
	flags.at.register(cmd)
	flags.redact.register(cmd)
	return cmd
}

func (e *Env) verify(cmd *cobra.Command, flags *verifyFlags, args []string) error {
	ctx, line := cmd.Context(), e.commandLine(cmd, args)
	token, err := e.readToken(cmd.Name(), &line, args)
	if err != nil {
		return err
	}
	v := &report.Verification{Token: token, Profile: inspect.Describe(token)}
	v.Redact = flags.redact.in(flags.output.format.value)
	if v.At, err = flags.at.resolve(e, token); err != nil {
		return err
	}
	stop := e.showProgress(&atomic.Int64{}, 1, "key sets fetched")
	set, err := e.verifyingKeys(ctx, &flags.keys, &line, v)
	stop()
	if err != nil {
		return err
	}
	expect := keys.Expect{At: v.At, Issuer: flags.keys.issuer, Cloud: flags.keys.cloud.value}
	if err := e.setTenant(ctx, &flags.keys, set, &expect); err != nil {
		return err
	}
	signature := keys.Verify(token, set)
	if !flags.keys.offline { // the set that was asked may not have the key
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		source := e.keySource(&flags.keys, token)
		stop := e.tellAsked(source)
		signature = source.Investigate(ctx, token, signature)
		stop()
	}
	v.Report = expect.Check(token, signature)
	v.Tenant, v.Issuer = expect.Tenant, expect.Issuer
	v.AddNext(line)
	if err := show(e, &flags.output, render.Formats().Verify, v); err != nil {
		return err
	}
	outcome := v.Report.Outcome()
	return exitAs(outcome == keys.Fail, outcome != keys.Pass)
}

// patience is how long the key that signed a token is looked for outside the set that was asked.
const patience = 5 * time.Second

// verifyingKeys returns the key set to verify with, or nil where none can be fetched: then v says
// why. Where the user named the keys, not getting them is an error.
func (e *Env) verifyingKeys(
	ctx context.Context, flags *keyFlags, line *report.CommandLine, v *report.Verification,
) (*keys.Set, error) {
	if !v.NeedsKeys(flags.namesKeys()) {
		return nil, nil
	}
	token := v.Token
	set, err := e.givenKeys(ctx, flags, token)
	if set == nil && err == nil {
		set, err = e.ownKeys(ctx, flags, line, v)
	}
	switch {
	case err == nil:
		return set, nil
	case v.OwnKeys || flags.jwks == "" && (flags.offline || token.Fault != nil):
		why := report.AsError(err)
		v.NoKeys = why.Error()
		if token.Fault == nil { // else keys would not help
			v.Hints = why.Hints
		}
		return nil, nil
	}
	return nil, err
}

// ownKeys fetches the keys of the issuer that the token names, if that is one of Entra's.
func (e *Env) ownKeys(
	ctx context.Context, flags *keyFlags, line *report.CommandLine, v *report.Verification,
) (*keys.Set, error) {
	issuer, ok := issuerOf(v.Token)
	if !ok {
		const cause = "the token's issuer is not one of Entra's, so its keys are not known"
		hints := []string{"pass the key set: --jwks FILE|URL"}
		if command := v.ByIssuer(line); command != "" {
			hints = append(hints, "or, if you trust the issuer that the token names, verify with "+
				"the keys that it publishes", command)
		}
		return nil, problem(cause, hints...)
	}
	if issuer.Is(flags.cloud.value) { // a v1.0 issuer may be of two clouds
		issuer.Clouds = []string{flags.cloud.value}
	}
	v.OwnKeys = true
	return e.keySource(flags, v.Token).TokenIssuer(ctx, issuer, "")
}
