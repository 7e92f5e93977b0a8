package render

import (
	"encoding/json"
	"io"

	"github.com/gatewhy/gatewhy/inspect"
)

// ClaimText writes one claim, whole: its value, then what is known of it.
func ClaimText(w io.Writer, style Style, d *Decoding, name string) error {
	t := NewText(style)
	for _, m := range d.Mask.Claims(d.Token.Claims).Members {
		if m.Key == name {
			t.line(inspect.Safe(d.valueText(name, m.Value)))
		}
	}
	if info, ok := inspect.Claim(name); ok {
		t.Blank()
		t.Para(1, info.Meaning)
		t.Blank()
		t.Rows(1, claimRows(info))
	}
	_, err := t.WriteTo(w)
	return err
}

// claimRows says what is known of a claim beside its meaning.
func claimRows(info inspect.ClaimInfo) []Row {
	rows := []Row{{"set by", info.SetBy}, {"may decide access", string(info.Fitness)}}
	if info.Personal {
		rows = append(rows, Row{"personal", "yes"})
	}
	if info.Reference != "" {
		rows = append(rows, Row{"reference", info.Reference})
	}
	return rows
}

// claimJSON is the JSON of decode --claim. What is not known of the claim is null.
type claimJSON struct {
	SchemaVersion int             `json:"schema_version"`
	Claim         string          `json:"claim"`
	Value         json.RawMessage `json:"value"`
	Meaning       *string         `json:"meaning"`
	SetBy         *string         `json:"set_by"`
	MayDecide     *string         `json:"may_decide_access"`
	Reference     *string         `json:"reference"`
}

// ClaimJSON writes one claim as JSON.
func ClaimJSON(w io.Writer, d *Decoding, name string) error {
	info, _ := inspect.Claim(name)
	return d.Mask.JSON(w, claimJSON{
		SchemaVersion: SchemaVersion, Claim: name, Value: rawJSON(d.Mask.Claims(d.Token.Claims).Member(name)),
		Meaning: known(info.Meaning), SetBy: known(info.SetBy), MayDecide: known(string(info.Fitness)), Reference: known(info.Reference),
	})
}
