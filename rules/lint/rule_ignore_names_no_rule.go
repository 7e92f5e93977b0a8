package lint

import (
	"fmt"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// ignoreNamesNoRule is found by [Misnamed], which is given every rule that there is.
func ignoreNamesNoRule() rules.Rule {
	return rules.Rule{
		Name:  "ignore-names-no-rule",
		Title: "a comment names a rule that does not exist",
		Why: "The comment ignores nothing: the finding that it is for remains, and a reader of " +
			"the comment assumes that it is dealt with.",
		Fix: "Write the rule's name as it appears in brackets after the finding: gatewhy:ignore " +
			"RULE reason.",
		Severity:   rules.Warning,
		References: []string{"gatewhy's contract: lint, ignore"},
	}
}

// A rule is offered for a mistyped name within these limits: its length, and how far it may be
// from the rule's, in bytes.
const (
	mostName  = 80
	mostEdits = 4
)

// Misnamed makes findings of comments that name none of the rules.
func Misnamed(comments []Comment, all []rules.Rule) []rules.Finding {
	var found []rules.Finding
	for _, c := range comments {
		if c.Rule == "" || ruleOf(all, c.Rule).Name != "" {
			continue
		}
		rule := ignoreNamesNoRule()
		f := rules.Finding{Rule: rule.Name, Severity: rule.Severity, Pos: c.Pos, Span: c.Span}
		f.Message = fmt.Sprintf("there is no rule %q, so the comment ignores nothing", c.Rule)
		if near := nearestRule(c.Rule, all); near != "" {
			f.Message += "; the nearest is " + near
		}
		found = append(found, f)
	}
	return found
}

// nearestRule is the rule that was probably meant; empty where no name is near.
func nearestRule(name string, all []rules.Rule) string {
	if len(name) > mostName {
		return ""
	}
	names := source.Each(all, func(r rules.Rule) string { return r.Name })
	return inspect.Nearest(name, names, mostEdits)
}
