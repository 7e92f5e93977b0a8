package render

import (
	"io"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
)

// The JSON of keys. A member is null if the key has no such member, or if it can't be read.
type (
	keysJSON struct {
		SchemaVersion int              `json:"schema_version"`
		Origin        string           `json:"origin"`
		Fetched       *string          `json:"fetched"`
		Cached        bool             `json:"cached"`
		PrivateKeys   int              `json:"private_keys"`
		OmittedKeys   int              `json:"omitted_keys"`
		Keys          []keyJSON        `json:"keys"`
		Notes         []noteJSON       `json:"notes"`
		SameKey       [][]int          `json:"same_key"`
		RefusedBy     []keyRefusalJSON `json:"refused_by"`
		Clouds        []cloudJSON      `json:"clouds"`
		Next          []nextJSON       `json:"next,omitempty"`
	}

	keyJSON struct {
		KeyID       *string          `json:"kid"`
		Type        *string          `json:"kty"`
		Curve       *string          `json:"crv"`
		Bits        *int             `json:"bits"`
		Use         *string          `json:"use"`
		Operations  []string         `json:"key_ops"`
		Algorithm   *string          `json:"alg"`
		Issuer      *string          `json:"issuer"`
		Instance    *string          `json:"cloud_instance_name"`
		Cloud       *string          `json:"cloud"`
		ListedBy    []string         `json:"listed_by"`
		Thumbprint  *string          `json:"thumbprint"`
		Certificate *certificateJSON `json:"certificate"`
		LastSeen    *string          `json:"last_seen"`
		Private     bool             `json:"private"`
		Usable      bool             `json:"usable"`
		Fault       *string          `json:"fault"`
		Notes       []noteJSON       `json:"notes"`
		Source      *sourceJSON      `json:"source"`
	}

	certificateJSON struct {
		Subject   *string `json:"subject"`
		NotBefore *string `json:"not_before"`
		NotAfter  *string `json:"not_after"`
		Fault     *string `json:"fault"`
	}

	keyRefusalJSON struct {
		Key      *int     `json:"key"`
		Library  string   `json:"library"`
		Gateways []string `json:"gateways"`
		Why      string   `json:"why"`
		Measured bool     `json:"measured"`
	}
)

// mostInJSON is how many keys are listed in JSON. The largest sets that are published have a
// few dozen.
const mostInJSON = 1000

// KeysJSON writes a key set as JSON, without the keys' material.
func KeysJSON(w io.Writer, r *report.KeyListing) error {
	l := keyListing{r}
	listed := l.Set.Keys[:min(len(l.Set.Keys), mostInJSON)]
	out := keysJSON{
		SchemaVersion: SchemaVersion, Next: nextOf(l.Next),
		Origin: l.Set.Origin, Cached: l.Set.Cached,
		PrivateKeys: len(l.Private), OmittedKeys: len(l.Set.Keys) - len(listed),
		Keys: make([]keyJSON, len(listed)), Notes: listOf(l.Set.Notes, noteOf),
		SameKey: [][]int{}, RefusedBy: []keyRefusalJSON{}, Clouds: l.cloudsJSON(),
	}
	if !l.Set.Fetched.IsZero() {
		out.Fetched = known(inspect.FormatTime(l.Set.Fetched))
	}
	at := make(map[*keys.Key]int, len(listed))
	for i, k := range listed {
		at[k], out.Keys[i] = i, keyOf(k)
		out.Keys[i].ListedBy = l.listing(k)
	}
	out.addTwins(l, at)
	out.addRefusals(l, at)
	return JSON(w, out)
}

// addTwins adds the groups of the same key, by their places among the keys that are listed.
func (out *keysJSON) addTwins(l keyListing, at map[*keys.Key]int) {
	for _, group := range l.Twins {
		var indexes []int
		for _, k := range group {
			if i, ok := at[k]; ok {
				indexes = append(indexes, i)
			}
		}
		if len(indexes) > 1 {
			out.SameKey = append(out.SameKey, indexes)
		}
	}
}

// addRefusals adds the gateways that refuse the set, for its form or for a key in our list.
func (out *keysJSON) addRefusals(l keyListing, at map[*keys.Key]int) {
	for _, r := range l.Refusals {
		index, ok := at[r.Key]
		refusal := keyRefusalJSON{
			Library: r.Library, Gateways: orEmpty(r.Gateways), Why: r.Why,
			Measured: r.Measured,
		}
		switch {
		case ok:
			refusal.Key = &index
		case r.Key != nil:
			continue
		}
		out.RefusedBy = append(out.RefusedBy, refusal)
	}
}

func keyOf(k *keys.Key) keyJSON {
	out := keyJSON{
		KeyID: known(k.ID), Type: known(k.Type), Curve: known(k.Curve), Bits: known(k.Bits),
		Use:        known(k.Use),
		Operations: k.Operations, Algorithm: known(k.Algorithm), Issuer: known(k.Issuer),
		Instance: known(k.CloudInstance),
		Cloud:    known(cloudName(k)), Thumbprint: known(k.Thumbprint()), Private: k.Private,
		Usable: k.Fault == "",
		Fault:  known(k.Fault), Notes: listOf(k.Notes, noteOf), Source: sourceOf(k.Pos),
	}
	if c, ok := k.Certificate(); ok {
		out.Certificate = certificateOf(c)
	}
	if !k.LastSeen.IsZero() {
		out.LastSeen = known(inspect.FormatTime(k.LastSeen))
	}
	return out
}

func certificateOf(c keys.Certificate) *certificateJSON {
	out := &certificateJSON{Subject: known(c.Subject), Fault: known(c.Fault)}
	if !c.NotAfter.IsZero() {
		out.NotBefore = known(inspect.FormatTime(c.NotBefore))
		out.NotAfter = known(inspect.FormatTime(c.NotAfter))
	}
	return out
}

func noteOf(n *keys.Note) noteJSON { return noteJSON(*n) }

type cloudJSON struct {
	ID     string  `json:"id"`
	Keys   *int    `json:"keys"`
	Cached bool    `json:"cached"`
	Fault  *string `json:"fault"`
}

func (l keyListing) cloudsJSON() []cloudJSON {
	if l.Clouds == nil {
		return nil
	}
	return listOf(l.Clouds, func(c *keys.CloudSet) cloudJSON {
		if c.Set == nil {
			return cloudJSON{ID: c.Cloud.ID, Fault: known(c.Err.Error())}
		}
		n := len(c.Set.Keys)
		return cloudJSON{ID: c.Cloud.ID, Keys: &n, Cached: c.Set.Cached}
	})
}
