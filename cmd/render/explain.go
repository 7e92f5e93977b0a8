package render

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
	Gateways []GatewayVerdict // each gateway's own, where it is not known which one it is and they differ
	Findings []rules.Finding
	Repairs  []ProvedRepair
	Refused  []rules.Change // what a reader may expect to help, and why it does not
	Other    *rules.Verdict // of another environment's token; nil where none was given
	Earlier  *rules.Verdict // of when the token was new, where it has expired since and that is another one; else nil
	Captured bool           // the validation endpoint's answer was given, not modelled
	Mask     *Mask
	File     func(name string) *source.File

	// Collect is the command that says how to get what an unknown check asks for; empty where there is none.
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

// modelled reports whether a result rests on a model of something that was not given.
func (x *Explanation) modelled(r *rules.Result) bool {
	return r.Check.Remark != "" && r.Outcome != rules.Skipped && !x.Captured
}
