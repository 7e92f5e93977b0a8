package render

import (
	"encoding/json"
	"io"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// decodeJSON is the JSON of decode. Header and claims are null if they can't be read. Numbers
// are as the token writes them. Of members that appear twice we give the last, and an
// observation says both values.
type decodeJSON struct {
	SchemaVersion int               `json:"schema_version"`
	Token         *tokenJSON        `json:"token"`
	Signs         []signJSON        `json:"signs"`
	ClientProof   *string           `json:"client_proof"`
	AudienceForm  *string           `json:"audience_form"`
	Header        json.RawMessage   `json:"header"`
	Claims        json.RawMessage   `json:"claims"`
	Observations  []observationJSON `json:"observations"`
	Traits        []observationJSON `json:"traits"`
	Next          []nextJSON        `json:"next,omitempty"`
}

type observationJSON struct {
	ID      string `json:"id"`
	Path    string `json:"path"`
	Message string `json:"message"`
}

// DecodeJSON writes a token as JSON.
func DecodeJSON(w io.Writer, r *report.Decoding) error {
	d := newDecoding(r)
	out := decodeJSON{
		SchemaVersion: SchemaVersion,
		Token:         tokenOf(d.Profile),
		Signs: listOf(d.Profile.Signs, func(s *inspect.Sign) signJSON {
			return signJSON(*s)
		}),
		ClientProof:  known(d.Profile.ClientProof),
		AudienceForm: known(string(d.Profile.AudienceForm)),
		Header:       rawJSON(d.Mask.Value(d.Token.Header)),
		Claims:       rawJSON(d.Mask.Claims(d.Token.Claims)),
		Observations: d.observationsJSON(odditiesAt(d.Profile, d.At)),
		Traits:       d.observationsJSON(d.Profile.Traits),
		Next:         nextOf(d.Next),
	}
	return d.Mask.JSON(w, out)
}

func (d decoding) observationsJSON(all []inspect.Observation) []observationJSON {
	return listOf(all, func(o *inspect.Observation) observationJSON {
		return observationJSON{ID: o.ID, Path: o.Path, Message: d.Mask.Message(*o)}
	})
}

// rawJSON is a value's own JSON, or null.
func rawJSON(v *source.Value) json.RawMessage {
	return json.RawMessage(lastMembers(v).JSON())
}

// lastMembers returns the value without all but the last of the members that share a name,
// since most readers take the last. A reader of our JSON must not meet the same doubt again.
func lastMembers(v *source.Value) *source.Value {
	if v == nil || !v.Is(source.Object) && !v.Is(source.List) {
		return v
	}
	one := mapped(v, lastMembers)
	at := make(map[string]int, len(one.Members))
	for i := range one.Members {
		at[one.Members[i].Key] = i
	}
	if len(at) == len(one.Members) {
		return one
	}
	one = unshared(one, v)
	kept := one.Members[:0]
	for i, m := range one.Members {
		if at[m.Key] == i {
			kept = append(kept, m)
		}
	}
	one.Members = kept
	return one
}

// signJSON is a reason why we take the token for what we say it is.
type signJSON struct {
	About   string `json:"about"`
	Path    string `json:"path"`
	Message string `json:"message"`
}
