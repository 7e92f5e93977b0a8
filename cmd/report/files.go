package report

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// Maker makes reports of what a user names.
type Maker struct {
	Dir      string    // where relative names start; empty for the process's working directory
	Files    fs.FS     // where named files are; nil for those of the operating system
	Stdin    io.Reader // what - stands for
	Now      func() time.Time
	Gateways Gateways // the vendors' adapters
	Shell    Shell    // that printed commands are written for

	// Gateway is what the command line says the gateway is; empty where it says nothing, or where
	// a default does.
	Gateway string

	// Paste asks for a token at a terminal; nil where standard input is not one.
	Paste func() (string, error)

	// Say shows what is worth knowing beside a report: its kind is "warning" or "note".
	Say func(kind, text string)

	// Progress shows how many of all files, or of what else is counted, are done, until stop is
	// called.
	Progress func(done *atomic.Int64, all int, what string) (stop func())

	// Tell is Progress for any text; nil where nobody sees it.
	Tell func(text func() string) (stop func())
}

// tell shows a text while something is done, until stop is called.
func (m *Maker) tell(text func() string) (stop func()) {
	if m.Tell == nil {
		return func() {}
	}
	return m.Tell(text)
}

func (m *Maker) warn(format string, args ...any) { m.Say("warning", fmt.Sprintf(format, args...)) }

func (m *Maker) note(format string, args ...any) { m.Say("note", fmt.Sprintf(format, args...)) }

const standardInput = "standard input"

// MaxInput bounds what is read as a token or from a file, in bytes. A HAR file of a long session
// stays under it.
const MaxInput = 16 << 20

// TooLarge is the error for what is larger than MaxInput.
func TooLarge(what string) error { return tooLarge(what, MaxInput) }

func tooLarge(what string, most int) error {
	return Problem(fmt.Sprintf("%s is larger than %d MiB", what, most>>20),
		"no policy, key set or list of contracts is so large; from a log or a HAR file, cut out "+
			"the part with the token")
}

// TokenText returns the text in which a token is to be found: the arguments, a file for @FILE,
// standard input for - or nothing. On a terminal it asks for the token and does not show it.
func (m *Maker) TokenText(args []string) (string, error) {
	text := strings.Join(args, " ") // as a pasted `Bearer x` comes without quotes
	switch {
	case text == "" && len(args) > 0:
		return "", Problem("the token argument is empty", "is the variable set?")
	case text == "" || text == "-":
		return m.ReadStdin()
	case text == "@":
		return "", Problem("the name of a file is missing after @",
			"write @FILE, such as @token.jwt; standard input is -")
	case strings.HasPrefix(text, "@") && len(args) > 1 && strings.HasPrefix(args[1], "@"):
		return "", Problem("two files with tokens were given",
			"name one: @FILE; a second token, of another environment, is explain's --other @FILE")
	case strings.HasPrefix(text, "@") && len(args) > 1 && m.IsFile(args[0][1:]):
		return "", Problem(
			fmt.Sprintf("one token is read, and %d arguments were given", len(args)),
			"a flag stands before the name of any other file; a name with spaces is put in quotes",
		)
	case strings.HasPrefix(text, "@"):
		return m.ReadText(text[1:])
	case m.IsFile(text):
		return "", Problem("the text is the name of a file, not a token",
			"put @ before it to read the token from the file")
	}
	m.warn("a token given as an argument stays in the shell's history; pass it on standard " +
		"input or as @FILE")
	return text, nil
}

// ReadStdin reads a token from standard input.
func (m *Maker) ReadStdin() (string, error) {
	if m.Paste != nil {
		text, err := m.Paste()
		if err == nil && strings.TrimSpace(text) == "" {
			err = Problem("nothing was pasted",
				"paste the token and press Enter; or save it in a file and pass @FILE")
		}
		return text, err
	}
	return readText(m.Stdin, standardInput, 0)
}

// ReadText reads a file, but no more than MaxInput.
func (m *Maker) ReadText(name string) (string, error) {
	file, size, err := m.open(name)
	if err != nil {
		return "", err
	}
	defer file.Close()
	return readText(file, name, size)
}

