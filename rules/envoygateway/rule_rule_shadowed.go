package envoygateway

import (
	"strings"

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
		References: []string{docAPI, codeRules},
		Check:      eachInstance(checkShadowed),
	}
}

func checkShadowed(s subject) {
	all := rulesIn(s.spec)
	if s.doubt != nil || s.unreadable(s.spec.Member("authorization")) != nil {
		return
	}
	var before ahead
	for _, r := range all {
		if first := before.first(r); first != nil {
			f := s.found.At(r.at, "authorization.rules", "%s is never reached: %s, which "+
				"stands before it, %s", r, first.by, first.why)
			if !first.sure || r.action == first.by.action {
				f.Severity = rules.Warning
			}
		}
		before.add(s, r)
	}
}

// ahead is what the rules before another one decide; of those that decide alike, the first.
type ahead struct {
	every *deciding            // all of them; nil where no rule does
	alike map[string]*authRule // the requests with conditions, as they are written
}

// deciding is a rule, and why it decides each request that one behind it matches. It is sure where
// no address makes a difference.
type deciding struct {
	by   *authRule
	why  string
	sure bool
}

// first is the first rule that decides all that a rule behind it matches; nil where there is none.
func (a *ahead) first(r *authRule) *deciding {
	same := a.alike[conditionsOf(r.at)]
	switch one := a.every; {
	case same == nil, one != nil && one.by.index < same.index,
		one != nil && one.by == same && one.sure:
		return one
	}
	return &deciding{same, "has the same conditions", true}
}

// add adds a rule after the others.
func (a *ahead) add(s subject, r *authRule) {
	if a.alike == nil {
		a.alike = map[string]*authRule{}
	}
	if conditions := conditionsOf(r.at); a.alike[conditions] == nil {
		a.alike[conditions] = r
	}
	if a.every != nil {
		return
	}
	if _, matches := s.matches(r); matches == rules.Yes {
		a.every = &deciding{r, "matches every request", true}
	} else if family := s.family(r); family != "" {
		a.every = &deciding{r, "matches every request by " + family, false}
	}
}

// family is the family of addresses that a rule asks for, where it takes any of them and asks for
// nothing else; empty where there is none.
func (s *subject) family(r *authRule) string {
	principal := r.at.Member("principal")
	ranges := kubernetes.ListIn(principal, r.path+"principal.", "clientCIDRs")
	four, six := wholeFamilies(ranges.Texts())
	switch {
	case len(s.conditions(r)) != 1, four && six: // then the condition is another
		return ""
	case four:
		return "IPv4"
	case six:
		return "IPv6"
	}
	return ""
}

// conditionsOf is which requests a rule is about, as it is written.
func conditionsOf(rule *source.Value) string {
	var all []string
	for _, field := range []string{"principal", "operation", "cel"} {
		all = append(all, rule.Member(field).JSON())
	}
	return strings.Join(all, "\n")
}
