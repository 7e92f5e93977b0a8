package render

import (
	"fmt"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/rules"
)

// remedies lists the changes that help, each with the verdict after it, and those that a reader may miss.
func (t *explainText) remedies() {
	if len(t.x.Repairs) == 0 && len(t.x.Refused) == 0 {
		return
	}
	if len(t.x.Repairs) > 0 {
		t.Heading(t.x.repairsTitle())
	}
	for i, r := range t.x.Repairs {
		t.remedy(i+1, &r)
	}
	for _, r := range t.x.Refused {
		t.Para(1, fmt.Sprintf("not offered: %s: %s.", inspect.Safe(r.Title), inspect.Safe(r.Refused)))
	}
}

// repairsTitle says what the repairs are for.
func (x *Explanation) repairsTitle() string {
	if x.Verdict.Outcome == rules.Accepted {
		return "what would narrow this policy, each tried on this token, if it is one that belongs here"
	}
	return "repairs, each tried on this token"
}

func (t *explainText) remedy(number int, r *ProvedRepair) {
	rows := []Row{{fmt.Sprint(number), inspect.Safe(r.Title)}, {"", t.after(&r.After)}}
	if r.Other != nil {
		rows = append(rows, Row{"", "the other token would get: " + OutcomeLine(r.Other)})
	}
	for _, line := range t.changes(r) {
		rows = append(rows, Row{"", t.Paint(Faint, line)})
	}
	if r.Command != "" {
		rows = append(rows, Row{"", inspect.Safe(r.Command)})
	}
	t.Rows(2, rows)
}

// changes lists what a repair changes, or where that would be too long to read here, how much.
func (t *explainText) changes(r *ProvedRepair) []string {
	switch {
	case len(r.Fields) <= mostChanges:
		lines := make([]string, len(r.Fields))
		for i, c := range r.Fields {
			lines[i] = inspect.Safe(changeLine(c))
		}
		return lines
	case r.Command != "":
		return []string{fmt.Sprintf("%d fields change; as a diff:", len(r.Fields))}
	}
	return []string{fmt.Sprintf("%d fields change: -o json lists them", len(r.Fields))}
}

// mostChanges is how many changes of a repair are listed.
const mostChanges = 6

// after is the verdict after a repair, and what would decide it where it is not known.
func (t *explainText) after(v *rules.Verdict) string {
	text := "after it: " + t.paintOutcome(v)
	if need := v.Question(); !need.None() && v.Outcome == rules.Undetermined {
		text += ": pass " + inspect.Safe(report.Pass(need))
	}
	return text
}

func (t *explainText) paintOutcome(v *rules.Verdict) string {
	mood := Unsure
	if v.Outcome == rules.Accepted {
		mood = Good
	}
	return t.Paint(mood, OutcomeLine(v))
}

// changeLine shows a field before and after; of a list that grows, what is new in it.
func changeLine(c rules.FieldChange) string {
	if c.From == "" {
		return c.Field + ": " + c.To
	}
	if head, isList := strings.CutSuffix(c.From, "]"); isList {
		if added, grows := strings.CutPrefix(c.To, head+","); grows {
			return c.Field + ": added " + strings.TrimSuffix(added, "]")
		}
	}
	return fmt.Sprintf("%s: %s → %s", c.Field, c.From, c.To)
}
