package render

import (
	"fmt"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/rules"
)

// checks lists every check in the gateway's order; behind the first failure they tell what would fail next.
func (t *explainText) checks(results []rules.Result) {
	var failed failures
	for _, chain := range byPolicy(results) {
		title := "checks"
		if len(t.x.Policies) > 1 {
			title += " of " + inspect.Safe(chain[0].Policy.Name)
		}
		t.Heading(title)
		t.Rows(2, checkRows(t.Text, chain, func(r *rules.Result) string {
			text := t.detail(r, failed.before(r))
			failed.add(r)
			return text
		}))
	}
}

// byPolicy cuts results where the policy changes.
func byPolicy(results []rules.Result) [][]rules.Result {
	var all [][]rules.Result
	for i := range results {
		if i == 0 || results[i].Policy != results[i-1].Policy {
			all = append(all, nil)
		}
		all[len(all)-1] = append(all[len(all)-1], results[i])
	}
	return all
}

func (t *explainText) detail(r *rules.Result, failedBefore bool) string {
	var text string
	switch {
	case r.Harmless:
		return harmless(r)
	case r.Outcome == rules.Fail:
		text = fmt.Sprintf("wanted %s, found %s", r.Expected(), orNone(r.Actual()))
		if failedBefore {
			text = "would fail next: " + text
		}
		text += "; " + status(r.Answer.Status)
		if r.Answer.Says != "" {
			text += " " + r.Answer.Says
		}
	default:
		text = r.Why()
	}
	if t.x.modelled(r) {
		text += ", " + r.Check.Remark
	}
	if need := r.Need(); !need.None() {
		text += ": pass " + report.Pass(need)
	}
	text = inspect.Safe(text)
	if r.Outcome == rules.Fail || t.x.modelled(r) {
		text += " " + t.reference(r.Evidence())
	}
	return text
}

// reference is the evidence in brackets, with its level where it is weaker than documentation.
func (t *explainText) reference(e rules.Evidence) string {
	if e.Reference == "" {
		return ""
	}
	text := e.Reference
	if e.Level != rules.Documented {
		text = string(e.Level) + ": " + text
	}
	return t.Paint(Faint, "["+text+"]")
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}
