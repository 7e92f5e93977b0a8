package source

import (
	"bytes"
	"errors"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// tomlReader turns the syntax tree of a TOML file into values. The library gives the place of each
// scalar; where a list or an inline table begins and ends follows from what is inside.
type tomlReader struct {
	counter
	parser unstable.Parser
	base   int // offset of the text after a byte order mark

	members map[tomlMember]*Value
}

func (f *File) readTOML() error {
	if err := f.checkTOMLSize(); err != nil {
		return err
	}
	r := &tomlReader{counter: counter{file: f}, base: f.body(), members: map[tomlMember]*Value{}}
	r.parser.Reset(f.Text[r.base:])
	root := &Value{Kind: Object, Pos: f.Position(r.base), Span: Span{r.base, len(f.Text)}}
	table := root
	for r.parser.NextExpression() {
		var err error
		switch e := r.parser.Expression(); e.Kind {
		case unstable.KeyValue:
			err = r.keyValue(table, e)
		case unstable.Table, unstable.ArrayTable:
			table, err = r.table(root, e)
		}
		if err != nil {
			return err
		}
	}
	if err := r.parser.Error(); err != nil {
		return r.fault(err)
	}
	f.Documents = []*Value{root}
	return nil
}

// checkTOMLSize refuses TOML of very many values before any of them is made: each value follows an
// equals sign, a bracket or a comma.
func (f *File) checkTOMLSize() error {
	values := 0
	for i, c := range f.Text {
		if c == '=' || c == '[' || c == ',' {
			values++
		}
		if most := f.mostValues(); values > most {
			return f.tooMany(i, most)
		}
	}
	return nil
}

func (r *tomlReader) fault(err error) error {
	at := len(r.file.Text)
	var fault *unstable.ParserError
	if errors.As(err, &fault) {
		at = r.base + int(r.parser.Range(fault.Highlight).Offset)
	}
	return r.file.errorAt(at, "not TOML: "+printable(err.Error()),
		"compare the line with those around it: its quotes, brackets and the sign =")
}

// hintTable is for a name that has a value and is the name of a table too.
const hintTable = "rename one of the two, or remove it"

// tomlKey is one part of a dotted name, and where it is.
type tomlKey struct {
	name string
	span Span
}

func (r *tomlReader) keys(of unstable.Iterator) []tomlKey {
	var all []tomlKey
	for of.Next() {
		all = append(all, tomlKey{string(of.Node().Data), r.span(of.Node().Raw)})
	}
	return all
}

func (r *tomlReader) span(of unstable.Range) Span {
	start := r.base + int(of.Offset)
	return Span{start, start + int(of.Length)}
}

// keyValue reads a line, or a member of an inline table.
func (r *tomlReader) keyValue(table *Value, e *unstable.Node) error {
	keys := r.keys(e.Key())
	last := keys[len(keys)-1]
	object, err := r.descend(table, keys[:len(keys)-1])
	if err != nil {
		return err
	}
	at := skipSpace(r.file.Text, last.span.End) + len("=")
	value, err := r.value(e.Value(), skipSpace(r.file.Text, at), len(keys))
	if err != nil {
		return err
	}
	return r.member(object, last, value)
}

// tomlMember is what a member is found by: a table may have hundreds of thousands.
type tomlMember struct {
	of   *Value
	name string
}

// named is the member of an object that has a name; nil where none has.
func (r *tomlReader) named(object *Value, name string) *Value {
	return r.members[tomlMember{object, name}]
}

// member adds a member. TOML has no two of one name.
func (r *tomlReader) member(object *Value, key tomlKey, value *Value) error {
	if r.named(object, key.name) != nil {
		return r.file.errorAt(key.span.Start,
			"not TOML: "+printable(key.name)+" is given a second time", "remove one of the two")
	}
	r.members[tomlMember{object, key.name}] = value
	object.Members = append(object.Members, Member{
		Key: key.name, KeyPos: r.file.Position(key.span.Start), KeySpan: key.span, Value: value,
	})
	return nil
}

// descend returns the table under a dotted name, and makes what is not there yet.
func (r *tomlReader) descend(table *Value, keys []tomlKey) (*Value, error) {
	for depth, key := range keys {
		value := r.named(table, key.name)
		if value.Is(List) && len(value.Items) > 0 {
			value = value.Items[len(value.Items)-1]
		}
		switch {
		case value == nil:
			if err := r.add(key.span.Start, depth); err != nil {
				return nil, err
			}
			value = &Value{Kind: Object, Pos: r.file.Position(key.span.Start), Span: key.span}
			if err := r.member(table, key, value); err != nil {
				return nil, err
			}
		case value.Kind != Object:
			return nil, r.file.errorAt(key.span.Start,
				"not TOML: "+printable(key.name)+" is a value and a table", hintTable)
		}
		table = value
	}
	return table, nil
}

// table reads a header, and returns the table that the lines below it belong to.
func (r *tomlReader) table(root *Value, e *unstable.Node) (*Value, error) {
	keys := r.keys(e.Key())
	if e.Kind == unstable.Table {
		return r.descend(root, keys)
	}
	last := keys[len(keys)-1]
	object, err := r.descend(root, keys[:len(keys)-1])
	if err != nil {
		return nil, err
	}
	if err := r.add(last.span.Start, len(keys)); err != nil {
		return nil, err
	}
	pos := r.file.Position(last.span.Start)
	item := &Value{Kind: Object, Pos: pos, Span: last.span}
	list := r.named(object, last.name)
	switch {
	case list == nil:
		list = &Value{Kind: List, Pos: pos, Span: last.span}
		if err := r.member(object, last, list); err != nil {
			return nil, err
		}
	case list.Kind != List:
		return nil, r.file.errorAt(last.span.Start,
			"not TOML: "+printable(last.name)+" is a value and a table", hintTable)
	}
	list.Items = append(list.Items, item)
	return item, nil
}

// value reads a value that starts at an offset.
func (r *tomlReader) value(n *unstable.Node, at, depth int) (*Value, error) {
	if err := r.add(at, depth); err != nil {
		return nil, err
	}
	v := &Value{Pos: r.file.Position(at), Span: r.span(n.Raw), Text: string(n.Data)}
	switch n.Kind {
	case unstable.String:
		v.Kind = String
	case unstable.Bool:
		v.Kind = Bool
	case unstable.Integer, unstable.Float:
		v.Kind = Number
	case unstable.Array, unstable.InlineTable:
		v.Text = ""
		return v, r.fill(v, n, at, depth)
	default: // a date or a time, for which there is no kind
		v.Kind = String
	}
	return v, nil
}

// fill reads what is between the brackets of a list or an inline table.
func (r *tomlReader) fill(v *Value, n *unstable.Node, at, depth int) error {
	v.Kind = List
	if n.Kind == unstable.InlineTable {
		v.Kind = Object
	}
	start := at
	at = r.skip(at + 1)
	for inside := n.Children(); inside.Next(); at = r.skip(at) {
		child := inside.Node()
		if child.Kind == unstable.KeyValue {
			if err := r.keyValue(v, child); err != nil {
				return err
			}
			at = r.span(child.Raw).End
			continue
		}
		item, err := r.value(child, at, depth+1)
		if err != nil {
			return err
		}
		v.Items = append(v.Items, item)
		at = item.Span.End
	}
	v.Span = Span{start, at + 1}
	return nil
}

// skip returns the offset behind white space, commas and comments.
func (r *tomlReader) skip(at int) int {
	for at < len(r.file.Text) {
		switch c := r.file.Text[at]; {
		case isBlankByte(c), c == ',':
			at++
		case c == '#':
			at += max(bytes.IndexByte(r.file.Text[at:], '\n'), 0) + 1
		default:
			return at
		}
	}
	return at
}

// looksLikeTOML reports whether the first line that says something gives a name a value, as
// neither YAML nor JSON does.
func looksLikeTOML(text []byte) bool {
	for line := range bytes.Lines(text) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		name, _, ok := bytes.Cut(line, []byte("="))
		name = bytes.TrimSpace(name)
		return ok && isBareKey(string(name))
	}
	return false
}

