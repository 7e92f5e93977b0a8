package source

import (
	"bytes"
	"errors"
	"io"
	"sort"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// yamlFault is why the YAML library can't read a text. The library gives a few words and a line that is
// often the wrong one: where the object starts that could not be read on, or the line before that. So the
// two lines that tell something are found by reading again.
type yamlFault struct {
	reader  *yamlReader
	problem string // the library's words
	opened  int    // the line where the object, list or string starts that could not be read
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

// problemOf splits an error of the YAML library into its words and its line, which is 0 where it has none.
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

// openedAt returns the line where that starts which could not be read. The library counts it from 0 and
// leaves it out for the first line, so an empty line is put before the text.
func openedAt(text []byte, err error) int {
	problem, line := problemOf(failure(append([]byte("\n"), text...)))
	if problem == "" {
		problem, line = problemOf(err)
	}
	if !isParserProblem(problem) {
		line-- // the library's scanner counts from 1
	}
	return max(line, 1)
}

// isParserProblem tells the problems that the library's parser finds from those of its scanner.
func isParserProblem(problem string) bool {
	for _, words := range [...]string{
		"did not find expected <", "did not find expected '-'", "did not find expected key", "did not find expected ','",
		"did not find expected node", "found undefined tag", "found duplicate", "found incompatible",
	} {
		if strings.HasPrefix(problem, words) {
			return true
		}
	}
	return false
}

// maxSearched is how many bytes of YAML are read again and again to find the line of a fault.
const maxSearched = 1 << 18

// failingLine returns the first line that makes the library fail with a problem: the last one of the
// shortest text that does.
func (r *yamlReader) failingLine(text []byte, problem string, opened int) int {
	if len(text) > maxSearched {
		return opened
	}
	last := r.lines.at(len(text)).line
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

// first returns the offset of the first character of a line that is no white space.
func (f *yamlFault) first(line int) int {
	text := f.text(line)
	return f.at(line, len(text)-len(strings.TrimLeft(text, " \t")))
}
