// Package examples holds a configuration that breaks each rule, and one that does not: what the
// tests run is what "gatewhy rules NAME" shows.
package examples

import (
	"embed"
	"errors"
	"io/fs"
	"path"
)

//go:embed */bad* */ok* */app*
var files embed.FS

// Example is a configuration file.
type Example struct {
	Name string // of the file
	Text string
}

// Of lists the examples of a rule whose names begin so, "bad", "ok", or "app" for
// the app registration that they are judged with. A rule without a folder has none.
func Of(rule, kind string) ([]Example, error) {
	found, err := files.ReadDir(rule)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []Example
	for _, entry := range found {
		name := entry.Name()
		if len(name) < len(kind) || name[:len(kind)] != kind {
			continue
		}
		text, err := files.ReadFile(path.Join(rule, name))
		if err != nil {
			return nil, err
		}
		all = append(all, Example{Name: name, Text: string(text)})
	}
	return all, nil
}

// Rules lists the rules that have examples.
func Rules() ([]string, error) {
	found, err := files.ReadDir(".")
	if err != nil {
		return nil, err
	}
	names := make([]string, len(found))
	for i, entry := range found {
		names[i] = entry.Name()
	}
	return names, nil
}
