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
	page := matrixing{r}.page()
	return writePage(w, "Who is let in where: "+page.Name, page.html())
}

// What the page is made of. Every text in it is safe to print, but not escaped.
type (
	matrixPage struct {
		Name, Sentence string
		Good           bool
		Grid           gridPage
		Findings       []findingPage
		Notes          []Row
		Allow          []environments.Crossing
		Tokens         int
		Behind         string // what is behind the cells of the folded grid
		Others         []otherPage
		Remarks        []remarkPage
		Next           []Row
	}

	// remarkPage is what the grid does not show of a gateway.
	remarkPage struct{ Gateway, Place, Message, Rule string }

	// otherPage is the story of a cell that is not wrong.
	otherPage struct{ ID, Token, Gateway, Outcome, Place, Why string }

	gridPage struct {
		Gateways []string
		Lines    []linePage
	}

	linePage struct {
		Label string
		Cells []cellPage
	}

	cellPage struct {
		Class, Sign, Answer, Word string
		Link                      string // the id of the finding's story, or empty
		Row                       string
	}

	findingPage struct {
		ID, Rule, Message, Place string
		Line                     int
		Before, Marked, After    string // of the source line
		Token, Outcome, Why      string
		Claims                   []Row
		Tokens                   []Row // each row that is wrong, with what tells its token apart
		More                     int   // how many rows are not listed
		Repairs                  []repairPage
		Gateway                  string

		// RepairsAt is the id of the finding that has the repairs of the same gateway. It is empty
		// if this one has them.
		RepairsAt string
	}

	repairPage struct {
		Title, Files string
		Changes      []string
		Effect       string
		Grid         gridPage
	}
)

func (x matrixing) page() matrixPage {
	wrong, unknown, _ := x.Wrong()
	p := matrixPage{
		Name: safe(x.Name), Sentence: x.sentence(), Good: wrong+unknown == 0,
		Grid: x.gridPage(x.Matrix, true), Tokens: x.Tokens, Notes: x.notePages(),
		Behind: sentence(x.behind()), Others: x.otherPages(),
	}
	p.Next = nextPage(x.Next, safe)
	for i := range x.Findings {
		p.Findings = append(p.Findings, x.findingPage(i))
	}
	for i := range x.Remarks {
		r := &x.Remarks[i]
		p.Remarks = append(p.Remarks, remarkPage{
			safe(x.Gateways[r.Gateway]), safe(r.Pos.String()),
			safe(sentence(r.Message)), r.Rule,
		})
	}
	for _, c := range x.Allow {
		p.Allow = append(p.Allow, environments.Crossing{
			From: safe(c.From), To: safe(c.To), Reason: safe(c.Reason),
		})
	}
	return p
}

// gridPage is the folded grid. With links, each cell leads to its story.
func (x matrixing) gridPage(m *environments.Matrix, links bool) gridPage {
	var grid gridPage
	for _, g := range m.Gateways {
		grid.Gateways = append(grid.Gateways, safe(g))
	}
	for _, line := range m.Lines() {
		l := linePage{Label: safe(line.Label)}
		for g := range m.Gateways {
			r := m.At(line, g)
			cell := cellPageOf(m.Cell(r, g))
			cell.Row = safe(m.Rows[r].Name)
			if links {
				cell.Link = x.story(r, g)
			}
			l.Cells = append(l.Cells, cell)
		}
		grid.Lines = append(grid.Lines, l)
	}
	return grid
}

