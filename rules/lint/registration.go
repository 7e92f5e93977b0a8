package lint

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
)

// defines reports whether one of the permissions has this value. It is not known where only a
// deployment knows one of them.
func defines(permissions []entra.Permission, value string) rules.Truth {
	best := rules.No
	for _, p := range permissions {
		switch {
		case p.MayBe(value):
			best = max(best, rules.Maybe)
		case p.Value.Value == value && !p.Value.Unknown && !p.Disabled:
			return rules.Yes
		}
	}
	return best
}

// undefined makes findings of the values of a claim that a policy wants and the app registration
// does not define. Where those that it defines let a token past, the others are only left over.
func undefined(
	s *rules.Subject, p *rules.Policy, permissions []entra.Permission, words string,
	names ...string,
) []rules.Finding {
	var all []rules.Finding
	for c := range p.Root.Checks() {
		var known, unknown []string
		for _, text := range demanded(s, c, names...) {
			switch {
			case defines(permissions, text) != rules.No, strings.Contains(text, "://"),
				isPartOf(s, c, permissions, text, names):
				known = append(known, text)
			default:
				unknown = append(unknown, text)
			}
		}
		if len(unknown) == 0 {
			continue
		}
		f := at(c, "the app registration %s defines no %s %s: no token can carry it",
			s.App.Title(), words, unknown[0])
		if len(known) > 0 && alone(s, c).having(names, known) != keptOut {
			f = less(f, rules.Warning)
		}
		all = append(all, f)
	}
	return all
}

// isPartOf reports whether a check wants a text for a part of a value that is defined, or for its
// other case, and lets a token with that value past. Values that it wants as they are don't count.
func isPartOf(
	s *rules.Subject, c *rules.Check, permissions []entra.Permission, text string, names []string,
) bool {
	return slices.ContainsFunc(permissions, func(p entra.Permission) bool {
		return !p.Disabled &&
			strings.Contains(strings.ToLower(p.Value.Value), strings.ToLower(text)) &&
			!slices.Contains(demanded(s, c, names...), p.Value.Value) &&
			alone(s, c).having(names, []string{p.Value.Value}) != keptOut
	})
}
