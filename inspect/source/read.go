package source

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"
)

// Format is the syntax of a file.
type Format uint8

// The formats that Read knows.
const (
	JSON Format = iota
	YAML
	HCL // as Terraform has it
	TOML
	Shell // command lines, and variables for them
)

// String returns the format's name as a message has it.
func (f Format) String() string {
	return [...]string{"JSON", "YAML", "HCL", "TOML", "a command line"}[f]
}

// File is a file as it was read.
type File struct {
	Name      string
	Format    Format
	Text      []byte
	Documents []*Value  // one; of YAML one a document, unless it has no content
	Problems  []Problem // what is odd, but no hindrance to reading

	lines   *index
	wanted  []Resource // what is read of a large text; nil for all of it
	unshown bool       // no message shows anything of the text
	shared  []Span     // text that aliases stand for
	pieces  []Span     // that were read one by one

	words11    map[int]bool // where a word is that YAML 1.1 takes for a boolean
	lastCounts bool         // of members with one name, as verifiers of tokens have it
}

// Problem is something odd in a file that could be read all the same, such as a member that
// appears twice.
type Problem struct {
	ID      string // "duplicate-member", "byte-order-mark", "invalid-utf-8", "comment-for-value"
	Pos     Position
	Message string
}

// Position returns the place of a byte offset. An offset behind the end is the end.
func (f *File) Position(offset int) Position {
	line, column := f.index().at(offset)
	return Position{File: f.Name, Line: line, Column: column}
}

// TextOnly returns the file without its values, to show lines of it: of a text that has the file's
// lines and as many bytes, with whatever must not be shown overwritten.
func (f *File) TextOnly(text []byte) *File {
	return &File{Name: f.Name, Format: f.Format, Text: text, Problems: f.Problems, lines: f.lines}
}

// Line returns the text of a line, counted from 1, without its line break. It is empty if there is
// no such line.
func (f *File) Line(n int) string {
	lines := f.index()
	start := lines.offset(n, 1)
	if line, _ := lines.at(start); n < 1 || line != n {
		return ""
	}
	rest := string(f.Text[start:lines.offset(n+1, 1)])
	return strings.TrimRight(rest, "\r\n")
}

// index returns the index of the text. A File that was not read has none of its own.
func (f *File) index() *index {
	if f.lines == nil {
		return newIndex(f.Text, false)
	}
	return f.lines
}

func (f *File) errorAt(offset int, cause, hint string) error {
	return &Error{Pos: f.Position(offset), Cause: cause, Hints: Hints(hint)}
}

func (f *File) problem(id string, offset int, message string) {
	if len(f.Problems) < maxProblems {
		f.Problems = append(f.Problems, Problem{ID: id, Pos: f.Position(offset), Message: message})
	}
}

// Limits of what is read, so that no file keeps the program busy for long.
const (
	maxText     = 16 << 20  // bytes
	maxCluster  = 48 << 20  // bytes, where parts of them are left out
	maxDepth    = 5_000     // levels of nesting
	maxListed   = 1_000_000 // values of a file of which they are handed over one by one
	maxProblems = 100       // reported of one file
)

// mostValues is how many values a file may have, so that no file takes more than 256 MiB: those of
// YAML are the largest while they are read.
func (f *File) mostValues() int {
	if f.Format == YAML {
		return 200_000
	}
	return 300_000
}

var byteOrderMark = []byte("\ufeff")

// Read reads a configuration file. The format follows from the name's extension. If it has none
// that is known, it follows from the text: a brace or a bracket starts JSON, unless three hyphens
// end a document of YAML that is written so, a name and an equals sign start TOML, a command with
// an option is a command line, everything else is YAML. Every error is an [*Error].
func Read(name string, text []byte) (*File, error) { return ReadResources(name, text, nil) }

