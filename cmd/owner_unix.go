//go:build unix

package cmd

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// kept are the bits of a mode that a file keeps: permissions, setuid, setgid and sticky.
const kept = fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky

// keep gives a file the owner, the group and the mode of the old one, and returns what of it can't
// be kept.
func keep(file *os.File, old fs.FileInfo) (told []string, err error) {
	was, ok := old.Sys().(*syscall.Stat_t)
	if !ok {
		return nil, file.Chmod(old.Mode() & kept)
	}
	told = toldOfLinks(uint64(was.Nlink))
	mode := old.Mode() & kept
	if err := file.Chown(int(was.Uid), int(was.Gid)); err != nil {
		group := file.Chown(-1, int(was.Gid))
		told = append(told, owners(file, was)...)
		// under another owner these bits would let in others than before
		if mode &^= fs.ModeSetuid; group != nil {
			mode &^= fs.ModeSetgid
		}
	}
	if err := file.Chmod(mode); err != nil {
		return nil, err
	}
	now, err := file.Stat()
	if err == nil && now.Mode()&kept != old.Mode()&kept {
		told = append(told, fmt.Sprintf("its mode was %v and is %v now", old.Mode(), now.Mode()))
	}
	return told, err
}

// owners says whose the old file was, where the new one is another's.
func owners(file *os.File, was *syscall.Stat_t) []string {
	info, err := file.Stat()
	if err != nil {
		return nil
	}
	now, ok := info.Sys().(*syscall.Stat_t)
	if !ok || now.Uid == was.Uid && now.Gid == was.Gid {
		return nil
	}
	return []string{fmt.Sprintf("it belonged to user %d and group %d, and belongs to user %d "+
		"and group %d now", was.Uid, was.Gid, now.Uid, now.Gid)}
}

// toldOfLinks says that a file had several names. It is empty where it had one.
func toldOfLinks(count uint64) []string {
	if count < 2 {
		return nil
	}
	return []string{fmt.Sprintf("it had %d names (hard links), and is replaced under this one: "+
		"the others keep the old text", count)}
}

// isOwn reports whether a file or folder belongs to the user who runs the program.
func isOwn(info fs.FileInfo) bool {
	owner, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(owner.Uid) == os.Geteuid()
}
