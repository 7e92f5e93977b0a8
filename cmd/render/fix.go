package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// fixedDiff is the change of a file as a unified diff, without its secrets.
func fixedDiff(f *report.Fixing) string {
	before, after := f.Texts()
	return Diff(f.Before.Name, before, after)
}

// FixText writes the diff, then what the gateway answers before and after, then what was not
// repaired.
func FixText(t *Text, f *report.Fixing) {
	if t.Detail == Answer {
		t.Para(0, safe(fixedInShort(f)))
		return
	}
	t.b.WriteString(safeDiff(fixedDiff(f)))
	t.beforeAndAfter(f.Tokens)
	t.notProved(f.Unproved)
	t.toFill(f.Changes)
	t.notRepaired(f.Refused)
	if f.Written {
		t.Blank()
		t.Para(1, "written to "+safe(f.After.Name))
	}
	t.wayOn(f.Next)
}

// fixedInShort counts what was repaired, rules or steps of a solution, and what stays.
func fixedInShort(f *report.Fixing) string {
	text := fmt.Sprintf("%s: %d repaired", f.After.Name, len(f.Repaired))
	if stay := len(f.Refused); stay > 0 {
		text += fmt.Sprintf(", %d not", stay)
	}
	if !f.Written {
		text += " (not written)"
	}
	return text
}

// FixAllText writes what was changed in each of several files.
func FixAllText(t *Text, all []*report.Fixing) {
	shown := 0
	for _, fixed := range all {
		if !fixed.Changed {
			continue
		}
		if shown++; shown > 1 && t.Detail != Answer {
			t.Blank()
		}
		FixText(t, fixed)
	}
}

// beforeAndAfter writes what the gateway answers: the tokens given, then those that Entra ID
// could issue.
func (t *Text) beforeAndAfter(tokens []report.FixedToken) {
	title, rows, letIn, keptOut := "", []Row(nil), false, false
	done := func() {
		t.Rows(2, rows)
		rows = nil
	}
	for i := range tokens {
		token := &tokens[i]
		heading := "before and after"
		if token.API != "" {
			heading += ", API " + token.API
		}
		if token.Modelled {
			heading += ", for modelled tokens"
		}
		if heading != title {
			done()
			title = heading
			t.Heading(safe(title))
		}
		name := safe(token.Name)
		if mark := markOf(token); mark != "" {
			name = t.Mark(mark) + " " + name
			letIn = letIn || mark == "fail" && token.After.Outcome == rules.Accepted
			keptOut = keptOut || mark == "fail" && token.After.Outcome == rules.Rejected
		}
		rows = append(rows, Row{
			name, fmt.Sprintf("%s → %s", token.Before.Line, token.After.Line),
		})
	}
	done()
	marked := "what is marked " + t.Mark("fail") + "."
	switch {
	case letIn && keptOut:
		t.Blank()
		t.Para(2, "This change does not put right "+marked)
	case letIn:
		t.Blank()
		t.Para(2, "This change does not keep out "+marked)
	case keptOut:
		t.Blank()
		t.Para(2, "This change does not let in "+marked)
	}
}

func (t *Text) notProved(unproved []report.Unproved) {
	if len(unproved) == 0 {
		return
	}
	t.Heading("not proved, for modelled tokens")
	for _, u := range unproved {
		names := strings.Join(u.Tokens, "; ")
		if u.API != "" {
			names = "API " + u.API + ": " + names
		}
		t.Para(2, safe(names+": "+u.Why))
		t.Para(3, "pass "+u.Ask)
	}
}

func (t *Text) toFill(changes []rules.FieldChange) {
	fills := source.Without(changes, func(c rules.FieldChange) bool { return c.Fill == "" })
	if len(fills) > 0 {
		t.Heading("to be filled in")
	}
	for _, c := range fills {
		t.Para(2, safe(c.Field+": "+c.Fill))
	}
}

func (t *Text) notRepaired(refused []report.Refused) {
	if len(refused) == 0 {
		return
	}
	t.Heading("not repaired")
	for _, r := range refused {
		t.Para(2, safe(fmt.Sprintf("%s: %s", r.Rule, r.Why)))
		for _, ask := range r.Asks {
			t.Para(3, "pass "+ask)
		}
	}
}

