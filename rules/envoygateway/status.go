package envoygateway

import (
	"cmp"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// acceptance is what the status of a resource, as the cluster has it, says of the condition
// Accepted, for some of its ancestors or parents. A condition of an earlier version says nothing.
type acceptance struct {
	yes bool          // there is one that accepts it
	no  *source.Value // the condition of one that does not; nil where there is none
}

func acceptanceOf(of *source.Value, entries []*source.Value) (a acceptance) {
	generation := of.At("metadata", "generation")
	for _, entry := range entries {
		for _, condition := range entry.Member("conditions").List() {
			seen := condition.Member("observedGeneration")
			switch {
			case condition.TextAt("type") != "Accepted":
			case generation.IsSet() && seen.IsSet() && generation.Text != seen.Text:
			case condition.TextAt("status") == "True":
				a.yes = true
			default:
				a.no = condition
			}
		}
	}
	return a
}

// acceptance is what the status of the policy says.
func (p *policy) acceptance() acceptance {
	return acceptanceOf(p.At, p.At.At("status", "ancestors").List())
}

// notAccepted says that no parent accepts the route, as its status has it; empty where it does not
// say so.
func (a *attachable) notAccepted() string {
	said := acceptanceOf(a.At, a.At.At("status", "parents").List())
	if said.yes || said.no == nil {
		return ""
	}
	return "the status of " + a.String() + " says that no parent accepts it: " + messageOf(said.no)
}

// messageOf is what a condition says in words.
func messageOf(condition *source.Value) string {
	text := cmp.Or(condition.TextAt("message"), condition.TextAt("reason"))
	return strings.TrimSuffix(text, ".")
}

// notAccepted is why nobody knows what holds of a policy whose status says that it is not
// accepted; nil where it does not say so. Its routes answer 500, or are as open as without it.
func (p *policy) notAccepted() (at *source.Value, why *rules.Unknown) {
	said := p.acceptance()
	if said.no == nil {
		return nil, nil
	}
	return said.no, &rules.Unknown{
		Why: "the status of " + p.String() + " says that it is not accepted: " +
			messageOf(said.no) + ". Its routes answer 500, or are as open as without it",
		Need: rules.Need{
			Input: source.NeedPolicy, For: "the policy as the cluster has it once it is accepted",
		},
	}
}
