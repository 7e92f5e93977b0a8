package report

import (
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/repair"
)

// Explanation is a gateway's predicted answer to one request, with all that led to it.
type Explanation struct {
	Token    *inspect.Token // nil where the request carries none
	Profile  inspect.Profile
	At       time.Time
	Policies []*rules.Policy
	Verdict  rules.Verdict

	// Gateways are the verdicts of all gateways, where we do not know which one it is and they
	// differ.
	Gateways []GatewayVerdict

	Findings []rules.Finding
	Repairs  []ProvedRepair
	Refused  []rules.Change // what a reader may expect to help, and why it does not
	Other    *rules.Verdict // of another environment's token; nil where none was given

	// Earlier is the verdict of when the token was new, where the token has expired since and that
	// verdict differs; else nil.
	Earlier *rules.Verdict

	Captured *source.Value // the validation endpoint's answer; nil where it was modelled
	Redact   bool          // personal values are hidden
	File     func(name string) *source.File

	// Collect is the command that says how to get what an unknown check asks for; empty where
	// there is none.
	Collect func(need rules.Need) string

	// Observed compares it with what the real gateway answered; nil where that was not given.
	Observed *rules.Comparison
}

// ProvedRepair is a remedy with the command that writes it; empty where none does.
type ProvedRepair struct {
	repair.Remedy
	Command string
}

// GatewayVerdict is the verdict of one of several gateways.
type GatewayVerdict struct {
	Name     string
	Verdict  rules.Verdict
	Policies []*rules.Policy
}
