package cmd

import (
	"fmt"
	"slices"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/repair"
)

// report words what came of a repair.
func (j *fixJob) report(fixed *repair.Fixed) *report.Fixing {
	shown := &report.Fixing{
		Before: fixed.Before.Files[0], After: fixed.After.Files[0],
		Repaired: fixed.Repaired, Changes: fixed.After.Fields(), Tokens: fixed.Tokens,
	}
	for i := range fixed.Left {
		shown.Refused = append(shown.Refused, j.refusal(&fixed.Left[i]))
	}
	for _, u := range fixed.Unproved {
		shown.Unproved = append(shown.Unproved, report.Unproved{
			API: u.API, Tokens: u.Tokens, Why: u.Why, Ask: report.Ask(u.Need),
		})
	}
	for _, opened := range fixed.Opened {
		if warning := warningOf(&opened); !slices.Contains(shown.Warnings, warning) {
			shown.Warnings = append(shown.Warnings, warning)
		}
	}
	return shown
}

// ofSolution begins what stands in the place of a rule's name where a solution is refused.
const ofSolution = "solution "

// refusal words what was left. A solution leaves errors that it is not about.
func (j *fixJob) refusal(left *repair.Left) report.Refused {
	why, asks := report.Refusal(left.Why, left.Needs)
	if left.Verdict != nil {
		why += " " + render.OutcomeLine(left.Verdict)
	}
	rule := left.Rule
	switch {
	case rule == "":
		rule = ofSolution + j.solution.Name
	case j.solution != nil && left.Why == "":
		why, asks = left.Message, []string{"--rule " + rule + " in the place of --solution"}
	case j.solution != nil:
		why = left.Message + " (" + why + ")"
	}
	return report.Refused{
		Rule: rule, Severity: left.Severity, Field: left.Field, Pos: left.Pos,
		Why: why, Asks: asks,
	}
}

// warningOf words that a change lets a token in.
func warningOf(opened *repair.Opened) string {
	is, was := "is", "was not"
	if opened.After == rules.Undetermined {
		is = "may be"
	}
	if opened.Before == rules.Undetermined {
		was = "perhaps was not"
	}
	kept, _ := report.Refusal(opened.Kept, opened.Needs)
	now := fmt.Sprintf("after this change %s %s let in", opened.Name, is)
	return fmt.Sprintf("%s, and %s before: %s", now, was, kept)
}
