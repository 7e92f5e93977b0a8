package source

import (
	"bytes"
	"errors"
	"io"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// yamlFault is why the YAML library can't read a text. The library gives a few words and a line.
// The line is often wrong: it is where the unreadable object starts, or the line before that. So
// the text is read again to find the two lines that help.
type yamlFault struct {
	reader  *yamlReader
	problem string // the library's words
	opened  int    // the line where the unreadable object, list or string starts
	line    int    // the line that could not be read
}

// fault explains why the YAML library can't read the text.
func (r *yamlReader) fault(err error) error {
	text := r.text[r.base:]
	f := &yamlFault{reader: r}
	f.problem, _ = problemOf(err)
	f.opened = openedAt(text, err)
	f.line = r.failingLine(text, f.problem, f.opened)
	offset, cause, hint := f.explain()
	if hint == "" {
		hint = "compare the line with those around it: its indentation, dash, colon and quotes"
	}
	return r.file.errorAt(offset, "not YAML: "+cause, hint)
}

// problemOf splits an error of the YAML library into its words and its line. The line is 0 if it
// has none.
func problemOf(err error) (problem string, line int) {
	if err == nil {
		return "", 0
	}
	problem = strings.TrimPrefix(err.Error(), "yaml: ")
	if rest, ok := strings.CutPrefix(problem, "line "); ok {
		number, words, _ := strings.Cut(rest, ": ")
		if n, err := strconv.Atoi(number); err == nil {
			return words, n
		}
	}
	return problem, 0
}

// openedAt returns the line where the unreadable text starts. The library counts it from 0 and
// leaves it out for the first line, so an empty line is put before the text.
func openedAt(text []byte, err error) int {
	problem, line := problemOf(failure(append([]byte("\n"), text...)))
	if problem == "" {
		problem, line = problemOf(err)
	}
	isOfParser := HasAnyPrefix(problem,
		"did not find expected <", "did not find expected '-'", "did not find expected key",
		"did not find expected ','", "did not find expected node", "found undefined tag",
		"found duplicate", "found incompatible")
	if !isOfParser {
		line-- // the library's scanner counts from 1
	}
	return max(line, 1)
}

// maxSearched is how many bytes of YAML are read again and again to find the line of a fault.
const maxSearched = 1 << 18

// failingLine returns the first line that makes the library fail with a problem: the last line of
// the shortest text that fails so.
func (r *yamlReader) failingLine(text []byte, problem string, opened int) int {
	if len(text) > maxSearched {
		return opened
	}
	last, _ := r.lines.at(len(text))
	return 1 + sort.Search(last-1, func(i int) bool {
		found, _ := problemOf(failure(text[:r.lines.offset(i+2, 1)]))
		return found == problem
	})
}

// failure returns the error that the YAML library has with a text.
func failure(text []byte) error {
	dec := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var n yaml.Node
		switch err := dec.Decode(&n); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}

// text returns a line of the file.
func (f *yamlFault) text(line int) string {
	lines := f.reader.lines
	start := lines.offset(line, 1)
	return strings.TrimRight(string(lines.text[start:lines.offset(line+1, 1)]), "\r\n")
}

// at returns the offset in the file of a byte of a line.
func (f *yamlFault) at(line, i int) int {
	return f.reader.base + f.reader.lines.offset(line, 1) + max(i, 0)
}

// first returns the offset of the first character of a line that is not white space.
func (f *yamlFault) first(line int) int {
	text := f.text(line)
	return f.at(line, len(text)-len(strings.TrimLeft(text, " \t")))
}

const (
	quoteIt   = "put the value in quotes"
	useSpaces = "replace the tab with spaces"
	alignIt   = "members of one object start in the same column"
)

// renderHint says how the file is made that a template of a chart produces. A chart has its
// templates in a folder of that name.
func renderHint(name string) string {
	chart, _, ok := strings.Cut(filepath.ToSlash(name), "/templates/")
	forShells := regexp.MustCompile(`^[\w./-]+$`) // they take such a path as it is
	if !ok || strings.HasPrefix(chart, "-") || !forShells.MatchString(chart) {
		chart = "CHART"
	}
	return "pass what the template produces; of a chart this prints it: helm template " + chart +
		" > policies.yaml"
}

// explain returns the place of the fault, its cause in words that say what to type, and a hint.
func (f *yamlFault) explain() (offset int, cause, hint string) {
	if line := f.templateLine(); line > 0 {
		return f.first(line), "there is a template expression here, outside quotes",
			renderHint(f.reader.file.Name)
	}
	problem := f.problem
	has := func(words string) bool { return strings.Contains(problem, words) }
	switch {
	case has("tab character"), has("cannot start any token") && f.tabLine(f.line) > 0:
		return f.tab()
	case has("cannot start any token"):
		return f.badStart()
	case has("mapping values are not allowed"):
		return f.secondColon()
	case has("could not find expected ':'"):
		return f.noColon()
	case has("unexpected end of stream"), has("unexpected document indicator"):
		return f.at(f.opened, strings.LastIndexAny(f.text(f.opened), `"'`)),
			"a string that starts on this line is not closed", ""
	case has("did not find expected ',' or"), has("expected node content"):
		return f.bracket()
	case has("did not find expected key"), has("expected <document start>"),
		has("expected '-' indicator"):
		return f.structure()
	}
	return f.explainRare()
}

func (f *yamlFault) explainRare() (offset int, cause, hint string) {
	has := func(words string) bool { return strings.Contains(f.problem, words) }
	switch {
	case has("block sequence entries"):
		return f.first(f.opened), "a list must start on a line of its own, below its name", ""
	case has("escape"), has("hexdecimal"):
		return f.escape()
	case has("unknown anchor"):
		return f.anchor()
	case has("alphabetic or numeric"):
		return f.first(f.opened), "a name is missing after & or *",
			"a value that starts with & or * needs quotes"
	case has("control characters"):
		return f.control()
	case has("comment or line break"):
		return f.first(f.opened), "there is text after | or >",
			"the text of such a string starts on the next line"
	case has("tag"), has("whitespace or line break"), has("expected '!'"), has("expected '>'"):
		return f.first(f.opened), "a tag, which starts with !, can't be read",
			"a value that starts with ! needs quotes"
	case has("exceeded max depth"):
		return f.first(f.opened), tooDeep, wrongFile
	}
	return f.first(f.opened), f.problem, ""
}

// templateLine returns the line of a template expression that explains the fault: it is on the
// failing line, or starts a line before. It is 0 if there is none.
func (f *yamlFault) templateLine() int {
	if hasTemplate(f.text(f.line)) {
		return f.line
	}
	for line := 1; line <= f.line && line <= f.opened+1; line++ {
		text := strings.TrimSpace(f.text(line))
		if strings.HasPrefix(text, "{{") || strings.HasPrefix(text, "{%") {
			return line
		}
	}
	return 0
}

// hasTemplate reports whether a line has a template expression outside of quotes and comments.
func hasTemplate(line string) bool {
	line, _, _ = strings.Cut(line, " #")
	for {
		start := strings.IndexAny(line, `"'{`)
		switch {
		case start < 0 || start+1 == len(line):
			return false
		case line[start] != '{':
			_, line, _ = strings.Cut(line[start+1:], line[start:start+1])
		case line[start+1] == '{' || line[start+1] == '%':
			return true
		default:
			line = line[start+1:]
		}
	}
}

// tabLine returns the first line that a tab indents: this line or one beside it. It is 0 if there
// is none.
func (f *yamlFault) tabLine(from int) int {
	for line := max(from-1, 1); line <= from+1; line++ {
		text := f.text(line)
		if strings.ContainsRune(text[:len(text)-len(strings.TrimLeft(text, " \t"))], '\t') {
			return line
		}
	}
	return 0
}

func (f *yamlFault) tab() (offset int, cause, hint string) {
	line := f.tabLine(f.line)
	if line == 0 {
		return f.first(f.line), "there is a tab where YAML allows only spaces", useSpaces
	}
	return f.at(line, strings.IndexByte(f.text(line), '\t')),
		"a tab indents this line, and YAML allows only spaces", useSpaces
}

// badStart is about a value that starts with a character that YAML keeps for itself.
func (f *yamlFault) badStart() (offset int, cause, hint string) {
	text := f.text(f.opened)
	for i, r := range text {
		before := strings.TrimRight(text[:i], " ")
		if strings.ContainsRune("@`%", r) &&
			(before == "" || strings.ContainsAny(before[len(before)-1:], ":-,[{?")) {
			return f.at(f.opened, i), "a value must not start with " + string(r), quoteIt
		}
	}
	return f.first(f.opened), "this line starts with a character that is reserved in YAML", quoteIt
}

// secondColon is about a name and a value in a place that has no room for them.
func (f *yamlFault) secondColon() (offset int, cause, hint string) {
	text := f.text(f.opened)
	first := strings.Index(text, ": ")
	if first >= 0 {
		if second := strings.Index(text[first+1:], ": "); second >= 0 {
			return f.at(f.opened, first+1+second), "this line has a second colon",
				"a value with a colon and a space in it needs quotes"
		}
	}
	return f.first(f.opened),
		"this line is indented as if it belonged to the line before, which has a value already",
		alignIt
}

// noColon is about a line that ought to have a name and a value.
func (f *yamlFault) noColon() (offset int, cause, hint string) {
	text := f.text(f.opened)
	if i := strings.IndexByte(text, ':'); i >= 0 {
		return f.at(f.opened, i), "a space is missing after the colon", ""
	}
	return f.first(f.opened), "a colon is missing after " + forMessage(strings.TrimSpace(text)), ""
}

// bracket is about lists and objects in brackets.
func (f *yamlFault) bracket() (offset int, cause, hint string) {
	opening, kind := "[", "a list"
	if strings.HasSuffix(f.problem, "'}'") {
		opening, kind = "{", "an object"
	}
	text := f.text(f.opened)
	if strings.Contains(f.problem, "node content") {
		if i := strings.IndexAny(text, "]},"); i >= 0 {
			return f.at(f.opened, i), string(text[i]) + " is where a value is expected",
				quoteIt + ", or remove it"
		}
		return f.first(f.opened), "the text ends inside a list or an object in brackets",
			"was it cut off while copying?"
	}
	return f.at(f.opened, strings.LastIndex(text, opening)),
		kind + " that opens on this line is not closed, or a comma is missing in it", ""
}

// structure is about lines that do not fit the lines before them.
func (f *yamlFault) structure() (offset int, cause, hint string) {
	text := strings.TrimSpace(f.text(f.line))
	switch {
	case strings.HasPrefix(text, "]"), strings.HasPrefix(text, "}"):
		return f.first(f.line), text[:1] + " has no opening bracket", ""
	case f.unclosedLine() > 0:
		line := f.unclosedLine()
		return f.at(line, strings.IndexAny(f.text(line), `"'`)),
			"a string that starts on this line is not closed on it", ""
	case f.behindQuote() > 0:
		return f.at(f.line, f.behindQuote()), "there is text after the closing quote",
			"a quote inside quotes is doubled in '…' and written \\\" in \"…\""
	case strings.Contains(f.problem, "document start"):
		return f.first(f.line), "more text follows the end of the value", "is this file YAML?"
	case strings.Contains(f.problem, "'-'"):
		return f.first(f.line),
			"this line is among the items of a list, but does not start with a dash", ""
	case strings.HasPrefix(text, "- "):
		return f.first(f.line), "a list item is among the members of an object",
			"the dashes of a list are indented at least as far as the name above them"
	}
	return f.first(f.line), "the indentation of this line matches no line above it", alignIt
}

// unclosedLine returns the line of a string that starts before the failing line and ends at the
// first quote there, which was meant to open another one. It is 0 if there is none.
func (f *yamlFault) unclosedLine() int {
	for line := f.opened; line < f.line; line++ {
		text := f.text(line)
		start := strings.IndexAny(text, `"'`)
		if start < 1 || text[start-1] != ' ' || strings.Count(text, text[start:start+1]) != 1 {
			continue
		}
		end := line + 1
		for end < f.line && !strings.Contains(f.text(end), text[start:start+1]) {
			end++
		}
		if end == f.line && strings.Contains(f.text(end), text[start:start+1]) {
			return line
		}
	}
	return 0
}

// behindQuote returns the index of text after a string in quotes on the failing line, or 0.
func (f *yamlFault) behindQuote() int {
	text := f.text(f.line)
	start := strings.IndexAny(text, `"'`)
	if start < 0 {
		return 0
	}
	end := strings.IndexByte(text[start+1:], text[start]) + start + 2
	rest := strings.TrimLeft(text[end:], " ")
	if end == start+1 || rest == "" || strings.ContainsAny(rest[:1], "#:,]}") {
		return 0
	}
	return len(text) - len(rest)
}

// escape is about a backslash in double quotes.
func (f *yamlFault) escape() (offset int, cause, hint string) {
	text := f.text(f.line)
	for i := 0; i+1 < len(text); i++ {
		if text[i] != '\\' {
			continue
		}
		next, _ := utf8.DecodeRuneInString(text[i+1:])
		if !strings.ContainsRune("0abt\tnvfre \"'/\\N_LPxuU", next) {
			return f.at(f.line, i), "\\" + printable(string(next)) + " is not a YAML escape",
				`write \\ for a backslash, or use single quotes`
		}
		i++
	}
	return f.first(f.line), "an escape on this line can't be read",
		`write \\ for a backslash, or use single quotes`
}

func (f *yamlFault) anchor() (offset int, cause, hint string) {
	_, name, _ := strings.Cut(f.problem, "'")
	name, _, _ = strings.Cut(name, "'")
	place := max(strings.Index(f.text(f.line), "*"+name), 0)
	cause, hint = noAnchor(name)
	return f.at(f.line, place), cause, hint
}

func noAnchor(name string) (cause, hint string) {
	name = forMessage(name)
	return "*" + name + " refers to an anchor &" + name +
			" that is not defined before it in its document",
		"a value that starts with * needs quotes"
}

func (f *yamlFault) control() (offset int, cause, hint string) {
	for i, r := range string(f.reader.lines.text) {
		if unicode.IsControl(r) && !isYAMLSpace(r) || r == '\ufffe' || r == '\uffff' {
			return f.reader.base + i, "there is a control character here",
				"remove it, or write it as an escape in double quotes"
		}
	}
	return f.first(f.line), "there is a control character on this line", ""
}
