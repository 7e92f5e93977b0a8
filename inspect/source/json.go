package source

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// jsonReader reads one JSON value.
type jsonReader struct {
	counter
	tokens jsonTokens
	base   int   // offset of the text behind a byte order mark
	open   []int // offsets of the brackets that are open
	part   *part // of the value that is read
	items
}

// items says what happens to the items of one list, which is the document itself or the member
// with this name. The zero value keeps them.
type items struct {
	member string
	most   int // values that are held at once
	take   func(list, item *Value)
}

// of reports whether the list at this place is the one.
func (i items) of(where *place) bool {
	return i.take != nil &&
		(where == nil || where.parent == nil && where.item < 0 && where.key == i.member)
}

func (f *File) readJSON(items items) error {
	if !f.selects() {
		most := f.mostValues()
		if items.take != nil {
			most = maxListed
		}
		if err := f.checkJSONSize(most); err != nil {
			return err
		}
	}
	base := f.body()
	r := &jsonReader{
		counter: counter{file: f, most: items.most}, base: base,
		tokens: tokensOf(f.Text[base:]), items: items, part: everything(),
	}
	v, err := r.value(wantValue, nil)
	if err != nil {
		return err
	}
	if at := skipSpace(f.Text, r.end()); at < len(f.Text) {
		return r.fault(wantEnd)
	}
	f.Documents = []*Value{v}
	return nil
}

// end returns the offset behind the last token.
func (r *jsonReader) end() int { return r.base + r.tokens.offset() }

// next returns the offset where the next token starts.
func (r *jsonReader) next() int { return skipBetween(r.file.Text, r.end()) }

// value reads the next value. If it fails, the explanation depends on what was wanted.
func (r *jsonReader) value(wanted want, where *place) (*Value, error) {
	start := r.next()
	token, err := r.tokens.next()
	if err != nil {
		return nil, r.fault(wanted)
	}
	if err := r.add(start, len(r.open)); err != nil {
		return nil, err
	}
	v := &Value{Pos: r.file.Position(start)}
	switch token := token.(type) {
	case json.Delim:
		err = r.fill(v, token, start, where)
	default:
		v.Kind, v.Text = scalar(token)
	}
	v.Span = Span{start, r.end()}
	return v, err
}

func scalar(token json.Token) (Kind, string) {
	switch token := token.(type) {
	case string:
		return String, token
	case json.Number:
		return Number, token.String()
	case bool:
		if token {
			return Bool, "true"
		}
		return Bool, "false"
	}
	return Null, ""
}

// fill reads everything between the brackets of a list or an object.
func (r *jsonReader) fill(v *Value, bracket json.Delim, start int, where *place) error {
	r.open = append(r.open, start)
	fill := r.members
	if bracket == '[' {
		fill = r.list
	}
	if err := fill(v, where); err != nil {
		return err
	}
	r.open = r.open[:len(r.open)-1]
	return nil
}

func (r *jsonReader) list(v *Value, where *place) error {
	v.Kind = List
	handed, cut := r.of(where), r.cuts(where)
	defer func(of *part) { r.part = of }(r.part)
	r.part = everything()
	for r.tokens.more() {
		held := r.values
		if cut {
			r.part = r.nextPart()
		}
		item, err := r.value(wantItem, where.at(len(v.Items)))
		if err != nil {
			return err
		}
		if handed {
			r.take(v, item)
			item, r.values = nil, held
		}
		v.Items = append(v.Items, item)
	}
	return r.close(wantItem)
}

// usualMembers is how many members most objects have at most: a key of a set, a field of a policy.
const usualMembers = 8

func (r *jsonReader) members(v *Value, where *place) error {
	v.Kind = Object
	for r.tokens.more() {
		m, err := r.member(where)
		if err != nil {
			return err
		}
		if v.Members == nil {
			v.Members = make([]Member, 0, usualMembers)
		}
		v.Members = append(v.Members, m)
	}
	if err := r.close(wantMember); err != nil {
		return err
	}
	r.file.reportDuplicates(v, where)
	return nil
}

func (r *jsonReader) member(where *place) (Member, error) {
	start := r.next()
	token, err := r.tokens.next()
	key, ok := token.(string)
	if err != nil || !ok {
		return Member{}, r.fault(wantMember)
	}
	m := Member{Key: key, KeyPos: r.file.Position(start), KeySpan: Span{start, r.end()}}
	defer func(of *part) { r.part = of }(r.part)
	if r.part = r.part.of(key); r.part == nil {
		m.Value, err = r.leaveOut()
		return m, err
	}
	m.Value, err = r.value(wantMemberValue, where.member(key))
	return m, err
}

// close reads the bracket that closes a list or an object.
func (r *jsonReader) close(wanted want) error {
	if _, err := r.tokens.next(); err != nil {
		return r.fault(wanted)
	}
	return nil
}

// skipSpace returns the offset of the first byte from at on that is not white space of JSON (RFC
// 8259, section 2).
func skipSpace(text []byte, at int) int {
	for at < len(text) &&
		(text[at] == ' ' || text[at] == '\t' || text[at] == '\r' || text[at] == '\n') {
		at++
	}
	return at
}

// Of a list of resources in JSON only those that somebody wants are read. The text is valid where
// this is asked: what is not wanted is skipped by its brackets and quotes.

