package source

import (
	"bytes"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"
)

// Limits of what is read, so that no file keeps the program busy for long.
const (
	maxText     = 16 << 20  // bytes
	maxDepth    = 5_000     // levels of nesting
	maxValues   = 1_000_000 // in one file
	maxProblems = 100       // told of one file
)

var byteOrderMark = []byte("\ufeff")

// Read reads a configuration file. The format follows from the name's extension, where it has none that is
// known, from the first character: a brace or a bracket starts JSON, everything else is YAML.
// Every error is an [*Error].
func Read(name string, text []byte) (*File, error) {
	f, err := open(name, text)
	if err != nil {
		return nil, err
	}
	if err := f.checkSecret(); err != nil {
		return nil, err
	}
	f.Format = formatOf(name, text)
	if !utf8.Valid(text) {
		return nil, f.errorAt(invalidUTF8(text), "the text is not UTF-8", "save it with the encoding UTF-8")
	}
	if bytes.HasPrefix(text, byteOrderMark) {
		f.problem("byte-order-mark", 0, "the file starts with a byte order mark, which strict readers refuse")
	}
	return f.done(f.read())
}

// ReadJSON reads one JSON value and nothing behind it but white space, as the parts of a token and key sets
// are: a byte order mark is an error, since verifiers refuse it, and text that is no UTF-8 is a [Problem]
// "invalid-utf-8", since most of them read it. Every error is an [*Error].
func ReadJSON(name string, text []byte) (*File, error) {
	return readJSON(name, text, false, items{})
}

// maxHeld is how many values [ReadJSONItems] holds at once.
const maxHeld = 50_000

// ReadJSONItems is ReadJSON for a list that may be long, which is the document itself or its member with this name. Each item goes
// to take as soon as it is read, together with its list, and is nil in the list from then on: as values, a list of megabytes
// is many times as large. What take was given counts for nothing where there is an error.
func ReadJSONItems(name string, text []byte, member string, take func(list, item *Value)) (*File, error) {
	return readJSON(name, text, false, items{member, maxHeld, take})
}

func readJSON(name string, text []byte, unshown bool, items items) (*File, error) {
	f, err := open(name, text)
	if err != nil {
		return nil, err
	}
	f.unshown = unshown
	if err := f.checkSecret(); err != nil {
		return nil, err
	}
	if bytes.HasPrefix(text, byteOrderMark) {
		return nil, f.errorAt(0, "not JSON: a byte order mark stands before it", "save it without one; in PowerShell 7: Out-File -Encoding utf8NoBOM")
	}
	if !utf8.Valid(text) {
		f.problem("invalid-utf-8", invalidUTF8(text), "the text is not UTF-8; readers put U+FFFD in place of what is wrong")
	}
	return f.done(f.readJSON(items))
}

// maxPart is how many values a part of a token may have. Entra ID's tokens have some thirty, and a user's groups at most 200.
const maxPart = 20_000

// ReadPart is ReadJSON for what may be a secret, such as a part of a token: no error shows anything of the text.
func ReadPart(name string, text []byte) (*File, error) {
	return readJSON(name, text, true, items{most: maxPart})
}

// open makes a file of text that is worth reading.
func open(name string, text []byte) (*File, error) {
	if len(text) > maxText {
		cause := fmt.Sprintf("the text has more than %d MiB", maxText>>20)
		return nil, &Error{Pos: Position{File: name}, Cause: cause, Hints: Hints(wrongFile)}
	}
	f := &File{Name: name, Text: text, lines: newIndex(text, false)}
	return f.done(f.checkText())
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
	case JSON:
	}
	return f.readJSON(items{})
}

func formatOf(name string, text []byte) Format {
	switch strings.ToLower(path.Ext(name)) {
	case ".json":
		return JSON
	case ".yaml", ".yml":
		return YAML
	case ".tf", ".tfvars", ".hcl":
		return HCL
	}
	text = bytes.TrimLeft(bytes.TrimPrefix(text, byteOrderMark), " \t\r\n")
	if len(text) > 0 && (text[0] == '{' || text[0] == '[') {
		return JSON
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

// checkText refuses what is no text of a configuration, before a parser sees it.
func (f *File) checkText() error {
	start := f.body()
	content := bytes.TrimLeft(f.Text[start:], " \t\r\n")
	first := len(f.Text) - len(content)
	switch {
	case len(content) == 0:
		return f.errorAt(first, "the text is empty", "did the command that should have written it fail?")
	case bytes.HasPrefix(f.Text, []byte("\xff\xfe")), bytes.HasPrefix(f.Text, []byte("\xfe\xff")):
		return f.errorAt(0, "the text is UTF-16, not UTF-8", "save it with the encoding UTF-8; in PowerShell: Out-File -Encoding utf8")
	case bytes.IndexByte(f.Text, 0) >= 0:
		return f.errorAt(bytes.IndexByte(f.Text, 0), "not text: a NUL byte stands here", "is this a configuration file?")
	}
	return f.checkMarkup(first, content)
}

// checkMarkup refuses HTML and XML, which is what arrives when a sign-in page was saved in place of a file.
func (f *File) checkMarkup(first int, content []byte) error {
	head := strings.ToLower(string(content[:min(len(content), 9)]))
	switch {
	case strings.HasPrefix(head, "<!doctype"), strings.HasPrefix(head, "<html"):
		return f.errorAt(first, "this is an HTML page, not a configuration", "a sign-in or error page saved in place of the answer? fetch it again")
	case len(head) > 1 && head[0] == '<' && strings.ContainsRune("?!abcdefghijklmnopqrstuvwxyz", rune(head[1])):
		return f.errorAt(first, "this is XML or HTML, not JSON or YAML", "an API answers in XML or HTML where it was asked wrongly; look at what it says, and fetch it as JSON")
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
