package cmd

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
)

type decodeFlags struct {
	output outputFlags
	at     atFlag
	claim  string
	redact redactFlag
}

func newDecode(env *Env) *cobra.Command {
	var flags decodeFlags
	cmd := &cobra.Command{
		Long:              tokenHelp,
		ValidArgsFunction: atArgument(0, env.completeAt),
		RunE: func(cmd *cobra.Command, args []string) error {
			return env.decode(cmd, &flags, args)
		},
	}
	flags.output.register(cmd, render.Formats().Decode.Names()...)
	flags.output.registerDetail(cmd)
	flags.at.register(cmd)
	flags.redact.register(cmd)
	cmd.Flags().StringVar(&flags.claim, "claim", "",
		"show only the claim `NAME`, with or without a token")
	return cmd
}

func (e *Env) decode(cmd *cobra.Command, flags *decodeFlags, args []string) error {
	if flags.claim != "" {
		return e.decodeClaim(cmd, flags, args)
	}
	line := e.commandLine(cmd, args)
	token, err := e.readToken(cmd.Name(), &line, args)
	if err == nil {
		err = e.readable(cmd, &line, token, args)
	}
	if err != nil {
		return err
	}
	d, err := e.decoding(flags, token)
	if err != nil {
		return err
	}
	d.AddNext(line)
	return show(e, &flags.output, render.Formats().Decode, d)
}

// readable is the error for a token that is damaged, as for a text without one.
func (e *Env) readable(
	cmd *cobra.Command, line *report.CommandLine, token *inspect.Token, args []string,
) error {
	return e.orAgain(report.InFileOf(args, report.Unreadable(token)), cmd.Name(), line, args)
}

// decoding reads what decode shows of a token.
func (e *Env) decoding(flags *decodeFlags, token *inspect.Token) (d *report.Decoding, err error) {
	d = &report.Decoding{Token: token, Profile: inspect.Describe(token)}
	d.Redact = flags.redact.in(flags.output.format.value)
	d.At, err = flags.at.resolve(e, token)
	return d, err
}

// decodeClaim shows one claim: its value, where there is a token, and what the dictionary says of
// it.
func (e *Env) decodeClaim(cmd *cobra.Command, flags *decodeFlags, args []string) error {
	if flags.output.format.value == "markdown" {
		return problem("--claim has no Markdown form", "leave out -o, or use -o json; without "+
			"--claim, -o markdown gives the block for a ticket")
	}
	line := e.commandLine(cmd, args)
	token, err := e.tokenIfAny(args)
	if err != nil {
		return e.orAgain(err, cmd.Name(), &line, args)
	}
	d := &report.Decoding{At: e.Now()}
	if token != nil {
		if err = e.readable(cmd, &line, token, args); err != nil {
			return err
		}
		if d, err = e.decoding(flags, token); err != nil {
			return err
		}
	}
	claim := report.NewClaim(d, flags.claim)
	if !claim.Known && claim.Value == nil {
		unknown := report.UnknownClaim(token, flags.claim)
		if token == nil {
			return unknown
		}
		e.note("%s", unknown.Cause)
		for _, hint := range unknown.Hints {
			e.say("hint", hint.Text)
		}
	}
	err = show(e, &flags.output, render.Formats().Claim, claim)
	switch {
	case err != nil || token == nil || claim.Value != nil:
		return err
	case token.Claims == nil:
		return exit(exitUndetermined)
	}
	return exit(exitRejected)
}

// tokenIfAny returns the token that is given, or nil where none is: on a terminal nothing is asked
// for, and standard input may be empty.
func (e *Env) tokenIfAny(args []string) (*inspect.Token, error) {
	if len(args) > 0 {
		return e.maker().ReadToken(args)
	}
	if e.Terminal.Stdin {
		return nil, nil
	}
	text, err := e.maker().ReadStdin()
	if err != nil || strings.TrimSpace(text) == "" {
		return nil, err
	}
	return e.maker().TokenIn(text)
}
