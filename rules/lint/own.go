package lint

import (
	"slices"

	"github.com/gatewhy/gatewhy/rules"
)

// spareOwn lessens what rules have found to keep the API's own tokens out, where its app
// registration shows that some get in all the same: by another value that a check takes, or by
// another way past the policies.
func spareOwn(
	all []rules.Rule, found []rules.Finding, s *rules.Subject, ways []*rules.Subject,
) {
	if s.App == nil {
		return
	}
	spared := map[*rules.Policy]bool{}
	for i := range found {
		f := &found[i]
		if f.Severity != rules.Error || f.Policy == nil || !locks(all, f.Rule) {
			continue
		}
		in, known := spared[f.Policy]
		if !known {
			place := slices.Index(s.Policies, f.Policy)
			in = place >= 0 && slices.ContainsFunc(ways, func(way *rules.Subject) bool {
				defer func() { way.Shared = nil }()
				return ownPass(way, way.Policies[place]) == letIn
			})
			spared[f.Policy] = in
		}
		if in {
			f.Severity = rules.Warning
		}
	}
}

// locks reports whether what a rule finds keeps the API's own tokens out.
func locks(all []rules.Rule, name string) bool {
	return slices.ContainsFunc(all, func(r rules.Rule) bool { return r.Name == name && r.Locks })
}

// ownPass is how far the API's own clients get, past all that a request to p meets.
func ownPass(s *rules.Subject, p *rules.Policy) exposure {
	got := exposing(s, p).ownClients()
	if got == letIn && closed(s, p) {
		return keptOut
	}
	return got
}
