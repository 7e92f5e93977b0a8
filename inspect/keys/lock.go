package keys

import (
	"context"
	"os"
	"path/filepath"
	"time"
)

// How long to wait for another process that is fetching the same set, and how often to look. One fetch takes no longer
// than its time limit.
const (
	lockPatience = defaultTimeout + 2*time.Second
	lockInterval = 25 * time.Millisecond
)

// lock makes parallel runs fetch a set one after the other, so that the later ones find what the first has written. The
// system lets go of the lock when its process ends. Where it can't be had, the work goes on without it:
// files are replaced in one step, so the worst is that a set is fetched twice.
func (s *Source) lock(ctx context.Context, file string) (unlock func()) {
	if file == "" || os.MkdirAll(filepath.Dir(file), 0o700) != nil {
		return func() {}
	}
	f, err := os.OpenFile(file+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return func() {}
	}
	for waited := time.Duration(0); waited < lockPatience; waited += lockInterval {
		if locked, err := tryLock(f); locked || err != nil || s.pause(ctx, lockInterval) != nil {
			break
		}
	}
	return func() { _ = f.Close() } // which unlocks it
}
