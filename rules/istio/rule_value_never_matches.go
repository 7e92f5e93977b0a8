package istio

import (
	"strings"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

func valueNeverMatches() rules.Rule {
	return rules.Rule{
		Name:  "value-never-matches",
		Title: "a value is one that no request has",
		Why: "Methods are compared with their case, and paths from their first slash to the " +
			"query. A principal, an issuer or an audience that no JWT rule accepts never gets " +
			"as far. What a DENY rule asks for in vain is not denied, and what an ALLOW rule " +
			"excludes in vain gets in.",
		Fix: "Write methods in capitals and paths from their first slash, and name issuers and " +
			"audiences as the JWT rules have them.",
		Severity:   rules.Error,
		Lesser:     "a warning where the value only fails to let somebody in",
		Since:      since,
		References: []string{docPolicy, docKeys, codeMatcher},
		Check: eachInstance(func(i instance) []rules.Finding {
			var all []rules.Finding
			i.eachCondition(func(r *authRule, one condition) {
				for _, l := range []kubernetes.List{one.values, one.not} {
					for _, v := range l.Values {
						why := i.noRequestHas(one.attribute, v.Text)
						if why == "" {
							continue
						}
						f := i.FindingAt(v, l.Field, "%s matches nothing: %s", v.Text, why)
						if (r.of.action() == actionAllow) == (l.At == one.values.At) {
							f.Severity = rules.Warning
						}
						all = append(all, f)
					}
				}
			})
			return all
		}),
	}
}

// asRequestsHave is a value as requests have it; empty where that is not known.
func asRequestsHave(attribute, value string) string {
	switch {
	case attribute == ofPrincipal:
		return withSlash(value)
	case attribute == ofMethod:
		return strings.ToUpper(value)
	case attribute == ofPath && !strings.Contains(value, "?") && !strings.HasPrefix(value, "/"):
		return "/" + value
	}
	return ""
}
