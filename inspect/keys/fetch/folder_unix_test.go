//go:build unix

package fetch_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/inspect/keys/fetch"
)

// The name of an entry is known to whoever knows the address, so anything could stand there.
func TestWhatIsNoEntryIsLeftAlone(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		put  func(file string) error
		kept bool // whether the set that is fetched takes its place
	}{
		{"a pipe", func(file string) error { return syscall.Mkfifo(file, 0o600) }, true},
		{
			"a link to a device",
			func(file string) error { return os.Symlink("/dev/zero", file) }, true,
		},
		{
			"a link to a set",
			func(file string) error {
				if err := os.Rename(file+".good", file+".other"); err != nil {
					return err
				}
				return os.Symlink(file+".other", file)
			}, true,
		},
		{
			"more than 4 MiB",
			func(file string) error {
				good, err := os.ReadFile(file + ".good")
				if err != nil {
					return err
				}
				return os.WriteFile(file, append(good, make([]byte, 4<<20)...), 0o600)
			}, true,
		},
		{
			"a file without an end",
			func(file string) error {
				if err := os.WriteFile(file, nil, 0o600); err != nil {
					return err
				}
				return os.Truncate(file, 1<<40)
			}, true,
		},
		{"a folder", func(file string) error { return os.Mkdir(file, 0o700) }, false},
		{
			"a set that is a link's target twice",
			func(file string) error { return os.Symlink(file, file) }, true,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tn := newTenant(t, publicKey(t, 0, "one"))
			s, _ := cachedSource(t, tn)
			get(t, tn, s)
			file := cacheFile(t, s)
			if err := os.Rename(file, file+".good"); err != nil {
				t.Fatal(err)
			}
			if err := test.put(file); err != nil {
				t.Skip(err)
			}
			s.Offline = true
			if _, err := s.URL(context.Background(), commonKeys); err == nil {
				t.Error("offline it is taken for an entry")
			}
			s.Offline = false
			set, requests := get(t, tn, s)
			if requests != 1 || len(set.Keys) != 1 || (len(set.Notes) == 0) != test.kept {
				t.Errorf("%d requests, kids %v, notes %v", requests, set.IDs(), set.Notes)
			}
			if _, requests = get(t, tn, s); (requests == 0) != test.kept {
				t.Errorf("then %d requests", requests)
			}
		})
	}
}

func TestAFolderThatOthersCanWriteIsNotUsed(t *testing.T) {
	t.Parallel()
	const word = "others can write to its folder, so it is not trusted (chmod go-w)"
	for _, mode := range []os.FileMode{0o777, 0o770, 0o702, 0o1777} {
		tn := newTenant(t, publicKey(t, 0, "one"))
		s, _ := cachedSource(t, tn)
		get(t, tn, s)
		before := namesIn(t, s.Cache)
		if err := os.Chmod(s.Cache, mode); err != nil {
			t.Fatal(err)
		}
		set, requests := get(t, tn, s)
		if requests != 1 || set.Cached || len(set.Notes) != 1 ||
			!strings.HasSuffix(set.Notes[0].Message, word) {
			t.Errorf("%v: %d requests, cached %v, %v", mode, requests, set.Cached, set.Notes)
		}
		if after := namesIn(t, s.Cache); after != before {
			t.Errorf("%v: the folder holds %s, and then %s", mode, before, after)
		}
		s.Offline = true
		_, err := s.URL(context.Background(), commonKeys)
		const want = "offline, and the cache is not used: " + word
		if cause, _ := causeAndHint(t, err); cause != want {
			t.Errorf("%v: %s", mode, cause)
		}
	}
}

func TestAFolderOfAnotherUserIsNotUsed(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, publicKey(t, 0, "one"))
	s, _ := cachedSource(t, tn)
	get(t, tn, s)
	if err := os.Chown(s.Cache, os.Geteuid()+1, -1); err != nil {
		t.Skip("only root can give a folder away: ", err)
	}
	set, requests := get(t, tn, s)
	if requests != 1 || len(set.Notes) != 1 ||
		!strings.Contains(set.Notes[0].Message, "belongs to another user") {
		t.Errorf("%d requests, notes %v", requests, set.Notes)
	}
}

func namesIn(t *testing.T, folder string) string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return strings.Join(names, " ")
}

// Whoever has the lock may never let go of it.
func TestALockThatIsNeverReleasedIsNotWaitedForLong(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, publicKey(t, 0, "one"))
	s, clock := cachedSource(t, tn)
	get(t, tn, s)
	held, err := os.OpenFile(cacheFile(t, s)+".lock", os.O_RDWR, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close() //nolint:errcheck // the test is over
	if err := syscall.Flock(int(held.Fd()), syscall.LOCK_EX); err != nil {
		t.Skip(err)
	}
	clock.now = noon.Add(48 * time.Hour)
	if set, requests := get(t, tn, s); requests != 1 || set.Cached || len(set.Notes) > 0 {
		t.Errorf("%d requests, cached %v, notes %v", requests, set.Cached, set.Notes)
	}
}

func TestOfflineWritesNothing(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "gatewhy", "keys")
	s := &fetch.Source{Transport: noNetwork{t}, Cache: folder, Offline: true}
	if _, err := s.URL(context.Background(), commonKeys); err == nil {
		t.Error("want an error")
	}
	s.CloudSets(context.Background())
	if _, err := os.Lstat(filepath.Dir(folder)); err == nil {
		t.Error("a folder was made")
	}
}