// ReadResources is Read for what may be all that a cluster holds. Of a text of more than a
// mebibyte the parts of Kubernetes' resources that are not wanted are left out: what the file has
// in their place is an Unknown that is Unread. A nil list wants everything. Of a smaller text
// nobody asks what is wanted.
func ReadResources(name string, text []byte, wanted func() []Resource) (*File, error) {
	f, err := openUpTo(maxCluster, name, text)
	if err != nil {
		return nil, err
	}
	if wanted != nil && len(text) > selectedFrom {
		f.wanted = wanted()
	}
	if err := f.checkSecret(); err != nil {
		return nil, err
	}
	f.Format = formatOf(name, text)
	if len(text) > maxText && (f.wanted == nil || f.Format != JSON && f.Format != YAML) {
		return nil, f.tooLarge()
	}
	if !utf8.Valid(text) {
		return nil, f.errorAt(invalidUTF8(text), "the text is not UTF-8",
			"save it with the encoding UTF-8")
	}
	return f.done(f.readMarked())
}

// readMarked reads the documents of a file, and notes a byte order mark before them.
func (f *File) readMarked() error {
	if bytes.HasPrefix(f.Text, byteOrderMark) {
		f.problem("byte-order-mark", 0,
			"the file starts with a byte order mark, which strict readers refuse")
	}
	return f.read()
}

// ReadJSON reads one JSON value with nothing behind it but white space, as the parts of a token
// and key sets are. A byte order mark is an error, because verifiers refuse it. Text that is not
// UTF-8 is a [Problem] "invalid-utf-8", because most verifiers read it. Every error is an
// [*Error].
func ReadJSON(name string, text []byte) (*File, error) {
	return readJSON(name, text, false, items{})
}

// ReadAs is Read for a text whose format is known.
func ReadAs(name string, text []byte, format Format) (*File, error) {
	if format == JSON {
		return ReadJSON(name, text)
	}
	f, err := open(name, text)
	if err != nil {
		return nil, err
	}
	f.Format = format
	if err := f.checkSecret(); err != nil {
		return nil, err
	}
	if !utf8.Valid(text) {
		return nil, f.errorAt(invalidUTF8(text), "the text is not UTF-8", "")
	}
	return f.done(f.read())
}

// maxHeld is how many values [ReadJSONItems] holds at once.
const maxHeld = 50_000

// ReadJSONItems is ReadJSON for a list that may be long: the document itself, or its member with
// this name. Each item goes to take as soon as it is read, together with its list, and is nil in
// the list from then on, because a list of megabytes is many times as large as values. If there is
// an error, what take was given does not count.
func ReadJSONItems(name string, text []byte, member string,
	take func(list, item *Value),
) (*File, error) {
	return readJSON(name, text, false, items{member, maxHeld, take})
}

func readJSON(name string, text []byte, unshown bool, items items) (*File, error) {
	f, err := open(name, text)
	if err != nil {
		return nil, err
	}
	f.unshown, f.lastCounts = unshown, true
	if err := f.checkSecret(); err != nil {
		return nil, err
	}
	if bytes.HasPrefix(text, byteOrderMark) {
		return nil, f.errorAt(0, "not JSON: it starts with a byte order mark",
			"save it without one; in PowerShell 7: Out-File -Encoding utf8NoBOM")
	}
	if !utf8.Valid(text) {
		f.problem("invalid-utf-8", invalidUTF8(text),
			"the text is not UTF-8; readers replace what is wrong with U+FFFD")
	}
	return f.done(f.readJSON(items))
}

// maxPart is how many values a part of a token may have. Entra ID's tokens have some thirty, and a
// user's groups at most 200.
const maxPart = 20_000

// ReadPart is ReadJSON for what may be a secret, such as a part of a token: no error shows
// anything of the text.
func ReadPart(name string, text []byte) (*File, error) {
	return readJSON(name, text, true, items{most: maxPart})
}

// open makes a file of text that is worth reading.
func open(name string, text []byte) (*File, error) { return openUpTo(maxText, name, text) }

