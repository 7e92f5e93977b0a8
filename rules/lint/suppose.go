package lint

import (
	"cmp"
	"slices"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

// supposing adds to what a rule has found what it finds where the checks hold whose expressions
// can't be evaluated, if they read none of the claims that the rule is about. That is a warning at
// most.
func supposing(rule *rules.Rule, s *rules.Subject, found []rules.Finding) []rules.Finding {
	if rule.About == nil {
		return found
	}
	policies, ok := issued.Supposing(s.Policies, shared(s).neverEvaluated(s), rule.About)
	if !ok {
		return found
	}
	supposed := &rules.Subject{
		Policies: policies, Files: s.Files, App: s.App, Kept: s.Kept, Again: s.Again,
	}
	for _, f := range rule.Check(supposed) {
		severity := cmp.Or(f.Severity, rule.Severity)
		if severity == rules.Error {
			severity = rules.Warning
		}
		known := func(k rules.Finding) bool {
			return k.Pos == f.Pos && cmp.Or(k.Severity, rule.Severity).Rank() <= severity.Rank()
		}
		if slices.ContainsFunc(found, known) {
			continue
		}
		f.Message += "; a check on other claims whose expression can't be evaluated is assumed " +
			"to pass"
		f.Severity, f.Policy = severity, nil
		found = append([]rules.Finding{f}, found...)
	}
	return found
}
