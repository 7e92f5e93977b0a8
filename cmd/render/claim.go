package render

import (
	"encoding/json"
	"io"

	"github.com/gatewhy/gatewhy/inspect"
)

// ClaimText writes one claim, whole.
func ClaimText(w io.Writer, style Style, d *Decoding, name string) error {
	t := NewText(style)
	for _, m := range d.Token.Claims.Members {
		if m.Key == name {
			t.line(inspect.Safe(d.valueText(name, m.Value)))
		}
	}
	_, err := t.WriteTo(w)
	return err
}

// claimJSON is the JSON of decode --claim.
type claimJSON struct {
	SchemaVersion int             `json:"schema_version"`
	Claim         string          `json:"claim"`
	Value         json.RawMessage `json:"value"`
}

// ClaimJSON writes one claim as JSON.
func ClaimJSON(w io.Writer, d *Decoding, name string) error {
	value := d.Token.Claims.Member(name)
	return JSON(w, claimJSON{
		SchemaVersion: SchemaVersion, Claim: name, Value: rawJSON(value),
	})
}
