package source

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

// yamlCutter cuts a text into its documents, and a list of resources into its items, and reads
// them one by one: a document of many megabytes is many times as large while the YAML library
// reads it. What it gives is what reading the whole text gives.
type yamlCutter struct {
	*yamlReader
	parsed []yamlLine     // the lines of the piece that is read
	kept   []byte         // the text of it that is read
	left   map[int]cutOut // what of it is left out, by the offset of the name
	pieces int            // values of all pieces, as far as their text shows
	run    Span           // documents that wait to be read together
	inRun  int            // how many they are
}

// maxTogether is from how many bytes on resources are not read together: the YAML library begins
// each text with buffers that are larger than most resources.
const maxTogether = 64 << 10

// errUncut is the error of a text that is cut in the wrong place.
var errUncut = errors.New("the text can't be cut")

// readCut reads a text in pieces. It is not done where that can't be: reading the whole text
// shows what is wrong.
func (f *File) readCut() (done bool, err error) {
	if !canCut(f.Text) {
		return false, nil
	}
	if !f.selects() {
		if err := f.checkYAMLSize(); err != nil {
			return true, err
		}
	}
	c := f.cutter()
	for start := 0; start < len(f.Text); {
		end := documentEnd(f.Text, start)
		if err := c.document(Span{start, end}); err != nil {
			return f.isFinal(err), err
		}
		f.pieces = append(f.pieces, Span{start, end})
		start = end
	}
	if err := c.readRun(); err != nil {
		return f.isFinal(err), err
	}
	return len(f.Documents) > 0, nil
}

// isFinal reports whether an error of a piece is what reading the whole text would say, or must
// not be tried.
func (f *File) isFinal(err error) bool {
	ours := new(Error)
	return errors.As(err, &ours) && (ours.Limit || len(f.Text) > maxText)
}

func (f *File) cutter() *yamlCutter {
	return &yamlCutter{
		yamlReader: &yamlReader{
			counter: counter{file: f}, text: f.Text, lines: f.lines,
			expanding: map[*yaml.Node]bool{},
		},
		left: map[int]cutOut{},
	}
}

// canCut reports whether each line of a text is one for every reader, and no directive and no end
// of a document is in it.
func canCut(text []byte) bool {
	for _, odd := range []string{
		"\n%", "\n...", "\u0085", "\u2028", "\u2029",
	} {
		if bytes.Contains(text, []byte(odd)) {
			return false
		}
	}
	return !bytes.HasPrefix(text, []byte("%")) && !bytes.HasPrefix(text, []byte("...")) &&
		!bytes.HasPrefix(text, byteOrderMark) &&
		bytes.Count(text, []byte("\r")) == bytes.Count(text, []byte("\r\n"))
}

// documentEnd returns the offset of the marker that begins the next document.
func documentEnd(text []byte, start int) int {
	for at := start; ; {
		i := bytes.Index(text[at:], []byte("\n"+documentMarker))
		if i < 0 {
			return len(text)
		}
		if at += i + 1; isMarker(text[at:]) {
			return at
		}
	}
}

// document reads one document, or has it read with those behind it.
func (c *yamlCutter) document(s Span) error {
	o, ok := c.outline(s)
	switch {
	case ok && strings.HasSuffix(o.kind, "List") && len(o.items) > 0:
		if err := c.readRun(); err != nil {
			return err
		}
		return c.list(s, &o)
	case ok && c.file.selects():
		return c.resource(s, c.yamlReader.document)
	case c.file.selects():
		return c.readAll(s, c.yamlReader.document)
	}
	if c.inRun == 0 {
		c.run.Start = s.Start
	}
	c.run.End = s.End
	if c.inRun++; c.run.End-c.run.Start < maxTogether {
		return nil
	}
	return c.readRun()
}

// readRun reads the documents that wait to be read together.
func (c *yamlCutter) readRun() error {
	n := c.inRun
	if c.inRun = 0; n == 0 {
		return nil
	}
	text := c.text[c.run.Start:c.run.End]
	return c.readSome(n, c.run.Start, text, c.yamlReader.document)
}

// readAll reads a piece whose names have no known place.
func (c *yamlCutter) readAll(s Span, take func(*yaml.Node) error) (err error) {
	text := c.text[s.Start:s.End]
	if c.file.selects() {
		if c.pieces, err = c.file.countYAML(text, c.pieces); err != nil {
			return err
		}
	}
	return c.read(s.Start, text, take)
}

// yamlOutline is where the items of a list of resources are.
type yamlOutline struct {
	kind  string
	name  yamlLine // with the name of the member that has the items
	items []int    // offsets of their lines
	end   int      // of the last one
}

