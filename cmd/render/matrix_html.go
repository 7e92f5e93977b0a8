package render

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/rules/environments"
)

// MatrixHTML writes a matrix as one page that loads nothing: the grid, and for each finding its
// token, the check that decides, and the repairs with the grid after each. Text from files is
// escaped, and personal claims are masked.
func MatrixHTML(w io.Writer, r *report.Matrixing) error {
	p := &matrixPage{x: matrixing{r}}
	p.body()
	return writePage(w, "Who is let in where: "+p.say(r.Name), p.String())
}

type matrixPage struct {
	markup
	x matrixing
}

func (p *matrixPage) body() {
	x := p.x
	p.line("h1", "Who is let in where")
	p.line(`p class="lead"`, x.sentence())
	p.WriteString(`<p class="faint">`)
	p.element("code", x.Name)
	if x.Tokens > 0 {
		p.text(" · " + strconv.Itoa(x.Tokens) + " tokens modelled from the app registrations")
	}
	p.WriteString("</p>\n")
	p.grid(x.Matrix, x.Lines(), true)
	legend := "Rows are tokens, columns are gateways. ✓ as it should be · ✗ wrong · " +
		"? not known · – an intended exception. The number is the predicted HTTP status."
	if behind := x.behind(); behind != "" {
		legend += " " + report.Sentence(behind)
	}
	p.line(`p class="faint"`, legend)
	p.titled("What the grid does not show", len(x.Remarks), func(i int) {
		r := &x.Remarks[i]
		p.text(x.Gateways[r.Gateway] + ": " + report.Sentence(r.Message) + " ")
		p.element("code", r.Pos.String())
		p.text(" [" + r.Rule + "]")
	})
	for i := range x.Findings {
		p.finding(i)
	}
	p.otherCells()
	notes := x.ownRejected()
	const staysOut = "Own tokens that do not get in, though others of the same environment do"
	p.titled(staysOut, len(notes), func(i int) {
		p.text(notes[i].Label + ": ")
		p.element("code", notes[i].Text)
	})
	p.titled("Intended exceptions", len(x.Allow), func(i int) {
		p.text("from " + x.Allow[i].From + " to " + x.Allow[i].To + ": " + x.Allow[i].Reason)
	})
	if len(x.Next) > 0 {
		p.line("h2", "Next")
		p.steps(x.Next)
	}
}

func (p *matrixPage) titled(heading string, n int, item func(i int)) {
	if n > 0 {
		p.line("h2", heading)
		p.list("ul", n, item)
	}
}

// grid adds the folded grid. With links, each cell leads to its story.
func (p *matrixPage) grid(m *environments.Matrix, lines []environments.Line, links bool) {
	p.gridOf(m.Gateways, lines, func(line environments.Line, g int) {
		r := m.At(line, g)
		link := ""
		if links {
			link = p.x.story(r, g)
		}
		p.cell(m, r, g, link)
	})
}

func (p *matrixPage) gridOf(
	heads []string, lines []environments.Line, cell func(line environments.Line, column int),
) {
	p.WriteString(`<div class="scroll" tabindex="0" role="region" ` +
		`aria-label="who is let in where"><table class="grid">` + "\n" +
		`<thead><tr><th scope="col">token</th>`)
	for _, head := range heads {
		p.element(`th scope="col"`, head)
	}
	p.WriteString("</tr></thead>\n<tbody>")
	for _, line := range lines {
		p.WriteString("<tr>")
		p.element(`th scope="row"`, line.Label)
		for column := range heads {
			cell(line, column)
		}
		p.WriteString("</tr>\n")
	}
	p.WriteString("</tbody></table></div>\n")
}

