package render

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/rules/environments"
)

//go:embed templates/matrix.html
var matrixTemplate embed.FS

// MatrixHTML writes a matrix as one page that loads nothing: the grid, and for each finding its token, the check that
// decides, and the repairs with the grid after each. What comes from files is escaped, personal claims are masked.
func MatrixHTML(w io.Writer, x *Matrixing) error {
	page, err := template.ParseFS(matrixTemplate, "templates/matrix.html")
	if err != nil {
		return err
	}
	return page.Execute(w, x.page())
}

// What the template reads. Every text in it is safe to print; html/template escapes markup.
type (
	matrixPage struct {
		Name, Sentence string
		Good           bool
		Grid           gridPage
		Findings       []findingPage
		Notes          []Row
		Allow          []environments.Crossing
		Tokens         int
	}

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
		Link                      string // the id of the finding's story; empty where there is none
		Row                       string
	}

	findingPage struct {
		ID, Rule, Message, Place string
		Line                     int
		Before, Marked, After    string // of the source line
		Token, Outcome, Why      string
		Claims                   []Row
		Tokens                   []string
		Repairs                  []repairPage
	}

	repairPage struct {
		Title         string
		Changes       []string
		Before, After int
		Grid          gridPage
	}
)

func (x *Matrixing) page() matrixPage {
	wrong, unknown, _ := x.Wrong()
	p := matrixPage{
		Name: inspect.Safe(x.Name), Sentence: x.Sentence(), Good: wrong+unknown == 0,
		Grid: x.gridPage(x.Matrix, true), Tokens: x.Tokens, Notes: x.notePages(),
	}
	for i := range x.Findings {
		p.Findings = append(p.Findings, x.findingPage(i))
	}
	for _, c := range x.Allow {
		p.Allow = append(p.Allow, environments.Crossing{From: inspect.Safe(c.From), To: inspect.Safe(c.To), Reason: inspect.Safe(c.Reason)})
	}
	return p
}

// gridPage is the folded grid. Its wrong cells link to their stories where the page has them.
func (x *Matrixing) gridPage(m *environments.Matrix, links bool) gridPage {
	var grid gridPage
	for _, g := range m.Gateways {
		grid.Gateways = append(grid.Gateways, inspect.Safe(g))
	}
	for _, line := range m.Lines() {
		l := linePage{Label: inspect.Safe(line.Label)}
		for g := range m.Gateways {
			r := m.At(line, g)
			cell := cellPageOf(&m.Cells[r][g])
			cell.Row = inspect.Safe(m.Rows[r].Name)
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
	sign := map[string]string{"pass": "✓", "fail": "✗", "unknown": "?", "skipped": "–"}[mark(c)]
	return cellPage{Class: mark(c), Sign: sign, Answer: answer(c), Word: cellWord(c)}
}

// story is the id of the finding that a cell belongs to.
func (x *Matrixing) story(row, gateway int) string {
	f := x.findingAt(row, gateway)
	for i := range x.Findings {
		if &x.Findings[i] == f {
			return storyID(i)
		}
	}
	return ""
}

func storyID(i int) string { return fmt.Sprintf("finding-%d", i+1) }

func (x *Matrixing) findingPage(i int) findingPage {
	f := &x.Findings[i]
	claims, verdict := x.witness(f)
	p := findingPage{
		ID: storyID(i), Rule: f.Rule, Message: inspect.Safe(f.Message), Place: inspect.Safe(f.Pos.String()), Line: f.Pos.Line,
		Token: inspect.Safe(x.Rows[f.Row].Name), Outcome: inspect.Safe(OutcomeLine(&verdict)),
	}
	if verdict.Decided != nil {
		p.Why = inspect.Safe(sentence(verdict.Decided.Why()))
	}
	if file := x.File(f.Pos.File); file != nil && f.Span.End > f.Span.Start && f.Span.End <= len(file.Text) {
		cut := cutLine(shielded(file), f.Span)
		p.Before, p.Marked, p.After = strings.TrimLeft(cut.before, " "), cut.marked, cut.after
	}
	for _, m := range claims.Members {
		p.Claims = append(p.Claims, Row{inspect.Safe(m.Key), inspect.Safe(m.Value.JSON())})
	}
	for _, r := range f.Rows {
		p.Tokens = append(p.Tokens, inspect.Safe(x.Rows[r].Name))
	}
	for i := range x.Repairs {
		if x.Repairs[i].Gateway == f.Gateway && len(p.Repairs) < mostRepairs {
			p.Repairs = append(p.Repairs, x.repairPage(&x.Repairs[i]))
		}
	}
	return p
}

// mostRepairs is how many repairs a story shows, the best first.
const mostRepairs = 4

func (x *Matrixing) repairPage(r *Repair) repairPage {
	p := repairPage{Title: inspect.Safe(strings.Join(r.Titles, ", then ")), Before: r.Before, After: r.Wrong, Grid: x.gridPage(r.After, false)}
	for _, c := range r.Changes {
		p.Changes = append(p.Changes, inspect.Safe(c.File+": "+changeLine(c.Change)))
	}
	return p
}

func (x *Matrixing) notePages() []Row {
	var rows []Row
	for g, name := range x.Gateways {
		for _, r := range x.Rejected(g) {
			cell := &x.Cells[r][g]
			rows = append(rows, Row{inspect.Safe(name), inspect.Safe(fmt.Sprintf("%s: %s at %s", x.Rows[r].Name, answer(cell), cell.Decided))})
		}
	}
	return rows
}
