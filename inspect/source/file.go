package source

import "strings"

// Format is the syntax of a file.
type Format uint8

// The formats that Read knows.
const (
	JSON Format = iota
	YAML
	HCL // as Terraform has it
)

// String returns the format's name as a message has it.
func (f Format) String() string {
	return [...]string{"JSON", "YAML", "HCL"}[f]
}

// File is a file as it was read.
type File struct {
	Name      string
	Format    Format
	Text      []byte
	Documents []*Value  // one for JSON and HCL, one a document for YAML; documents without content are left out
	Problems  []Problem // what is odd, but no hindrance to reading

	lines   *index
	unshown bool   // no message shows anything of the text
	shared  []Span // text that aliases stand for
}

// Problem is something odd in a file that could be read all the same, such as a member that stands twice.
type Problem struct {
	ID      string // "duplicate-member", "byte-order-mark", "invalid-utf-8", "comment-for-value"
	Pos     Position
	Message string
}

// Position returns the place of a byte offset. An offset behind the end is the end.
func (f *File) Position(offset int) Position {
	at := f.index().at(offset)
	return Position{File: f.Name, Line: at.line, Column: at.column}
}

// Line returns the text of a line, counted from 1, without its line break; nothing for a line that is not
// there.
func (f *File) Line(n int) string {
	lines := f.index()
	start := lines.offset(n, 1)
	if n < 1 || lines.at(start).line != n {
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
