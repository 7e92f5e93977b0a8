package cmd

import (
	"cmp"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// foundFile is a file that may hold policies. One that the user named must hold some; one that was found in a folder need
// not.
type foundFile struct {
	name  string
	named bool
}

// find expands the names that a user gives: a folder to the configuration files in it and below, a pattern to what it matches, - to
// standard input. Folders that begin with a dot, and node_modules, are left out. The order is that of the names, and by name within each.
// The error names all that were not found; those that were are returned beside it.
func (e *Env) find(names []string) ([]foundFile, error) {
	var all []foundFile
	var errs []error
	for _, name := range names {
		files, err := e.findOne(name)
		all, errs = append(all, files...), append(errs, err)
	}
	return all, joined(errs...).err()
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

// findIn lists the configuration files of a folder and below. A folder that can't be opened is left out, and is an error.
func (e *Env) findIn(folder string) ([]foundFile, error) {
	var all []foundFile
	var shut []error
	root := e.path(folder)
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			shut = append(shut, err)
			return fs.SkipDir
		}
		if entry.IsDir() {
			if name != root && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "node_modules") {
				return filepath.SkipDir
			}
			return nil
		}
		if entry.Type().IsRegular() && isConfiguration(entry.Name()) {
			relative, err := filepath.Rel(root, name)
			if err != nil {
				return err
			}
			all = append(all, foundFile{name: filepath.Join(folder, relative)})
		}
		return nil
	})
	return all, joined(append(shut, err)...).err()
}

func isConfiguration(name string) bool {
	return slices.Contains([]string{".json", ".yaml", ".yml", ".tf"}, strings.ToLower(filepath.Ext(name)))
}

// findMatches expands a pattern that the shell has left as it is; ** stands for any number of folders.
func (e *Env) findMatches(pattern string) ([]foundFile, error) {
	if base, rest, ok := strings.Cut(pattern, "**"); ok {
		return e.findBelow(strings.TrimSuffix(base, "/"), strings.TrimPrefix(rest, "/"), pattern)
	}
	matches, err := filepath.Glob(e.path(pattern))
	if err != nil || len(matches) == 0 {
		return nil, noMatch(pattern)
	}
	all := make([]foundFile, len(matches))
	for i, match := range matches {
		all[i] = foundFile{name: e.relative(match)}
	}
	return all, nil
}

// findBelow lists the configuration files below a folder whose path there ends as the pattern does.
func (e *Env) findBelow(folder, rest, pattern string) ([]foundFile, error) {
	files, err := e.findIn(cmp.Or(folder, "."))
	files = slices.DeleteFunc(files, func(f foundFile) bool { return rest != "" && !endsAs(filepath.ToSlash(f.name), rest) })
	if err == nil && len(files) == 0 {
		err = noMatch(pattern)
	}
	return files, err
}

// endsAs reports whether the last parts of a path match a pattern.
func endsAs(name, pattern string) bool {
	parts, wanted := strings.Split(name, "/"), strings.Count(pattern, "/")+1
	if len(parts) < wanted {
		return false
	}
	matched, err := path.Match(pattern, strings.Join(parts[len(parts)-wanted:], "/"))
	return err == nil && matched
}

func noMatch(pattern string) error {
	return problem("no file matches "+pattern, "is the path right, and quoted where the shell should leave it alone?")
}

// relative undoes path.
func (e *Env) relative(name string) string {
	if e.Dir == "" {
		return name
	}
	if short, err := filepath.Rel(e.Dir, name); err == nil {
		return short
	}
	return name
}