func cellPageOf(c *environments.Cell) cellPage {
	mark := cellMark(c)
	sign := Style{Unicode: true}.Mark(mark)
	return cellPage{Class: mark, Sign: sign, Answer: cellAnswer(c), Word: cellWord(c)}
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

func cellID(row, gateway int) string { return fmt.Sprintf("cell-%d-%d", row+1, gateway+1) }

// otherPages says for each cell of the folded grid that is not wrong which check decides it.
func (x matrixing) otherPages() []otherPage {
	var all []otherPage
	for _, line := range x.Lines() {
		for g, gateway := range x.Gateways {
			r := x.At(line, g)
			if x.Cell(r, g).Wrong {
				continue
			}
			verdict := x.Witness(r, g).Verdict
			page := otherPage{
				ID: cellID(r, g), Token: safe(x.Rows[r].Name),
				Gateway: safe(gateway), Outcome: safe(OutcomeLine(&verdict)),
			}
			if d := verdict.Decided; d != nil {
				page.Place = safe(d.Check.Pos.String())
			}
			if why := verdict.Why(); why != "" {
				page.Why = safe(sentence(why))
			}
			all = append(all, page)
		}
	}
	return all
}

func storyID(i int) string { return fmt.Sprintf("finding-%d", i+1) }

func (x matrixing) findingPage(i int) findingPage {
	f := &x.Findings[i]
	w := x.witness(f)
	p := findingPage{
		ID: storyID(i), Rule: f.Rule, Message: safe(sentence(f.Message)),
		Place: safe(f.Pos.String()), Line: f.Pos.Line,
		Token: safe(x.Rows[f.Row].Name), Outcome: safe(OutcomeLine(&w.Verdict)),
	}
	if why := w.Verdict.Why(); why != "" {
		p.Why = safe(sentence(why))
	}
	if file := x.File(f.Pos.File); file != nil && f.Span.End > f.Span.Start &&
		f.Span.End <= len(file.Text) {
		cut := excerptOf(file, f.Span)
		p.Before, p.Marked, p.After = strings.TrimLeft(cut.before, " "), cut.marked, cut.after
	}
	for _, m := range w.Claims.Members {
		p.Claims = append(p.Claims, Row{safe(m.Key), safe(m.Value.JSON())})
	}
	for _, row := range writtenLines(&w.Written) {
		p.Claims = append(p.Claims, Row{safe(row.Label), safe(row.Text)})
	}
	p.Tokens, p.More = x.wrongRows(f)
	p.Gateway = safe(x.Gateways[f.Gateway])
	if first := x.firstAt(f.Gateway); first < i {
		p.RepairsAt = storyID(first)
	} else {
		p.Repairs = x.repairsFor(f.Gateway)
	}
	return p
}

// firstAt is the first finding at a gateway.
func (x matrixing) firstAt(gateway int) int {
	return slices.IndexFunc(x.Findings,
		func(f environments.Finding) bool { return f.Gateway == gateway })
}

// repairsFor lists the repairs of a gateway: first the one of the smallest set, then the others
// by what they mend.
func (x matrixing) repairsFor(gateway int) []repairPage {
	var chosen, others []repairPage
	for i := range x.Repairs {
		r := &x.Repairs[i]
		switch {
		case r.Gateway != gateway:
		case r.Chosen:
			chosen = append(chosen, x.repairPage(r))
		default:
			others = append(others, x.repairPage(r))
		}
	}
	for _, r := range others {
		if len(chosen) < mostRepairs && (len(chosen) == 0 || r.Title != chosen[0].Title) {
			chosen = append(chosen, r)
		}
	}
	return chosen
}

// mostRows is how many of the wrong rows a story lists.
const mostRows = 100

// wrongRows lists the rows of a finding, each with the claims of a token that shows it.
func (x matrixing) wrongRows(f *environments.Finding) (rows []Row, more int) {
	listed := f.Rows[:min(mostRows, len(f.Rows))]
	for _, r := range listed {
		w := x.witnessAt(r, f.Gateway)
		var parts []string
		for _, line := range witnessLines(&w) {
			if line.Label != "iss" {
				parts = append(parts, line.Label+" "+line.Text)
			}
		}
		rows = append(rows, Row{
			safe(x.Rows[r].Name), safe(strings.Join(parts, ", ")),
		})
	}
	return rows, len(f.Rows) - len(listed)
}

// mostRepairs is how many repairs a story shows, the best first.
const mostRepairs = 4

func (x matrixing) repairPage(r *report.Repair) repairPage {
	p := repairPage{
		Title: safe(strings.Join(r.Titles, ", then ")),
		Files: safe(changedFiles(r)), Effect: effectOf(r), Grid: x.gridAfter(r),
	}
	for _, c := range r.Changes {
		p.Changes = append(p.Changes, safe(changeLine(c.FieldChange)))
	}
	return p
}

// mostGateways is up to how many gateways we show the whole grid after a repair. A repair
// changes one gateway. If there are more, we show that one alone, before and after.
const mostGateways = 6

func (x matrixing) gridAfter(r *report.Repair) gridPage {
	if len(x.Gateways) <= mostGateways {
		return x.gridPage(r.After, false)
	}
	name := safe(x.Gateways[r.Gateway])
	grid := gridPage{Gateways: []string{name + " now", name + " after the change"}}
	for _, line := range x.Lines() {
		l := linePage{Label: safe(line.Label)}
		for _, m := range []*environments.Matrix{x.Matrix, r.After} {
			at := m.At(line, r.Gateway)
			cell := cellPageOf(m.Cell(at, r.Gateway))
			cell.Row = safe(m.Rows[at].Name)
			l.Cells = append(l.Cells, cell)
		}
		grid.Lines = append(grid.Lines, l)
	}
	return grid
}

func (x matrixing) notePages() []Row {
	var rows []Row
	for g, name := range x.Gateways {
		for _, r := range x.Rejected(g) {
			cell := x.Cell(r, g)
			text := x.Rows[r].Name + ": " + decidedAt(cellAnswer(cell), string(cell.Decided))
			rows = append(rows, Row{safe(name), safe(text)})
		}
	}
	return rows
}

// html is the page below its title.
func (p *matrixPage) html() string {
	m := &markup{}
	m.line("h1", "Who is let in where")
	m.line(`p class="lead"`, p.Sentence)
	m.WriteString(`<p class="faint">`)
	m.element("code", p.Name)
	if p.Tokens > 0 {
		m.text(" · " + strconv.Itoa(p.Tokens) + " tokens modelled from the app registrations")
	}
	m.WriteString("</p>\n")
	m.grid(&p.Grid)
	legend := "Rows are tokens, columns are gateways. ✓ as it should be · ✗ wrong · " +
		"? not known · – an intended exception. The number is the predicted HTTP status."
	if p.Behind != "" {
		legend += " " + p.Behind
	}
	m.line(`p class="faint"`, legend)
	m.titled("What the grid does not show", len(p.Remarks), func(i int) {
		r := &p.Remarks[i]
		m.text(r.Gateway + ": " + r.Message + " ")
		m.element("code", r.Place)
		m.text(" [" + r.Rule + "]")
	})
	for i := range p.Findings {
		m.matrixFinding(&p.Findings[i])
	}
	p.addOthers(m)
	const staysOut = "Own tokens that do not get in, though others of the same environment do"
	m.titled(staysOut, len(p.Notes), func(i int) {
		m.text(p.Notes[i].Label + ": ")
		m.element("code", p.Notes[i].Text)
	})
	m.titled("Intended exceptions", len(p.Allow), func(i int) {
		m.text("from " + p.Allow[i].From + " to " + p.Allow[i].To + ": " + p.Allow[i].Reason)
	})
	m.titled("Next", len(p.Next), func(i int) { m.step(p.Next[i]) })
	return m.String()
}

// titled adds a list under a heading, unless it is empty.
func (m *markup) titled(heading string, n int, item func(i int)) {
	if n > 0 {
		m.line("h2", heading)
		m.list("ul", n, item)
	}
}

// grid adds a grid as a table that scrolls.
func (m *markup) grid(grid *gridPage) {
	m.WriteString(`<div class="scroll" tabindex="0" role="region" ` +
		`aria-label="who is let in where"><table class="grid">` + "\n" +
		`<thead><tr><th scope="col">token</th>`)
	for _, gateway := range grid.Gateways {
		m.element(`th scope="col"`, gateway)
	}
	m.WriteString("</tr></thead>\n<tbody>")
	for _, line := range grid.Lines {
		m.WriteString("<tr>")
		m.element(`th scope="row"`, line.Label)
		for i := range line.Cells {
			m.cell(&line.Cells[i])
		}
		m.WriteString("</tr>\n")
	}
	m.WriteString("</tbody></table></div>\n")
}

func (m *markup) cell(c *cellPage) {
	m.WriteString(`<td class="` + c.Class + `" title="`)
	m.text(c.Row)
	m.WriteString(`">`)
	if c.Link != "" {
		m.WriteString(`<a href="#` + c.Link + `">`)
	}
	m.element(`span aria-hidden="true"`, c.Sign)
	m.text(" " + c.Answer + " ")
	m.element(`span class="word"`, c.Word)
	if c.Link != "" {
		m.WriteString("</a>")
	}
	m.WriteString("</td>")
}

// matrixFinding adds the story of a finding.
func (m *markup) matrixFinding(f *findingPage) {
	m.WriteString(`<section class="story" id="` + f.ID + "\">\n")
	m.line("h2", f.Rule+" at "+f.Gateway)
	m.line("p", f.Message)
	if f.Line > 0 {
		m.WriteString("<p>")
		m.element("code", f.Place)
		m.WriteString("</p>\n")
	}
	if f.Marked != "" {
		m.source(f.Line, f.Before, f.Marked, f.After, "")
	}
	m.line("h3", "A token that shows it: "+f.Token+", "+f.Outcome)
	m.line("p", f.Why)
	m.WriteString("<dl>")
	for _, claim := range f.Claims {
		m.WriteString("<dt>")
		m.element("code", claim.Label)
		m.WriteString("</dt><dd>")
		m.element("code", claim.Text)
		m.WriteString("</dd>")
	}
	m.WriteString("</dl>\n")
	if len(f.Tokens) > 1 {
		m.WriteString("<details>")
		m.element("summary", "All rows that are wrong here, each with a token")
		m.WriteString(`<dl class="cells">`)
		for _, token := range f.Tokens {
			m.element("dt", token.Label)
			m.WriteString("<dd>")
			m.element("code", token.Text)
			m.WriteString("</dd>")
		}
		m.WriteString("</dl>")
		if f.More > 0 {
			more := strconv.Itoa(f.More)
			m.element("p", "And "+more+" more: gatewhy matrix -o json lists them.")
		}
		m.WriteString("</details>\n")
	}
	if f.RepairsAt != "" {
		m.WriteString(`<p><a href="#` + f.RepairsAt + `">`)
		m.text("Repairs of " + f.Gateway + " that were tried")
		m.WriteString("</a></p>\n")
	}
	for i := range f.Repairs {
		m.matrixRepair(&f.Repairs[i])
	}
	m.WriteString("</section>\n")
}

// matrixRepair adds a repair with the grid after it, folded.
func (m *markup) matrixRepair(r *repairPage) {
	m.WriteString("<details>")
	m.line("summary", "Repair: "+r.Title+" — "+r.Effect)
	m.WriteString("<p>")
	m.element("code", r.Files)
	m.WriteString("</p>\n")
	m.list("ul", len(r.Changes), func(i int) { m.element("code", r.Changes[i]) })
	m.grid(&r.Grid)
	m.WriteString("</details>\n")
}

// addOthers adds the story of each cell that is not wrong.
func (p *matrixPage) addOthers(m *markup) {
	if len(p.Others) == 0 {
		return
	}
	m.section("All other cells", func() {
		m.WriteString(`<dl class="cells">`)
		for _, o := range p.Others {
			m.element(`dt id="`+o.ID+`"`, o.Token+" at "+o.Gateway)
			m.WriteString("<dd>")
			m.text(o.Outcome)
			if o.Place != "" {
				m.text(", ")
				m.element("code", o.Place)
			}
			if o.Why != "" {
				m.WriteString("<br>")
				m.element(`span class="faint"`, o.Why)
			}
			m.WriteString("</dd>")
		}
		m.WriteString("</dl>\n")
	})
}
