// Package report makes what a command answers, as values: it reads the files that are named, puts
// a request together, evaluates it, and looks for repairs. A page in a browser makes the same
// reports as the command line does.
//
// Each command has a file (explain.go, lint.go, matrix.go). A [Maker] is handed what they read
// from: the clock, the gateways, standard input. need.go is the one table of how to pass what is
// missing.
//
// No report is printed here, and nothing here reads flags, a terminal or the network. What can be
// said without files and commands belongs below, into rules or inspect.
package report

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// Maker makes reports of what a user names.
type Maker struct {
	Dir      string    // where relative names start; empty for the process's working directory
	Files    fs.FS     // where named files are; nil for those of the operating system
	Stdin    io.Reader // what - stands for
	Used     *bool     // whether standard input was read before; nil where nobody minds
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

	// Tell shows how far something is, until stop is called; nil where nobody sees it.
	Tell func(text func() string) (stop func())

	ReadsMany func() // is told that many files are read; nil where nobody minds

	walked int // names of files that were looked at in folders
}

// tell shows a text while something is done, until stop is called.
func (m *Maker) tell(text func() string) (stop func()) {
	if m.Tell == nil {
		return func() {}
	}
	return m.Tell(text)
}

// progress tells how many of all files, or of what else is counted, are done.
func (m *Maker) progress(done *atomic.Int64, all int, what string) (stop func()) {
	return m.tell(func() string { return fmt.Sprintf("%d of %d %s", done.Load(), all, what) })
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
	input, err := m.input()
	if err != nil {
		return "", err
	}
	return readText(input, standardInput, 0)
}

// InputTwice is the error for a command that is to read standard input for two of its inputs.
func InputTwice() error {
	return Problem("standard input was named twice, and it can be read only once",
		"name a file in place of one of the two")
}

// input is standard input, which is there once.
func (m *Maker) input() (io.Reader, error) {
	if m.Used != nil {
		if *m.Used {
			return nil, InputTwice()
		}
		*m.Used = true
	}
	return m.Stdin, nil
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

// ReadKeys reads a key set from a file.
func (m *Maker) ReadKeys(name string) (*keys.Set, error) {
	file, size, err := m.open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readKeys(file, name, size)
}

// ReadStdinKeys reads a key set from standard input.
func (m *Maker) ReadStdinKeys() (*keys.Set, error) {
	input, err := m.input()
	if err != nil {
		return nil, err
	}
	return readKeys(input, standardInput, 0)
}

// readKeys reads a key set. Of what is larger than any set no more is read than shows it.
func readKeys(r io.Reader, what string, size int64) (*keys.Set, error) {
	const most = keys.MaxText + 1
	text, err := readSized(io.LimitReader(r, most), what, size, most)
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
		input, err := m.input()
		if err != nil {
			return nil, err
		}
		return readSized(input, standardInput, 0, maxConfiguration)
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

// IsFolder reports whether there is a folder of that name.
func (m *Maker) IsFolder(name string) bool {
	info, err := m.stat(name)
	return err == nil && info.IsDir()
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

// mostRegistered is how many values files with app registrations may have: they are in the memory
// together.
const mostRegistered = 500_000

// readSources reads files with app registrations, up to the first that can't be read.
func (m *Maker) readSources(names []string) ([]*source.File, error) {
	var files []*source.File
	values := 0
	for _, name := range names {
		file, err := m.ReadSource(name)
		if err != nil {
			return nil, err
		}
		if values += file.Values(); values > mostRegistered {
			return nil, beyond(source.Position{File: name}, "with this file", mostRegistered,
				"values of app registrations",
				"pass only the clients that belong to an environment")
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

// isTooLarge reports whether a file is larger than any policy: some other data, in a folder that
// has policies too.
func (m *Maker) isTooLarge(name string) bool {
	info, err := m.stat(name)
	return err == nil && info.Size() > maxConfiguration
}
