package keys

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"time"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// cacheVersion is that of the form of a cached file. Files of another version are fetched anew.
const cacheVersion = 1

// mostSightings bounds how many kids an entry remembers. Entra has used about forty a year.
const mostSightings = 200

// entry is one file of the cache: a JWK Set with more members. Its keys are those of the newest set, and behind them
// those that only the one before had: Entra's front ends serve different sets at the same time.
type entry struct {
	keys     *Set
	current  int // how many of the keys are in the newest set
	fetched  time.Time
	expires  time.Time
	metadata Metadata
}

// entryJSON is an entry as it is written.
type entryJSON struct {
	Version       int                  `json:"gatewhy_cache"`
	URL           string               `json:"url"` // without its query, which could hold a secret: the file's name stands for it
	Fetched       time.Time            `json:"fetched"`
	Expires       time.Time            `json:"expires"`
	Issuer        string               `json:"issuer,omitempty"`
	KeysURL       string               `json:"jwks_uri,omitempty"`
	CloudInstance string               `json:"cloud_instance_name,omitempty"`
	Current       int                  `json:"current"`
	Seen          map[string]time.Time `json:"seen"` // when each kid was last in a set
	Keys          []json.RawMessage    `json:"keys"`
}

func (e entryJSON) encode() ([]byte, error) { return json.Marshal(e) }

// next returns what is written after a fetch: the new keys, and those of the old newest set that are gone.
func (e entry) next(t target, got fetched, now time.Time) entryJSON {
	j := entryJSON{
		Version: cacheVersion, URL: t.String(), Fetched: now.UTC(), Expires: now.Add(lifetime(got.maxAge)).UTC(),
		Issuer: got.metadata.Issuer, KeysURL: got.metadata.KeysURL, CloudInstance: got.metadata.CloudInstance,
		Current: len(got.set.Keys), Seen: e.sightings(), Keys: make([]json.RawMessage, 0, len(got.set.Keys)),
	}
	for _, k := range got.set.Keys {
		j.Keys = append(j.Keys, k.raw)
		if k.ID != "" {
			j.Seen[k.ID] = j.Fetched
		}
	}
	for _, k := range e.newest() {
		if k.ID != "" && len(got.set.Find(k.ID)) == 0 {
			j.Keys = append(j.Keys, k.raw)
		}
	}
	forget(j.Seen)
	return j
}

// newest returns the keys of the entry's newest set.
func (e entry) newest() []*Key {
	if e.keys == nil {
		return nil
	}
	return e.keys.Keys[:e.current]
}

func (e entry) sightings() map[string]time.Time {
	seen := make(map[string]time.Time)
	if e.keys != nil {
		for kid, at := range e.keys.seen {
			seen[kid] = at
		}
	}
	return seen
}

// forget drops the oldest sightings beyond what an entry remembers.
func forget(seen map[string]time.Time) {
	for len(seen) > mostSightings {
		oldest := ""
		for kid, at := range seen {
			if oldest == "" || at.Before(seen[oldest]) {
				oldest = kid
			}
		}
		delete(seen, oldest)
	}
}

func lifetime(maxAge time.Duration) time.Duration {
	if maxAge == 0 {
		return usualAge
	}
	return min(max(maxAge, leastAge), mostAge)
}

func readEntry(file string, t target) (entry, bool) {
	if file == "" {
		return entry{}, false
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return entry{}, false
	}
	return decodeEntry(text, t)
}

// decodeEntry reads an entry. It is not ok where the text is damaged, of another version or of another address.
func decodeEntry(text []byte, t target) (entry, bool) {
	set, document, err := parseJSON(t.String(), text)
	if err != nil {
		return entry{}, false
	}
	version, _ := document.Member("gatewhy_cache").Int()
	address, _ := document.Member("url").Str()
	current, _ := document.Member("current").Int()
	e := entry{keys: set, current: int(current), fetched: timeOf(document.Member("fetched")), expires: timeOf(document.Member("expires"))}
	e.metadata.Issuer, _ = document.Member("issuer").Str()
	e.metadata.KeysURL, _ = document.Member("jwks_uri").Str()
	e.metadata.CloudInstance, _ = document.Member("cloud_instance_name").Str()
	if version != cacheVersion || address != t.String() || current < 0 || int(current) > len(set.Keys) || e.fetched.IsZero() || e.expires.Sub(e.fetched) > mostAge {
		return entry{}, false
	}
	set.Metadata, set.Fetched = e.metadata, e.fetched
	set.remember(document.Member("seen"), e.current)
	return e, true
}

// remember takes over when each kid was last seen.
func (s *Set) remember(seen *source.Value, current int) {
	if !seen.Is(source.Object) {
		return
	}
	s.seen = make(map[string]time.Time, len(seen.Members))
	for _, m := range seen.Members {
		s.seen[m.Key] = timeOf(m.Value)
	}
	for _, k := range s.Keys[current:] {
		k.LastSeen = s.seen[k.ID]
	}
}

func timeOf(v *source.Value) time.Time {
	text, _ := v.Str()
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return time.Time{}
	}
	return at
}

// set returns the entry's set as one that was not fetched now.
func (e entry) set() *Set {
	e.keys.Cached = true
	return e.keys
}

// reasonOf returns an error of the file system without the path, which names the user.
func reasonOf(err error) string {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err.Error()
	case errors.As(err, &link):
		return link.Err.Error()
	}
	return err.Error()
}
