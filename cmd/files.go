package cmd

import (
	"cmp"
	"io/fs"
	"os"
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
func (e *Env) find(names []string) ([]foundFile, error) {
	var all []foundFile
	for _, name := range names {
		files, err := e.findOne(name)
		if err != nil {
			return nil, err
		}
		all = append(all, files...)
	}
	return all, nil
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
func (e *Env) findIn(folder string) ([]foundFile, error) {
	var all []foundFile
	root := e.path(folder)
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if path != root && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "node_modules") {
				return filepath.SkipDir
			}
			return nil
		}
		if entry.Type().IsRegular() && isConfiguration(entry.Name()) {
			relative, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			all = append(all, foundFile{name: filepath.Join(folder, relative)})
		}
		return nil
	})
	return all, err
}

func isConfiguration(name string) bool {
	return slices.Contains([]string{".json", ".yaml", ".yml", ".tf"}, strings.ToLower(filepath.Ext(name)))
}

// findMatches expands a pattern that the shell has left as it is; ** stands for any number of folders.
func (e *Env) findMatches(pattern string) ([]foundFile, error) {
	if base, rest, ok := strings.Cut(pattern, "**"); ok {
		return e.findBelow(strings.TrimSuffix(base, "/"), strings.TrimPrefix(rest, "/"))
	}
	matches, err := filepath.Glob(e.path(pattern))
	if err != nil || len(matches) == 0 {
		return nil, problem("no file matches "+pattern, "is the path right, and quoted where the shell should leave it alone?")
	}
	all := make([]foundFile, len(matches))
	for i, match := range matches {
		all[i] = foundFile{name: e.relative(match)}
	}
	return all, nil
}

// findBelow lists the configuration files below a folder whose path there ends as the pattern does.
func (e *Env) findBelow(folder, rest string) ([]foundFile, error) {
	files, err := e.findIn(cmp.Or(folder, "."))
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(files, func(f foundFile) bool {
		matched, err := filepath.Match(rest, filepath.Base(f.name))
		return rest != "" && (err != nil || !matched)
	}), nil
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
