package cmd

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/render"
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
			"nothing: anyone can write such a text.\n\n" + tokenHelp,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(_ *cobra.Command, args []string) error { return env.decode(&flags, args) },
	}
	flags.output.register(cmd, "text", "json", "markdown")
	flags.at.register(cmd)
	flags.redact.register(cmd)
	cmd.Flags().StringVar(&flags.claim, "claim", "", "show the claim `NAME` alone, whole")
	return cmd
}

func (e *Env) decode(flags *decodeFlags, args []string) error {
	token, err := e.readToken(args)
	if err != nil {
		return err
	}
	if fault := unreadable(token); fault != nil {
		return fault
	}
	d := &render.Decoding{Token: token, Profile: inspect.Describe(token)}
	d.Mask = render.NewMask(token, d.Profile, flags.redact.in(flags.output.format.value))
	if d.At, err = flags.at.resolve(e, token); err != nil {
		return err
	}
	if flags.claim != "" {
		return e.decodeClaim(&flags.output, d, flags.claim)
	}
	switch flags.output.format.value {
	case "json":
		return render.DecodeJSON(e.Stdout, d)
	case "markdown":
		return render.DecodeMarkdown(e.Stdout, d)
	}
	return render.DecodeText(e.Stdout, flags.output.style(e), d)
}

// unreadable is the error for a text that is damaged, and nil for one that is no readable JWS by its nature:
// opaque or encrypted.
func unreadable(token *inspect.Token) error {
	fault := token.Fault
	if fault == nil || fault.ID == "opaque" || fault.ID == "encrypted" {
		return nil
	}
	return withHint(fault.Message, fault.Hint)
}

func (e *Env) decodeClaim(output *outputFlags, d *render.Decoding, name string) error {
	if d.Token.Claims.Member(name) == nil {
		return absentClaim(d.Token, name)
	}
	if output.format.value == "json" {
		return render.ClaimJSON(e.Stdout, d, name)
	}
	return render.ClaimText(e.Stdout, output.style(e), d, name)
}

// absentClaim says which claims there are.
func absentClaim(token *inspect.Token, name string) error {
	cause := "the token has no claim of that name"
	if guarded(name) == name && len(name) <= leastGuarded {
		cause = fmt.Sprintf("the token has no claim %q", name)
	}
	if token.Claims == nil {
		return problem(cause, "its claims can't be read at all")
	}
	var names []string
	for _, member := range token.Claims.Members {
		names = append(names, member.Key)
	}
	slices.Sort(names)
	hint := "it has " + inspect.ShortenMiddle(strings.Join(slices.Compact(names), ", "), 600)
	if near := nearest(name, names); near != "" {
		return problem(cause, "did you mean "+near+"?", hint)
	}
	return problem(cause, hint)
}
