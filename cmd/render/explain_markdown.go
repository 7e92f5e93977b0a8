package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/rules"
)

// ExplainMarkdown writes an explanation as a block to paste into a ticket: what was judged, the
// predicted answer with its evidence, and the question to ask next. It holds no token.
func ExplainMarkdown(w io.Writer, r *report.Explanation) error {
	x := newExplanation(r)
	m := markdown{mask: x.Mask}
	v := &x.Verdict
	command := "explain"
	if x.Probed != nil {
		command = "probe"
	}
	m.heading("gatewhy " + command + ": " + x.headline())
	why := v.Why()
	if v.Outcome == rules.Accepted {
		why = passes(v)
	}
	for _, text := range []string{
		report.Sentence(why), earlierUndecided(v), x.foreign(),
	} {
		if text != "" {
			m.para(text)
		}
	}
	m.table("", "")
	if x.Token == nil {
		m.row("token", "none")
	} else {
		m.row("token", Summary(x.Profile, x.At))
		m.tokenRows(x.Token, x.Profile)
	}
	for _, p := range x.Policies {
		m.row("policy", orderedPolicy(p))
		m.row("file", p.Pos.String())
	}
	m.row("judged at", inspect.FormatTime(x.At))
	m.prediction(x, v)
	m.checks(x)
	m.observed(x)
	m.probed(x)
	m.remedies(x.repairsTitle(), x.Repairs)
	if len(x.Findings)+len(x.Suppressed) > 0 {
		m.b.WriteString("\nIn the policy:\n\n")
	}
	for i := range x.Findings {
		m.finding(&x.Findings[i])
	}
	for i := range x.Suppressed {
		m.item(m.plain(ignored(&x.Suppressed[i])))
	}
	m.wayOn(x.Next)
	m.kept(x)
	return m.writeTo(w)
}

// prediction adds what the answer rests on, and what to pass to know what is not known.
func (m *markdown) prediction(x explanation, v *rules.Verdict) {
	m.row("body", v.Body())
	if d := v.Decided; d != nil {
		m.row("decided by", d.Check.Field+" at "+d.Check.Pos.String())
		m.row("answer says", v.Answer.Says)
	}
	m.row("evidence", evidenceText(v.Evidence()))
	if x.Earlier != nil {
		m.row("when the token was issued", OutcomeLine(x.Earlier)+" (--at issued)")
	}
	m.row("ask next", report.Ask(v.Question()))
}

func (m *markdown) checks(x explanation) {
	results := x.Verdict.Results
	m.b.WriteString("\n")
	m.table("check", "outcome", "why")
	several := len(byPolicy(results)) > 1
	var groups rules.Groups
	for i := range results {
		r := &results[i]
		name, outcome, why := checkName(r.Check), string(r.Outcome), r.Why()
		if several {
			name = x.policyName(r.Policy) + ": " + strings.TrimSpace(name)
		}
		if where := alternative(groups.Of(r)); where != "" {
			name += " (" + where + ")"
		}
		if r.Harmless {
			outcome, why = "–", harmless(r)
		}
		m.cells(name, outcome, why)
	}
}

func (m *markdown) remedies(title string, remedies []report.ProvedRepair) {
	if len(remedies) == 0 {
		return
	}
	m.b.WriteString("\n" + report.Capital(title) + ":\n\n")
	for _, r := range remedies {
		m.item(m.plain(r.Title + ": " + OutcomeLine(&r.After)))
		if len(r.Fields) > mostChanges {
			m.detail(fmt.Sprintf("%d fields change", len(r.Fields)))
		} else {
			for _, c := range r.Fields {
				m.detail(m.code(strings.TrimSpace(changeLine(c))))
			}
		}
		if r.Command != "" {
			m.detail("as a diff: " + m.code(r.Command))
		}
	}
}

// finding adds a finding of lint: where, how bad, what, and by which rule.
func (m *markdown) finding(f *rules.Finding) {
	m.item(fmt.Sprintf("%s: %s: %s (%s)", m.code(f.Pos.String()), f.Severity,
		m.plain(f.Message), m.code(f.Rule)))
}

func (m *markdown) observed(x explanation) {
	c := x.Observed
	if c == nil {
		return
	}
	m.b.WriteString("\n")
	for _, line := range x.observedLines() {
		m.para(line)
	}
	if len(c.Causes) == 0 {
		return
	}
	m.table("rank", "cause", "what to check")
	for _, s := range c.Causes {
		m.cells(fmt.Sprint(s.Rank), s.Title, report.Look(&s.Cause))
	}
}
