package istio

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

func scopeNotSplit() rules.Rule {
	return rules.Rule{
		Name:  "scope-not-split",
		Title: "scp is compared as one text",
		Why: "Entra ID writes all scopes of a token into scp, with blanks between them. Envoy " +
			"splits scope and permission at their blanks, and scp only if the JWT rule says so: " +
			"else a token with two scopes has neither of them.",
		Fix: "Add spaceDelimitedClaims: [scp] to the JWT rule (Istio 1.28 and later), or list " +
			"each combination of scopes that tokens have.",
		Severity:   rules.Warning,
		Since:      since,
		References: []string{issueSplit, docRules},
		Check: eachInstance(func(i instance) []rules.Finding {
			var all []rules.Finding
			if !i.ofEntra() || i.splits("scp") {
				return nil
			}
			i.eachValue(func(r *authRule, one condition, v *source.Value, l kubernetes.List) {
				text := formOf(v.Text).text
				if one.attribute == ofClaims+"[scp]" && text != "" &&
					!strings.Contains(text, " ") {
					all = append(all, i.FindingAt(v, l.Field, "a token with %s and another "+
						"scope does not match: scp is one text, and is not split at its blanks",
						text))
				}
			})
			return all
		}),
	}
}

// splits reports whether each JWT rule has a claim split, as far as the version lets it.
func (c *compiler) splits(claim string) bool {
	keeps := func(r *jwtRule) bool { return !slices.Contains(r.split.Texts(), claim) }
	return len(c.jwt) > 0 && !c.before(splitSince) && !slices.ContainsFunc(c.jwt, keeps)
}
