package envoygateway

import (
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

func outerPolicyDropped() rules.Rule {
	return rules.Rule{
		Name:  "outer-policy-dropped",
		Title: "a route's policy drops what its Gateway's policy checks",
		Why: "Of a SecurityPolicy on a Gateway and one on a route the route's alone counts, " +
			"whatever it is about: one that has CORS only takes the Gateway's jwt away, and " +
			"every request gets in. A policy on a listener, or on a rule of a route, does the " +
			"same.",
		Fix: "Set mergeType: StrategicMerge in the route's policy (Envoy Gateway 1.8 and " +
			"later), or repeat in it what the Gateway's policy checks.",
		Severity:   rules.Error,
		Since:      since,
		References: []string{docAttach, issueDropped, notesMerge, codePolicy},
		Check: eachInstance(func(s subject) []rules.Finding {
			lost := s.dropped()
			if len(lost) == 0 || s.doubt != nil {
				return nil
			}
			verb := "holds"
			if len(lost) > 1 {
				verb = "hold"
			}
			return []rules.Finding{s.FindingAt(s.policy.attachment(), lost[0],
				"%s takes the place of %s, whose %s no longer %s for %s",
				s.policy.String(), s.outer.String(), strings.Join(lost, " and "), verb,
				s.name)}
		}),
	}
}

// dropped lists what the outer policy checks and the one that takes its place does not.
func (i *instance) dropped() []string {
	var lost []string
	if i.outer == nil || i.merges() {
		return nil
	}
	for _, field := range []string{
		"jwt", "authorization", "oidc", "basicAuth", "apiKeyAuth", "extAuth",
	} {
		if isSet(i.outer.Spec.Member(field)) && !isSet(i.spec.Member(field)) {
			lost = append(lost, field)
		}
	}
	return lost
}

func isSet(v *source.Value) bool { return v != nil && !v.Is(source.Null) }

// attachment is where the policy says what it is attached to.
func (p *policy) attachment() *source.Value {
	for _, field := range []string{"targetRefs", "targetRef", "targetSelectors"} {
		if v := p.Spec.Member(field); v != nil {
			return v
		}
	}
	return p.Spec
}
