package render

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
)

// The JSON of matrix.
type (
	matrixJSON struct {
		SchemaVersion int                 `json:"schema_version"`
		Summary       matrixSummaryJSON   `json:"summary"`
		Cells         []cellJSON          `json:"cells"`
		Findings      []matrixFindingJSON `json:"findings"`
		Allow         []crossingJSON      `json:"allow"`
		Fix           *fixJSON            `json:"fix,omitempty"`
		Next          []nextJSON          `json:"next,omitempty"`
	}

	matrixSummaryJSON struct {
		Cells   int `json:"cells"`
		Wrong   int `json:"wrong"`
		Unknown int `json:"unknown"`
		Tokens  int `json:"modelled_tokens"`
		Classes int `json:"distinct_tokens_run"`
		Alike   int `json:"names_alike,omitempty"`
	}

	cellJSON struct {
		Token    string          `json:"token"`
		Gateway  string          `json:"gateway"`
		Outcome  rules.Decision  `json:"outcome"`
		Status   *int            `json:"status"`
		Expected *rules.Decision `json:"expected"`
		OK       *bool           `json:"ok"`
		Decided  *rules.ID       `json:"decided_by"`
		Earlier  rules.ID        `json:"earlier_unknown,omitempty"`
		Request  *string         `json:"request,omitempty"` // of several classes, the cell's
		Allowed  bool            `json:"allowed,omitempty"`
		Note     string          `json:"note,omitempty"`
	}

	matrixFindingJSON struct {
		findingJSON
		Token   *string         `json:"token"`
		Gateway string          `json:"gateway"`
		Tokens  []string        `json:"tokens"`
		Witness json.RawMessage `json:"witness"`
		Request *writtenJSON    `json:"request,omitempty"`
	}

	// writtenJSON is what the caller writes into the request beside the token.
	writtenJSON struct {
		Headers map[string]string `json:"headers,omitempty"`
		Query   map[string]string `json:"query,omitempty"`
	}

	crossingJSON struct {
		From   string      `json:"from"`
		To     string      `json:"to"`
		Reason string      `json:"reason"`
		Source *sourceJSON `json:"source"`
	}

	fixJSON struct {
		Repairs []repairJSON      `json:"repairs"`
		Written bool              `json:"written"`
		Summary matrixSummaryJSON `json:"summary_after"`
		Cells   []cellJSON        `json:"cells_after"`
	}

	repairJSON struct {
		Gateway string           `json:"gateway"`
		Titles  []string         `json:"titles"`
		Changes []fileChangeJSON `json:"changes"`
		Files   []editedFileJSON `json:"files"`
		Wrong   int              `json:"wrong_after"`
	}

	editedFileJSON struct {
		File string `json:"file"`
		Text string `json:"text"`
	}

	fileChangeJSON struct {
		File string `json:"file"`
		changeJSON
	}
)

// MatrixJSON writes a matrix as JSON. No rows are folded.
func MatrixJSON(w io.Writer, r *report.Matrixing) error {
	x := matrixing{r}
	out := matrixJSON{
		SchemaVersion: SchemaVersion,
		Summary:       matrixSummaryOf(x.Matrix),
		Cells:         []cellJSON{},
		Findings:      []matrixFindingJSON{},
		Allow: listOf(x.Allow, func(c *environments.Crossing) crossingJSON {
			return crossingJSON{c.From, c.To, c.Reason, sourceOf(c.Pos)}
		}),
		Next: nextOf(x.Next),
	}
	lists := []longList{{"cells", "    ", cellsOf(x.Matrix)}, {"findings", "    ", x.findings}}
	if x.Fixed != nil {
		out.Fix = x.fixOf()
		lists = append(lists, longList{"cells_after", "      ", cellsOf(x.Fixed)})
	}
	return longJSON(w, out, lists...)
}