// cuts reports whether parts of the items of a list are left out: the document itself, or its
// items as Kubernetes names them.
func (r *jsonReader) cuts(where *place) bool {
	return r.file.selects() && r.tokens.dec == nil &&
		(where == nil || where.parent == nil && where.key == "items")
}

// nextPart is what is wanted of the value that comes next.
func (r *jsonReader) nextPart() *part {
	start := r.next()
	if r.file.Text[start] != '{' {
		return everything()
	}
	version, kind := "", ""
	end := eachMember(r.file.Text, start, func(name string, value Span) {
		switch name {
		case "apiVersion":
			version = r.stringAt(value)
		case "kind":
			kind = r.stringAt(value)
		}
	})
	return r.file.partOf(version, kind, r.file.Text[start:end])
}

// stringAt is a string without its quotes; empty where it is not one, or has escapes.
func (r *jsonReader) stringAt(s Span) string {
	text := r.file.Text[s.Start:s.End]
	if text[0] != '"' || bytes.IndexByte(text, '\\') >= 0 {
		return ""
	}
	return string(text[1 : len(text)-1])
}

// leaveOut skips the next value.
func (r *jsonReader) leaveOut() (*Value, error) {
	start := r.next()
	end := skipJSON(r.file.Text, start)
	r.tokens.at = end - r.base
	return r.file.leftOut(Span{start, end}), r.add(start, len(r.open))
}

// eachMember goes over the members of an object, and returns the offset behind it.
func eachMember(text []byte, at int, member func(name string, value Span)) int {
	at = skipSpace(text, at+1)
	for text[at] != '}' {
		name := at
		at = skipJSON(text, at)
		key := string(text[name+1 : at-1])
		start := skipSpace(text, skipSpace(text, at)+1) // behind the colon
		at = skipJSON(text, start)
		member(key, Span{start, at})
		if at = skipSpace(text, at); text[at] == ',' {
			at = skipSpace(text, at+1)
		}
	}
	return at + 1
}

// skipJSON returns the offset behind the value that begins at at.
func skipJSON(text []byte, at int) int {
	for open := 0; ; {
		switch text[at] {
		case '{', '[':
			open++
			at++
		case '}', ']':
			open--
			at++
		case '"':
			at = skipJSONString(text, at)
		case ' ', '\t', '\r', '\n', ',', ':':
			at++
			continue
		default:
			for at < len(text) && (isOfNumber(text[at]) || text[at] >= 'a' && text[at] <= 'z') {
				at++ // a number, true, false or null
			}
		}
		if open == 0 {
			return at
		}
	}
}

func skipJSONString(text []byte, at int) int {
	for at++; text[at] != '"'; at++ {
		if text[at] == '\\' {
			at++
		}
	}
	return at + 1
}

// jsonTokens gives the tokens of a JSON text, one after the other, and says where each of them
// ends. Of valid text it finds them by itself, which is quicker; of any other, encoding/json says
// what is wrong.
type jsonTokens struct {
	text []byte
	at   int           // behind the last token
	dec  *json.Decoder // of what is not valid; else nil
}

func tokensOf(text []byte) jsonTokens {
	t := jsonTokens{text: text}
	if !json.Valid(text) {
		t.dec = json.NewDecoder(bytes.NewReader(text))
		t.dec.UseNumber()
	}
	return t
}

// offset is that behind the last token.
func (t *jsonTokens) offset() int {
	if t.dec != nil {
		return int(t.dec.InputOffset())
	}
	return t.at
}

// more reports whether the list or object that is open has something more in it.
func (t *jsonTokens) more() bool {
	if t.dec != nil {
		return t.dec.More()
	}
	t.at = skipBetween(t.text, t.at)
	return t.text[t.at] != ']' && t.text[t.at] != '}'
}

// skipBetween returns the offset of the next token from at on: valid text has nothing else between
// two.
func skipBetween(text []byte, at int) int {
	for at < len(text) {
		switch text[at] {
		case ' ', '\t', '\r', '\n', ',', ':':
			at++
		default:
			return at
		}
	}
	return at
}

// next reads the next token.
func (t *jsonTokens) next() (json.Token, error) {
	if t.dec != nil {
		return t.dec.Token()
	}
	t.at = skipBetween(t.text, t.at)
	start := t.at
	switch c := t.text[start]; c {
	case '{', '}', '[', ']':
		t.at++
		return json.Delim(c), nil
	case '"':
		return t.string(start), nil
	case 't':
		t.at += len("true")
		return true, nil
	case 'f':
		t.at += len("false")
		return false, nil
	case 'n':
		t.at += len("null")
		return nil, nil
	}
	for t.at < len(t.text) && isOfNumber(t.text[t.at]) {
		t.at++
	}
	return json.Number(t.text[start:t.at]), nil
}

func isOfNumber(c byte) bool {
	return c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E'
}

// string reads a string. One with escapes, or that is not UTF-8, is left to encoding/json.
func (t *jsonTokens) string(start int) string {
	end, plain := start+1, true
	for t.text[end] != '"' {
		if t.text[end] == '\\' {
			plain = false
			end++
		}
		end++
	}
	t.at = end + 1
	if inside := t.text[start+1 : end]; plain && utf8.Valid(inside) {
		return string(inside)
	}
	var text string
	_ = json.Unmarshal(t.text[start:t.at], &text) // it is a part of what is valid
	return text
}
