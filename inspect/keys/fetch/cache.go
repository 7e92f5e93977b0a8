package fetch

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/rogpeppe/go-internal/lockedfile"

	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// How long a cached set is taken as it is: as long as its server says, within these bounds, or an
// hour if the server does not say. Microsoft asks to look for new keys every hour, and at most
// every five minutes for an unknown kid
// (learn.microsoft.com/entra/identity-platform/signing-key-rollover).
const (
	leastAge   = 5 * time.Minute
	usualAge   = time.Hour
	mostAge    = 24 * time.Hour
	oftenAgain = 5 * time.Minute
)

// cacheVersion is that of the form of a cached file. Files of another version are fetched again.
const cacheVersion = 1

// mostSightings bounds how many kids an entry remembers. Entra has used about forty a year.
const mostSightings = 200

// fetched is a key set as it comes from the network.
type fetched struct {
	set      *keys.Set
	metadata keys.Metadata
	maxAge   time.Duration
}

// cached returns the key set of a target from the cache, or else from the network, and then keeps
// it. No fault of the cache is fatal.
func (s *Source) cached(
	ctx context.Context, t target, fetch func(context.Context, target) (fetched, error),
) (*keys.Set, error) {
	file, fault := s.cacheFile(t)
	kept, ok := readEntry(file, t)
	switch {
	case s.Offline && ok:
		return kept.set(), nil
	case s.Offline && fault != nil:
		why := "offline, and the cache is not used: " + source.CauseOf(fault)
		return nil, wanting(t.String(), why, source.Ask(source.NeedKeySetFile, "pass %s"))
	case s.Offline:
		return nil, wanting(t.String(), "offline, and no key set of this address is in the cache",
			source.Ask(source.NeedKeySetFile, "run it once online, or pass %s"))
	case ok && kept.serves(s.now(), s.Kid):
		return kept.set(), nil
	}
	unlock := lock(ctx, file, s.Patience)
	defer unlock()
	newer, ok := readEntry(file, t) // another process may have fetched it meanwhile
	if ok && !newer.fetched.Equal(kept.fetched) && newer.serves(s.now(), s.Kid) {
		return newer.set(), nil
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout())
	defer cancel()
	got, err := fetch(ctx, t)
	if err != nil {
		return kept.insteadOf(err)
	}
	set := s.keep(file, t, kept, got)
	if fault != nil {
		noteNotCached(set, fault)
	}
	return set, nil
}

// cacheFile returns the file of a target's set. It is empty if there is no cache, or if the cache
// can't be used, and then the error says why.
func (s *Source) cacheFile(t target) (string, error) {
	if s.Cache == "" {
		return "", nil
	}
	if err := checkFolder(s.Cache, s.Offline); err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(t.address.String()))
	return filepath.Join(s.Cache, hex.EncodeToString(sum[:16])+".json"), nil
}

// keep makes the entry that follows the old one, writes it, and returns its set. It does not keep
// a set that is odd, or that gives away a private key.
func (s *Source) keep(file string, t target, old entry, got fetched) *keys.Set {
	got.set.Fetched, got.set.Metadata = s.now(), got.metadata
	if file == "" || !mayBeKept(got.set) {
		return got.set
	}
	text, err := json.Marshal(old.next(t, got, s.now()))
	if err != nil {
		note(&got.set.Notes, "not-cached", "the key set could not be kept")
		return got.set
	}
	e, ok := decodeEntry(text, t)
	if !ok {
		return got.set
	}
	e.keys.Fetched = s.now()
	if err := replace(file, text); err != nil {
		noteNotCached(e.keys, err)
	}
	return e.keys
}

// mayBeKept reports whether the cache's form can hold a set.
func mayBeKept(s *keys.Set) bool {
	return !s.Pinned &&
		!slices.ContainsFunc(s.Notes, func(n keys.Note) bool { return n.ID != "duplicate-kid" }) &&
		!slices.ContainsFunc(s.Keys, func(k *keys.Key) bool { return k.Private })
}

func noteNotCached(s *keys.Set, err error) {
	note(&s.Notes, "not-cached",
		"the key set could not be kept in the cache: "+source.CauseOf(err))
}

