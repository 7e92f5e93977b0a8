package render

import "io"

// DecodeMarkdown writes what identifies a token as a block to paste into a ticket. It holds no token and no
// personal claim.
func DecodeMarkdown(w io.Writer, d *Decoding) error {
	var m markdown
	m.heading("gatewhy decode: " + Summary(d.Profile, d.At))
	m.para(notVerified)
	m.table("", "")
	m.tokenRows(d.Profile)
	for _, name := range []string{"uti", "tid"} {
		text, _ := d.Token.Claims.Member(name).Str()
		m.rowIf(name, text)
	}
	for _, name := range []string{"alg", "kid"} {
		text, _ := d.Token.Header.Member(name).Str()
		m.rowIf(name, text)
	}
	mask := NewMask(d.Token.Claims, true)
	m.list("Worth knowing", mask, d.Profile.Traits)
	m.list("Odd", mask, d.Profile.Observations)
	_, err := io.WriteString(w, m.b.String())
	return err
}
