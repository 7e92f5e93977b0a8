package keys

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// How long a cached set is taken as it is: what its server says, within these bounds, and an hour where it does not
// say. Microsoft asks to look for new keys every hour, and at most every five minutes for an unknown kid
// (learn.microsoft.com/entra/identity-platform/signing-key-rollover).
const (
	leastAge   = 5 * time.Minute
	usualAge   = time.Hour
	mostAge    = 24 * time.Hour
	oftenAgain = 5 * time.Minute
)

// fetched is a key set as it comes from the network.
type fetched struct {
	set      *Set
	metadata Metadata
	maxAge   time.Duration
}

// cached returns the key set of a target from the cache, or else from the network, and then keeps it. Nothing that is
// wrong with the cache is fatal.
func (s *Source) cached(ctx context.Context, t target, fetch func(context.Context, target) (fetched, error)) (*Set, error) {
	file := s.cacheFile(t)
	entry, ok := readEntry(file, t)
	switch {
	case s.Offline && ok:
		return entry.set(), nil
	case s.Offline:
		return nil, wanting(t.String(), "offline, and no key set of this address is in the cache",
			source.Ask(source.NeedKeySetFile, "run it once online, or pass %s"))
	case ok && entry.serves(s.now(), s.Kid):
		return entry.set(), nil
	}
	unlock := s.lock(ctx, file)
	defer unlock()
	if newer, ok := readEntry(file, t); ok && !newer.fetched.Equal(entry.fetched) && newer.serves(s.now(), s.Kid) {
		return newer.set(), nil
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout())
	defer cancel()
	got, err := fetch(ctx, t)
	if err != nil {
		return entry.insteadOf(err)
	}
	return s.keep(file, t, entry, got), nil
}

// cacheFile returns the file of a target's set, or nothing where there is no cache.
func (s *Source) cacheFile(t target) string {
	if s.Cache == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(t.address.String()))
	return filepath.Join(s.Cache, hex.EncodeToString(sum[:16])+".json")
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

// insteadOf returns the set of an entry where it could not be fetched again.
func (e entry) insteadOf(err error) (*Set, error) {
	if e.keys == nil {
		return nil, err
	}
	set := e.set()
	set.note("not-refreshed", fmt.Sprintf("the set is that of %s; it could not be fetched again: %v", e.fetched.Format(time.RFC3339), err))
	return set, nil
}

// keep makes the entry that follows the old one, writes it, and returns its set. A set that is odd, or that gives away
// a private key, is not kept.
func (s *Source) keep(file string, t target, old entry, got fetched) *Set {
	got.set.Fetched, got.set.Metadata = s.now(), got.metadata
	if file == "" || !got.set.mayBeKept() {
		return got.set
	}
	text, err := old.next(t, got, s.now()).encode()
	if err != nil {
		got.set.note("not-cached", "the key set could not be kept")
		return got.set
	}
	e, ok := decodeEntry(text, t)
	if !ok {
		return got.set
	}
	e.keys.Fetched = s.now()
	if err := replace(file, text); err != nil {
		e.keys.note("not-cached", "the key set could not be kept in the cache: "+reasonOf(err))
	}
	return e.keys
}

// mayBeKept reports whether the cache's form can hold the set.
func (s *Set) mayBeKept() bool {
	for _, n := range s.Notes {
		if n.ID != "duplicate-kid" {
			return false
		}
	}
	for _, k := range s.Keys {
		if k.Private {
			return false
		}
	}
	return !s.Pinned
}

// replace writes a file under another name and moves it into place, so that no one ever reads half of it.
func replace(file string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
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
