package main

import (
	"io/fs"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/cmd/report"
)

// file is what was dropped or pasted under a name.
type file struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// files are the only files that the page's reports are made of. There are no folders.
type files []file

// Open opens the file of that name.
func (all files) Open(name string) (fs.File, error) {
	for i := range all {
		if all[i].Name == name {
			return &opened{*strings.NewReader(all[i].Text), name}, nil
		}
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// opened is a file that is read, and its own description.
type opened struct {
	strings.Reader
	name string
}

// Stat describes the file.
func (o *opened) Stat() (fs.FileInfo, error) { return o, nil }

// Close does nothing.
func (o *opened) Close() error { return nil }

// Name is the file's name.
func (o *opened) Name() string { return o.name }

// Mode is that of a plain file.
func (o *opened) Mode() fs.FileMode { return 0o444 }

// ModTime is not known.
func (o *opened) ModTime() time.Time { return time.Time{} }

// IsDir is false.
func (o *opened) IsDir() bool { return false }

// Sys is nil.
func (o *opened) Sys() any { return nil }

// shared are files as a link may carry them: with stars in the place of secrets and tokens. A file
// that can't be read is left out, for nobody knows what is a secret in it.
func shared(all []file) []file {
	var open []file
	for _, f := range all {
		if text, ok := report.Open(f.Name, f.Text); ok {
			open = append(open, file{report.Guarded(f.Name), text})
		}
	}
	return open
}