// cellsOf gives the cells of a matrix. Those that differ in their token alone share the rest.
func cellsOf(m *environments.Matrix) func(string, addElement) error {
	type place struct {
		cell    *environments.Cell
		gateway int
	}
	return func(indent string, add addElement) error {
		known := map[place][]byte{} // all of a cell but its token
		for r, row := range m.Rows {
			token, err := indented(row.Name, indent)
			if err != nil {
				return err
			}
			cell := [][]byte{nil, token, nil}
			for g := range m.Gateways {
				at := place{m.Cell(r, g), g}
				if known[at] == nil {
					if known[at], err = indented(cellOf(m, at.cell, g), indent); err != nil {
						return err
					}
				}
				cell[0], cell[2], _ = bytes.Cut(known[at], []byte(`""`))
				if err := add(cell...); err != nil {
					return err
				}
			}
		}
		return nil
	}
}

func matrixSummaryOf(m *environments.Matrix) matrixSummaryJSON {
	wrong, unknown, all := m.Wrong()
	return matrixSummaryJSON{all, wrong, unknown, m.Tokens, m.Distinct(), m.Alike}
}

func cellOf(m *environments.Matrix, c *environments.Cell, gateway int) cellJSON {
	note := c.Note
	if note == "" && c.Limit != "" {
		note = "gatewhy tries no more than " + c.Limit
	}
	return cellJSON{
		Gateway: m.Gateways[gateway],
		Outcome: c.Outcome, Status: known(c.Status), Expected: known(c.Expected),
		OK: truthOf(c.OK()), Decided: known(c.Decided), Earlier: c.Earlier,
		Request: known(c.Class().String()), Allowed: c.Allowed != nil, Note: note,
	}
}

// truthOf is null if we do not know.
func truthOf(t rules.Truth) *bool {
	if t == rules.Maybe {
		return nil
	}
	yes := t == rules.Yes
	return &yes
}

// findings gives the findings. Each names all tokens that it is about.
func (x matrixing) findings(indent string, add addElement) error {
	one := func(f matrixFindingJSON) error {
		text, err := indented(f, indent)
		if err != nil {
			return err
		}
		return add(text)
	}
	for i := range x.Findings {
		if err := one(x.findingOf(&x.Findings[i])); err != nil {
			return err
		}
	}
	for i := range x.Remarks {
		if err := one(x.remarkOf(&x.Remarks[i])); err != nil {
			return err
		}
	}
	return nil
}

func (x matrixing) findingOf(f *environments.Finding) matrixFindingJSON {
	w := x.witness(f.Row, f.Gateway)
	out := matrixFindingJSON{
		findingJSON: findingOf(&f.Finding),
		Token:       &x.Rows[f.Row].Name,
		Gateway:     x.Gateways[f.Gateway],
		Witness:     json.RawMessage(w.Claims.JSON()),
	}
	if len(w.Written.Headers)+len(w.Written.Query) > 0 {
		out.Request = &writtenJSON{map[string]string{}, w.Written.Query}
		for name, value := range w.Written.Headers {
			out.Request.Headers[strings.ToLower(name)] = value
		}
	}
	for _, r := range f.Rows {
		out.Tokens = append(out.Tokens, x.Rows[r].Name)
	}
	return out
}

// remarkOf is a finding about a policy: no token shows it.
func (x matrixing) remarkOf(r *environments.Remark) matrixFindingJSON {
	return matrixFindingJSON{
		findingJSON: findingOf(&r.Finding),
		Gateway:     x.Gateways[r.Gateway],
		Tokens:      []string{},
		Witness:     json.RawMessage("null"),
	}
}

func (x matrixing) fixOf() *fixJSON {
	out := &fixJSON{
		Repairs: []repairJSON{}, Written: len(x.Written) > 0,
		Summary: matrixSummaryOf(x.Fixed), Cells: []cellJSON{},
	}
	for i := range x.Repairs {
		r := &x.Repairs[i]
		if !r.Chosen {
			continue
		}
		changes := listOf(r.Changes, func(c *report.FileChange) fileChangeJSON {
			return fileChangeJSON{c.File, changeOf(&c.FieldChange)}
		})
		edited := []editedFileJSON{}
		for _, f := range r.Files {
			isOf := func(c report.FileChange) bool { return c.File == f.Name }
			if slices.ContainsFunc(r.Changes, isOf) {
				edited = append(edited, editedFileJSON{f.Name, string(f.Text)})
			}
		}
		out.Repairs = append(out.Repairs, repairJSON{
			x.Gateways[r.Gateway], r.Titles, changes, edited, r.Wrong,
		})
	}
	return out
}