func note(to *[]keys.Note, id, message string) {
	*to = append(*to, keys.Note{ID: id, Message: message})
}

// entry is one file of the cache: a JWK Set with more members. Its keys are those of the newest
// set, followed by those that only the set before had, because Entra's front ends serve different
// sets at the same time.
type entry struct {
	keys     *keys.Set
	current  int // how many of the keys are in the newest set
	fetched  time.Time
	expires  time.Time
	metadata keys.Metadata
}

// entryJSON is an entry as it is written.
type entryJSON struct {
	Version int `json:"gatewhy_cache"`
	// URL lacks its query, which could hold a secret. The file's name stands for the query.
	URL           string               `json:"url"`
	Fetched       time.Time            `json:"fetched"`
	Expires       time.Time            `json:"expires"`
	Issuer        string               `json:"issuer,omitempty"`
	KeysURL       string               `json:"jwks_uri,omitempty"`
	CloudInstance string               `json:"cloud_instance_name,omitempty"`
	Current       int                  `json:"current"`
	Seen          map[string]time.Time `json:"seen"` // when each kid was last in a set
	Keys          []json.RawMessage    `json:"keys"`
}

// next returns what is written after a fetch: the new keys, and those of the old newest set that
// are gone.
func (e entry) next(t target, got fetched, now time.Time) entryJSON {
	j := entryJSON{
		Version: cacheVersion, URL: t.String(),
		Fetched: now.UTC(),
		Expires: now.Add(min(max(cmp.Or(got.maxAge, usualAge), leastAge), mostAge)).UTC(),
		Issuer:  got.metadata.Issuer, KeysURL: got.metadata.KeysURL,
		CloudInstance: got.metadata.CloudInstance,
		Current:       len(got.set.Keys),
		Seen:          make(map[string]time.Time),
		Keys:          make([]json.RawMessage, 0, len(got.set.Keys)),
	}
	var newest []*keys.Key
	if e.keys != nil {
		newest = e.keys.Keys[:e.current]
		maps.Copy(j.Seen, e.keys.Seen)
	}
	for _, k := range got.set.Keys {
		j.Keys = append(j.Keys, k.JSON())
		if k.ID != "" {
			j.Seen[k.ID] = j.Fetched
		}
	}
	for _, k := range newest {
		if k.ID != "" && len(got.set.Find(k.ID)) == 0 {
			j.Keys = append(j.Keys, k.JSON())
		}
	}
	forget(j.Seen)
	return j
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

func readEntry(file string, t target) (entry, bool) {
	if file == "" {
		return entry{}, false
	}
	text, err := readEntryFile(file)
	if err != nil {
		return entry{}, false
	}
	return decodeEntry(text, t)
}

// decodeEntry reads an entry. It is not ok if the text is damaged, of another version or of
// another address.
func decodeEntry(text []byte, t target) (entry, bool) {
	set, document, err := keys.ParseJSON(t.String(), text)
	if err != nil {
		return entry{}, false
	}
	version, _ := document.Member("gatewhy_cache").Int()
	current, _ := document.Member("current").Int()
	e := entry{
		keys: set, current: int(current),
		fetched: timeOf(document.Member("fetched")), expires: timeOf(document.Member("expires")),
		metadata: keys.Metadata{
			Issuer: document.TextAt("issuer"), KeysURL: document.TextAt("jwks_uri"),
			CloudInstance: document.TextAt("cloud_instance_name"),
		},
	}
	switch {
	case version != cacheVersion || document.TextAt("url") != t.String(),
		current < 0 || int(current) > len(set.Keys),
		e.fetched.IsZero() || e.expires.Sub(e.fetched) > mostAge:
		return entry{}, false
	}
	set.Metadata, set.Fetched = e.metadata, e.fetched
	if seen := document.Member("seen"); seen.Is(source.Object) {
		set.Seen = make(map[string]time.Time, len(seen.Members))
		for _, m := range seen.Members {
			set.Seen[m.Key] = timeOf(m.Value)
		}
		for _, k := range set.Keys[e.current:] {
			k.LastSeen = set.Seen[k.ID]
		}
	}
	return e, true
}

func timeOf(v *source.Value) time.Time {
	text, _ := v.Str()
	at, _ := time.Parse(time.RFC3339Nano, text) // zero where it is not one
	return at
}

// serves reports whether the entry can be taken without asking the server again.
func (e entry) serves(now time.Time, kid string) bool {
	age := now.Sub(e.fetched)
	switch {
	case now.After(e.expires) || age < -oftenAgain:
		return false
	case kid == "" || len(e.keys.Find(kid)) > 0:
		return true
	}
	return age < oftenAgain
}

// set returns the entry's set as one that was not fetched now.
func (e entry) set() *keys.Set {
	e.keys.Cached = true
	return e.keys
}

// insteadOf returns the set of an entry if it could not be fetched again.
func (e entry) insteadOf(err error) (*keys.Set, error) {
	if e.keys == nil {
		return nil, err
	}
	set := e.set()
	note(&set.Notes, "not-refreshed",
		fmt.Sprintf("the set is that of %s; it could not be fetched again: %v",
			e.fetched.Format(time.RFC3339), err))
	return set, nil
}

// mostEntry bounds a file of the cache, in bytes. An entry has the keys of two answers at most.
const mostEntry = 4 << 20

var errNotRegular = errors.New("not a regular file")

func errLarge() error {
	return &source.Error{Cause: fmt.Sprintf("more than %d MiB", mostEntry>>20), Limit: true}
}

// checkFolder says why a folder can't be used as a cache: it can't be made, or somebody else could
// put keys into it. Offline it is not made.
func checkFolder(folder string, offline bool) error {
	if !offline {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return err
		}
	}
	info, err := os.Stat(folder)
	if err != nil {
		return nil //nolint:nilerr // there is no folder, so nothing is in it
	}
	return strangersIn(info)
}

