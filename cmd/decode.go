package cmd

import (
	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
)

// decodeFlags are the flags of decode.
type decodeFlags struct {
	output outputFlags
	at     atFlag
	claim  string
	redact redactFlag
}

func newDecode(env *Env) *cobra.Command {
	var flags decodeFlags
	cmd := &cobra.Command{
		Use:   "decode [TOKEN]",
		Short: "Show a token's header and claims, what each means, and what kind of token it is",
		Long: "decode reads a token as it is and says what kind it is, what each claim means, and what is odd. It verifies\n" +
			"nothing: anyone can write such a text.\n\n" +
			"--claim NAME tells what a claim means, who sets it and whether it may decide access, and shows its value where a\n" +
			"token is given: then the exit code is 1 if the token does not have it.\n\n" + tokenHelp,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(_ *cobra.Command, args []string) error { return env.decode(&flags, args) },
	}
	flags.output.register(cmd, render.Formats().Decode.Names()...)
	flags.at.register(cmd)
	flags.redact.register(cmd)
	cmd.Flags().StringVar(&flags.claim, "claim", "", "tell of the claim `NAME` alone, with a token or without one")
	completeBy(cmd, "claim", inspect.ClaimNames)
	return cmd
}

func (e *Env) decode(flags *decodeFlags, args []string) error {
	if flags.claim != "" {
		return e.decodeClaim(flags, args)
	}
	token, err := e.readToken(args)
	if err != nil {
		return err
	}
	d, err := e.decoding(flags, token)
	if err != nil {
		return err
	}
	return show(e, &flags.output, render.Formats().Decode, d)
}

// decoding reads what decode shows of a token.
func (e *Env) decoding(flags *decodeFlags, token *inspect.Token) (d *report.Decoding, err error) {
	if fault := unreadable(token); fault != nil {
		return nil, fault
	}
	d = &report.Decoding{Token: token, Profile: inspect.Describe(token)}
	d.Redact = flags.redact.in(flags.output.format.value)
	d.At, err = flags.at.resolve(e, token)
	return d, err
}

// unreadable is the error for a text that is damaged, and nil for one that is no readable JWS by its nature:
// opaque or encrypted.
func unreadable(token *inspect.Token) error {
	fault := token.Fault
	if fault == nil || fault.ID == "opaque" || fault.ID == "encrypted" {
		return nil
	}
	return &fault.Error
}