// outline finds the items of a document that is an object. It is not ok where that is not sure.
func (c *yamlCutter) outline(s Span) (o yamlOutline, ok bool) {
	lines := yamlLines{text: c.text, at: s.Start, end: s.End}
	inside, indent := false, -1 // of the items
	seen := map[string]bool{}
	for first := true; lines.next(); first = false {
		l := &lines.line
		switch {
		case first && (l.indent > 0 || l.dashes > 0):
			return o, false
		case l.indent == 0 && l.dashes == 0:
			if inside && o.end == 0 {
				o.end = l.start
			}
			name := string(c.text[l.key.Start:l.key.End])
			if name == "kind" {
				o.kind = lines.scalarOn(l)
			}
			if inside = name == "items" && lines.isEnd(lines.skipSpaces(l.value)); inside {
				o.name = *l
			}
			if name == "items" || name == "kind" {
				if seen[name] {
					return o, false
				}
				seen[name] = true
			}
		case !inside:
		case indent < 0 && l.dashes == 0:
			inside = false
		case indent < 0, l.indent == indent && l.dashes > 0:
			indent = l.indent
			o.items = append(o.items, l.start)
		case l.indent <= indent:
			return o, false
		}
	}
	if o.end == 0 {
		o.end = s.End
	}
	return o, !lines.unsure
}

// list reads a document without the items of its list, and these one by one in their place.
func (c *yamlCutter) list(s Span, o *yamlOutline) error {
	first := o.items[0]
	text := append([]byte(nil), c.text[s.Start:first]...)
	text = appendBreaks(text, c.text[first:o.end])
	text = append(text, c.text[o.end:s.End]...)
	items := func(where *place, depth int) (*Value, error) { return c.items(o, where, depth) }
	c.instead = map[int]cutOut{o.name.key.Start: {items: items}}
	defer func() { c.instead = nil }()
	return c.read(s.Start, text, c.yamlReader.document)
}

// appendBreaks appends the line breaks of a text.
func appendBreaks(to, text []byte) []byte {
	return append(to, bytes.Repeat([]byte("\n"), bytes.Count(text, []byte("\n")))...)
}

