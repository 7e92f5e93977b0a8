package render

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// KeyListing is a key set as keys shows it.
type KeyListing struct {
	Set      *keys.Set
	At       time.Time
	Private  []*keys.Key   // those whose private half, or secret, the set gives away
	Twins    [][]*keys.Key // the same key under several entries
	Refusals []keys.Refusal
	Clouds   []keys.CloudSet // the key sets of all clouds, where they were asked
}

// NewKeyListing looks a key set over.
func NewKeyListing(set *keys.Set, at time.Time, clouds ...keys.CloudSet) *KeyListing {
	l := &KeyListing{Set: set, At: at, Twins: set.Twins(), Refusals: set.Refusals(), Clouds: clouds}
	for _, k := range set.Keys {
		if k.Private {
			l.Private = append(l.Private, k)
		}
	}
	return l
}

// shout says what the set gives away, or nothing.
func (l *KeyListing) shout() string {
	if len(l.Private) == 0 {
		return ""
	}
	names := make([]string, len(l.Private))
	for i, k := range l.Private {
		names[i] = describeKey(k)
	}
	text := "PRIVATE KEY: this set gives away " + plural(len(names), "private key or secret", "private keys or secrets")
	return text + ": " + inspect.ShortenMiddle(strings.Join(names, ", "), 400)
}

const shoutReason = "Whoever has this text can sign tokens that every gateway with this key set accepts. Replace the key now, and publish its public half alone."

// issuers lists whom the keys sign for, each once.
func (l *KeyListing) issuers() []string {
	var all []string
	for _, k := range l.Set.Keys {
		if !slices.Contains(all, k.Issuer) {
			all = append(all, k.Issuer)
		}
	}
	return all
}

// oddities are what is wrong or unusual, with the key that it is about, or the set.
func (l *KeyListing) oddities() []Row {
	var rows []Row
	for _, n := range l.Set.Notes {
		rows = append(rows, Row{"the set", n.Message})
	}
	for _, group := range l.Twins {
		rows = append(rows, Row{"the set", twinsText(group)})
	}
	for _, k := range l.Set.Keys {
		for _, text := range append(keyOddities(k), l.cloudOddity(k)...) {
			rows = append(rows, Row{keyName(k), text})
		}
	}
	return rows
}

// twinsText says under which kids one key stands in the set, each once.
func twinsText(group []*keys.Key) string {
	var names []string
	for _, k := range group {
		if name := keyName(k); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	text := "one and the same key stands in it"
	if len(names) < len(group) {
		text += fmt.Sprintf(" %d times,", len(group))
	}
	return text + " as " + inspect.ShortenMiddle(strings.Join(names, ", "), 200)
}

// keyOddities says what is wrong with a key, what is unusual, and what its certificate contradicts.
func keyOddities(k *keys.Key) []string {
	var all []string
	if k.Fault != "" {
		all = append(all, "can't be used: "+k.Fault)
	}
	for _, n := range k.Notes {
		all = append(all, n.Message)
	}
	if c, ok := k.Certificate(); ok && c.Fault != "" {
		all = append(all, c.Fault)
	}
	if !k.LastSeen.IsZero() {
		all = append(all, "is not in the newest set any more; it was last in it on "+inspect.FormatTime(k.LastSeen))
	}
	return all
}

func keyName(k *keys.Key) string {
	if k.ID == "" {
		return "a key without kid at " + k.Pos.String()
	}
	return "key " + inspect.ShortenMiddle(k.ID, 40)
}

// keySize is a key's type with its curve or its size: "RSA 2048", "EC P-256".
func keySize(k *keys.Key) string {
	text := describeKey(k)
	start := strings.LastIndex(text, " (")
	return strings.TrimSuffix(text[start+2:], ")")
}

// cloudName is the cloud that a key belongs to: the id that --cloud takes where it is a known one.
func cloudName(k *keys.Key) string {
	if cloud, ok := entra.CloudByInstance(k.CloudInstance); ok {
		return cloud.ID
	}
	return k.CloudInstance
}

// refusalGroup is what several keys make the same gateways refuse.
type refusalGroup struct {
	gateways, library string
	reasons           []string
}

// refusalGroups puts the refusals of the same gateways together.
func (l *KeyListing) refusalGroups() []refusalGroup {
	var groups []refusalGroup
	for _, r := range l.Refusals {
		gateways := strings.Join(r.Gateways, ", ")
		i := slices.IndexFunc(groups, func(g refusalGroup) bool { return g.gateways == gateways && g.library == r.Library })
		if i < 0 {
			i = len(groups)
			groups = append(groups, refusalGroup{gateways: gateways, library: r.Library})
		}
		groups[i].reasons = append(groups[i].reasons, refusalReason(r))
	}
	return groups
}

func refusalReason(r keys.Refusal) string {
	text := r.Why
	if r.Key != nil {
		text = keyName(r.Key) + ": " + text
	}
	switch {
	case r.Measured:
		return text + " (measured)"
	case r.Key == nil:
		return text + " (not measured)"
	}
	return text + " (inferred from the library)"
}

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
