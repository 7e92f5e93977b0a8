//go:build unix

package fetch

import (
	"io/fs"
	"os"
	"syscall"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// strangersIn says who else can write into a folder: its owner, or whoever its mode lets in. The
// system's own user may: they can do anything.
func strangersIn(folder fs.FileInfo) error {
	if folder.Mode().Perm()&0o022 != 0 {
		return &source.Error{
			Cause: "others can write to its folder, so it is not trusted (chmod go-w)",
		}
	}
	owner, ok := folder.Sys().(*syscall.Stat_t)
	if ok && owner.Uid != 0 && int(owner.Uid) != os.Geteuid() {
		return &source.Error{Cause: "its folder belongs to another user, so it is not trusted"}
	}
	return nil
}
