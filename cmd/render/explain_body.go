package render

// html is the page below its headline.
func (p *explainPage) html() string {
	m := &markup{}
	for _, line := range p.Observed {
		m.line(`p class="lead"`, line)
	}
	p.addCauses(m)
	for _, reason := range p.Reasons {
		m.line(`p class="lead"`, reason)
	}
	if p.Marked != "" {
		m.WriteString("<p>")
		m.element("code", p.Place)
		m.WriteString("</p>\n")
		m.source(p.Line, p.Before, p.Marked, p.After, p.Note)
	}
	m.facts(p.Facts, false)
	for _, chain := range p.Chains {
		m.section(chain.Title, func() { m.rows(chain.Checks) })
	}
	if len(p.Gateways) > 0 {
		m.section("By gateway", func() { m.facts(p.Gateways, false) })
	}
	m.next(p.Next)
	p.addRemedies(m)
	p.addFindings(m)
	m.section("The token, by what the logs know it", func() {
		m.facts(p.Identity, true)
		m.line(`p class="faint"`, "Judged at "+p.At+". A prediction, made without the gateway; "+
			"the token itself is not in this report.")
	})
	return m.String()
}

func (p *explainPage) addCauses(m *markup) {
	if len(p.Causes) == 0 {
		return
	}
	m.section("What would explain the real answer, the most likely first", func() {
		m.list("ol", len(p.Causes), func(i int) {
			m.element("strong", p.Causes[i].Title)
			m.WriteString("<br>")
			m.text(p.Causes[i].Why)
			m.WriteString("<br>check: ")
			m.text(p.Causes[i].Look)
		})
	})
}

func (p *explainPage) addRemedies(m *markup) {
	if len(p.Remedies)+len(p.Refused) == 0 {
		return
	}
	m.section(p.RemediesTitle, func() {
		for _, r := range p.Remedies {
			m.line("h3", r.Title)
			after := "after it: " + r.After
			if r.Other != "" {
				after += "; the other token would get: " + r.Other
			}
			m.line("p", after)
			m.list("ul", len(r.Changes), func(i int) { m.element("code", r.Changes[i]) })
			if r.Command != "" {
				m.WriteString("<p>as a diff: ")
				m.element("code", r.Command)
				m.WriteString("</p>\n")
			}
		}
		for _, r := range p.Refused {
			m.line(`p class="faint"`, "not offered: "+r.Label+": "+r.Text)
		}
	})
}

func (p *explainPage) addFindings(m *markup) {
	if len(p.Findings) == 0 {
		return
	}
	m.section("In the policy", func() {
		m.list("ul", len(p.Findings), func(i int) {
			f := &p.Findings[i]
			m.element("code", f.Place)
			m.text(": " + f.Severity + ": " + f.Message + " ")
			m.element(`span class="faint"`, "["+f.Rule+"]")
		})
	})
}
