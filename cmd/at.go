package cmd

import (
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/inspect"
)

// atFlag is --at: the instant at which the times of a token are judged.
type atFlag struct {
	text   string
	at     time.Time
	issued bool
}

func (f *atFlag) register(cmd *cobra.Command) {
	cmd.Flags().Var(f, "at",
		"evaluate times at this instant: RFC 3339, Unix seconds, or issued (one second after iat)")
}

func (f *atFlag) String() string { return f.text }

// Type names the value in help.
func (f *atFlag) Type() string { return "TIME" }

// Set reads the value.
func (f *atFlag) Set(text string) error {
	f.text, f.issued = text, text == "issued"
	if f.issued {
		return nil
	}
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil {
		f.at = time.Unix(seconds, 0)
		return checkYear(seconds)
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return problem("the value is not a time", "write a time as 2026-05-06T10:00:00Z or as "+
			"Unix seconds, 1778061600; issued is one second after the token's iat")
	}
	f.at = at
	return nil
}

// checkYear refuses seconds that are milliseconds.
func checkYear(seconds int64) error {
	if year := time.Unix(seconds, 0).UTC().Year(); year > 9999 || year < 0 {
		return problem("this number of seconds is not a date; is it milliseconds?",
			fmt.Sprintf("in seconds it would be %d", seconds/1000))
	}
	return nil
}

// resolve returns the instant. Without the flag that is now.
func (f *atFlag) resolve(env *Env, token *inspect.Token) (time.Time, error) {
	switch {
	case f.text == "":
		return env.Now(), nil
	case !f.issued:
		return f.at, nil
	case token == nil:
		return time.Time{}, problem("--at issued: the request carries no token",
			"pass a time: --at 2026-05-06T10:00:00Z")
	}
	at, ok := token.JustIssued()
	if !ok {
		return time.Time{}, problem("--at issued: the token has no valid iat",
			"pass a time: --at 2026-05-06T10:00:00Z")
	}
	return at, nil
}
