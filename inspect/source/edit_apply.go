package source

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// Edit replaces the text of a span. An empty span inserts, an empty text removes.
type Edit struct {
	Span Span
	Text string

	proof *proof // nil if the edit is not proved
}

// proof is how a file reads before and after an edit.
type proof struct{ before, after *File }

// Apply makes edits, given in any order, and keeps every byte outside their spans. Several
// insertions at one place are made in the order in which they are given. If edits overlap, or lie
// outside the text, it makes none and returns an error.
func Apply(text []byte, edits ...Edit) ([]byte, error) {
	sorted := slices.Clone(edits)
	slices.SortStableFunc(sorted, func(a, b Edit) int {
		if a.Span.Start != b.Span.Start {
			return a.Span.Start - b.Span.Start
		}
		// An insertion comes before an edit that replaces the text after it.
		return a.Span.End - b.Span.End
	})
	var edited []byte
	done := 0
	for _, e := range sorted {
		switch {
		case e.Span.Start < 0 || e.Span.End < e.Span.Start || e.Span.End > len(text):
			return nil, &Error{Cause: fmt.Sprintf(
				"an edit of bytes %d to %d lies outside the text of %d bytes", e.Span.Start,
				e.Span.End, len(text),
			)}
		case e.Span.Start < done:
			return nil, &Error{Cause: fmt.Sprintf(
				"two edits change the same place in line %d",
				1+bytes.Count(text[:e.Span.Start], []byte("\n")),
			)}
		}
		edited = append(edited, text[done:e.Span.Start]...)
		edited = append(edited, e.Text...)
		done = e.Span.End
	}
	return append(edited, text[done:]...), nil
}

// Edited returns the file as it reads after edits. Changes that depend on each other, such as two
// members removed from one object, are made one after the other through it. A single edit that was
// proved on this file is not read again.
func (f *File) Edited(edits ...Edit) (*File, error) {
	if len(edits) == 1 && edits[0].proof != nil && edits[0].proof.before == f {
		return edits[0].proof.after, nil
	}
	text, err := Apply(f.Text, edits...)
	if err != nil {
		return nil, err
	}
	if edited, ok := f.readAgain(text, edits); ok {
		return edited, nil
	}
	edited, err := openUpTo(maxCluster, f.Name, text)
	if err != nil {
		return nil, err
	}
	edited.Format, edited.wanted = f.Format, f.wanted
	return edited.done(edited.readMarked())
}

// Difference is the one edit that makes another file of a file: of all that lies between the first
// and the last byte in which they differ.
func Difference(before, after *File) Edit {
	a, b := before.Text, after.Text
	start := 0
	for start < min(len(a), len(b)) && a[start] == b[start] {
		start++
	}
	end := 0
	for end < min(len(a), len(b))-start && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	return Edit{Span: Span{start, len(a) - end}, Text: string(b[start : len(b)-end])}
}

// prove returns an edit only if the file, read again after it, differs in nothing but what was
// asked for.
func (f *File) prove(e Edit, target, with *Value) (Edit, error) {
	edited, err := f.Edited(e)
	if err != nil || !f.differsIn(edited, target, with) {
		return Edit{}, f.unproved(e)
	}
	e.proof = &proof{before: f, after: edited}
	return e, nil
}

// differsIn reports whether an edited file has a value in the place of target, and is the same
// otherwise.
func (f *File) differsIn(edited *File, target, with *Value) bool {
	want := Each(f.Documents, func(v *Value) *Value { return v.substitute(target, with) })
	return slices.EqualFunc(edited.Documents, want, equal)
}

func (f *File) unproved(e Edit) error {
	for _, s := range f.shared {
		if s.touches(e.Span) || s.contains(e.Span) {
			return f.errorAt(e.Span.Start, "this text is used for several values, through an "+
				"alias",
				"edit it by hand, or write the values out first")
		}
	}
	return f.errorAt(e.Span.Start, "this can't be edited without changing something else",
		"edit it by hand")
}

