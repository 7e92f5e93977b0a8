package report

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// Found is a file that may hold policies. One that the user named must hold some; one that was
// found in a folder need not.
type Found struct {
	Name  string
	Named bool
}

// inFolders reports whether some of the files were found in folders.
func inFolders(found []Found) bool {
	return slices.ContainsFunc(found, func(f Found) bool { return !f.Named })
}

// Find expands the names that a user gives: a folder to the configuration files in it and below, a
// pattern to what it matches, - to standard input. Folders that begin with a dot, and
// node_modules, are left out. The order is that of the names, and by name within each. The error
// names all that were not found; those that were are returned beside it.
func (m *Maker) Find(names []string) ([]Found, error) {
	all, err := findEach(names, m.findOne)
	return unique(all), err
}

// findEach finds the files of each name. The error has all that went wrong.
func findEach(names []string, find func(name string) ([]Found, error)) ([]Found, error) {
	var all []Found
	var errs []error
	for _, name := range names {
		files, err := find(name)
		all, errs = append(all, files...), append(errs, err)
	}
	return all, errors.Join(errs...)
}

func (m *Maker) findOne(name string) ([]Found, error) {
	if name == "-" {
		return []Found{{name, true}}, nil
	}
	info, err := m.stat(name)
	switch {
	case err == nil && info.IsDir():
		return m.findIn(name)
	case err == nil:
		return []Found{{name, true}}, nil
	case strings.ContainsAny(name, "*?["):
		return m.findMatches(name)
	}
	return nil, err
}

func (m *Maker) findIn(folder string) ([]Found, error) { return m.walk(folder, IsConfiguration) }

// walk lists the files of a folder and below whose path there is wanted. A folder that can't be
// opened is left out, and is an error. Symbolic links are not followed, lest a repair is written
// outside of the folder; those that lead out of it are named in a warning.
func (m *Maker) walk(folder string, wanted func(name string) bool) ([]Found, error) {
	var all []Found
	var shut []error
	var links []string
	root, err := filepath.EvalSymlinks(m.Path(folder)) // the folder itself is named
	if err != nil {
		return nil, err
	}
	err = filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			shut = append(shut, err)
			return fs.SkipDir
		}
		if m.walked++; m.walked > mostWalked {
			return walkedBeyond()
		}
		if entry.IsDir() {
			if name != root && isSkipped(entry.Name()) {
				return filepath.SkipDir
			}
			return nil
		}
		relative, err := filepath.Rel(root, name)
		switch {
		case err != nil:
		case entry.Type()&fs.ModeSymlink != 0 && leadsOut(root, name, wanted):
			links = append(links, filepath.Join(folder, relative))
		case entry.Type().IsRegular() && wanted(filepath.ToSlash(relative)):
			all = append(all, Found{Name: filepath.Join(folder, relative)})
		}
		return err
	})
	if len(links) > 0 {
		more := ""
		if len(links) > 1 {
			more = fmt.Sprintf(", and %d more", len(links)-1)
		}
		m.warn("not followed: the symbolic link %s%s; name it to have it read",
			inspect.Safe(links[0]), more)
	}
	return all, errors.Join(append(shut, err)...)
}

// mostWalked bounds the names of files that are looked at to find those that a run is about: each
// pattern with ** looks at all below its folder.
const mostWalked = 4_000_000

func walkedBeyond() error {
	many := Problem(fmt.Sprintf("to find the files takes a look at more than %d names of files, "+
		"the most of one run", mostWalked), "name the folders that they are in, before **")
	many.Limit = true
	return many
}

// leadsOut reports whether a symbolic link is to a folder, or to a file that is wanted, which the
// search of a folder does not come across by itself.
func leadsOut(root, link string, wanted func(name string) bool) bool {
	target, err := filepath.EvalSymlinks(link)
	if err != nil {
		return false
	}
	info, err := os.Stat(target)
	if err != nil || !info.IsDir() && !(info.Mode().IsRegular() && wanted(filepath.Base(link))) {
		return false
	}
	inside, err := filepath.Rel(root, target)
	return err != nil || inside != "." && slices.ContainsFunc(
		strings.Split(filepath.ToSlash(inside), "/"), isSkipped)
}

func isSkipped(name string) bool { return strings.HasPrefix(name, ".") || name == "node_modules" }

// IsConfiguration reports whether a file is a configuration by its name.
func IsConfiguration(name string) bool {
	return slices.Contains(configurationEndings(), strings.ToLower(path.Ext(name)))
}

func configurationEndings() []string {
	return []string{".json", ".yaml", ".yml", ".tf", ".toml", ".cfg"}
}

// PolicyEndings are the endings, without a dot, of files that are usually named as policies. Those
// with a command line or with variables are not looked for in folders.
func PolicyEndings() []string {
	endings := append(configurationEndings(), ".sh", ".env")
	for i := range endings {
		endings[i] = endings[i][1:]
	}
	return endings
}

// findMatches expands a pattern that the shell has left as it is; ** stands for any number of
// folders.
func (m *Maker) findMatches(pattern string) ([]Found, error) {
	if strings.Contains(pattern, "**") {
		return m.findAnyDepth(pattern)
	}
	matches, err := filepath.Glob(m.Path(pattern))
	if err != nil || len(matches) == 0 {
		return nil, noMatch(pattern)
	}
	return findEach(matches, func(match string) ([]Found, error) {
		if info, err := os.Stat(match); err == nil && info.IsDir() {
			return m.findIn(m.relative(match))
		}
		return []Found{{Name: m.relative(match)}}, nil
	})
}

// findAnyDepth lists the files that a pattern with ** matches, below the folders that the part
// before the first ** matches. Where the last part is **, these are the configuration files.
func (m *Maker) findAnyDepth(pattern string) ([]Found, error) {
	slashed := strings.TrimSuffix(filepath.ToSlash(pattern), "/")
	before, _, _ := strings.Cut(slashed, "**")
	start := strings.LastIndex(before, "/") + 1
	rest := slashed[start:]
	wanted := func(name string) bool {
		matched, err := doublestar.Match(rest, name)
		return err == nil && matched && (path.Base(rest) != "**" || IsConfiguration(name))
	}
	folders := []string{path.Clean(slashed[:start])}
	if strings.ContainsAny(folders[0], "*?[") {
		folders, _ = filepath.Glob(m.Path(folders[0])) // a bad pattern matches nothing
	}
	all, err := findEach(folders, func(folder string) ([]Found, error) {
		return m.walk(m.relative(folder), wanted)
	})
	if err != nil || len(all) > 0 {
		return all, err
	}
	return nil, noMatch(pattern)
}

func noMatch(pattern string) error {
	return Problem("no file matches "+pattern,
		"is the path right, and quoted where the shell should leave it alone?")
}

// relative undoes path.
func (m *Maker) relative(name string) string {
	if m.Dir == "" {
		return name
	}
	if short, err := filepath.Rel(m.Dir, m.Path(name)); err == nil {
		return short
	}
	return name
}

// Path makes a relative path start at Dir.
func (m *Maker) Path(name string) string {
	if m.Dir == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(m.Dir, name)
}

// unique leaves out files that are named twice, by two patterns or a folder and a file in it.
func unique(files []Found) []Found {
	seen := make(map[string]bool, len(files))
	return source.Without(files, func(f Found) bool {
		name := filepath.Clean(f.Name)
		again := seen[name] && name != "-"
		seen[name] = true
		return again
	})
}
