package source

// readAgain reads an edited YAML file where it was changed: the document with the edits. The
// documents before it are those of the file, and those behind it have moved. It is not ok where
// that is not sure to give what reading the whole text gives.
func (f *File) readAgain(text []byte, edits []Edit) (*File, bool) {
	n, ok := f.pieceOf(edits)
	if !ok || len(f.Problems) > 0 {
		return nil, false
	}
	old := f.pieces[n]
	moved := len(text) - len(f.Text)
	now := Span{old.Start, old.End + moved}
	if !canCut(text[now.Start:now.End]) || documentEnd(text, now.Start) != now.End {
		return nil, false
	}
	edited, err := openUpTo(maxCluster, f.Name, text)
	if err != nil || !edited.selects() && edited.checkYAMLSize() != nil {
		return nil, false
	}
	edited.Format, edited.wanted = f.Format, f.wanted
	before, _ := f.index().at(old.End)
	after, _ := edited.index().at(now.End)
	edited.Documents = append([]*Value(nil), f.Documents[:n]...)
	for _, s := range f.shared {
		if s.End <= old.Start {
			edited.share(s)
		}
	}
	c := edited.cutter()
	if c.document(now) != nil || c.readRun() != nil || len(edited.Documents) != n+1 {
		return nil, false
	}
	edited.pieces = append(edited.pieces, f.pieces[:n]...)
	edited.pieces = append(edited.pieces, now)
	for i := n + 1; i < len(f.pieces); i++ {
		m := move{bytes: moved, lines: after - before}
		edited.pieces = append(edited.pieces, m.span(f.pieces[i]))
		edited.Documents = append(edited.Documents, m.value(f.Documents[i]))
	}
	for _, s := range f.shared {
		if s.Start >= old.End {
			edited.share(Span{s.Start + moved, s.End + moved})
		}
	}
	return edited, true
}

// pieceOf is the document that all edits are in, behind the marker that begins it. The file must
// have been read in pieces, each of which has a document.
func (f *File) pieceOf(edits []Edit) (n int, ok bool) {
	if len(f.pieces) < 2 || len(f.pieces) != len(f.Documents) {
		return 0, false
	}
	for n, piece := range f.pieces {
		inside := 0
		for _, e := range edits {
			start := f.Documents[n].Span.Start
			if e.Span.Start >= start && e.Span.End < piece.End {
				inside++
			}
		}
		if inside == len(edits) && inside > 0 {
			return n, true
		}
	}
	return 0, false
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

// count counts a value and all in it.
func (v *Value) count() int {
	n := 1
	for _, item := range v.Items {
		n += item.count()
	}
	for i := range v.Members {
		n += v.Members[i].Value.count()
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
