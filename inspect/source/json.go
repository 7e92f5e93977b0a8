package source

import (
	"bytes"
	"encoding/json"
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
func (r *jsonReader) next() int {
	at := r.end()
	for at < len(r.file.Text) && bytes.IndexByte([]byte(" \t\r\n,:"), r.file.Text[at]) >= 0 {
		at++
	}
	return at
}

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
