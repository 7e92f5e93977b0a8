//go:build unix

package report

import (
	"io/fs"
	"os"
	"syscall"
)

// isOwn reports whether a file or folder belongs to the user who runs the program.
func isOwn(info fs.FileInfo) bool {
	owner, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(owner.Uid) == os.Geteuid()
}
