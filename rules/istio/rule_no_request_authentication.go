package istio

import (
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

func noRequestAuthentication() rules.Rule {
	return rules.Rule{
		Name:  "no-request-authentication",
		Title: "a rule asks for a token, and no token is ever read",
		Why: "Request principals and claims come from tokens that a RequestAuthentication has " +
			"accepted. Without one for the workload they match nothing: an ALLOW rule lets " +
			"nobody in, and a DENY rule rejects nobody.",
		Fix: "Add a RequestAuthentication that selects the same workload, or give the file that " +
			"has it: one in the root namespace holds everywhere.",
		Severity:   rules.Error,
		Since:      since,
		References: []string{docPolicy, docRequest},
		Check: eachInstance(func(i instance) []rules.Finding {
			var all []rules.Finding
			if len(i.jwt) > 0 || i.doubt != "" {
				return nil
			}
			i.eachValue(func(r *authRule, one condition, v *source.Value, l kubernetes.List) {
				if readsToken(one.attribute) && len(all) == 0 {
					all = append(all, i.FindingAt(l.At, l.Field, "%s matches nothing: no "+
						"RequestAuthentication in these files selects this workload",
						one.attribute))
				}
			})
			return all
		}),
	}
}
