package fetch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/rogpeppe/go-internal/lockedfile"
)

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
