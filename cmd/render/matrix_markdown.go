package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
)

// MatrixMarkdown writes a matrix to paste into a ticket or a pull request.
func MatrixMarkdown(w io.Writer, r *report.Matrixing) error {
	x := matrixing{r}
	m := &markdown{}
	m.heading("Who is let in where")
	m.grid(x.Matrix)
	m.para(x.sentence())
	if behind := x.behind(); behind != "" {
		m.para(report.Sentence(behind))
	}
	for i := range x.Findings {
		f := &x.Findings[i]
		m.item(ruleItem(&f.Finding))
		w := x.witness(f.Row, f.Gateway)
		for _, row := range witnessLines(&w) {
			m.detail(escapeMarkdown(row.Label) + " " + code(row.Text))
		}
	}
	for i := range x.Remarks {
		r := &x.Remarks[i]
		m.item(escapeMarkdown(x.Gateways[r.Gateway]) + ": " + ruleItem(&r.Finding))
	}
	for _, u := range x.OpenCells() {
		m.item("not known at " + escapeMarkdown(x.Gateways[u.Gateway]+": "+x.why(u)))
	}
	for _, row := range x.unsure() {
		m.item("not sure at " + escapeMarkdown(row.Label+": "+row.Text))
	}
	if len(x.Allow) > 0 {
		m.b.WriteString("\nIntended exceptions:\n\n")
	}
	for _, c := range x.Allow {
		m.item(escapeMarkdown(fmt.Sprintf("from %s to %s: %s", c.From, c.To, c.Reason)))
	}
	if x.Fixed != nil {
		m.fix(x)
	}
	m.wayOn(x.Next)
	return m.writeTo(w)
}

func ruleItem(f *rules.Finding) string {
	return fmt.Sprintf("**%s**: %s (%s)", f.Rule, escapeMarkdown(f.Message), code(f.Pos.String()))
}

// grid is the table of folded rows. Each cell has a word beside its status, so that a reader
// needs no signs.
func (m *markdown) grid(x *environments.Matrix) {
	columns := []string{"token"}
	for _, g := range x.Gateways {
		columns = append(columns, escapeMarkdown(g))
	}
	m.table(columns...)
	for _, line := range x.Lines() {
		cells := []string{escapeMarkdown(line.Label)}
		for g := range x.Gateways {
			cell := x.Cell(x.At(line, g), g)
			text := cellAnswer(cell)
			if word := cellWord(cell); word != text {
				text += " " + word
			}
			if cellWord(cell) == "wrong" {
				text = "**" + text + "**"
			}
			cells = append(cells, text)
		}
		m.b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	m.b.WriteString("\n")
}

func (m *markdown) fix(x matrixing) {
	m.b.WriteString("\n")
	m.heading("After the smallest set of changes that was found")
	for i := range x.Repairs {
		if r := &x.Repairs[i]; r.Chosen {
			titles := strings.Join(r.Titles, ", then ")
			m.item(escapeMarkdown(x.Gateways[r.Gateway] + ": " + titles))
		}
	}
	m.b.WriteString("\n")
	m.grid(x.Fixed)
	if x.Divided != nil {
		m.para(ownFiles)
	}
	if onlyIssuance(x.Fixed) {
		m.para(beyondPolicies)
	}
	m.tokensOf(x.lostTitle(), x.lost())
	m.tokensOf(x.openedTitle(), x.opened())
}

// tokensOf lists tokens by gateway, if there are any.
func (m *markdown) tokensOf(title string, rows []Row) {
	if len(rows) == 0 {
		return
	}
	m.para(report.Capital(title) + ":")
	for _, row := range rows {
		m.item(m.plain(row.Label + ": " + row.Text))
	}
}
