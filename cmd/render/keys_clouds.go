package render

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// listing is the ids of the clouds that list a key, or nil where none was asked.
func (l *KeyListing) listing(k *keys.Key) []string {
	if l.Clouds == nil {
		return nil
	}
	ids := []string{}
	for _, c := range l.Clouds {
		if c.Lists(k) {
			ids = append(ids, c.Cloud.ID)
		}
	}
	return ids
}

// cloudOddity says that a cloud lists a key that belongs to another.
func (l *KeyListing) cloudOddity(k *keys.Key) []string {
	own, ok := entra.CloudByInstance(k.CloudInstance)
	others := slices.DeleteFunc(l.listing(k), func(id string) bool { return id == own.ID })
	if !ok || len(others) == 0 {
		return nil
	}
	return []string{"belongs to " + own.ID + ", and " + strings.Join(others, ", ") + " lists it too: that it verifies a token does not prove the token's cloud"}
}

// withClouds leaves out of a row the columns about clouds that say nothing.
func (t *keysText) withClouds(row []string) []string {
	last := len(row) - 1
	if t.Clouds == nil {
		row = row[:last]
	}
	if t.namesCloud() {
		return row
	}
	return slices.Delete(row, last-1, last)
}

// namesCloud reports whether a key says which cloud it belongs to.
func (t *keysText) namesCloud() bool {
	return slices.ContainsFunc(t.Set.Keys, func(k *keys.Key) bool { return k.CloudInstance != "" })
}

// listedBy is the clouds that list a key. That none does is said only where all are known.
func (t *keysText) listedBy(k *keys.Key) string {
	none := "none"
	if slices.ContainsFunc(t.Clouds, func(c keys.CloudSet) bool { return c.Set == nil }) {
		none = "not known"
	}
	return cmp.Or(strings.Join(t.listing(k), ", "), none)
}

// cloudBasis says what the columns about clouds rest on.
func (t *keysText) cloudBasis() {
	if t.namesCloud() {
		t.Blank()
		text := "cloud: what the key itself says (cloud_instance_name)."
		if t.Clouds == nil {
			text += " --clouds asks which clouds list it."
		}
		t.Para(1, t.Paint(Faint, text))
	}
	if t.Clouds == nil {
		return
	}
	t.Heading("clouds that were asked, and their common keys")
	var rows []Row
	for _, c := range t.Clouds {
		rows = append(rows, Row{c.Cloud.ID, inspect.Safe(t.cloudAnswer(c))})
	}
	t.Rows(2, rows)
}

// cloudAnswer is what a cloud answered: how many keys, or why none are known.
func (t *keysText) cloudAnswer(c keys.CloudSet) string {
	if c.Set == nil {
		return "not known: " + causeOf(c.Err)
	}
	text := count(len(c.Set.Keys), "key")
	if c.Set.Cached {
		text += ", from the cache, fetched " + inspect.Relative(c.Set.Fetched, t.At)
	}
	return text
}

// causeOf returns why a document is not to be had, without its address where that is known apart.
func causeOf(err error) string {
	var e *source.Error
	if errors.As(err, &e) {
		return e.Cause
	}
	return err.Error()
}

// cloudJSON is what a cloud answered.
type cloudJSON struct {
	ID     string  `json:"id"`
	Keys   *int    `json:"keys"`
	Cached bool    `json:"cached"`
	Fault  *string `json:"fault"`
}

func (l *KeyListing) cloudsJSON() []cloudJSON {
	if l.Clouds == nil {
		return nil
	}
	out := make([]cloudJSON, len(l.Clouds))
	for i, c := range l.Clouds {
		out[i].ID = c.Cloud.ID
		if c.Set == nil {
			out[i].Fault = known(c.Err.Error())
			continue
		}
		n := len(c.Set.Keys)
		out[i].Keys, out[i].Cached = &n, c.Set.Cached
	}
	return out
}
