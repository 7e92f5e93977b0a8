package source

import (
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

// stride is how many bytes lie between two marks of an index. It bounds the work of one look-up,
// however long the lines of a file are: policies on one line of a megabyte are common.
const stride = 64

// index translates between byte offsets and lines and columns.
type index struct {
	text  []byte
	yaml  bool // YAML 1.1 breaks lines at U+0085, U+2028 and U+2029 too; editors don't
	marks []mark
}

// mark is the line and column of one byte offset.
type mark struct{ line, column int32 }

func newIndex(text []byte, yaml bool) *index {
	x := &index{text: text, yaml: yaml, marks: make([]mark, 0, len(text)/stride+1)}
	at := mark{1, 1}
	for start := 0; start < len(text); start += stride {
		x.marks = append(x.marks, at)
		at = x.walk(at, start, min(start+stride, len(text)))
	}
	if len(text)%stride == 0 {
		x.marks = append(x.marks, at)
	}
	return x
}

// walk returns the mark at end, from that at start.
func (x *index) walk(at mark, start, end int) mark {
	for i, c := range x.text[start:end] {
		if c >= ' ' && c < utf8.RuneSelf { // nearly always
			at.column++
		} else {
			at = x.step(at, start+i)
		}
	}
	return at
}

// step returns the mark after the byte at i.
func (x *index) step(at mark, i int) mark {
	switch {
	case x.breaks(i):
		return mark{at.line + 1, 1}
	case utf8.RuneStart(x.text[i]):
		at.column++
	}
	return at
}

// breaks reports whether the byte at i is the last of a line break.
func (x *index) breaks(i int) bool {
	switch x.text[i] {
	case '\n':
		return true
	case '\r':
		return i+1 == len(x.text) || x.text[i+1] != '\n'
	case 0x85, 0xa8, 0xa9:
		r, _ := utf8.DecodeLastRune(x.text[:i+1])
		return x.yaml && (r == '\u0085' || r == '\u2028' || r == '\u2029')
	}
	return false
}

// at returns the line and column of a byte offset.
func (x *index) at(offset int) (line, column int) {
	offset = min(max(offset, 0), len(x.text))
	nearest := offset / stride
	at, start := x.marks[nearest], nearest*stride
	if nearest+1 < len(x.marks) && x.marks[nearest+1] == (mark{at.line, at.column + stride}) {
		return int(at.line), int(at.column) + offset - start // a character each byte
	}
	at = x.walk(at, start, offset)
	return int(at.line), int(at.column)
}

// offset returns the byte offset of a line and column. It is the end of the line if the line is
// shorter, and the end of the text if there are fewer lines.
func (x *index) offset(line, column int) int {
	want := mark{int32(line), int32(column)}
	behind := sort.Search(len(x.marks), func(i int) bool { return want.before(x.marks[i]) })
	nearest := max(behind-1, 0)
	at := x.marks[nearest]
	for i := nearest * stride; i < len(x.text); i++ {
		// A continuation byte has the column of the character behind it.
		if utf8.RuneStart(x.text[i]) &&
			(!at.before(want) || at.line == want.line && (x.breaks(i) || x.text[i] == '\r')) {
			return i
		}
		at = x.step(at, i)
	}
	return len(x.text)
}

func (m mark) before(other mark) bool {
	return m.line < other.line || m.line == other.line && m.column < other.column
}

// place is the way from a value back to the root of its document. Its text is made only for a
// message.
type place struct {
	parent *place
	key    string
	item   int // of a list, if key is empty
}

func (p *place) member(key string) *place { return &place{parent: p, key: key, item: -1} }

func (p *place) at(item int) *place { return &place{parent: p, item: item} }

// maxPlace is how many steps of a path a message shows: the last ones, which say most.
const maxPlace = 8

// String returns the path as JavaScript writes it: configuration.scopes[0].
func (p *place) String() string {
	var steps []string
	for ; p != nil && len(steps) < maxPlace; p = p.parent {
		steps = append(steps, p.step())
	}
	var b strings.Builder
	if p != nil {
		b.WriteString("…")
	}
	for i := len(steps) - 1; i >= 0; i-- {
		b.WriteString(steps[i])
	}
	return strings.TrimPrefix(b.String(), ".")
}

func (p *place) step() string {
	switch {
	case p.item >= 0:
		return "[" + strconv.Itoa(p.item) + "]"
	case p.key != "" && len(p.key) <= maxShown && IsPlain(p.key, "_-"):
		return "." + p.key
	}
	return "[" + strconv.Quote(shorten(p.key)) + "]"
}

// IsPlain reports whether a text has only letters and digits of ASCII, and some signs.
func IsPlain(text, signs string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool {
		return !IsAlphanumeric(r) && !strings.ContainsRune(signs, r)
	})
}

// IsAlphanumeric reports whether a character is a letter or a digit of ASCII.
func IsAlphanumeric(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

// maxShown is how many characters of a text a message shows.
const maxShown = 40

// shorten leaves out the middle of a long text, because texts often differ at their ends.
func shorten(text string) string {
	if len(text) <= maxShown {
		return text
	}
	all := []rune(text)
	if len(all) <= maxShown {
		return text
	}
	half := maxShown / 2
	return string(all[:half]) + "…" + string(all[len(all)-half:])
}
