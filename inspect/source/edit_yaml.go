package source

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// yamlEditor writes changes of YAML: in block style, or in flow style if the text around is.
type yamlEditor struct{ yamlWriter }

// isFlow reports whether a list or an object is written with brackets.
func (l layout) isFlow(v *Value) bool {
	if v == nil || v.Span.End-v.Span.Start < 2 || v.Kind != List && v.Kind != Object {
		return false
	}
	switch l.slice(v.Span.Start, v.Span.Start+1) + l.slice(v.Span.End-1, v.Span.End) {
	case "{}", "[]":
		return true
	}
	return false
}

func (e yamlEditor) replace(at site, with *Value) Edit {
	old := at.value
	inFlow := slices.ContainsFunc(at.parents, e.isFlow) || e.isFlow(old) && !isInline(old)
	if text, ok := e.literal(old, with); ok {
		return Edit{Span: old.Span, Text: text}
	}
	switch {
	case inFlow || isInline(with):
		return e.replaceInline(at, with)
	case at.key != nil:
		return e.replaceBelow(at, with)
	case !e.leads(old.Span.Start) && at.parent() == nil:
		return Edit{Span: old.Span, Text: e.newline + e.block(with, 0)}
	}
	return Edit{
		Span: old.Span, Text: e.spaceAt(old) + e.block(with, old.Pos.Column-1+len(e.spaceAt(old))),
	}
}

// literal is a text in the lines of a literal block (|, |-), if the old one is written so and the
// new one can be: with the same end, and without an indentation of its own.
func (e yamlEditor) literal(old, with *Value) (string, bool) {
	header, block, _ := strings.Cut(e.slice(old.Span.Start, old.Span.End), e.newline)
	text, ended := strings.CutSuffix(with.Text, "\n")
	first := strings.TrimLeft(block, e.newline)
	indent := first[:len(first)-len(strings.TrimLeft(first, " "))]
	isPrinted := func(r rune) bool { return r == '\n' || r == '\t' || unicode.IsPrint(r) }
	switch {
	case with.Kind != String || header != "|" && header != "|-" || indent == "" ||
		ended != strings.HasSuffix(old.Text, "\n"),
		text == "" || strings.HasSuffix(text, "\n"),
		strings.HasPrefix(strings.TrimLeft(text, "\n"), " "),
		strings.ContainsFunc(text, func(r rune) bool { return !isPrinted(r) }):
		return "", false
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if line != "" {
			lines[i] = indent + line
		}
	}
	return header + e.newline + strings.Join(lines, e.newline), true
}

// isInline reports whether a value is written on one line in block style too.
func isInline(v *Value) bool { return len(v.Items) == 0 && len(v.Members) == 0 }

func (e yamlEditor) replaceInline(at site, with *Value) Edit {
	span := at.value.Span
	if gap, ok := e.blankBefore(at); ok && breaksLine(gap) {
		span.Start -= len(gap)
		return Edit{Span: span, Text: " " + e.flow(with, e.quoteOf(at.value.Span))}
	}
	return Edit{Span: span, Text: e.spaceAt(at.value) + e.flow(with, e.quoteOf(at.value.Span))}
}

// replaceBelow puts a list or an object below the name of its member.
func (e yamlEditor) replaceBelow(at site, with *Value) Edit {
	span := at.value.Span
	indent := e.below(at.parent().Pos.Column-1, with)
	gap, ok := e.blankBefore(at)
	switch {
	case ok:
		span.Start -= len(gap)
	case e.leads(span.Start): // behind a comment, an anchor or a tag
		return Edit{Span: span, Text: e.block(with, at.value.Pos.Column-1)}
	}
	return Edit{Span: span, Text: e.newline + spaces(indent) + e.block(with, indent)}
}

// blankBefore returns the white space between a member's colon and its value. It is not ok if
// there is more between them.
func (e yamlEditor) blankBefore(at site) (string, bool) {
	if at.key == nil || at.key.KeySpan.End > at.value.Span.Start {
		return "", false
	}
	gap, ok := strings.CutPrefix(e.slice(at.key.KeySpan.End, at.value.Span.Start), ":")
	return gap, ok && strings.TrimSpace(gap) == ""
}

// spaceAt returns the space that is needed before a value that was not written: after a colon or a
// dash.
func (e yamlEditor) spaceAt(v *Value) string {
	at := v.Span.Start
	if v.Span.End > at || at == 0 || strings.ContainsAny(e.slice(at-1, at), " \t\r\n") {
		return ""
	}
	return " "
}

