package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/rules"
)

// RulesText writes the catalogue as a table. A terminal wraps its titles; for a pipe each rule is
// one line.
func RulesText(t *Text, all []rules.Rule) {
	widest := 0
	for _, r := range all {
		widest = max(widest, width(r.Name))
	}
	for _, r := range all {
		label := pad(r.Name, widest) + indent + pad(t.severity(r.Severity), len("warning"))
		if t.Width == 0 {
			t.line(label + indent + r.Title)
			continue
		}
		t.row(0, width(label)+len(indent), Row{label, r.Title})
	}
}

// RuleText writes one rule in full.
func RuleText(t *Text, p *report.RulePage) {
	t.Blank()
	t.Para(1, fmt.Sprintf("%s: %s %s", t.severity(p.Severity), t.Paint(Strong, p.Title),
		t.Paint(Faint, "["+p.Name+"]")))
	t.Blank()
	t.Para(1, p.Why)
	t.Blank()
	t.Para(1, p.Fix)
	if less := p.WhenLess(); less != "" {
		t.Blank()
		t.Para(1, "It is "+less+".")
	}
	if p.App != nil {
		t.example("with --app "+p.App.Name, p.App.Text)
	}
	t.example("bad: "+p.Bad.Name, p.Bad.Text)
	for _, f := range p.Findings {
		t.Blank()
		t.Para(1, fmt.Sprintf("%s: %s: %s", f.Pos, f.Severity, safe(f.Message)))
		if p.File != nil && f.Span.End > f.Span.Start {
			t.SourceLine(2, p.File, f.Pos, f.Span, "")
		}
	}
	t.example("good: "+p.Good.Name, p.Good.Text)
	t.Heading("references")
	for _, reference := range p.References {
		t.Para(2, reference)
	}
	t.Para(1, "since "+p.Since)
	t.Blank()
}

// example shows a file as it is, under a title. An empty one is left out.
func (t *Text) example(title, text string) {
	if text == "" {
		return
	}
	t.Heading(title)
	for line := range strings.Lines(text) {
		t.line(indent + indent + safe(strings.TrimRight(line, "\r\n")))
	}
}

// The JSON of rules.
type (
	rulesJSON struct {
		SchemaVersion int        `json:"schema_version"`
		Rules         []ruleJSON `json:"rules"`
	}

	ruleJSON struct {
		Name       string         `json:"name"`
		Severity   rules.Severity `json:"severity"`
		Lesser     string         `json:"lesser,omitempty"`
		Title      string         `json:"title"`
		Why        string         `json:"why"`
		Fix        string         `json:"fix"`
		Since      string         `json:"since"`
		References []string       `json:"references"`
		Bad        *exampleJSON   `json:"bad,omitempty"`
		Good       *exampleJSON   `json:"good,omitempty"`
	}

	exampleJSON struct {
		File string `json:"file"`
		Text string `json:"text"`
	}
)

// RulesJSON writes the catalogue as JSON.
func RulesJSON(w io.Writer, all []rules.Rule) error {
	return JSON(w, rulesJSON{SchemaVersion, listOf(all, ruleOf)})
}

// RuleJSON writes one rule in full as JSON: a catalogue of one rule.
func RuleJSON(w io.Writer, p *report.RulePage) error {
	rule := ruleOf(p.Rule)
	rule.Bad = known(exampleJSON{p.Bad.Name, p.Bad.Text})
	rule.Good = known(exampleJSON{p.Good.Name, p.Good.Text})
	return JSON(w, rulesJSON{SchemaVersion: SchemaVersion, Rules: []ruleJSON{rule}})
}

func ruleOf(r *rules.Rule) ruleJSON {
	return ruleJSON{
		r.Name, r.Severity, r.WhenLess(), r.Title, r.Why, r.Fix, r.Since, r.References, nil, nil,
	}
}

// RulesTable is the catalogue as a Markdown table, as the README has it.
func RulesTable(all []rules.Rule) string {
	var b strings.Builder
	b.WriteString("| rule | severity | what is wrong |\n|---|---|---|\n")
	for _, r := range all {
		title := strings.ReplaceAll(r.Title, "|", `\|`)
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", r.Name, r.Severity, title)
	}
	return b.String()
}

// RulesMarkdown writes the catalogue as a Markdown table.
func RulesMarkdown(w io.Writer, all []rules.Rule) error {
	_, err := io.WriteString(w, RulesTable(all))
	return err
}

// RuleMarkdown writes one rule in full as Markdown.
func RuleMarkdown(w io.Writer, p *report.RulePage) error {
	_, err := fmt.Fprintf(w, "# %s\n\n%s\n\n", p.Name, RuleHelp(p.Rule))
	if err == nil && p.Bad.Text != "" {
		bad, good := fenced(p.Bad.Text), fenced(p.Good.Text)
		_, err = fmt.Fprintf(w, "## Bad\n\n%s\n## Good\n\n%s\n", bad, good)
	}
	if err == nil {
		_, err = io.WriteString(w, ReferenceList(p.Rule))
	}
	return err
}

// RuleHelp is why a rule matters and what to do, as Markdown.
func RuleHelp(r *rules.Rule) string {
	severity := string(r.Severity)
	if less := r.WhenLess(); less != "" {
		severity += "; " + less
	}
	return fmt.Sprintf("**%s** (%s)\n\n%s\n\n**What to do:** %s",
		report.Sentence(r.Title), severity, r.Why, r.Fix)
}

// ReferenceList is what a rule rests on, as a Markdown list.
func ReferenceList(r *rules.Rule) string {
	return "References:\n\n- " + strings.Join(r.References, "\n- ") + "\n"
}

func fenced(text string) string { return "```\n" + text + "```\n" }
