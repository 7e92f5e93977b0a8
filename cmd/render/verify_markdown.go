package render

import (
	"io"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
)

// VerifyMarkdown writes a verification as a block to paste into a ticket. It holds no token.
func VerifyMarkdown(w io.Writer, r *report.Verification) error {
	v := newVerification(r)
	m := markdown{mask: v.Mask}
	_, headline := v.headline()
	m.heading("gatewhy verify: " + headline)
	if decided, ok := v.Report.Decided(); ok {
		m.para(sentence(decided.Why))
	} else {
		m.para(verifiedSentence(v))
	}
	m.table("", "")
	m.row("token", Summary(v.Profile, v.At))
	m.tokenRows(v.Token, v.Profile)
	m.row("keys", v.describeSet())
	m.row("checked at", inspect.FormatTime(v.At))
	m.b.WriteString("\n")
	m.table("check", "outcome", "why")
	for _, c := range v.Report.Checks {
		m.cells(c.ID, c.Outcome.String(), v.checkText(c))
	}
	m.notes(v.notes())
	m.wayOn(v.Next)
	_, err := io.WriteString(w, m.b.String())
	return err
}

func (m *markdown) notes(notes []keys.Note) {
	if len(notes) == 0 {
		return
	}
	m.b.WriteString("\nWorth knowing:\n\n")
	for _, n := range notes {
		m.item(m.plain(n.Message) + " (" + m.code(n.ID) + ")")
	}
}
