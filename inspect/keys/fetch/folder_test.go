package fetch

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestALockThatCanNotBeHadInTimeIsDoneWithout(t *testing.T) {
	t.Parallel()
	if lockPatience > time.Second {
		t.Errorf("a lock that is never released costs %v", lockPatience)
	}
	file := filepath.Join(t.TempDir(), "set.json")
	held := lock(context.Background(), file, 0)
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	lock(cancelled, file, 0)()            // it returns, although another has the lock
	lock(context.Background(), file, 0)() // and so it does where nobody cancels it

	// What comes too late is released, so the next one gets the lock.
	held()
	lock(context.Background(), file, 0)()
	if _, err := os.Lstat(file + ".lock"); err != nil {
		t.Error(err)
	}
}

func TestALockDoesNotFollowLinks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file, target := filepath.Join(dir, "set.json"), filepath.Join(dir, "target")
	if err := os.Symlink(target, file+".lock"); err != nil {
		t.Skip(err)
	}
	lock(context.Background(), file, 0)()
	if _, err := os.Lstat(target); err == nil {
		t.Error("the file that the link names was made")
	}
}
