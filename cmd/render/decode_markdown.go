package render

import (
	"io"

	"github.com/gatewhy/gatewhy/cmd/report"
)

// DecodeMarkdown writes what identifies a token as a block to paste into a ticket. It holds no
// token.
func DecodeMarkdown(w io.Writer, r *report.Decoding) error {
	d := newDecoding(r)
	m := markdown{mask: d.Mask}
	m.heading("gatewhy decode: " + Summary(d.Profile, d.At))
	m.para(notVerified)
	m.table("", "")
	m.tokenRows(d.Token, d.Profile)
	m.rows("What it is", d.whatItIs())
	m.list("Worth knowing", d.Profile.Traits)
	m.list("Odd", odditiesAt(d.Profile, d.At))
	m.wayOn(d.Next)
	_, err := io.WriteString(w, m.b.String())
	return err
}