// substitute returns the value with another one in the place of target. It copies only the way to
// target.
func (v *Value) substitute(target, with *Value) *Value {
	if v == target {
		return with
	}
	changed := v
	for i, item := range v.Items {
		if s := item.substitute(target, with); s != item {
			changed = &Value{Kind: v.Kind, Items: slices.Clone(v.Items)}
			changed.Items[i] = s
		}
	}
	for i := range v.Members {
		if s := v.Members[i].Value.substitute(target, with); s != v.Members[i].Value {
			changed = &Value{Kind: v.Kind, Members: slices.Clone(v.Members), Labels: v.Labels}
			changed.Members[i].Value = s
		}
	}
	return changed
}

// equal reports whether two values mean the same, wherever they are.
func equal(a, b *Value) bool {
	return a == b || a.Kind == b.Kind && a.Text == b.Text && slices.Equal(a.Labels, b.Labels) &&
		slices.EqualFunc(a.Items, b.Items, equal) &&
		slices.EqualFunc(a.Members, b.Members,
			func(a, b Member) bool { return a.Key == b.Key && equal(a.Value, b.Value) })
}

// site is where a value is in its file.
type site struct {
	value   *Value
	parents []*Value // from the document to the value's parent
	key     *Member  // whose value it is, or nil
}

// parent returns the list or object around the value, or nil for a document.
func (s site) parent() *Value {
	if len(s.parents) == 0 {
		return nil
	}
	return s.parents[len(s.parents)-1]
}

// find returns the site of a value.
func (f *File) find(v *Value) (site, bool) {
	for _, document := range f.Documents {
		if s, ok := (site{value: document}).find(v); ok {
			return s, true
		}
	}
	return site{}, false
}

func (s site) find(v *Value) (site, bool) {
	if s.value == v {
		return s, true
	}
	inside := append(s.parents, s.value)
	for _, item := range s.value.Items {
		if found, ok := (site{value: item, parents: inside}).find(v); ok {
			return found, true
		}
	}
	for i := range s.value.Members {
		m := &s.value.Members[i]
		if found, ok := (site{value: m.Value, parents: inside, key: m}).find(v); ok {
			return found, true
		}
	}
	return site{}, false
}

// layout is how a file is written.
type layout struct {
	text    []byte
	newline string // the file's line break
	unit    string // one level of indentation
}

func newLayout(f *File) layout {
	return layout{text: f.Text, newline: newlineOf(f.Text), unit: unitOf(f.Text)}
}

// newlineOf returns the line break that a file uses first.
func newlineOf(text []byte) string {
	i := bytes.IndexAny(text, "\r\n")
	switch {
	case i < 0 || text[i] == '\n':
		return "\n"
	case bytes.HasPrefix(text[i:], []byte("\r\n")):
		return "\r\n"
	}
	return "\r"
}

// unitOf returns the indentation of the first line that has one.
func unitOf(text []byte) string {
	breaks := func(r rune) bool { return r == '\n' || r == '\r' }
	for line := range bytes.FieldsFuncSeq(text, breaks) {
		if indent := indentAt(line); indent != "" && len(indent) < len(line) {
			return indent
		}
	}
	return "  "
}

// indentAt returns the spaces and tabs that text starts with.
func indentAt(text []byte) string {
	end := 0
	for end < len(text) && (text[end] == ' ' || text[end] == '\t') {
		end++
	}
	return string(text[:end])
}

// indentOf returns the indentation of the line that holds an offset.
func (l layout) indentOf(offset int) string {
	return indentAt(l.text[l.lineStart(offset):])
}

// lineStart returns the offset of the first byte of the line that holds an offset.
func (l layout) lineStart(offset int) int {
	return bytes.LastIndexAny(l.text[:offset], "\r\n") + 1
}

// lineEnd returns the offset of the line break behind an offset, or of the end of the text.
func (l layout) lineEnd(offset int) int {
	if i := bytes.IndexAny(l.text[offset:], "\r\n"); i >= 0 {
		return offset + i
	}
	return len(l.text)
}

