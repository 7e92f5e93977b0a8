package render

import (
	"fmt"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/rules"
)

// explanation is an explanation as it is shown.
type explanation struct {
	*report.Explanation
	Mask *Mask
}

func newExplanation(r *report.Explanation) explanation {
	mask := NewMask(r.Token, r.Profile, r.Redact)
	mask.Learn(r.Captured)
	return explanation{r, mask}
}

// modelled reports whether a result rests on a model of something that nobody gave us.
func (x explanation) modelled(r *rules.Result) bool {
	return r.Check.Remark != "" && r.Outcome != rules.Skipped && x.Captured == nil
}

// caretNote is the word under the value that decides.
func caretNote(r *rules.Result) string {
	switch expected := r.Expected(); {
	case r.Check.ID == rules.ClientID:
		return "a client id must be found"
	case r.Check.ID == rules.Contract:
		return "a contract must be found"
	case r.Outcome == rules.Fail && expected != "":
		return "wants " + inspect.ShortenMiddle(expected, 60)
	}
	return ""
}

func policyLine(p *rules.Policy) string {
	if p.Product == "" {
		return safe("not read: " + p.Name)
	}
	line := p.Product + ", " + p.Name
	if p.Version != "" {
		line += " " + p.Version
	}
	if p.API != "" {
		line += ", API " + p.API
	}
	return safe(line)
}

// whenNew says what an expired token would have got, and how to see why.
func whenNew(v *rules.Verdict) string {
	return "When it was new it would have got " + OutcomeLine(v) + ": --at issued tells why."
}

// mostChanges is how many changes of a repair are listed.
const mostChanges = 6

// changeLine shows a field before and after. If a list grows, it shows what is new in the list.
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

// repairsTitle says what the repairs are for.
func (x explanation) repairsTitle() string {
	if x.Verdict.Outcome == rules.Accepted {
		return "what would narrow this policy, each tried on this token, if it is one that " +
			"belongs here"
	}
	return "repairs, each tried on this token"
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

// howToGet is the command that says how to get what is asked for, or empty.
func (x explanation) howToGet(need rules.Need) string {
	if x.Collect == nil || need.None() {
		return ""
	}
	return x.Collect(need)
}

// observedLine says in one sentence whether the prediction agrees.
func observedLine(c *rules.Comparison) string {
	line := "The real gateway's answer"
	if c.Observed.Status != 0 {
		line = "The real gateway answered " + status(c.Observed.Status)
	}
	switch c.Agrees {
	case rules.Yes:
		return line + ": the prediction agrees."
	case rules.No:
		return line + ": the prediction differs."
	}
	return line + ": whether the prediction agrees can't be told."
}
