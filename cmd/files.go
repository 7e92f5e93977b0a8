package cmd

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// foundFile is a file that may hold policies. One that the user named must hold some; one that was
// found in a folder need not.
type foundFile struct {
	name  string
	named bool
}

// find expands the names that a user gives: a folder to the configuration files in it and below, a
// pattern to what it matches, - to standard input. Folders that begin with a dot, and
// node_modules, are left out. The order is that of the names, and by name within each. The error
// names all that were not found; those that were are returned beside it.
func (e *Env) find(names []string) ([]foundFile, error) {
	var all []foundFile
	var errs []error
	for _, name := range names {
		files, err := e.findOne(name)
		all, errs = append(all, files...), append(errs, err)
	}
	return all, errors.Join(errs...)
}

func (e *Env) findOne(name string) ([]foundFile, error) {
	if name == "-" {
		return []foundFile{{name, true}}, nil
	}
	info, err := os.Stat(e.path(name))
	switch {
	case err == nil && info.IsDir():
		return e.findIn(name)
	case err == nil:
		return []foundFile{{name, true}}, nil
	case strings.ContainsAny(name, "*?["):
		return e.findMatches(name)
	}
	return nil, err
}

// findIn lists the configuration files of a folder and below.
func (e *Env) findIn(folder string) ([]foundFile, error) { return e.walk(folder, isConfiguration) }

// walk lists the files of a folder and below whose path there is wanted. A folder that can't be
// opened is left out, and is an error.
func (e *Env) walk(folder string, wanted func(name string) bool) ([]foundFile, error) {
	var all []foundFile
	var shut []error
	root := e.path(folder)
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			shut = append(shut, err)
			return fs.SkipDir
		}
		if entry.IsDir() {
			skipped := strings.HasPrefix(entry.Name(), ".") || entry.Name() == "node_modules"
			if name != root && skipped {
				return filepath.SkipDir
			}
			return nil
		}
		relative, err := filepath.Rel(root, name)
		if err == nil && entry.Type().IsRegular() && wanted(filepath.ToSlash(relative)) {
			all = append(all, foundFile{name: filepath.Join(folder, relative)})
		}
		return err
	})
	return all, errors.Join(append(shut, err)...)
}

func isConfiguration(name string) bool {
	extension := strings.ToLower(path.Ext(name))
	return slices.Contains([]string{".json", ".yaml", ".yml", ".tf"}, extension)
}

// findMatches expands a pattern that the shell has left as it is; ** stands for any number of
// folders.
func (e *Env) findMatches(pattern string) ([]foundFile, error) {
	if strings.Contains(pattern, "**") {
		return e.findAnyDepth(pattern)
	}
	matches, err := filepath.Glob(e.path(pattern))
	if err != nil || len(matches) == 0 {
		return nil, noMatch(pattern)
	}
	var all []foundFile
	var errs []error
	for _, match := range matches {
		if info, err := os.Stat(match); err == nil && info.IsDir() {
			inside, err := e.findIn(e.relative(match))
			all, errs = append(all, inside...), append(errs, err)
			continue
		}
		all = append(all, foundFile{name: e.relative(match)})
	}
	return all, errors.Join(errs...)
}

// findAnyDepth lists the files that a pattern with ** matches, below the folders that the part
// before the first ** matches. Where the last part is **, these are the configuration files.
func (e *Env) findAnyDepth(pattern string) ([]foundFile, error) {
	slashed := strings.TrimSuffix(filepath.ToSlash(pattern), "/")
	before, _, _ := strings.Cut(slashed, "**")
	start := strings.LastIndex(before, "/") + 1
	rest := slashed[start:]
	wanted := func(name string) bool {
		matched, err := doublestar.Match(rest, name)
		return err == nil && matched && (path.Base(rest) != "**" || isConfiguration(name))
	}
	folders := []string{path.Clean(slashed[:start])}
	if strings.ContainsAny(folders[0], "*?[") {
		folders, _ = filepath.Glob(e.path(folders[0])) // a bad pattern matches nothing
	}
	var all []foundFile
	var errs []error
	for _, folder := range folders {
		files, err := e.walk(e.relative(folder), wanted)
		all, errs = append(all, files...), append(errs, err)
	}
	if err := errors.Join(errs...); err != nil || len(all) > 0 {
		return all, err
	}
	return nil, noMatch(pattern)
}

func noMatch(pattern string) error {
	return problem("no file matches "+pattern,
		"is the path right, and quoted where the shell should leave it alone?")
}

// relative undoes path.
func (e *Env) relative(name string) string {
	if e.Dir == "" {
		return name
	}
	if short, err := filepath.Rel(e.Dir, e.path(name)); err == nil {
		return short
	}
	return name
}
