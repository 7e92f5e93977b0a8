package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/rules"
)

type (
	probeAllJSON struct {
		SchemaVersion int             `json:"schema_version"`
		Cells         []probeCellJSON `json:"cells"`
	}

	probeCellJSON struct {
		Token     string               `json:"token"`
		Gateway   string               `json:"gateway"`
		URL       string               `json:"url"`
		Predicted outcomeJSON          `json:"predicted"`
		Status    *int                 `json:"status"`
		Outcome   *report.ProbeOutcome `json:"outcome"`
		Failure   string               `json:"failure,omitempty"`
	}
)

// ProbeAllJSON writes the cells: what was predicted, and what was answered.
func ProbeAllJSON(w io.Writer, p *report.ProbingAll) error {
	out := probeAllJSON{SchemaVersion: SchemaVersion, Cells: []probeCellJSON{}}
	for t, row := range p.Cells {
		for g := range row {
			c := &row[g]
			cell := probeCellJSON{
				Token: p.Tokens[t], Gateway: p.Gateways[g], URL: p.URLs[g],
				Predicted: outcomeOf(&c.Verdict), Status: known(c.Answer.Status),
				Failure: c.Failure,
			}
			if c.Failure == "" {
				cell.Outcome = &c.Outcome
			}
			out.Cells = append(out.Cells, cell)
		}
	}
	return JSON(w, out)
}

// ProbeAllText writes a row for each token at each gateway. The short form leaves out what came
// out as predicted where that is much.
func ProbeAllText(w io.Writer, style Style, p *report.ProbingAll) error {
	t := NewText(style)
	if style.Detail == Answer {
		t.OneLine(probeSentence(p))
		_, err := t.WriteTo(w)
		return err
	}
	predicted, differ, open, silent := p.Counts()
	folds := style.Detail != All && predicted > mostPredicted
	var rows []Row
	for i, row := range p.Cells {
		for g := range row {
			if c := &row[g]; !folds || c.Outcome != report.AsPredicted {
				mark := t.Mark(string(cellOutcome(c)))
				label := mark + " " + safe(p.Tokens[i]+" at "+p.Gateways[g])
				rows = append(rows, Row{label, safe(cellSays(c))})
			}
		}
	}
	t.Blank()
	t.Para(1, probeSentence(p))
	t.Blank()
	t.Rows(1, rows)
	if folds {
		t.Para(1, fmt.Sprintf("%s %d more as predicted (-v shows them)",
			t.Mark(string(rules.Pass)), predicted))
	}
	if differ+open+silent > 0 {
		t.wayOn(p.Next)
	}
	t.Blank()
	_, err := t.WriteTo(w)
	return err
}

// mostPredicted is how many cells that came out as predicted the short form shows.
const mostPredicted = 12

func cellOutcome(c *report.ProbeCell) rules.Outcome {
	switch c.Outcome {
	case report.AsPredicted:
		return rules.Pass
	case report.Differs:
		return rules.Fail
	}
	return rules.Unsure
}

func cellSays(c *report.ProbeCell) string {
	predicted := "predicted " + OutcomeLine(&c.Verdict)
	switch {
	case c.Failure != "":
		return predicted + "; no answer: " + c.Failure
	case c.Outcome == report.AsPredicted:
		return status(c.Answer.Status) + ", as predicted"
	case c.Outcome == report.LetThrough:
		return predicted + "; answered " + status(c.Answer.Status) +
			", which none of these policies is known to send"
	}
	return predicted + "; answered " + status(c.Answer.Status)
}

func probeSentence(p *report.ProbingAll) string {
	predicted, differ, open, silent := p.Counts()
	all := fmt.Sprintf("%d of %s as predicted", predicted,
		report.Counted(predicted+differ+open+silent, "answer"))
	rest := counts(
		tally{differ, "%d differ"}, tally{open, "of %d it is not known"},
		tally{silent, "%d did not come"},
	)
	return strings.Join(append([]string{all}, rest...), ", ") + "."
}

// ProbeAllMarkdown writes a table: what was answered, beside what was predicted.
func ProbeAllMarkdown(w io.Writer, p *report.ProbingAll) error {
	m := &markdown{}
	m.heading("gatewhy probe: " + probeSentence(p))
	m.table("token", "gateway", "answer")
	for i, row := range p.Cells {
		for g := range row {
			m.cells(p.Tokens[i], p.Gateways[g], cellSays(&row[g]))
		}
	}
	_, err := io.WriteString(w, m.b.String())
	return err
}
