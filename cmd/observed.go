package cmd

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/rules"
)

// observedFlags say what the real gateway answered.
type observedFlags struct {
	cmd     *cobra.Command
	status  int
	body    string
	headers []string
}

func (f *observedFlags) register(cmd *cobra.Command) {
	f.cmd = cmd
	flags := cmd.Flags()
	flags.IntVar(&f.status, "observed-status", 0,
		"the `STATUS` that the real gateway answered, to compare")
	flags.StringVar(&f.body, "observed-body", "", "the `BODY` that it answered (or @FILE)")
	flags.Var((*texts)(&f.headers), "observed-header",
		"a `HEADER` that it answered, as \"name: value\"; repeatable")
}

// observation returns what was observed, or nil where no flag says anything.
func (f *observedFlags) observation(e *Env) (*rules.Observation, error) {
	changed := f.cmd.Flags().Changed
	if !changed("observed-status") && !changed("observed-body") && !changed("observed-header") {
		return nil, nil
	}
	o := &rules.Observation{Status: f.status, Headers: f.headers}
	if changed("observed-status") && (f.status < 100 || f.status > 599) {
		return nil, problem("--observed-status is not an HTTP status",
			"a number from 100 to 599, such as 401")
	}
	for _, header := range f.headers {
		if !strings.Contains(header, ":") {
			return nil, problem("an observed header has no colon",
				`write --observed-header "name: value"`)
		}
	}
	if changed("observed-body") {
		body, err := f.readBody(e)
		if err != nil {
			return nil, err
		}
		o.Body = &body
	}
	return o, nil
}

func (f *observedFlags) readBody(e *Env) (string, error) {
	if name, ok := strings.CutPrefix(f.body, "@"); ok {
		return e.maker().ReadText(name)
	}
	return f.body, nil
}
