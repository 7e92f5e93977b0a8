package keys

import (
	"errors"
	"os"
	"syscall"
	"unsafe"
)

// Flags of LockFileEx and what it fails with where someone else has the lock
// (learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-lockfileex).
const (
	lockFileFailImmediately = 1
	lockFileExclusive       = 2
	errorLockViolation      = syscall.Errno(33)
)

// tryLock takes the lock of a file if no one else has it.
func tryLock(f *os.File) (bool, error) {
	var overlapped syscall.Overlapped
	lockFileEx := syscall.NewLazyDLL("kernel32.dll").NewProc("LockFileEx")
	done, _, err := lockFileEx.Call(f.Fd(), lockFileExclusive|lockFileFailImmediately, 0, 1, 0, uintptr(unsafe.Pointer(&overlapped)))
	if done != 0 {
		return true, nil
	}
	if errors.Is(err, errorLockViolation) || errors.Is(err, syscall.ERROR_IO_PENDING) {
		return false, nil
	}
	return false, err
}
