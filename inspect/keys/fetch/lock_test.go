package fetch

import (
	"context"
	"path/filepath"
	"testing"
)

func TestALockThatCanNotBeHadInTimeIsDoneWithout(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "keys", "set.json")
	held := lock(context.Background(), file)
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	lock(cancelled, file)() // it returns, although another has the lock

	// What comes too late is released, so the next one gets the lock.
	held()
	lock(context.Background(), file)()
}