// cell adds a cell of a grid, which may lead to a story.
func (p *matrixPage) cell(m *environments.Matrix, row, gateway int, link string) {
	c := m.Cell(row, gateway)
	mark := cellMark(c)
	p.WriteString(`<td class="` + mark + `" title="`)
	p.text(m.Rows[row].Name)
	p.WriteString(`">`)
	if link != "" {
		p.WriteString(`<a href="#` + link + `">`)
	}
	p.element(`span aria-hidden="true"`, Style{Unicode: true}.Mark(mark))
	p.text(" " + cellAnswer(c) + " ")
	p.element(`span class="word"`, cellWord(c))
	if link != "" {
		p.WriteString("</a>")
	}
	p.WriteString("</td>")
}

// story is the id of the finding that a cell belongs to. A cell that is not wrong has a story
// of its own.
func (x matrixing) story(row, gateway int) string {
	f := x.findingAt(row, gateway)
	for i := range x.Findings {
		if &x.Findings[i] == f {
			return storyID(i)
		}
	}
	return cellID(row, gateway)
}

func storyID(i int) string { return fmt.Sprintf("finding-%d", i+1) }

func cellID(row, gateway int) string { return fmt.Sprintf("cell-%d-%d", row+1, gateway+1) }

const mostRows = 100

func (p *matrixPage) finding(i int) {
	f := &p.x.Findings[i]
	w := p.x.witness(f.Row, f.Gateway)
	gateway := p.x.Gateways[f.Gateway]
	p.WriteString(`<section class="story" id="` + storyID(i) + "\">\n")
	p.line("h2", f.Rule+" at "+gateway)
	p.line("p", report.Sentence(f.Message))
	if f.Pos.Line > 0 {
		p.code(f.Pos.String())
	}
	file := p.x.File(f.Pos.File)
	if file != nil && f.Span.End > f.Span.Start && f.Span.End <= len(file.Text) {
		if cut := excerptOf(file, f.Span); cut.marked != "" {
			p.source(f.Pos.Line, cut, "")
		}
	}
	p.line("h3", "A token that shows it: "+p.x.Rows[f.Row].Name+", "+OutcomeLine(&w.Verdict))
	if why := w.Verdict.Why(); why != "" {
		p.line("p", report.Sentence(why))
	}
	p.claims(&w)
	p.wrongRows(f)
	atGateway := func(f environments.Finding) bool { return gateway == p.x.Gateways[f.Gateway] }
	if first := slices.IndexFunc(p.x.Findings, atGateway); first < i {
		p.WriteString(`<p><a href="#` + storyID(first) + `">`)
		p.text("Repairs of " + gateway + " that were tried")
		p.WriteString("</a></p>\n")
	} else {
		for _, r := range p.x.repairsFor(f.Gateway) {
			p.repair(r)
		}
	}
	p.WriteString("</section>\n")
}

func (p *matrixPage) claims(w *environments.Witness) {
	var rows []Row
	for _, m := range w.Claims.Members {
		rows = append(rows, Row{m.Key, m.Value.JSON()})
	}
	p.WriteString("<dl>")
	for _, row := range append(rows, writtenLines(&w.Written)...) {
		p.WriteString("<dt>")
		p.element("code", row.Label)
		p.WriteString("</dt><dd>")
		p.element("code", row.Text)
		p.WriteString("</dd>")
	}
	p.WriteString("</dl>\n")
}

// wrongRows lists the rows of a finding, if it has several, each with the claims of a token that
// shows it.
func (p *matrixPage) wrongRows(f *environments.Finding) {
	if len(f.Rows) < 2 {
		return
	}
	p.WriteString("<details>")
	p.element("summary", "All rows that are wrong here, each with a token")
	p.WriteString(`<dl class="cells">`)
	listed := f.Rows[:min(mostRows, len(f.Rows))]
	for _, r := range listed {
		w := p.x.witness(r, f.Gateway)
		var parts []string
		for _, line := range witnessLines(&w) {
			if line.Label != "iss" {
				parts = append(parts, line.Label+" "+line.Text)
			}
		}
		p.element("dt", p.x.Rows[r].Name)
		p.WriteString("<dd>")
		p.element("code", strings.Join(parts, ", "))
		p.WriteString("</dd>")
	}
	p.WriteString("</dl>")
	if more := len(f.Rows) - len(listed); more > 0 {
		p.element("p", fmt.Sprintf("And %d more: gatewhy matrix -o json lists them.", more))
	}
	p.WriteString("</details>\n")
}