// readEntryFile reads a file of the cache. Anything but a regular file is left alone: a pipe could
// keep us waiting, and a device could be endless.
func readEntryFile(file string) ([]byte, error) {
	named, err := os.Lstat(file)
	if err != nil {
		return nil, err
	}
	if !named.Mode().IsRegular() {
		return nil, errNotRegular
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // closing what was read loses nothing
	if opened, err := f.Stat(); err != nil || !os.SameFile(named, opened) {
		return nil, errors.Join(err, errNotRegular)
	}
	text, err := io.ReadAll(io.LimitReader(f, mostEntry+1))
	if err == nil && len(text) > mostEntry {
		err = errLarge()
	}
	return text, err
}

// lockPatience is how long a process waits for another one, where the source does not say.
const lockPatience = time.Second

// lock makes parallel runs fetch a set one after the other, so that the later ones find what the
// first has written. The system releases the lock when its process ends. If the lock isn't free in
// time, the work goes on without it: files are replaced in one step, so the worst is that a set is
// fetched twice.
func lock(ctx context.Context, file string, patience time.Duration) (unlock func()) {
	name := file + ".lock"
	if file == "" || !mayBeLocked(name) {
		return func() {}
	}
	var locked *lockedfile.File
	opened := make(chan struct{})
	go func() {
		locked, _ = lockedfile.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
		close(opened)
	}()
	release := func() {
		<-opened
		if locked != nil {
			_ = locked.Close() // which unlocks it
		}
	}
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(patience, lockPatience))
	defer cancel()
	select {
	case <-opened:
		return release
	case <-ctx.Done():
		go release() // if it comes after all
		return func() {}
	}
}

// mayBeLocked reports whether a lock can be opened: opening a link would make or lock another
// file, and opening a pipe could wait forever. Nobody else can write into the folder, so nothing
// comes between this and the opening.
func mayBeLocked(name string) bool {
	info, err := os.Lstat(name)
	return errors.Is(err, fs.ErrNotExist) || err == nil && info.Mode().IsRegular()
}

// replace writes a file under another name and moves it into place, so that nobody ever reads half
// of it.
func replace(file string, text []byte) error {
	if len(text) > mostEntry {
		return errLarge()
	}
	temporary, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*")
	if err != nil {
		return err
	}
	_, err = temporary.Write(text)
	if closed := temporary.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(temporary.Name(), file)
	}
	if err != nil {
		_ = os.Remove(temporary.Name())
	}
	return err
}