// nextLine returns the offset behind the line that holds an offset, its line break included.
func (l layout) nextLine(offset int) int {
	end := l.lineEnd(offset)
	if bytes.HasPrefix(l.text[end:], []byte("\r\n")) {
		return end + 2
	}
	return min(end+1, len(l.text))
}

// slice returns the text of a span.
func (l layout) slice(start, end int) string { return string(l.text[start:end]) }

// leads reports whether nothing but white space is before an offset on its line.
func (l layout) leads(offset int) bool {
	return l.lineStart(offset)+len(l.indentOf(offset)) == offset
}

// breaksLine reports whether text goes over several lines.
func breaksLine(text string) bool { return strings.ContainsAny(text, "\r\n") }

// separator returns what is to be between the item of a list in brackets that a new one is written
// like and that one: what is between its last two items, if that is a comma and white space.
func (l layout) separator(spans []Span, model int) string {
	if gap, ok := l.comma(spans); ok {
		return gap
	}
	if at := spans[model].Start; l.leads(at) {
		return "," + l.newline + l.indentOf(at)
	}
	return ", "
}

// comma returns what is between the last two of some spans, if that is a comma and white space.
func (l layout) comma(spans []Span) (gap string, ok bool) {
	n := len(spans)
	if n < 2 || spans[n-2].End >= spans[n-1].Start {
		return "", false
	}
	gap = l.slice(spans[n-2].End, spans[n-1].Start)
	return gap, strings.TrimSpace(gap) == ","
}

// insertAmong inserts text into a list in brackets, whose items have these spans: before the first
// one, or behind the one before the index. A comment behind that one stays on its line.
func (l layout) insertAmong(items []Span, index int, separator, text string) Edit {
	if index == 0 {
		return Edit{Span: Span{items[0].Start, items[0].Start}, Text: text + separator}
	}
	item := items[index-1]
	end := l.lineEnd(item.End)
	rest := l.slice(item.End, end)
	remark, comma := strings.CutPrefix(strings.TrimLeft(rest, " \t"), ",")
	line := l.newline + l.indentOf(item.Start)
	switch {
	case !isRemark(strings.TrimSpace(remark)):
	case !strings.HasPrefix(separator, ","): // commas begin the lines
		return Edit{Span: Span{end, end}, Text: separator + text}
	case !l.leads(item.Start):
	case comma:
		return Edit{Span: Span{end, end}, Text: line + text + ","}
	default:
		return Edit{Span: Span{item.End, end}, Text: "," + rest + line + text}
	}
	return Edit{Span: Span{item.End, item.End}, Text: separator + text}
}

// isRemark reports whether the rest of a line is a comment of YAML or of HCL.
func isRemark(text string) bool {
	return strings.HasPrefix(text, "#") || strings.HasPrefix(text, "//") ||
		strings.HasPrefix(text, "/*") && strings.Index(text, "*/") == len(text)-2
}

// padOf returns the space that an object or a list on one line has inside of its brackets.
func (l layout) padOf(v *Value) string {
	if v.Span.End-v.Span.Start < 2 {
		return ""
	}
	return indentAt(l.text[v.Span.Start+1 : v.Span.End-1])
}

// readAgain reads an edited YAML file where it was changed: the documents with edits. The others
// are those of the file, and have moved. It is not ok where that is not sure to give what reading
// the whole text gives.
func (f *File) readAgain(text []byte, edits []Edit) (*File, bool) {
	grown, ok := f.grownBy(edits)
	if !ok || len(f.Problems) > 0 {
		return nil, false
	}
	edited, err := openUpTo(maxCluster, f.Name, text)
	if err != nil {
		return nil, false
	}
	edited.Format, edited.wanted = f.Format, f.wanted
	if !edited.selects() && edited.checkYAMLSize() != nil {
		return nil, false
	}
	c := edited.cutter()
	var m move
	shared := f.shared // of the pieces from here on
	for n, old := range f.pieces {
		var own []Span
		own, shared = cutSpans(shared, old.End)
		now := m.span(old)
		if grows, isEdited := grown[n]; isEdited {
			now.End += grows
			if !canCut(text[now.Start:now.End]) || documentEnd(text, now.Start) != now.End ||
				c.document(now) != nil || c.readRun() != nil || len(edited.Documents) != n+1 {
				return nil, false
			}
			before, _ := f.index().at(old.End)
			after, _ := edited.index().at(now.End)
			m = move{bytes: now.End - old.End, lines: after - before}
		} else {
			edited.Documents = append(edited.Documents, m.value(f.Documents[n]))
			for _, s := range own {
				edited.share(m.span(s))
			}
		}
		edited.pieces = append(edited.pieces, now)
	}
	edited.wordsOf(f, grown)
	return edited, true
}

