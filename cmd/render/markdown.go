package render

import (
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
)

// markdown lays out a block to paste into a ticket. Its values are code, so that nothing in them is markup.
type markdown struct{ b strings.Builder }

func (m *markdown) heading(title string) {
	m.b.WriteString("### " + escapeMarkdown(title) + "\n\n")
}

func (m *markdown) para(text string) {
	m.b.WriteString(escapeMarkdown(text) + "\n\n")
}

// row adds a line of a table of two columns; the first row is the head.
func (m *markdown) row(label, value string) {
	m.b.WriteString("| " + escapeMarkdown(label) + " | " + code(value) + " |\n")
}

// table begins a table of these columns.
func (m *markdown) table(columns ...string) {
	m.b.WriteString("| " + strings.Join(columns, " | ") + " |\n|" + strings.Repeat(" --- |", len(columns)) + "\n")
}

// escapeMarkdown makes a text plain: no markup, no HTML, nothing invisible, one line.
func escapeMarkdown(text string) string {
	return strings.NewReplacer(
		`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "<", "&lt;", ">", "&gt;", "|", `\|`, "[", `\[`, "]", `\]`, "#", `\#`, "@", "&#64;",
	).Replace(inspect.Safe(text))
}

// code shows a value as it is, in a code span that no backtick in it ends and no bar in it cuts.
func code(value string) string {
	if value == "" {
		return ""
	}
	value = strings.ReplaceAll(inspect.Safe(value), "|", `\|`)
	fence := "`"
	for strings.Contains(value, fence) {
		fence += "`"
	}
	if len(fence) > 1 {
		value = " " + value + " "
	}
	return fence + value + fence
}

// tokenRows adds what identifies a token in Microsoft's and a gateway's logs, without being the token.
func (m *markdown) tokenRows(p inspect.Profile) {
	m.rowIf("issuer", p.Issuer)
	m.rowIf("tenant", p.Tenant)
	m.rowIf("audience", strings.Join(p.Audience, " "))
	m.rowIf("client ("+p.ClientID.Claim+")", p.ClientID.Value)
	m.rowIf("version", p.Version)
	m.rowIf("scopes", strings.Join(p.Scopes, " "))
	m.rowIf("roles", strings.Join(p.Roles, " "))
	m.rowIf("issued", p.IssuedAt.String())
	m.rowIf("expires", p.ExpiresAt.String())
}

// rowIf adds a row, unless there is no value.
func (m *markdown) rowIf(label, value string) {
	if value != "" {
		m.row(label, value)
	}
}

// list adds what was noticed as a list.
func (m *markdown) list(title string, mask *Mask, all []inspect.Observation) {
	if len(all) == 0 {
		return
	}
	m.b.WriteString("\n" + title + ":\n\n")
	for _, o := range all {
		m.b.WriteString("- " + escapeMarkdown(mask.Text(o.Message)) + " (" + code(o.ID) + ")\n")
	}
}