// safeDiff makes a diff safe to print. It keeps tabs, and a carriage return before a line
// break, since the diff would not apply without them.
func safeDiff(diff string) string {
	var b strings.Builder
	for line := range strings.Lines(diff) {
		text := strings.TrimRight(line, "\r\n")
		parts := strings.Split(text, "\t")
		for i, part := range parts {
			parts[i] = safe(part)
		}
		b.WriteString(safeStart(strings.Join(parts, "\t")))
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

// markOf is the sign that says whether the gateway answers as expected after the repair. It is
// empty if nothing is expected.
func markOf(token *report.FixedToken) string {
	switch {
	case token.Expected == "":
		return ""
	case token.After.Outcome == rules.Undetermined:
		return "unknown"
	case token.After.Outcome == token.Expected:
		return "pass"
	}
	return "fail"
}

// The JSON of fix.
type (
	fixedJSON struct {
		SchemaVersion int              `json:"schema_version,omitempty"` // of one file alone
		File          string           `json:"file"`
		Diff          string           `json:"diff"`
		Repaired      []string         `json:"repaired"`
		Changes       []changeJSON     `json:"changes"`
		NotRepaired   []notFixedJSON   `json:"not_repaired"`
		Tokens        []fixedTokenJSON `json:"tokens"`
		NotProved     []notProvedJSON  `json:"not_proved,omitempty"`
		Warnings      []string         `json:"warnings"`
		Written       bool             `json:"written"`
		Next          []nextJSON       `json:"next,omitempty"`
	}

	fixedAllJSON struct {
		SchemaVersion int         `json:"schema_version"`
		Files         []fixedJSON `json:"files"`
	}

	notFixedJSON struct {
		Rule   string      `json:"rule"`
		Source *sourceJSON `json:"source"`
		Why    string      `json:"why"`
		Asks   []string    `json:"asks"`
	}

	notProvedJSON struct {
		API    *string  `json:"api"`
		Tokens []string `json:"tokens"`
		Why    string   `json:"why"`
		Asks   []string `json:"asks"`
	}

	fixedTokenJSON struct {
		Name     string      `json:"name"`
		API      *string     `json:"api"`
		Modelled bool        `json:"modelled"`
		Expected *string     `json:"expected"`
		Before   outcomeJSON `json:"before"`
		After    outcomeJSON `json:"after"`
	}
)

// FixJSON writes what fix has done to one file as JSON.
func FixJSON(w io.Writer, r *report.Fixing) error {
	out := fixedOf(r)
	out.SchemaVersion = SchemaVersion
	return JSON(w, out)
}

// FixAllJSON writes what fix has done to several files as JSON.
func FixAllJSON(w io.Writer, all []*report.Fixing) error {
	files := listOf(all, func(r **report.Fixing) fixedJSON { return fixedOf(*r) })
	return JSON(w, fixedAllJSON{SchemaVersion, files})
}

func fixedOf(f *report.Fixing) fixedJSON {
	return fixedJSON{
		File: f.Before.Name, Diff: fixedDiff(f), Written: f.Written, Next: nextOf(f.Next),
		Repaired: orEmpty(f.Repaired), Changes: listOf(f.Changes, changeOf),
		Warnings: orEmpty(f.Warnings),
		NotRepaired: listOf(f.Refused, func(r *report.Refused) notFixedJSON {
			return notFixedJSON{r.Rule, sourceOf(f.Place(r)), r.Why, orEmpty(r.Asks)}
		}),
		Tokens: listOf(f.Tokens, func(t *report.FixedToken) fixedTokenJSON {
			return fixedTokenJSON{
				t.Name, known(t.API), t.Modelled, known(string(t.Expected)),
				answeredOf(&t.Before), answeredOf(&t.After),
			}
		}),
		NotProved: listOf(f.Unproved, func(u *report.Unproved) notProvedJSON {
			return notProvedJSON{known(u.API), u.Tokens, u.Why, []string{u.Ask}}
		}),
	}
}

func answeredOf(a *report.Answered) outcomeJSON {
	out := outcomeJSON{
		Outcome: a.Outcome, Status: known(a.Status), Earlier: a.Earlier, Question: known(a.Ask),
	}
	if a.DecidedBy != "" {
		out.DecidedBy = &a.DecidedBy
	}
	return out
}