// ReadBytes is ReadText for what is not read as a string.
func (m *Maker) ReadBytes(name string) ([]byte, error) { return m.readFile(name, MaxInput) }

// ReadKeys reads a key set from a file, or from standard input for -. Of what is larger than any
// set no more is read than shows it.
func (m *Maker) ReadKeys(name string) (*keys.Set, error) {
	file, size, what := io.Reader(m.Stdin), int64(0), standardInput
	if name != "-" {
		named, itsSize, err := m.open(name)
		if err != nil {
			return nil, err
		}
		defer named.Close()
		file, size, what = named, itsSize, name
	}
	const most = keys.MaxText + 1
	text, err := readSized(io.LimitReader(file, most), what, size, most)
	if err != nil {
		return nil, err
	}
	return keys.Parse(what, text)
}

func (m *Maker) readFile(name string, most int) ([]byte, error) {
	file, size, err := m.open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readSized(file, name, size, most)
}

func (m *Maker) open(name string) (file fs.File, size int64, err error) {
	if m.Files != nil {
		file, err = m.Files.Open(name)
	} else {
		file, err = os.Open(m.Path(name))
	}
	if err != nil {
		return nil, 0, err
	}
	info, err := file.Stat()
	if err == nil && info.IsDir() {
		err = Problem(name+": this is a folder, not a file", "pass the name of a file in it")
	}
	if err != nil {
		_ = file.Close() // nothing was written
		return nil, 0, err
	}
	return file, info.Size(), nil
}

// maxConfiguration bounds what is read as a configuration, in bytes: the resources of a large
// cluster are one.
const maxConfiguration = 3 * MaxInput

// ReadConfiguration reads the text of a configuration file, or standard input for -.
func (m *Maker) ReadConfiguration(name string) ([]byte, error) {
	if name == "-" {
		return readSized(m.Stdin, standardInput, 0, maxConfiguration)
	}
	return m.readFile(name, maxConfiguration)
}

// readFound reads a file that may hold policies, and calls it by a name. It is nil for some other
// data in a folder: what is larger than any policy, and what can't be read and has no word that
// policies have.
func (m *Maker) readFound(found Found, name string) (*source.File, error) {
	if !found.Named && m.isTooLarge(found.Name) {
		return nil, nil
	}
	text, err := m.ReadConfiguration(found.Name)
	if err != nil || !found.Named && len(text) > MaxInput && !isOfCluster(text) {
		return nil, err
	}
	file, err := m.Gateways.readSource(name, text)
	switch {
	case err == nil:
		return file, nil
	case !found.Named && !m.Gateways.lookLikePolicy(text):
		return nil, nil
	}
	return nil, err
}

// IsFile reports whether there is a file of this name.
func (m *Maker) IsFile(name string) bool {
	info, err := m.stat(name)
	return err == nil && info.Mode().IsRegular()
}

func (m *Maker) stat(name string) (fs.FileInfo, error) {
	if m.Files != nil {
		return fs.Stat(m.Files, name)
	}
	return os.Stat(m.Path(name))
}

// usualInput is what nearly every input of an unknown size fits into, in bytes.
const usualInput = 32 << 10

// room is what to make ready for an input that is said to have this size, or 0 where nothing is
// said.
func room(size int64, most int) int64 {
	if size == 0 {
		return usualInput
	}
	return min(size, int64(most)) + 1
}

// readSized reads to the end of what probably has this size, but no more than most. Of what turns
// out to be larger the room for most is taken at once: the larger part of it is never touched,
// while growing would need several times as much.
func readSized(r io.Reader, what string, size int64, most int) ([]byte, error) {
	text := make([]byte, room(size, most))
	n, err := io.ReadFull(r, text)
	if err == nil && len(text) <= most {
		text = append(make([]byte, 0, most+1), text...)[:most+1]
		var more int
		more, err = io.ReadFull(r, text[n:])
		n += more
	}
	switch {
	case err == nil && !isOfCluster(text):
		return nil, TooLarge(what)
	case err == nil:
		return nil, tooLarge(what, most)
	case !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return nil, Problem(what + ": " + err.Error())
	case 2*n > len(text):
		return text[:n], nil
	}
	return bytes.Clone(text[:n]), nil
}

