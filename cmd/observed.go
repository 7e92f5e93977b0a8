package cmd

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/report"
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
	flags.IntVar(&f.status, "observed-status", 0, "the `STATUS` that the real gateway answered, to compare")
	flags.StringVar(&f.body, "observed-body", "", "the `BODY` that it answered (or @FILE)")
	flags.Var((*texts)(&f.headers), "observed-header", "a `HEADER` that it answered, as \"name: value\"; repeatable")
}

// observation returns what was observed, or nil where no flag says anything.
func (f *observedFlags) observation(e *Env) (*rules.Observation, error) {
	changed := f.cmd.Flags().Changed
	if !changed("observed-status") && !changed("observed-body") && !changed("observed-header") {
		return nil, nil
	}
	o := &rules.Observation{Status: f.status, Headers: f.headers}
	if changed("observed-status") && (f.status < 100 || f.status > 599) {
		return nil, problem("--observed-status is no HTTP status", "a number from 100 to 599, such as 401")
	}
	for _, header := range f.headers {
		if !strings.Contains(header, ":") {
			return nil, problem("an observed header has no colon", `write --observed-header "name: value"`)
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
		return e.readFile(name)
	}
	return f.body, nil
}

// observe compares the explanation with what the real gateway answered, where that is given. Where it is not known which
// gateway it is, the prediction for another one may agree.
func (r *explainRun) observe(f *observedFlags, e *Env, x *report.Explanation) error {
	o, err := f.observation(e)
	if o == nil || err != nil {
		return err
	}
	comparison := r.compare(o, &x.Verdict, x.Policies)
	for i := range x.Gateways {
		g := &x.Gateways[i]
		if comparison.Agrees == rules.Yes || g.Policies[0] == x.Policies[0] {
			continue
		}
		if other := r.compare(o, &g.Verdict, g.Policies); other.Agrees == rules.Yes {
			comparison.Follows = "the prediction for " + g.Policies[0].Product + " agrees: pass --gateway " + g.Name + " if it is that one"
		}
	}
	x.Observed = &comparison
	return nil
}

func (r *explainRun) compare(o *rules.Observation, v *rules.Verdict, policies []*rules.Policy) rules.Comparison {
	p := rules.Prediction{
		Verdict: v, Request: r.request, Policies: policies,
		Behaviours: r.policies.Adapter.Behaviours(), Causes: r.policies.Adapter.Causes(),
		Earlier: r.justIssued(policies),
	}
	return p.Compare(*o)
}
