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

func (o *opened) Stat() (fs.FileInfo, error) { return o, nil }

func (o *opened) Close() error { return nil }

func (o *opened) Name() string { return o.name }

func (o *opened) Mode() fs.FileMode { return 0o444 }

func (o *opened) ModTime() time.Time { return time.Time{} }

func (o *opened) IsDir() bool { return false }

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