// quoteOf returns the quote that a value or a name starts with, so that its replacement has it
// too.
func (e yamlEditor) quoteOf(s Span) byte {
	if s.Start < s.End && (e.text[s.Start] == '"' || e.text[s.Start] == '\'') {
		return e.text[s.Start]
	}
	return 0
}

func (e yamlEditor) add(at site, key string, with *Value) Edit {
	object := at.value
	if e.isFlow(object) {
		return e.addFlow(object, key, with)
	}
	indent := object.Pos.Column - 1
	end := e.lineEnd(object.Span.End)
	return Edit{
		Span: Span{end, end}, Text: e.newline + spaces(indent) + e.member(key, with, indent),
	}
}

func (e yamlEditor) addFlow(object *Value, key string, with *Value) Edit {
	last := lastOwn(object)
	quote := e.quoteOf(last.KeySpan)
	end := last.Value.Span.End
	gap, ok := e.comma(object.children())
	if !ok {
		gap = ", "
	}
	return Edit{
		Span: Span{end, end},
		Text: gap + e.scalar(key, quote) + ": " + e.flow(with, quote),
	}
}

// lastOwn returns the last member that is written in an object itself.
func lastOwn(object *Value) *Member {
	for i := len(object.Members) - 1; i > 0; i-- {
		if object.Span.contains(object.Members[i].KeySpan) {
			return &object.Members[i]
		}
	}
	return &object.Members[0]
}

func (e yamlEditor) remove(at site, member int) Edit {
	spans := at.value.children()
	if span := spans[member]; !e.isFlow(at.value) && e.leads(span.Start) {
		return Edit{Span: Span{e.lineStart(span.Start), e.nextLine(span.End)}}
	}
	return removed(spans, member)
}

func (e yamlEditor) rename(m *Member, to string) Edit {
	return Edit{Span: m.KeySpan, Text: e.scalar(to, e.quoteOf(m.KeySpan))}
}

func (e yamlEditor) insert(at site, index int, with *Value) Edit {
	list := at.value
	n := max(index-1, 0)
	model, spans := list.Items[n], list.children()
	if e.isFlow(list) {
		return e.insertAmong(spans, index, e.separator(spans, n), e.flowLike(with, model))
	}
	indent, dash := list.Pos.Column-1, e.dashOf(model)
	text := dash + e.blockLike(with, model, indent+len(dash))
	if index == 0 {
		before := list.Span.Start
		return Edit{Span: Span{before, before}, Text: text + e.newline + spaces(indent)}
	}
	behind := e.lineEnd(spans[n].End)
	return Edit{Span: Span{behind, behind}, Text: e.newline + spaces(indent) + text}
}

// dashOf returns the dash of an item in block style, with the spaces behind it.
func (e yamlEditor) dashOf(item *Value) string {
	before := e.slice(e.lineStart(item.Span.Start), item.Span.Start)
	if i := strings.LastIndexByte(before, '-'); i >= 0 && i+1 < len(before) &&
		strings.Trim(before[i+1:], " ") == "" {
		return before[i:]
	}
	return "- "
}

