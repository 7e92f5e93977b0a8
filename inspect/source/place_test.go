package source

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// TestPositionsAgreeWithCounting compares the index with the slow way, over a text of long lines
// and of every line break.
func TestPositionsAgreeWithCounting(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("ä€😀x", 100) + "\r\n\n\rb\u2028c\n" + strings.Repeat("y", 300)
	f := &File{Name: "f", Text: []byte(text), lines: newIndex([]byte(text), false)}
	line, column := 1, 1
	for i, r := range text {
		if got, want := f.Position(i), (Position{"f", line, column}); got != want {
			t.Fatalf("offset %d is at %v, want %v", i, got, want)
		}
		if got := f.lines.offset(line, column); got != i &&
			!strings.HasSuffix(text[:i+1], "\r\n") {
			t.Fatalf("%d:%d is at offset %d, want %d", line, column, got, i)
		}
		column++
		if r == '\n' || r == '\r' && text[i+1] != '\n' {
			line, column = line+1, 1
		}
	}
	if got, want := f.Position(len(text)+10), (Position{"f", line, column}); got != want {
		t.Errorf("the end is at %v, want %v", got, want)
	}
}

func TestLine(t *testing.T) {
	t.Parallel()
	f, err := Read("p.yaml", []byte("a: 1\r\nü: 2\n\nb: 3"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for n := range 7 {
		got = append(got, f.Line(n))
	}
	if diff := cmp.Diff([]string{"", "a: 1", "ü: 2", "", "b: 3", "", ""}, got); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

func TestAFileThatWasNotReadHasLinesToo(t *testing.T) {
	t.Parallel()
	f := &File{Text: []byte("a\nb")}
	if got := f.Line(f.Position(2).Line); got != "b" {
		t.Errorf("the line is %q, want b", got)
	}
}

func TestYAMLBreaksLinesWhereEditorsDoNot(t *testing.T) {
	t.Parallel()
	f, err := Read("p.yaml", []byte("a: 'x\u2028  y'\nb: 2\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := f.Documents[0].Member("b").Pos.String(), "p.yaml:2:4"; got != want {
		t.Errorf("b stands at %s, want %s", got, want)
	}
}

func TestColumnsCountCharacters(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"p.json": `{"ü": "é", "x": 1}`, "p.yaml": "{ü:   é,   x:   1}\n",
		"p.tf": "ü   =   0 #\nx = 1\n",
	} {
		f, err := Read(name, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		x := f.Documents[0].Member("x")
		before := text[:strings.LastIndex(text, "1")]
		before = before[strings.LastIndex(before, "\n")+1:]
		if got, want := x.Pos.Column, 1+utf8.RuneCountInString(before); got != want {
			t.Errorf("%s: x stands in column %d, want %d", name, got, want)
		}
	}
}