// items reads the items of a list.
func (c *yamlCutter) items(o *yamlOutline, where *place, depth int) (*Value, error) {
	start := skipSpace(c.text, o.items[0])
	list := &Value{Kind: List, Pos: c.file.Position(start), Span: Span{start, start}}
	if err := c.count(start, depth); err != nil {
		return nil, err
	}
	above, instead := c.above, c.instead
	defer func() { c.above, c.instead = above, instead }()
	for i := 0; i < len(o.items); {
		next, end := c.together(o, i)
		err := c.resource(Span{o.items[i], end}, func(n *yaml.Node) error {
			n = n.Content[0]
			if n.Kind != yaml.SequenceNode || len(n.Content) != next-i {
				return errUncut
			}
			for j, child := range n.Content {
				item, err := c.value(child, where.at(i+j), depth+1)
				if err != nil {
					return err
				}
				list.Items = append(list.Items, item)
				list.Span.End = max(list.Span.End, item.Span.End)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		i = next
	}
	return list, nil
}

// together is up to which item the items from the first on are read together, and where that ends.
func (c *yamlCutter) together(o *yamlOutline, first int) (next, end int) {
	for next = first + 1; next < len(o.items); next++ {
		if c.file.selects() || o.items[next]-o.items[first] > maxTogether {
			return next, o.items[next]
		}
	}
	return next, o.end
}

// resource reads a resource, or what of it is wanted.
func (c *yamlCutter) resource(s Span, take func(*yaml.Node) error) error {
	c.parsed = c.parsed[:0]
	lines := yamlLines{text: c.text, at: s.Start, end: s.End}
	for lines.next() {
		c.parsed = append(c.parsed, lines.line)
	}
	n := len(c.parsed)
	if n == 0 {
		return c.readAll(s, take)
	}
	if last := &c.parsed[n-1]; !last.named && lines.isEnd(last.value) {
		return errUncut // the YAML library puts an item of nothing where the next one is
	}
	clear(c.left)
	c.kept = append(c.kept[:0], c.text[s.Start:c.parsed[0].start]...)
	c.keep(0, n, s.End, c.wanted(&lines, s))
	c.instead = c.left
	return c.read(s.Start, c.kept, take)
}

// wanted is what is read of the resource on these lines.
func (c *yamlCutter) wanted(lines *yamlLines, s Span) *part {
	if !c.file.selects() {
		return everything()
	}
	var said [2][]string // apiVersion and kind
	for i := range c.parsed {
		l := &c.parsed[i]
		if !c.isMember(i, c.parsed[0].column) {
			continue
		}
		switch string(c.text[l.key.Start:l.key.End]) {
		case "apiVersion":
			said[0] = append(said[0], lines.scalarOn(l))
		case "kind":
			said[1] = append(said[1], lines.scalarOn(l))
		}
	}
	if len(said[0]) != 1 || len(said[1]) != 1 {
		return everything()
	}
	return c.file.partOf(said[0][0], said[1][0], c.text[s.Start:s.End])
}

// isMember reports whether a member of the object in this column begins on a line. The first
// member of an item is behind its dash.
func (c *yamlCutter) isMember(line, column int) bool {
	l := &c.parsed[line]
	return l.named && l.column == column && (l.dashes == 0 || line == 0)
}

// keep keeps the parts of an object that are wanted: of the other members the name. The lines
// stay where they are.
func (c *yamlCutter) keep(from, to, end int, wanted *part) {
	column := c.parsed[from].column
	for from < to {
		next := from + 1
		for next < to && !c.isMember(next, column) {
			next++
		}
		behind := end
		if next < to {
			behind = c.parsed[next].start
		}
		c.member(from, next, behind, wanted)
		from = next
	}
}

// member keeps what is wanted of the member that these lines are.
func (c *yamlCutter) member(from, to, end int, wanted *part) {
	l := &c.parsed[from]
	inside := wanted
	if l.named {
		inside = wanted.of(string(c.text[l.key.Start:l.key.End]))
	}
	content := bytes.TrimRight(c.text[l.value:end], " \r\n")
	value := l.value + len(content) - len(bytes.TrimLeft(content, " \r\n"))
	switch {
	case inside == nil && len(content) > 0:
		c.kept = append(c.kept, c.text[l.start:l.value]...)
		c.kept = appendBreaks(c.kept, c.text[l.value:end])
		c.left[l.key.Start] = cutOut{left: Span{value, l.value + len(content)}}
	case inside != nil && !inside.isAll() && from+1 < to && c.parsed[from+1].dashes == 0:
		c.kept = append(c.kept, c.text[l.start:c.parsed[from+1].start]...)
		c.keep(from+1, to, end, inside)
	default:
		c.kept = append(c.kept, c.text[l.start:end]...)
		for i := from; i < to; i++ {
			c.pieces += c.valuesOn(&c.parsed[i])
		}
	}
}

// valuesOn is at least how many values begin on a line: a text of several lines is one.
func (c *yamlCutter) valuesOn(l *yamlLine) int {
	lines := yamlLines{text: c.text, at: l.value, end: len(c.text)}
	start := lines.skipSpaces(l.value)
	if start == len(c.text) || c.text[start] != '[' && c.text[start] != '{' {
		return l.dashes + 1
	}
	n := l.dashes + 1
	for _, b := range c.text[start:lines.lineAfter(start)] {
		if b == ',' || b == '[' || b == '{' {
			n++
		}
	}
	return n
}

// cutOut is a value that is not read where it is written.
type cutOut struct {
	left  Span // it is not read at all
	items func(where *place, depth int) (*Value, error)
}

func (o *cutOut) read(f *File, where *place, depth int) (*Value, error) {
	if o.items != nil {
		return o.items(where, depth)
	}
	return f.leftOut(o.left), nil
}

// read reads the text of a piece that starts at an offset of the file.
func (c *yamlCutter) read(start int, text []byte, take func(*yaml.Node) error) error {
	return c.readSome(1, start, text, take)
}

// readSome reads a text of up to n documents.
func (c *yamlCutter) readSome(n, start int, text []byte, take func(*yaml.Node) error) error {
	if most := c.file.mostValues(); c.file.selects() && c.pieces > most {
		return c.file.tooMany(start, most)
	}
	line, _ := c.lines.at(start)
	c.above = line - 1
	dec := yaml.NewDecoder(bytes.NewReader(text))
	for ; ; n-- {
		var document yaml.Node
		switch err := dec.Decode(&document); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil && len(c.text) > maxText:
			return c.faultIn(text, err)
		case err != nil:
			return err
		case n == 0:
			return errUncut
		}
		if err := take(&document); err != nil {
			return err
		}
	}
}

// faultIn says what is wrong in a piece.
func (c *yamlCutter) faultIn(text []byte, err error) error {
	piece := &File{Name: c.file.Name, Text: text, lines: newIndex(text, false)}
	ours := new(Error)
	if errors.As(piece.readWhole(), &ours) {
		ours.Pos.Line += c.above
		return ours
	}
	return err
}
