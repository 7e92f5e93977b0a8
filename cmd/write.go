package cmd

import (
	"bytes"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// writing is a file that a command was asked to write. All commands write with [Env.write].
type writing struct {
	name   string // as the user wrote it: messages name it, and no other file
	text   []byte
	read   []byte // what the command read of it, or nil: changed since, it is not overwritten
	fresh  bool   // it must not be there
	secret bool   // a new file is for its owner alone
}

// write writes a file as a whole or not at all.
func (e *Env) write(w writing) error {
	file, err := e.begin(w)
	if err != nil {
		return err
	}
	defer file.discard()
	if _, err := file.Write(w.text); err != nil {
		return err
	}
	return file.finish()
}

// canWrite is why a file can't be written, as far as that shows before it is.
func (e *Env) canWrite(w writing) error {
	file, err := e.begin(w)
	if err != nil {
		return err
	}
	defer file.discard()
	if err := file.unchanged(file.path); err != nil {
		return file.problem(err)
	}
	return nil
}

// pendingFile is a file that is being written. Its text goes into a new file, which has no name
// where the system allows that, and which takes the old one's place when all of it is on the disk.
// A link is followed, not replaced. An existing file keeps its owner and its mode; where it can't,
// a warning says so.
type pendingFile struct {
	*besideFile
	writing
	env  *Env
	path string      // of the file, behind links
	old  fs.FileInfo // what is there; nil for nothing
}

// begin begins to write a file; discard ends that, whether it is finished or not. Every error says
// which file can't be written.
func (e *Env) begin(w writing) (*pendingFile, error) {
	path, old, err := w.target(e.maker().Path(w.name))
	if err != nil {
		return nil, w.problem(err)
	}
	mode := os.FileMode(0o644) // less the umask, as of any new file
	if old != nil || w.secret {
		mode = 0o600
	}
	beside, err := openBeside(filepath.Dir(path), mode)
	if err != nil {
		return nil, w.problem(err)
	}
	if name := beside.name; name != "" && e.unfinished != nil {
		e.unfinished.Store(&name)
	}
	return &pendingFile{besideFile: beside, writing: w, env: e, path: path, old: old}, nil
}

// Write adds text to the file.
func (p *pendingFile) Write(text []byte) (int, error) {
	n, err := p.besideFile.Write(text)
	if err != nil {
		return n, p.problem(err)
	}
	return n, nil
}

func (p *pendingFile) finish() error {
	told, err := p.settle(p.old)
	if err == nil {
		err = p.unchanged(p.path)
	}
	switch {
	case err != nil:
	case p.old == nil:
		err = p.placeNew(p.path)
	default:
		err = p.replace(p.path)
	}
	if err != nil {
		return p.problem(err)
	}
	for _, text := range told {
		p.env.warn("%s: %s", p.writing.name, text)
	}
	return nil
}

// target finds the file that is to be written, behind links, and what it is now; nil where it is
// not there.
func (w *writing) target(path string) (string, fs.FileInfo, error) {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return path, nil, nil
	case err != nil:
		return "", nil, err
	case w.fresh:
		return "", nil, fs.ErrExist
	case info.Mode()&fs.ModeSymlink != 0:
		if path, err = filepath.EvalSymlinks(path); err != nil {
			return "", nil, w.refusal(
				"it is a link to a file that is not there or can't be reached",
				"name the file itself")
		}
		if info, err = os.Lstat(path); err != nil {
			return "", nil, err
		}
	}
	return path, info, w.mayReplace(path, info)
}

// mayReplace refuses what is not a file, and a file that the user could not write to. To replace
// it would take no more than a right to its folder.
func (w *writing) mayReplace(path string, info fs.FileInfo) error {
	switch {
	case !info.Mode().IsRegular():
		return w.refusal("it is "+kindOf(info.Mode())+", and gatewhy writes only files",
			"name a file")
	case info.Mode().Perm()&0o222 == 0:
		return w.refusal("it is read-only", "make it writable first, if you want to change it")
	}
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return w.refusal(source.CauseOf(err),
			"the user who runs the command must be able to write the file")
	}
	return file.Close()
}

func kindOf(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "a folder"
	case mode&fs.ModeNamedPipe != 0:
		return "a pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeDevice != 0:
		return "a device"
	}
	return "not a regular file"
}

// unchanged refuses to overwrite what somebody has edited since it was read.
func (w *writing) unchanged(path string) error {
	if w.read == nil {
		return nil
	}
	now, err := os.ReadFile(path)
	if err == nil && !bytes.Equal(now, w.read) {
		return w.refusal("it has changed since it was read", "run the command again")
	}
	return err
}

// problem says which file could not be written, why, and what to do. The file that was there is as
// it was.
func (w *writing) problem(err error) error {
	var ours *source.Error
	if errors.As(err, &ours) {
		return err
	}
	hint := "the folder must exist, and the user who runs the command must be able to write to it"
	switch {
	case errors.Is(err, fs.ErrExist) && !w.fresh:
		hint = "something else created it at the same time: run the command again"
	case errors.Is(err, fs.ErrExist):
		return problem(w.name+" already exists",
			"--force overwrites it, -c NAME writes another file")
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		hint = "make room on the disk, or in the user's quota, and run the command again"
	case errors.Is(err, syscall.EFBIG):
		hint = "the file is larger than the system or the user's limit (ulimit -f) allows"
	case errors.Is(err, syscall.EROFS):
		hint = "the file system is mounted read-only: write the file elsewhere"
	}
	return w.refusal(source.CauseOf(err), hint)
}

func (w *writing) refusal(why, hint string) error {
	return problem(w.name+": can't be written: "+why, hint)
}

// besideFile is the new file while it is written.
type besideFile struct {
	*os.File
	folder string
	name   string // empty as long as it has none
}

// openBeside opens a new file in a folder. Where the system allows it the file has no name, so
// that nothing of it stays where the process is killed.
func openBeside(folder string, mode os.FileMode) (*besideFile, error) {
	b := &besideFile{folder: folder}
	var err error
	if b.File, err = openNameless(folder, mode); err == nil {
		return b, nil
	}
	name := b.newName()
	if b.File, err = os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode); err != nil {
		return nil, err
	}
	b.name = name
	return b, nil
}

func (b *besideFile) newName() string {
	return filepath.Join(b.folder, ".gatewhy-"+strconv.FormatUint(rand.Uint64(), 36))
}

// settle gives the file what the old one has, and waits until all of it is on the disk.
func (b *besideFile) settle(old fs.FileInfo) (told []string, err error) {
	if old != nil {
		told, err = keep(b.File, old)
	}
	if err == nil {
		err = b.Sync()
	}
	return told, err
}

// placeNew gives the file its name, unless something has that name by now.
func (b *besideFile) placeNew(path string) error {
	if b.name == "" {
		return nameFile(b.File, path)
	}
	err := os.Link(b.name, path)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	// a file system without hard links: the name is taken first
	reserved, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(reserved.Close(), b.replace(path)); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

// replace puts the file into the place of the old one. A file without a name can't take a place,
// so it has one for two system calls.
func (b *besideFile) replace(path string) error {
	if b.name == "" {
		name := b.newName()
		if err := nameFile(b.File, name); err != nil {
			return err
		}
		b.name = name
	}
	err := os.Rename(b.name, path)
	if err == nil {
		b.name = ""
	}
	return err
}

// discard closes the file, and removes the name that it has beside the one that it was to get.
func (b *besideFile) discard() {
	_ = b.Close() // what was written has been synced
	if b.name != "" {
		_ = os.Remove(b.name) // a name that can't be removed is the least that went wrong
	}
}
