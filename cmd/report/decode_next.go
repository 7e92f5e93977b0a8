package report

import (
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/rules"
)

// AddNext adds what to do now.
func (d *Decoding) AddNext(line CommandLine) {
	var all steps
	switch a := askingLike(d.Profile); {
	case d.Token.Fault != nil:
		all.add(rules.Step{
			Note: d.Token.Fault.Cause + behind(": ",
				strings.Join(Hints(d.Token.Fault.Hints), "; ")),
			Command: line.Again("decode", "-"),
		})
	case d.Profile.HasTrait("microsoft-api"):
		all.add(a.step(line.Shell, "This token is for "+d.Profile.Resource+", not for your API",
			line.Again("decode", "-")))
	case d.Profile.Kind == inspect.KindID:
		all.add(a.step(line.Shell, "This is an ID token: an API gets the access token",
			line.Again("decode", "-")))
	default:
		all.add(rules.Step{
			Note:    "See whether its signature, issuer, tenant and times are valid",
			Command: line.Shell.Line("gatewhy", "verify", line.token()),
		}, rules.Step{Note: "See what a gateway answers to it, and why", Command: line.explain()})
	}
	d.Next = all
}