// cutSpans cuts off the spans that end at an offset or before it.
func cutSpans(spans []Span, offset int) (before, behind []Span) {
	n := 0
	for n < len(spans) && spans[n].End <= offset {
		n++
	}
	return spans[:n], spans[n:]
}

// grownBy says by how many bytes edits make documents grow, by their index. Each edit must be in
// one document, behind the marker that begins it and before the next one, and the file must have
// been read in pieces, each with a document.
func (f *File) grownBy(edits []Edit) (grown map[int]int, ok bool) {
	if len(edits) == 0 || len(f.pieces) < 2 || len(f.pieces) != len(f.Documents) {
		return nil, false
	}
	grown = map[int]int{}
	for _, e := range edits {
		n := f.pieceAt(e.Span.End)
		if e.Span.Start < f.Documents[n].Span.Start || e.Span.End > f.pieces[n].End {
			return nil, false
		}
		grown[n] += len(e.Text) - (e.Span.End - e.Span.Start)
	}
	return grown, true
}

// pieceAt is the index of the piece that an offset is in, or behind; of the last one where it is
// in none.
func (f *File) pieceAt(offset int) int {
	n, _ := slices.BinarySearchFunc(f.pieces, offset, func(s Span, end int) int {
		return s.End - end
	})
	return min(n, len(f.pieces)-1)
}

// wordsOf notes the words of YAML 1.1 in the documents of a file that were not read again.
func (f *File) wordsOf(before *File, edited map[int]int) {
	for start := range before.words11 {
		n := before.pieceAt(start)
		if _, again := edited[n]; !again {
			f.note11(start + f.pieces[n].Start - before.pieces[n].Start)
		}
	}
}

// move is by how much what is behind an edit has moved: by whole lines.
type move struct{ bytes, lines int }

func (m move) span(s Span) Span { return Span{s.Start + m.bytes, s.End + m.bytes} }

func (m move) position(p Position) Position {
	p.Line += m.lines
	return p
}

// value is a value, and all in it, where it is now.
func (m move) value(v *Value) *Value {
	if m == (move{}) {
		return v
	}
	made := make([]Value, 0, v.count())
	return m.into(&made, v)
}

// Values is how many values the file has.
func (f *File) Values() int {
	n := 0
	for _, v := range f.Documents {
		n += v.count()
	}
	return n
}

// count counts a value and all in it.
func (v *Value) count() int {
	n := 0
	for range v.All {
		n++
	}
	return n
}

func (m move) into(made *[]Value, v *Value) *Value {
	*made = append(*made, *v)
	now := &(*made)[len(*made)-1]
	now.Span, now.Pos = m.span(v.Span), m.position(v.Pos)
	if v.Items != nil {
		now.Items = make([]*Value, len(v.Items))
	}
	for i, item := range v.Items {
		now.Items[i] = m.into(made, item)
	}
	if v.Members != nil {
		now.Members = make([]Member, len(v.Members))
	}
	for i := range v.Members {
		of := &v.Members[i]
		now.Members[i] = Member{
			Key: of.Key, KeyPos: m.position(of.KeyPos), KeySpan: m.span(of.KeySpan),
			Value: m.into(made, of.Value), Conflict: of.Conflict,
		}
	}
	return now
}
