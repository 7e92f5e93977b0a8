package render

import "strconv"

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
