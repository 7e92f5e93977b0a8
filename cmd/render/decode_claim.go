package render

import (
	"encoding/json"
	"io"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// claim is one claim as it is shown.
type claim struct {
	decoding
	*report.Claim
	Value *source.Value // with what must not be shown replaced
}

func newClaim(r *report.Claim) *claim {
	c := &claim{decoding: newDecoding(r.Decoding), Claim: r}
	if r.Value != nil {
		c.Value = c.Mask.Claims(r.Token.Claims).Member(r.Name)
	}
	return c
}

// ClaimText writes one claim: its whole value on the first line, or that there is none, then
// what is known about it.
func ClaimText(w io.Writer, style Style, r *report.Claim) error {
	c := newClaim(r)
	t := NewText(style)
	switch {
	case c.Value != nil:
		t.values(c)
	case c.Claim.Token != nil && c.Claim.Token.Claims == nil:
		t.Para(0, safe("not known: "+c.Claim.Token.Fault.Cause))
	case c.Claim.Token != nil:
		t.Para(0, safe("the token has no claim "+c.Name))
	}
	if c.Known {
		t.Blank()
		t.Para(1, c.Info.Meaning)
		t.Blank()
		t.Rows(1, claimRows(c.Info))
	}
	_, err := t.WriteTo(w)
	return err
}

// values adds the claim's whole value. A claim that appears twice has two.
func (t *Text) values(c *claim) {
	for _, m := range c.Mask.Claims(c.Claim.Token.Claims).Members {
		if m.Key == c.Name {
			t.line(safe(c.valueText(c.Name, m.Value)))
		}
	}
}

// claimRows says what is known about a claim beside its meaning.
func claimRows(info inspect.ClaimInfo) []Row {
	rows := []Row{
		{"set by", info.SetBy},
		{"may decide access", string(info.Fitness)},
		{"in Entra's tokens", writtenIn(info)},
	}
	if info.Personal {
		rows = append(rows, Row{"personal", "yes"})
	}
	if info.Reference != "" {
		rows = append(rows, Row{"reference", info.Reference})
	}
	return rows
}

// writtenIn says in which tokens Entra ID writes a claim.
func writtenIn(info inspect.ClaimInfo) string {
	switch info.Versions {
	case "":
		return "not documented"
	case "both":
		return "v1.0 and v2.0"
	case "on request":
		return "where the API's app registration asks for it"
	}
	return "v" + info.Versions
}

// claimJSON is the JSON of decode --claim. What we do not know about the claim is null.
type claimJSON struct {
	SchemaVersion int             `json:"schema_version"`
	Claim         string          `json:"claim"`
	Present       *bool           `json:"present"`
	Value         json.RawMessage `json:"value"`
	Meaning       *string         `json:"meaning"`
	SetBy         *string         `json:"set_by"`
	MayDecide     *string         `json:"may_decide_access"`
	Versions      *string         `json:"versions"`
	Reference     *string         `json:"reference"`
}

// ClaimJSON writes one claim as JSON.
func ClaimJSON(w io.Writer, r *report.Claim) error {
	c := newClaim(r)
	out := claimJSON{
		SchemaVersion: SchemaVersion, Claim: c.Name, Value: rawJSON(c.Value),
		Meaning: known(c.Info.Meaning), SetBy: known(c.Info.SetBy),
		MayDecide: known(string(c.Info.Fitness)),
		Versions:  known(c.Info.Versions), Reference: known(c.Info.Reference),
	}
	if c.Claim.Token != nil && c.Claim.Token.Claims != nil {
		present := c.Value != nil
		out.Present = &present
	}
	return c.Mask.JSON(w, out)
}
