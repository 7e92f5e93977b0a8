package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	examples "github.com/gatewhy/gatewhy/testdata/rules"
)

// RulePage is one rule with its examples, and what lint says of the bad one.
type RulePage struct {
	*rules.Rule
	Bad, Good examples.Example
	App       *examples.Example // the app registration that both are judged with; nil where none is needed
	File      *source.File      // the bad one, as it was read
	Findings  []rules.Finding
}

// RulesText writes the catalogue as a table.
func RulesText(w io.Writer, style Style, all []rules.Rule) error {
	t := NewText(style)
	widest := 0
	for _, r := range all {
		widest = max(widest, width(r.Name))
	}
	for _, r := range all {
		t.line(fmt.Sprintf("%s  %s  %s", pad(r.Name, widest), pad(t.severity(r.Severity), len("warning")), r.Title))
	}
	_, err := t.WriteTo(w)
	return err
}

// RuleText writes one rule in full.
func RuleText(w io.Writer, style Style, p *RulePage) error {
	t := NewText(style)
	t.Blank()
	t.Para(1, fmt.Sprintf("%s: %s %s", t.severity(p.Severity), t.Paint(Strong, p.Title), t.Paint(Faint, "["+p.Name+"]")))
	t.Blank()
	t.Para(1, p.Why)
	t.Blank()
	t.Para(1, p.Fix)
	if p.Lesser != "" {
		t.Blank()
		t.Para(1, "It is "+p.Lesser+".")
	}
	if p.App != nil {
		t.example("with --app "+p.App.Name, p.App.Text)
	}
	t.example("bad: "+p.Bad.Name, p.Bad.Text)
	for _, f := range p.Findings {
		t.Blank()
		t.Para(1, fmt.Sprintf("%s: %s: %s", f.Pos, f.Severity, inspect.Safe(f.Message)))
		if p.File != nil && f.Span.End > f.Span.Start {
			t.Frame(2, p.File, f.Pos, f.Span, "")
		}
	}
	t.example("good: "+p.Good.Name, p.Good.Text)
	t.Heading("references")
	for _, reference := range p.References {
		t.Para(2, reference)
	}
	t.Para(1, "since "+p.Since)
	t.Blank()
	_, err := t.WriteTo(w)
	return err
}

// example shows a file as it is, under a title; nothing where there is none.
func (t *Text) example(title, text string) {
	if text == "" {
		return
	}
	t.Heading(title)
	for line := range strings.Lines(text) {
		t.line(indent + indent + inspect.Safe(strings.TrimRight(line, "\r\n")))
	}
}
