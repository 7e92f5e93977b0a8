package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/gatewhy/gatewhy/rules/environments"
)

// MatrixMarkdown writes a matrix to paste into a ticket or a pull request.
func MatrixMarkdown(w io.Writer, x *Matrixing) error {
	m := &markdown{}
	m.heading("Who is let in where")
	m.grid(x.Matrix)
	m.para(x.Sentence())
	for i := range x.Findings {
		f := &x.Findings[i]
		m.b.WriteString("- **" + f.Rule + "**: " + escapeMarkdown(f.Message) + " (" + code(f.Pos.String()) + ")\n")
		w := x.witness(f)
		for _, row := range witnessLines(&w) {
			m.b.WriteString("  - " + row.Label + " " + code(row.Text) + "\n")
		}
	}
	for i := range x.Remarks {
		r := &x.Remarks[i]
		m.b.WriteString("- " + escapeMarkdown(x.Gateways[r.Gateway]) + ": **" + r.Rule + "**: " + escapeMarkdown(r.Message) + " (" + code(r.Pos.String()) + ")\n")
	}
	for _, u := range x.OpenCells() {
		m.b.WriteString("- not known at " + escapeMarkdown(x.Gateways[u.Gateway]+": "+x.why(u)) + "\n")
	}
	if len(x.Allow) > 0 {
		m.b.WriteString("\nCrossings that are meant:\n\n")
	}
	for _, c := range x.Allow {
		m.b.WriteString("- " + escapeMarkdown(fmt.Sprintf("from %s to %s: %s", c.From, c.To, c.Reason)) + "\n")
	}
	if x.Fixed != nil {
		m.fix(x)
	}
	_, err := io.WriteString(w, m.b.String())
	return err
}

// grid is the table of folded rows. Each cell is a word beside its status, so that it reads without signs.
func (m *markdown) grid(x *environments.Matrix) {
	columns := []string{"token"}
	for _, g := range x.Gateways {
		columns = append(columns, escapeMarkdown(g))
	}
	m.table(columns...)
	for _, line := range x.Lines() {
		cells := []string{escapeMarkdown(line.Label)}
		for g := range x.Gateways {
			cell := &x.Cells[x.At(line, g)][g]
			text := answer(cell) + " " + cellWord(cell)
			if cellWord(cell) == "wrong" {
				text = "**" + text + "**"
			}
			cells = append(cells, text)
		}
		m.b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	m.b.WriteString("\n")
}

func (m *markdown) fix(x *Matrixing) {
	m.b.WriteString("\n")
	m.heading("After the smallest set of changes that was found")
	for i := range x.Repairs {
		if r := &x.Repairs[i]; r.Chosen {
			m.b.WriteString("- " + escapeMarkdown(x.Gateways[r.Gateway]+": "+strings.Join(r.Titles, ", then ")) + "\n")
		}
	}
	m.b.WriteString("\n")
	m.grid(x.Fixed)
	if onlyIssuance(x.Fixed) {
		m.para(beyondPolicies)
	}
	if lost := x.lost(); len(lost) > 0 {
		m.para(capital(lostTitle) + ":")
		for _, row := range lost {
			m.b.WriteString("- " + m.plain(row.Label+": "+row.Text) + "\n")
		}
	}
}