// mostRepairs is how many repairs a story shows, the best first.
const mostRepairs = 4

// repairsFor lists the repairs of a gateway: first the one of the smallest set, then the others
// by what they mend.
func (x matrixing) repairsFor(gateway int) []*report.Repair {
	var chosen, others []*report.Repair
	for i := range x.Repairs {
		r := &x.Repairs[i]
		switch {
		case r.Gateway != gateway:
		case r.Chosen:
			chosen = append(chosen, r)
		default:
			others = append(others, r)
		}
	}
	for _, r := range others {
		if len(chosen) < mostRepairs &&
			(len(chosen) == 0 || !slices.Equal(r.Titles, chosen[0].Titles)) {
			chosen = append(chosen, r)
		}
	}
	return chosen
}

// mostGateways is up to how many gateways we show the whole grid after a repair. A repair
// changes one gateway. If there are more, we show that one alone, before and after.
const mostGateways = 6

// repair adds a repair with the grid after it, folded.
func (p *matrixPage) repair(r *report.Repair) {
	p.WriteString("<details>")
	after := strconv.Itoa(r.Wrong)
	if r.Wrong == 0 {
		after = "none"
	}
	p.line("summary", fmt.Sprintf("Repair: %s — %s here, %s after the change",
		strings.Join(r.Titles, ", then "), report.Counted(r.Before, "wrong answer"), after))
	p.code(changedFiles(r))
	p.list("ul", len(r.Changes), func(i int) {
		p.element("code", changeLine(r.Changes[i].FieldChange))
	})
	if len(p.x.Gateways) <= mostGateways {
		p.grid(r.After, r.After.Lines(), false)
	} else {
		name := p.x.Gateways[r.Gateway]
		grids := []*environments.Matrix{p.x.Matrix, r.After}
		p.gridOf([]string{name + " now", name + " after the change"}, p.x.Lines(),
			func(line environments.Line, i int) {
				p.cell(grids[i], grids[i].At(line, r.Gateway), r.Gateway, "")
			})
	}
	p.WriteString("</details>\n")
}

// otherCells adds the story of each cell of the folded grid that is not wrong: which check
// decides it.
func (p *matrixPage) otherCells() {
	type place struct{ row, gateway int }
	var others []place
	for _, line := range p.x.Lines() {
		for g := range p.x.Gateways {
			if r := p.x.At(line, g); !p.x.Cell(r, g).Wrong {
				others = append(others, place{r, g})
			}
		}
	}
	if len(others) == 0 {
		return
	}
	p.section("All other cells", func() {
		p.WriteString(`<dl class="cells">`)
		for _, o := range others {
			p.otherCell(o.row, o.gateway)
		}
		p.WriteString("</dl>\n")
	})
}

func (p *matrixPage) otherCell(row, gateway int) {
	verdict := p.x.Witness(row, gateway).Verdict
	p.element(`dt id="`+cellID(row, gateway)+`"`,
		p.x.Rows[row].Name+" at "+p.x.Gateways[gateway])
	p.WriteString("<dd>")
	p.text(OutcomeLine(&verdict))
	if d := verdict.Decided; d != nil {
		p.text(", ")
		p.element("code", d.Check.Pos.String())
	}
	if why := verdict.Why(); why != "" {
		p.WriteString("<br>")
		p.element(`span class="faint"`, report.Sentence(why))
	}
	p.WriteString("</dd>")
}

// ownRejected lists an environment's own tokens that do not get in although others of it do, by
// gateway.
func (x matrixing) ownRejected() []Row {
	var rows []Row
	for g, name := range x.Gateways {
		for _, r := range x.Rejected(g) {
			cell := x.Cell(r, g)
			text := x.Rows[r].Name + ": " + decidedAt(cellAnswer(cell), string(cell.Decided))
			rows = append(rows, Row{name, text})
		}
	}
	return rows
}
