package envoygateway

import (
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

func ruleShadowed() rules.Rule {
	return rules.Rule{
		Name:  "rule-shadowed",
		Title: "an authorization rule is never reached",
		Why: "The first rule that matches decides. A rule that matches every request, such as " +
			"one with the address range 0.0.0.0/0 alone, or one with the same conditions " +
			"decides before the rules behind it.",
		Fix: "Put the rule that is about fewer requests first, and what is about all of them " +
			"last, or into defaultAction.",
		Severity: rules.Error,
		Lesser: "a warning where the rule behind decides alike, or where the range holds " +
			"addresses of one family",
		Since:      since,
		References: []string{docAPI, codeRules},
		Check:      eachInstance(checkShadowed),
	}
}

func checkShadowed(s subject) []rules.Finding {
	all := rulesIn(s.spec)
	if s.doubt != nil || s.unreadable(s.spec.Member("authorization")) != nil {
		return nil
	}
	var found []rules.Finding
	for i, r := range all {
		for _, before := range all[:i] {
			why, sure := s.decidesBefore(before, r)
			if why == "" {
				continue
			}
			f := s.FindingAt(r.at, "authorization.rules", "%s is never reached: %s, which "+
				"stands before it, %s", r, before, why)
			if !sure || r.action == before.action {
				f.Severity = rules.Warning
			}
			found = append(found, f)
			break
		}
	}
	return found
}

// decidesBefore is why a rule decides each request that one behind it matches; empty where it may
// not. It is sure where no address makes a difference.
func (s *subject) decidesBefore(before, r *authRule) (why string, sure bool) {
	if _, matches := s.matches(before); matches == rules.Yes {
		return "matches every request", true
	}
	if sameConditions(before.at, r.at) {
		return "has the same conditions", true
	}
	if family := s.family(before); family != "" {
		return "matches every request by " + family, false
	}
	return "", false
}

// family is the family of addresses of which a rule asks for any, and for nothing else; empty
// where there is none.
func (s *subject) family(r *authRule) string {
	principal := r.at.Member("principal")
	ranges := kubernetes.ListIn(principal, r.path+"principal.", "clientCIDRs")
	four, six := wholeFamilies(ranges.Texts())
	switch {
	case len(s.conditions(r)) != 1:
		return ""
	case four:
		return "IPv4"
	case six:
		return "IPv6"
	}
	return ""
}

// sameConditions reports whether two rules are about the same requests, as they are written.
func sameConditions(a, b *source.Value) bool {
	for _, field := range []string{"principal", "operation", "cel"} {
		if a.Member(field).JSON() != b.Member(field).JSON() {
			return false
		}
	}
	return true
}
