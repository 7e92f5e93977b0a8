package render

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
)

type keyListing struct{ *report.KeyListing }

// leak says what the set gives away, or nothing.
func (l keyListing) leak() string {
	if len(l.Private) == 0 {
		return ""
	}
	names := source.Each(l.Private, describeKey)
	text := "PRIVATE KEY: this set contains " +
		plural(len(names), "private key or secret", "private keys or secrets")
	return text + ": " + inspect.ShortenMiddle(strings.Join(names, ", "), 400)
}

const leakReason = "Anyone who has it can sign tokens that every gateway with this key set " +
	"accepts. Replace the key now, and publish only its public half."

// oddities are what is wrong or unusual, each with the key, or the set, that it is about.
func (l keyListing) oddities() []Row {
	rows := source.Each(l.Set.Notes, func(n keys.Note) Row { return Row{"the set", n.Message} })
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

// twinsText says under which kids one key appears in the set, each kid once.
func twinsText(group []*keys.Key) string {
	var names []string
	for _, k := range group {
		names = source.Union(names, keyName(k))
	}
	text := "the same key appears in it"
	if len(names) < len(group) {
		text += fmt.Sprintf(" %d times,", len(group))
	}
	return text + " as " + inspect.ShortenMiddle(strings.Join(names, ", "), 200)
}

// keyOddities says what is wrong with a key, what is unusual, and what its certificate
// contradicts.
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
		all = append(all, "is no longer in the newest set; it was last there on "+
			inspect.FormatTime(k.LastSeen))
	}
	return all
}

func keyName(k *keys.Key) string {
	switch {
	case k.ID != "":
		return "key " + inspect.ShortenMiddle(k.ID, 40)
	case k.Pos.Line == 0: // of a PEM file
		return "a key without kid"
	}
	return "a key without kid at " + k.Pos.String()
}

// keySize is a key's type with its curve or its size: "RSA 2048", "EC P-256".
func keySize(k *keys.Key) string {
	switch {
	case k.Curve != "":
		return safe(k.Type + " " + k.Curve)
	case k.Bits > 0:
		return safe(fmt.Sprintf("%s %d", k.Type, k.Bits))
	}
	return safe(k.Type)
}

// cloudName is the cloud of a key: the id that --cloud takes if we know the cloud.
func cloudName(k *keys.Key) string {
	if cloud, ok := entra.CloudByInstance(k.CloudInstance); ok {
		return cloud.ID
	}
	return k.CloudInstance
}

type refusalGroup struct {
	gateways, library string
	reasons           []string
}

func (l keyListing) refusalGroups() []refusalGroup {
	var groups []refusalGroup
	for _, r := range l.Refusals {
		gateways := strings.Join(r.Gateways, ", ")
		i := slices.IndexFunc(groups,
			func(g refusalGroup) bool { return g.gateways == gateways && g.library == r.Library })
		if i < 0 {
			i = len(groups)
			groups = append(groups, refusalGroup{gateways: gateways, library: r.Library})
		}
		groups[i].reasons = append(groups[i].reasons, refusalReason(r))
	}
	return groups
}

func refusalReason(r report.SetRefusal) string {
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

// listing is the ids of the clouds that list a key. It is nil if nobody asked the clouds.
func (l keyListing) listing(k *keys.Key) []string {
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
func (l keyListing) cloudOddity(k *keys.Key) []string {
	own, ok := entra.CloudByInstance(k.CloudInstance)
	others := source.Without(l.listing(k), func(id string) bool { return id == own.ID })
	if !ok || len(others) == 0 {
		return nil
	}
	return []string{
		"belongs to " + own.ID + ", and " + strings.Join(others, ", ") +
			" lists it too: a valid signature does not prove which cloud a token is from",
	}
}

func (l keyListing) headline() string {
	return report.Counted(len(l.Set.Keys), "key") + ", " + l.Set.Origin + cacheAge(l.Set, l.At)
}

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
