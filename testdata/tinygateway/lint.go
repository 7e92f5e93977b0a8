package tinygateway

import (
	"fmt"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// lintRules are the rules that only this gateway's configurations can break.
func lintRules() []rules.Rule {
	return []rules.Rule{{
		Name:  "rule-never-reached",
		Title: "a rule is never reached",
		Why: "The first rule whose path fits decides: one behind it with a longer path of " +
			"the same beginning never does.",
		Fix:        "Put the rule with the longer path first.",
		Severity:   rules.Warning,
		Since:      "0.0.0",
		References: []string{"tiny.example/manual#rules"},
		Check:      checkOrder,
	}}
}

func checkOrder(s *rules.Subject) []rules.Finding {
	var all []rules.Finding
	for _, policy := range s.Policies {
		e, ours := policy.Entry.(*entry)
		if !ours {
			continue
		}
		var before []string
		for _, rule := range list(e.door.Member("rules")) {
			at := rule.Member("path")
			path, _ := at.Str()
			for _, shorter := range before {
				if strings.HasPrefix(path, shorter) {
					all = append(all, rules.Finding{
						Message: fmt.Sprintf("the rule for %s decides before this one", shorter),
						Pos:     at.Pos, Span: at.Span, Field: "path", Policy: policy,
					})
				}
			}
			before = append(before, path)
		}
	}
	return all
}

func list(v *source.Value) []*source.Value {
	if !v.Is(source.List) {
		return nil
	}
	return v.Items
}

func advice() []rules.Advice {
	return []rules.Advice{{
		Rule: "audience-not-checked",
		Fix:  "At a tiny gateway that is audiences, of each issuer.",
	}}
}

func collections() []rules.Collection {
	return []rules.Collection{
		{
			Name: "tiny-policy", Title: "the door's configuration",
			Takes: []source.Input{source.NeedPolicy},
			Steps: []rules.Step{{
				Note:    "as the gateway runs it",
				Command: "tinyctl door get {api} > door.yaml",
			}},
		},
		{
			Name: "tiny-request", Title: "a request as it arrives",
			Takes: []source.Input{source.NeedRequest},
			Steps: []rules.Step{{Note: "with its path", Command: "tinyctl log {api}"}},
		},
	}
}
