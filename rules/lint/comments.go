package lint

import (
	"bytes"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// ignoreMark begins a comment that sets a finding aside: gatewhy:ignore RULE reason.
const ignoreMark = "gatewhy:ignore"

// Comment is a comment that sets the findings of one rule on one line aside.
type Comment struct {
	Rule   string
	Reason string // empty where none is given, which is a finding
	Line   int    // the line that it is about: its own, or the next where it is alone on its line
	Pos    source.Position
	Span   source.Span
}

// Comments lists the comments of a file that set findings aside. JSON has no comments.
func Comments(file *source.File) []Comment {
	if file.Format == source.JSON {
		return nil
	}
	var all []Comment
	for start := 0; ; {
		i := bytes.Index(file.Text[start:], []byte(ignoreMark))
		if i < 0 {
			return all
		}
		if c, ok := commentAt(file, start+i); ok {
			all = append(all, c)
		}
		start += i + len(ignoreMark)
	}
}

// commented are the files that may have comments. A file may be large, and its policies are looked
// at one API after the other.
func commented(files []*source.File) []*source.File {
	return source.Without(files, func(file *source.File) bool {
		return !bytes.Contains(file.Text, []byte(ignoreMark))
	})
}

// commentAt reads the comment whose mark is at this offset. It is not ok where the mark is
// in a value, or outside of a comment.
func commentAt(file *source.File, at int) (Comment, bool) {
	begin := bytes.LastIndexByte(file.Text[:at], '\n') + 1
	end := len(file.Text)
	if i := bytes.IndexByte(file.Text[at:], '\n'); i >= 0 {
		end = at + i
	}
	before, opened := cutComment(file.Format, string(file.Text[begin:at]))
	if !opened || inString(file.Documents, at) {
		return Comment{}, false
	}
	text := strings.TrimSuffix(strings.TrimSpace(string(file.Text[at+len(ignoreMark):end])), "*/")
	text = strings.TrimSpace(text)
	rule := text
	if i := strings.IndexAny(text, " \t"); i >= 0 {
		rule = text[:i]
	}
	c := Comment{
		Rule: rule, Reason: strings.TrimSpace(text[len(rule):]),
		Pos: file.Position(at), Span: source.Span{Start: at, End: at + len(ignoreMark)},
	}
	c.Line = c.Pos.Line
	if strings.TrimSpace(before) == "" {
		c.Line = nextLine(file, c.Pos.Line)
	}
	return c, true
}

// cutComment returns what is before the comment that a mark is in, given the line up to the
// mark.
func cutComment(format source.Format, line string) (before string, ok bool) {
	openers := []string{"#"}
	if format == source.HCL {
		openers = []string{"#", "//", "/*"}
	}
	trimmed := strings.TrimRight(line, " \t")
	for _, opener := range openers {
		if before, ok := strings.CutSuffix(trimmed, opener); ok {
			return before, true
		}
	}
	return "", false
}

// nextLine is the next line that holds something else than a comment; the one behind the file
// where there is none.
func nextLine(file *source.File, line int) int {
	last := bytes.Count(file.Text, []byte("\n")) + 1
	for n := line + 1; n <= last; n++ {
		text := strings.TrimSpace(file.Line(n))
		if text != "" && !strings.HasPrefix(text, "#") && !strings.HasPrefix(text, "//") {
			return n
		}
	}
	return last + 1
}

// inString reports whether an offset is inside a text of the file: a # there begins no comment.
func inString(values []*source.Value, at int) bool {
	for _, v := range values {
		if at < v.Span.Start || at >= v.Span.End {
			continue
		}
		if v.Kind == source.String || inString(v.Items, at) {
			return true
		}
		for i := range v.Members {
			if inString([]*source.Value{v.Members[i].Value}, at) {
				return true
			}
		}
	}
	return false
}

// SetAside splits findings by the comments of their files: those that stay, and those that a
// comment with a reason sets aside, with that comment.
func SetAside(
	comments []Comment, found []rules.Finding,
) (stay, aside []rules.Finding, by []Comment) {
	for _, f := range found {
		i := slices.IndexFunc(comments, func(c Comment) bool {
			return c.Rule == f.Rule && c.Pos.File == f.Pos.File && c.Line == f.Pos.Line &&
				c.Reason != ""
		})
		if i < 0 {
			stay = append(stay, f)
			continue
		}
		aside, by = append(aside, f), append(by, comments[i])
	}
	return stay, aside, by
}
