package cmd

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// writeFile writes a file as a whole or not at all: into a new file beside it, which then takes
// its place. An existing file keeps its permissions, and a link is followed, not replaced.
func (e *Env) writeFile(name string, text []byte) error {
	target := e.maker().Path(name)
	if real, err := filepath.EvalSymlinks(target); err == nil {
		target = real
	}
	mode := os.FileMode(0o644)
	if info, err := os.Stat(target); err == nil {
		mode = info.Mode().Perm()
	}
	file, err := os.CreateTemp(filepath.Dir(target), "."+filepath.Base(target)+".*")
	var failed *fs.PathError
	if errors.As(err, &failed) {
		return problem(name+": can't be written: "+failed.Err.Error(),
			"the folder must be there, and writable for the user who runs the command")
	}
	if err != nil {
		return err
	}
	defer os.Remove(file.Name()) // gone already where all went well
	if err := fill(file, text, mode); err != nil {
		return err
	}
	return os.Rename(file.Name(), target)
}

// fill writes a file to the disk and closes it.
func fill(file *os.File, text []byte, mode os.FileMode) error {
	_, err := file.Write(text)
	if err == nil {
		err = file.Chmod(mode)
	}
	if err == nil {
		err = file.Sync()
	}
	if closed := file.Close(); err == nil {
		err = closed
	}
	return err
}
