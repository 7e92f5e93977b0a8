package source

import "strings"

// jsonEditor writes changes of JSON. New members are set off from the one before as that one is
// from its own neighbour, so that they look like the rest.
type jsonEditor struct {
	layout
	colon string // what is between a name and a value
}

func newJSONEditor(f *File) jsonEditor {
	e := jsonEditor{layout: newLayout(f), colon: ": "}
	for _, document := range f.Documents {
		for v := range document.All {
			if len(v.Members) > 0 {
				e.colon = e.colonOf(&v.Members[0])
				return e
			}
		}
	}
	return e
}

func (e jsonEditor) colonOf(m *Member) string {
	colon := e.slice(m.KeySpan.End, m.Value.Span.Start)
	if breaksLine(colon) {
		return ": "
	}
	return colon
}

func (e jsonEditor) replace(at site, with *Value) Edit {
	span := at.value.Span
	w := e.writer(e.spreads(at))
	return Edit{Span: span, Text: w.write(with, e.indentOf(span.Start))}
}

// spreads reports whether the new value goes over several lines: as the old one did, or, if the
// old one was empty, as the one around it does.
func (e jsonEditor) spreads(at site) bool {
	old := at.value
	parent := at.parent()
	if len(old.Items) > 0 || len(old.Members) > 0 || parent == nil {
		return breaksLine(e.slice(old.Span.Start, old.Span.End))
	}
	return breaksLine(e.slice(parent.Span.Start, parent.children()[0].Start))
}

// children returns the spans of a list's items, or of an object's members.
func (v *Value) children() []Span {
	spans := Each(v.Items, func(item *Value) Span { return item.Span })
	for _, m := range v.Members {
		spans = append(spans, Span{m.KeySpan.Start, m.Value.Span.End})
	}
	return spans
}

func (e jsonEditor) add(at site, key string, with *Value) Edit {
	object := at.value
	last := &object.Members[len(object.Members)-1]
	gap := e.gap(object)
	text := gap + quoteJSON(key) + e.colonOf(last) +
		e.writer(breaksLine(gap)).write(with, afterBreak(gap))
	end := last.Value.Span.End
	return Edit{Span: Span{end, end}, Text: text}
}

// gap returns what is between two members or items, comma included.
func (e jsonEditor) gap(v *Value) string {
	spans := v.children()
	if n := len(spans); n > 1 {
		return e.slice(spans[n-2].End, spans[n-1].Start)
	}
	head := e.slice(v.Span.Start+1, spans[0].Start)
	switch {
	case breaksLine(head):
		return "," + head
	case strings.HasSuffix(e.colon, " "):
		return ", "
	}
	return ","
}

// afterBreak returns what is after the last line break of text: the indentation of the next line.
func afterBreak(text string) string {
	if !breaksLine(text) {
		return ""
	}
	return text[strings.LastIndexAny(text, "\r\n")+1:]
}

func (e jsonEditor) remove(at site, member int) Edit {
	return removed(at.value.children(), member)
}

// removed is the edit that takes one of several members in a line away.
func removed(spans []Span, member int) Edit {
	span := spans[member]
	switch last := member+1 == len(spans); {
	case !last && span.End <= spans[member+1].Start:
		return Edit{Span: Span{span.Start, spans[member+1].Start}}
	case member > 0:
		return Edit{Span: Span{spans[member-1].End, span.End}}
	}
	return Edit{Span: span}
}

func (e jsonEditor) rename(m *Member, to string) Edit {
	return Edit{Span: m.KeySpan, Text: quoteJSON(to)}
}

func (e jsonEditor) insert(at site, index int, with *Value) Edit {
	list := at.value
	model := list.Items[max(index-1, 0)]
	gap, indent := e.gap(list), e.indentOf(model.Span.Start)
	w := e.writer(breaksLine(gap))
	if !isInline(model) {
		w.spread = breaksLine(e.slice(model.Span.Start, model.Span.End))
		w.pad = e.padOf(model)
	}
	text := w.write(with, indent)
	if index == 0 {
		start := list.Items[0].Span.Start
		return Edit{Span: Span{start, start}, Text: text + gap}
	}
	end := model.Span.End
	return Edit{Span: Span{end, end}, Text: gap + text}
}

func (e jsonEditor) writer(spread bool) *jsonWriter {
	return &jsonWriter{newline: e.newline, unit: e.unit, colon: e.colon, spread: spread}
}

// jsonWriter writes values as JSON, over several lines if it is told to.
type jsonWriter struct {
	strings.Builder
	newline, unit, colon string
	pad                  string // inside of the brackets of an object on one line
	spread               bool
}

// write returns the value as JSON. Its lines but the first are indented.
func (w *jsonWriter) write(v *Value, indent string) string {
	w.Reset()
	w.value(v, indent)
	return w.String()
}

func (w *jsonWriter) value(v *Value, indent string) {
	if len(v.Items) == 0 && len(v.Members) == 0 {
		v.writeJSON(&w.Builder)
		return
	}
	opening, closing := "[", "]"
	if v.Kind == Object {
		opening, closing = "{", "}"
	}
	w.WriteString(opening)
	pad := w.pad
	if w.spread || v.Kind == List {
		pad = ""
	}
	w.WriteString(pad)
	inside := indent + w.unit
	for i, item := range v.Items {
		w.separate(i, inside)
		w.value(item, inside)
	}
	for i := range v.Members {
		w.separate(i, inside)
		writeString(&w.Builder, v.Members[i].Key)
		w.WriteString(w.colon)
		w.value(v.Members[i].Value, inside)
	}
	if w.spread {
		w.WriteString(w.newline + indent)
	}
	w.WriteString(pad + closing)
}

// separate writes what goes before an item or a member.
func (w *jsonWriter) separate(i int, indent string) {
	if i > 0 {
		w.WriteByte(',')
	}
	switch {
	case w.spread:
		w.WriteString(w.newline + indent)
	case i > 0 && strings.HasSuffix(w.colon, " "):
		w.WriteByte(' ')
	}
}
