package render

import (
	"io"
)

// VerifyMarkdown writes a verification as a block to paste into a ticket. It holds no token.
func VerifyMarkdown(w io.Writer, v *Verification) error {
	var m markdown
	_, headline := v.headline()
	m.heading("gatewhy verify: " + headline)
	if decided, ok := v.Report.Decided(); ok {
		m.para(sentence(decided.Why))
	} else {
		m.para(verifiedSentence(v))
	}
	m.table("", "")
	m.row("token", Summary(v.Profile, v.At))
	m.tokenRows(v.Profile)
	m.row("alg", v.Report.Signature.Algorithm)
	m.row("kid", v.Report.Signature.KeyID)
	m.row("keys", v.describeSet())
	m.row("checked at", v.At.UTC().Format("2006-01-02T15:04:05Z"))
	m.b.WriteString("\n| check | outcome | why |\n| --- | --- | --- |\n")
	for _, c := range v.Report.Checks {
		m.b.WriteString("| " + c.ID + " | " + c.Outcome.String() + " | " + escapeMarkdown(v.checkText(c)) + " |\n")
	}
	_, err := io.WriteString(w, m.b.String())
	return err
}
