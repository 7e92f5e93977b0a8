package source

import (
	"bytes"
	"regexp"
	"strings"
)

// shellReader takes command lines apart as a POSIX shell does (IEEE 1003.1, section 2.2), as far
// as they are words: each command is a list of strings. A variable is written ${NAME} in a word,
// whichever way the file writes it, for only whoever runs the command knows its value.
type shellReader struct {
	counter
	at       int
	command  *Value
	unclosed string // the brackets and backquotes that nothing closes from here on
}

func (f *File) readShell() error {
	r := &shellReader{counter: counter{file: f}, at: f.body()}
	for r.at < len(f.Text) {
		if err := r.next(); err != nil {
			return err
		}
	}
	r.end()
	return nil
}

// next reads a word, or passes over what is between words.
func (r *shellReader) next() error {
	text := r.file.Text
	switch c := text[r.at]; {
	case c == ' ' || c == '\t' || c == '\r':
		r.at++
	case c == '\\' && r.continues():
	case bytes.IndexByte([]byte("\n;&|()"), c) >= 0:
		r.end()
		r.at++
	case c == '#':
		r.at = layout{text: text}.lineEnd(r.at)
	default:
		return r.word()
	}
	return nil
}

// continues passes over a backslash that a line break follows.
func (r *shellReader) continues() bool {
	rest := r.file.Text[r.at+1:]
	for _, end := range []string{"\n", "\r\n"} {
		if bytes.HasPrefix(rest, []byte(end)) {
			r.at += 1 + len(end)
			return true
		}
	}
	return false
}

// end ends a command.
func (r *shellReader) end() {
	if r.command != nil {
		r.file.Documents = append(r.file.Documents, r.command)
	}
	r.command = nil
}

func (r *shellReader) word() error {
	start := r.at
	var word strings.Builder
	for quote := byte(0); r.at < len(r.file.Text); {
		c := r.file.Text[r.at]
		switch {
		case quote == 0 && bytes.IndexByte([]byte(" \t\r\n;&|()"), c) >= 0:
			return r.took(start, word.String())
		case c == quote:
			quote = 0
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
		case c == '\\' && quote != '\'' && r.continues():
			continue
		case c == '\\' && quote != '\'' && r.at+1 < len(r.file.Text) && (quote == 0 ||
			bytes.IndexByte([]byte("$`\"\\"), r.file.Text[r.at+1]) >= 0): // it stands for itself
			r.at++
			word.WriteByte(r.file.Text[r.at])
		case (c == '$' || c == '`') && quote != '\'':
			r.expand(&word)
			continue
		default:
			word.WriteByte(c)
		}
		r.at++
		if r.at == len(r.file.Text) && quote != 0 {
			return r.file.errorAt(start, "not a command line: a quote is not closed", "")
		}
	}
	return r.took(start, word.String())
}

// expand reads a reference to a variable, or a command whose output stands there.
func (r *shellReader) expand(word *strings.Builder) {
	rest := r.file.Text[r.at:]
	var written []byte
	switch {
	case rest[0] == '`':
		written = r.closed(rest, '`')
	case bytes.HasPrefix(rest, []byte("${")):
		written = r.closed(rest, '}')
	case bytes.HasPrefix(rest, []byte("$(")):
		written = r.closed(rest, ')')
	default:
		n := 1
		for n < len(rest) && (rest[n] == '_' || IsAlphanumeric(rune(rest[n]))) {
			n++
		}
		if len(rest) > 1 && strings.IndexByte("0123456789@*#?", rest[1]) >= 0 {
			n = 2 // what a script is given
		}
		written = rest[:n]
	}
	text := string(written)
	switch {
	case len(text) == 1: // it stands for itself
	case text[0] == '`':
		text = "$(" + text[1:len(text)-1] + ")"
	case text[1] != '{' && text[1] != '(':
		text = "${" + text[1:] + "}"
	}
	word.WriteString(text)
	r.at += len(written)
}

// closed is what a text begins with up to a backquote or a bracket, with others like it inside;
// the first byte alone where nothing closes it.
func (r *shellReader) closed(text []byte, end byte) []byte {
	open := map[byte]byte{'}': '{', ')': '('}[end]
	if strings.IndexByte(r.unclosed, end) >= 0 {
		return text[:1]
	}
	depth := 0
	for i, c := range text[1:] {
		switch c {
		case open:
			depth++
		case end:
			if depth--; depth <= 0 {
				return text[:i+2]
			}
		}
	}
	r.unclosed += string(end)
	return text[:1]
}

// took adds a word to the command.
func (r *shellReader) took(start int, text string) error {
	if err := r.add(start, 1); err != nil {
		return err
	}
	pos := r.file.Position(start)
	if r.command == nil {
		r.command = &Value{Kind: List, Pos: pos}
		r.command.Span.Start = start
	}
	r.command.Span.End = r.at
	r.command.Items = append(r.command.Items, &Value{
		Kind: String, Text: text, Pos: pos, Span: Span{start, r.at},
	})
	return nil
}

// looksLikeShell reports whether the first line that says something sets a variable, or is a
// command with an option.
func looksLikeShell(text []byte) bool {
	joined := strings.NewReplacer("\\\r\n", " ", "\\\n", " ").Replace(string(text))
	for line := range strings.Lines(joined) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		word, rest, _ := strings.Cut(line, " ")
		return regexp.MustCompile(`^(export )?[A-Z_][A-Z0-9_]*=`).MatchString(line) ||
			regexp.MustCompile(`^[A-Za-z0-9_./@][A-Za-z0-9_./@-]*$`).MatchString(word) &&
				regexp.MustCompile(`(^| )['"]?--?[a-z][a-z0-9-]*([ ='"]|$)`).MatchString(rest)
	}
	return false
}

// shellEditor writes changes of command lines: words.
type shellEditor struct{ layout }

func (e shellEditor) replace(at site, with *Value) Edit {
	return Edit{Span: at.value.Span, Text: e.words(with)}
}

// insert puts a word behind another one: on a line of its own where that is on one.
func (e shellEditor) insert(at site, index int, with *Value) Edit {
	items := at.value.Items
	if index == 0 {
		start := items[0].Span.Start
		return Edit{Span: Span{start, start}, Text: e.words(with) + " "}
	}
	before := items[index-1].Span
	gap := " "
	if e.leads(before.Start) && index > 1 {
		gap = " \\" + e.newline + e.indentOf(before.Start)
	}
	return Edit{Span: Span{before.End, before.End}, Text: gap + e.words(with)}
}

// add, remove and rename are of objects, which a command line has none of. What they return does
// not prove itself.
func (shellEditor) add(site, string, *Value) Edit { return Edit{} }
func (shellEditor) remove(site, int) Edit         { return Edit{} }
func (shellEditor) rename(*Member, string) Edit   { return Edit{} }

// words are a value as words of a command.
func (e shellEditor) words(v *Value) string {
	if v.Kind == List {
		all := Each(v.Items, e.words)
		return strings.Join(all, " ")
	}
	if regexp.MustCompile(`^[A-Za-z0-9_./:@%+,=-]+$`).MatchString(v.Text) {
		return v.Text
	}
	return "'" + strings.ReplaceAll(v.Text, "'", `'\''`) + "'"
}