// readText is readSized for a string, which is not copied from bytes: of a text of megabytes that
// would be twice the memory.
func readText(r io.Reader, what string, size int64) (string, error) {
	var b strings.Builder
	b.Grow(int(room(size, MaxInput)))
	_, err := io.Copy(&b, io.LimitReader(r, int64(b.Cap())))
	if rest := MaxInput + 1 - b.Len(); err == nil && b.Len() == b.Cap() && rest > 0 {
		b.Grow(rest)
		_, err = io.Copy(&b, io.LimitReader(r, int64(rest)))
	}
	switch {
	case err != nil:
		return "", Problem(what + ": " + err.Error())
	case b.Len() > MaxInput:
		return "", TooLarge(what)
	case 2*b.Len() < b.Cap():
		return strings.Clone(b.String()), nil
	}
	return b.String(), nil
}

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
	var all []Found
	var errs []error
	for _, name := range names {
		files, err := m.findOne(name)
		all, errs = append(all, files...), append(errs, err)
	}
	return unique(all), errors.Join(errs...)
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
	var all []Found
	var errs []error
	for _, match := range matches {
		if info, err := os.Stat(match); err == nil && info.IsDir() {
			inside, err := m.findIn(m.relative(match))
			all, errs = append(all, inside...), append(errs, err)
			continue
		}
		all = append(all, Found{Name: m.relative(match)})
	}
	return all, errors.Join(errs...)
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
	var all []Found
	var errs []error
	for _, folder := range folders {
		files, err := m.walk(m.relative(folder), wanted)
		all, errs = append(all, files...), append(errs, err)
	}
	if err := errors.Join(errs...); err != nil || len(all) > 0 {
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

// ReadSource reads a configuration file, or standard input for -.
func (m *Maker) ReadSource(name string) (*source.File, error) {
	text, err := m.ReadConfiguration(name)
	if err != nil {
		return nil, err
	}
	if name == "-" {
		name = standardInput
	}
	return m.Gateways.readSource(name, text)
}

// readSources reads configuration files, up to the first that can't be read.
func (m *Maker) readSources(names []string) ([]*source.File, error) {
	var files []*source.File
	for _, name := range names {
		file, err := m.ReadSource(name)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

// isOfCluster reports whether a text begins as resources of Kubernetes do. No other configuration
// is larger than MaxInput.
func isOfCluster(text []byte) bool {
	return bytes.Contains(text[:min(len(text), usualInput)], []byte("apiVersion"))
}

// readSource reads a configuration, and of a cluster's resources those that some adapter reads.
func (g Gateways) readSource(name string, text []byte) (*source.File, error) {
	if len(text) > MaxInput && !isOfCluster(text) {
		return nil, TooLarge(name)
	}
	file, err := source.ReadResources(name, text, g.resources)
	return file, g.orOther(name, text, err)
}

// resources is what the gateways read of a cluster; nil for all of it.
func (g Gateways) resources() []source.Resource {
	var all []source.Resource
	for i := range g {
		if g[i].Resources == nil { // one that does not say reads all of them
			return nil
		}
		all = append(all, g[i].Resources()...)
	}
	return all
}

// unique leaves out files that are named twice, by two patterns or a folder and a file in it.
func unique(files []Found) []Found {
	seen := make(map[string]bool, len(files))
	return slices.DeleteFunc(files, func(f Found) bool {
		name := filepath.Clean(f.Name)
		again := seen[name] && name != "-"
		seen[name] = true
		return again
	})
}

// isTooLarge reports whether a file is larger than any policy: some other data, in a folder that
// has policies too.
func (m *Maker) isTooLarge(name string) bool {
	info, err := m.stat(name)
	return err == nil && info.Size() > maxConfiguration
}
