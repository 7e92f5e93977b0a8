package cmd

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// openFiles is where a process finds the files that it has open, those without a name too.
const openFiles = "/proc/self/fd"

// openNameless opens a file that has no name yet (open(2), O_TMPFILE). Not every file system has
// such files.
func openNameless(folder string, mode os.FileMode) (*os.File, error) {
	if _, err := os.Stat(openFiles); err != nil {
		return nil, err
	}
	fd, err := unix.Open(folder, unix.O_TMPFILE|unix.O_WRONLY|unix.O_CLOEXEC, uint32(mode.Perm()))
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: folder, Err: err}
	}
	return os.NewFile(uintptr(fd), folder), nil
}

// nameFile gives a name to a file that has none. It fails where something has the name.
func nameFile(file *os.File, name string) error {
	own := openFiles + "/" + strconv.Itoa(int(file.Fd()))
	err := unix.Linkat(unix.AT_FDCWD, own, unix.AT_FDCWD, name, unix.AT_SYMLINK_FOLLOW)
	if err != nil {
		return &os.LinkError{Op: "link", Old: own, New: name, Err: err}
	}
	return nil
}