// isBareKey reports whether a name of TOML may be without quotes.
func isBareKey(name string) bool { return name != "" && IsPlain(name, "_-") }

// tomlEditor writes changes of TOML files: one name and value a line, and lists in brackets.
type tomlEditor struct{ layout }

func (e tomlEditor) replace(at site, with *Value) Edit {
	return Edit{Span: at.value.Span, Text: e.expression(with)}
}

// add puts a line behind the last one of the table, before the header of another.
func (e tomlEditor) add(at site, key string, with *Value) Edit {
	line := tomlName(key) + " = " + e.expression(with)
	last := Span{}
	for i := range at.value.Members {
		if m := &at.value.Members[i]; !m.hasHeader() {
			last = Span{m.KeySpan.Start, m.Value.Span.End}
		}
	}
	switch end := e.lineEnd(last.End); {
	case last.End == 0:
		return Edit{Span: Span{at.value.Span.Start, at.value.Span.Start}, Text: line + e.newline}
	case !e.leads(last.Start): // an inline table
		return Edit{Span: Span{last.End, last.End}, Text: ", " + line}
	default:
		return Edit{Span: Span{end, end}, Text: e.newline + e.indentOf(last.Start) + line}
	}
}

// hasHeader reports whether a member of TOML is a table under a header, which stands for it.
func (m *Member) hasHeader() bool { return m.Value.Span == m.KeySpan }

func (e tomlEditor) remove(at site, member int) Edit {
	m := &at.value.Members[member]
	return Edit{Span: Span{e.lineStart(m.KeySpan.Start), e.nextLine(m.Value.Span.End)}}
}

func (e tomlEditor) rename(m *Member, to string) Edit {
	return Edit{Span: m.KeySpan, Text: tomlName(to)}
}

func (e tomlEditor) insert(at site, index int, with *Value) Edit {
	spans := at.value.children()
	gap := e.separator(spans, max(index-1, 0))
	return e.insertAmong(spans, index, gap, e.expression(with))
}

// expression returns a value as TOML has it on one line.
func (e tomlEditor) expression(v *Value) string {
	switch v.Kind {
	case List:
		return "[" + strings.Join(Each(v.Items, e.expression), ", ") + "]"
	case Object:
		parts := Each(v.Members, func(m Member) string {
			return tomlName(m.Key) + " = " + e.expression(m.Value)
		})
		return "{ " + strings.Join(parts, ", ") + " }"
	case String, Unknown:
		return quoteTOML(v.Text)
	case Null, Bool, Number:
	}
	return v.Text
}

// tomlName returns a name, in quotes if it needs them.
func tomlName(key string) string {
	if isBareKey(key) {
		return key
	}
	return quoteTOML(key)
}

// quoteTOML returns text as a basic string of TOML, which is one of JSON but for a character.
func quoteTOML(text string) string {
	return strings.ReplaceAll(quoteJSON(text), "\x7f", `\u007f`)
}
