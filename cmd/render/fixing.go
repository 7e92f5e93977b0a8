package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// Fixing is what fix has done to one file.
type Fixing struct {
	Before, After *source.File
	Repaired      []string // the rules, or the steps of a solution, in the order in which they were made
	Changes       []rules.Change
	Refused       []Refusal
	Tokens        []FixedToken
	Written       bool
}

// Refusal is a finding that was not repaired.
type Refusal struct {
	Rule, Field string
	Severity    rules.Severity
	Pos         source.Position
	Why         string
	Asks        []string // the flags that would help
}

// FixedToken is a token that was run before and after.
type FixedToken struct {
	Name          string
	Modelled      bool
	Before, After rules.Verdict
}

// diff is the change as a unified diff, with stars in the place of secrets.
func (f *Fixing) diff() string {
	return Diff(f.Before.Name, string(shielded(f.Before)), string(shielded(f.After)))
}

// safeDiff makes a diff safe to print. Tabs, and a carriage return before a line break, stay: the diff would not apply
// without them.
func safeDiff(diff string) string {
	var b strings.Builder
	for line := range strings.Lines(diff) {
		text := strings.TrimRight(line, "\r\n")
		for i, part := range strings.Split(text, "\t") {
			if i > 0 {
				b.WriteByte('\t')
			}
			b.WriteString(inspect.Safe(part))
		}
		b.WriteString(lineBreak(line[len(text):]))
	}
	return b.String()
}

// lineBreak keeps one carriage return at most.
func lineBreak(text string) string {
	if strings.HasSuffix(text, "\r\n") {
		return "\r\n"
	}
	return strings.TrimLeft(text, "\r")
}

// FixText writes the diff, then what the gateway answers before and after, then what is left.
func FixText(w io.Writer, style Style, f *Fixing) error {
	if _, err := io.WriteString(w, safeDiff(f.diff())); err != nil {
		return err
	}
	t := NewText(style)
	t.Heading("before and after")
	var rows []Row
	for i := range f.Tokens {
		token := &f.Tokens[i]
		name := token.Name
		if token.Modelled {
			name += " (modelled)"
		}
		rows = append(rows, Row{inspect.Safe(name), fmt.Sprintf("%s → %s", OutcomeLine(&token.Before), OutcomeLine(&token.After))})
	}
	t.Rows(2, rows)
	t.notRepaired(f.Refused)
	if f.Written {
		t.Blank()
		t.Para(1, "written to "+inspect.Safe(f.After.Name))
	}
	_, err := t.WriteTo(w)
	return err
}

func (t *Text) notRepaired(refused []Refusal) {
	if len(refused) == 0 {
		return
	}
	t.Heading("not repaired")
	for _, r := range refused {
		t.Para(2, inspect.Safe(fmt.Sprintf("%s: %s", r.Rule, r.Why)))
		for _, ask := range r.Asks {
			t.Para(3, "pass "+ask)
		}
	}
}