// blockLike returns a value in block style, as another value of its list is written: in flow style
// if that one is, and with its quotes.
func (e yamlEditor) blockLike(v, model *Value, indent int) string {
	switch {
	case isInline(v) || e.isFlow(model):
		return e.flowLike(v, model)
	case v.Kind != Object || model.Kind != Object:
		return e.block(v, indent)
	}
	var lines []string
	for _, m := range v.Members {
		line := e.member(m.Key, m.Value, indent)
		if isInline(m.Value) {
			key, value := e.quotesLike(m.Key, model)
			line = e.scalar(m.Key, key) + ": " + e.flow(m.Value, value)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, e.newline+spaces(indent))
}

// flowLike returns a value on one line, with the quotes of another value of its list.
func (e yamlEditor) flowLike(v, model *Value) string {
	if v.Kind != Object || model.Kind != Object {
		return e.flow(v, e.quoteOf(model.Span))
	}
	members, pad := make([]string, len(v.Members)), e.padOf(model)
	for i, m := range v.Members {
		key, value := e.quotesLike(m.Key, model)
		members[i] = e.scalar(m.Key, key) + ": " + e.flow(m.Value, value)
	}
	return "{" + pad + strings.Join(members, ", ") + pad + "}"
}

// quotesLike returns the quotes of a name in an object and of its value; of another object's
// member in its place the quotes of that one.
func (e yamlEditor) quotesLike(name string, model *Value) (key, value byte) {
	if len(model.Members) == 0 {
		return 0, 0
	}
	m := &model.Members[0]
	if i := lastMember(model.Members, name); i >= 0 {
		m = &model.Members[i]
	}
	return e.quoteOf(m.KeySpan), e.quoteOf(m.Value.Span)
}

func spaces(n int) string { return strings.Repeat(" ", n) }

// yamlWriter writes values as YAML.
type yamlWriter struct {
	layout
	indent int // of an object in an object
	item   int // of a list in an object: some files indent its dashes, others don't
}

// newYAMLWriter takes over how a file indents the first object and the first list below a name.
func newYAMLWriter(f *File) yamlWriter {
	w := yamlWriter{layout: newLayout(f), indent: 2}
	if columns := w.columnsBelow(f.Documents, Object); columns > 0 {
		w.indent = columns
	}
	w.item = w.indent
	if columns := w.columnsBelow(f.Documents, List); columns >= 0 {
		w.item = columns
	}
	return w
}

// columnsBelow returns by how many columns the first value of a kind below its name is indented,
// or -1 if there is none.
func (w yamlWriter) columnsBelow(values []*Value, kind Kind) int {
	for _, v := range values {
		inside := v.Items
		for _, m := range v.Members {
			child := m.Value
			if child.Kind == kind && !isInline(child) && !w.isFlow(child) &&
				w.leads(child.Span.Start) {
				return child.Pos.Column - v.Pos.Column
			}
			inside = append(inside, child)
		}
		if columns := w.columnsBelow(inside, kind); columns >= 0 {
			return columns
		}
	}
	return -1
}

// below returns the indentation of a list or an object below a name.
func (w yamlWriter) below(indent int, v *Value) int {
	if v.Kind == List {
		return indent + w.item
	}
	return indent + w.indent
}

// block returns a value in block style. Its lines but the first are indented.
func (w yamlWriter) block(v *Value, indent int) string {
	if isInline(v) {
		return w.flow(v, 0)
	}
	lines := Each(v.Items, func(item *Value) string { return "- " + w.block(item, indent+2) })
	for i := range v.Members {
		lines = append(lines, w.member(v.Members[i].Key, v.Members[i].Value, indent))
	}
	return strings.Join(lines, w.newline+spaces(indent))
}

// member returns a name and its value. The value goes below the name, unless it is a scalar.
func (w yamlWriter) member(key string, v *Value, indent int) string {
	if isInline(v) {
		return w.scalar(key, 0) + ": " + w.flow(v, 0)
	}
	below := w.below(indent, v)
	return w.scalar(key, 0) + ":" + w.newline + spaces(below) + w.block(v, below)
}

// flow returns a value on one line, its strings in these quotes.
func (w yamlWriter) flow(v *Value, quote byte) string {
	switch v.Kind {
	case List:
		items := Each(v.Items, func(item *Value) string { return w.flow(item, quote) })
		return "[" + strings.Join(items, ", ") + "]"
	case Object:
		members := Each(v.Members, func(m Member) string {
			return w.scalar(m.Key, quote) + ": " + w.flow(m.Value, quote)
		})
		return "{" + strings.Join(members, ", ") + "}"
	case String:
		return w.scalar(v.Text, quote)
	case Null:
		return "null"
	case Bool, Number, Unknown:
	}
	return v.Text
}

// scalar returns a string, in quotes if it needs them, or if what it replaces had them.
func (w yamlWriter) scalar(text string, quote byte) string {
	switch {
	case quote == 0 && isPlain(text):
		return text
	case quote == '\'' && strings.IndexFunc(text, isOdd) < 0:
		return "'" + strings.ReplaceAll(text, "'", "''") + "'"
	}
	var b strings.Builder
	for _, r := range quoteJSON(text) {
		if r != '\uFFFD' && isOdd(r) {
			fmt.Fprintf(&b, `\U%08x`, r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// isOdd reports whether a character must be escaped, or is better seen.
func isOdd(r rune) bool { return !unicode.IsPrint(r) }

// isPlain reports whether text can do without quotes, anywhere in a file and for every reader of
// YAML 1.1 and 1.2. If that is not easy to see, it can't.
func isPlain(text string) bool {
	if text == "" || strings.HasSuffix(text, ":") || strings.HasSuffix(text, " ") ||
		strings.Contains(text, ": ") {
		return false
	}
	for i, r := range text {
		letter := unicode.IsLetter(r) || r == '_' || r == '/'
		if !letter && (i == 0 || !unicode.IsDigit(r) && !strings.ContainsRune(" -.:@+=()", r)) {
			return false
		}
	}
	switch strings.ToLower(text) {
	case "y", "n", "yes", "no", "on", "off":
		return false
	}
	n := yaml.Node{Kind: yaml.ScalarNode, Value: text}
	return n.ShortTag() == "!!str"
}