func openUpTo(most int, name string, text []byte) (*File, error) {
	f := &File{Name: name, Text: text}
	if len(text) > most {
		return nil, f.tooLarge()
	}
	f.lines = newIndex(text, false)
	return f.done(f.checkText())
}

func (f *File) tooLarge() error {
	cause := fmt.Sprintf("the text has more than %d MiB", maxText>>20)
	return &Error{Pos: Position{File: f.Name}, Cause: cause, Hints: Hints(wrongFile)}
}

// done returns the file, unless it could not be read.
func (f *File) done(err error) (*File, error) {
	if err != nil {
		return nil, err
	}
	return f, nil
}

// read reads the documents in the file's format.
func (f *File) read() error {
	switch f.Format {
	case YAML:
		return f.readYAML()
	case HCL:
		return f.readHCL()
	case TOML:
		return f.readTOML()
	case Shell:
		return f.readShell()
	case JSON:
	}
	return f.readJSON(items{})
}

// FormatNamed is the format that a file's name says.
func FormatNamed(name string) (format Format, known bool) {
	switch strings.ToLower(path.Ext(name)) {
	case ".json":
		return JSON, true
	case ".yaml", ".yml":
		return YAML, true
	case ".tf", ".tfvars", ".hcl":
		return HCL, true
	case ".toml", ".cfg":
		return TOML, true
	case ".sh", ".env":
		return Shell, true
	}
	return JSON, false
}

func formatOf(name string, text []byte) Format {
	if format, known := FormatNamed(name); known {
		return format
	}
	text = bytes.TrimLeft(bytes.TrimPrefix(text, byteOrderMark), " \t\r\n")
	inBraces := len(text) > 0 && (text[0] == '{' || text[0] == '[')
	switch {
	case inBraces && bytes.Contains(text, []byte("\n---")): // in JSON no line begins so
		return YAML
	case inBraces:
		return JSON
	case looksLikeShell(text):
		return Shell
	case looksLikeTOML(text):
		return TOML
	}
	return YAML
}

// body returns the offset of the first byte behind a byte order mark.
func (f *File) body() int {
	if bytes.HasPrefix(f.Text, byteOrderMark) {
		return len(byteOrderMark)
	}
	return 0
}

// checkText refuses what is not the text of a configuration, before a parser sees it.
func (f *File) checkText() error {
	start := f.body()
	content := bytes.TrimLeft(f.Text[start:], " \t\r\n")
	first := len(f.Text) - len(content)
	order, _ := UTF16Order(string(f.Text[:min(len(f.Text), 4)]))
	switch {
	case len(content) == 0:
		return f.errorAt(first, "the text is empty",
			"did the command that should have written it fail?")
	case order != nil:
		return f.errorAt(0, "the text is UTF-16, not UTF-8",
			"save it with the encoding UTF-8; in PowerShell: Out-File -Encoding utf8")
	case bytes.IndexByte(f.Text, 0) >= 0:
		return f.errorAt(bytes.IndexByte(f.Text, 0), "not text: there is a NUL byte here",
			"is this a configuration file?")
	}
	return f.checkMarkup(first, content)
}

// checkMarkup refuses HTML and XML, which is what people have if they saved a sign-in page in
// place of a file.
func (f *File) checkMarkup(first int, content []byte) error {
	head := strings.ToLower(string(content[:min(len(content), 9)]))
	switch {
	case strings.HasPrefix(head, "<!doctype"), strings.HasPrefix(head, "<html"):
		return f.errorAt(first, "this is an HTML page, not a configuration",
			"a sign-in or error page saved in place of the answer? fetch it again")
	case len(head) > 1 && head[0] == '<' &&
		strings.ContainsRune("?!abcdefghijklmnopqrstuvwxyz", rune(head[1])):
		return f.errorAt(first, "this is XML or HTML, not JSON or YAML",
			"an API may answer in XML or HTML if the request was wrong; read what it says, and "+
				"fetch JSON")
	}
	return nil
}

func invalidUTF8(text []byte) int {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(text)
}

// counter counts what was read of a file, and stops the reading at its limits.
type counter struct {
	file   *File
	values int
	most   int // values; zero for what the format allows
}

// add counts one value.
func (c *counter) add(offset, depth int) error {
	c.values++
	switch most := cmp.Or(c.most, c.file.mostValues()); {
	case depth > maxDepth:
		return c.file.beyond(offset, tooDeep)
	case c.values > most:
		return c.file.tooMany(offset, most)
	}
	return nil
}

func (f *File) tooMany(offset, most int) error {
	return f.beyond(offset, fmt.Sprintf("the file has more than %d values", most))
}

// beyond is the error if a file goes beyond a limit.
func (f *File) beyond(offset int, cause string) error {
	hint := wrongFile
	if f.selects() && (f.Format == YAML || f.Format == JSON) {
		hint = wholeCluster
	}
	return &Error{Pos: f.Position(offset), Cause: cause, Hints: Hints(hint), Limit: true}
}

// checkJSONSize refuses JSON of very many values before any of them is made: each value follows a
// bracket or a comma.
func (f *File) checkJSONSize(most int) error {
	if len(f.Text) <= most {
		return nil
	}
	values, inString := 0, false
	for i := 0; i < len(f.Text); i++ {
		switch c := f.Text[i]; {
		case c == '"':
			inString = !inString
		case c == '\\':
			i++
		case inString:
		case c == ',',
			(c == '[' || c == '{') && i+1 < len(f.Text) && f.Text[i+1] != ']' &&
				f.Text[i+1] != '}':
			values++
		}
		if values > most {
			return f.tooMany(i, most)
		}
	}
	return nil
}

// checkYAMLSize refuses text that would fill the memory while the YAML library reads it: each
// value of YAML follows one of these characters.
func (f *File) checkYAMLSize() error {
	_, err := f.countYAML(f.Text, 0)
	return err
}

// countYAML counts the values of a text beside those that were counted before.
func (f *File) countYAML(text []byte, values int) (int, error) {
	for i, c := range text {
		switch c {
		case ',', '[', '{':
			values++
		case ':', '-', '?':
			if i+1 < len(text) && isBlankByte(text[i+1]) {
				values++
			}
		}
		if most := f.mostValues(); values > most {
			return 0, f.tooMany(i, most)
		}
	}
	return values, nil
}

func isBlankByte(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// wrongFile says what to do if a file is larger than anything that is meant to be read.
const wrongFile = "no policy, key set or app registration is like that; is this the right file?"

// wholeCluster is wrongFile of a file that may hold all resources of a cluster.
const wholeCluster = "if this is a whole cluster, export only the kinds of the gateway's " +
	"policies, or one namespace; if not, is this the right file?"

// tooDeep is the cause if more levels are nested than maxDepth.
const tooDeep = "values are nested more than 5000 levels deep"

// UTF16Order is the order of the bytes of a text in UTF-16, and the length of its byte order mark.
// A text without one is UTF-16 where it begins with two characters of ASCII. It is nil for any
// other text.
func UTF16Order(start string) (order binary.ByteOrder, mark int) {
	switch {
	case strings.HasPrefix(start, "\xff\xfe"):
		return binary.LittleEndian, 2
	case strings.HasPrefix(start, "\xfe\xff"):
		return binary.BigEndian, 2
	case len(start) < 4:
		return nil, 0
	}
	pair := func(high, low byte) bool { return high == 0 && low >= '\t' && low < 0x7f }
	switch {
	case pair(start[1], start[0]) && pair(start[3], start[2]):
		return binary.LittleEndian, 0
	case pair(start[0], start[1]) && pair(start[2], start[3]):
		return binary.BigEndian, 0
	}
	return nil, 0
}
