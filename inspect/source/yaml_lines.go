package source

import "bytes"

// yamlLines finds where names and items begin in YAML that is written as most is: block style, one
// name a line, without anchors, aliases and tags. It reads the text alone and is many times
// quicker than a parser. Of what it is not sure about it reads nothing more.
type yamlLines struct {
	text   []byte
	at     int
	end    int
	line   yamlLine
	unsure bool
}

// yamlLine is a line on which a name or an item begins.
type yamlLine struct {
	start  int  // offset of the line
	indent int  // columns before the first dash, or the name
	column int  // of the name
	dashes int  // before it
	key    Span // the name, without quotes
	named  bool // there is a name
	value  int  // offset behind its colon, or of the item
}

// next goes on to the next line. It reports whether there is one.
func (s *yamlLines) next() bool {
	for s.at < s.end && !s.unsure {
		start := s.at
		at := s.skipSpaces(start)
		switch {
		case s.isEnd(at):
			s.at = s.lineAfter(at)
			continue
		case at == start && isMarker(s.text[start:s.end]):
			s.rest(start + len(documentMarker))
			continue
		}
		s.line = yamlLine{start: start, indent: at - start}
		s.dashes(at)
		return !s.unsure
	}
	return false
}

const documentMarker = "---"

// isMarker reports whether text begins with the line that begins a document.
func isMarker(text []byte) bool {
	return bytes.HasPrefix(text, []byte(documentMarker)) &&
		(len(text) == len(documentMarker) || isBlankByte(text[len(documentMarker)]))
}

// dashes reads the dashes that a line begins with, and what is behind them.
func (s *yamlLines) dashes(at int) {
	dash := -1 // the column of the last one
	for at < s.end && s.text[at] == '-' && (at+1 == s.end || isBlankByte(s.text[at+1])) {
		dash = at - s.line.start
		s.line.dashes++
		at = s.skipSpaces(at + 1)
		if s.isEnd(at) {
			s.line.column, s.line.value = at-s.line.start, at
			s.at = s.lineAfter(at)
			return
		}
	}
	s.line.column = at - s.line.start
	s.node(at, dash)
}

// node reads a name and its value, or the scalar of an item.
func (s *yamlLines) node(at, dash int) {
	if end := s.keyEnd(at); end > 0 {
		s.line.named = true
		s.line.key = Span{at, end}
		if c := s.text[at]; c == '"' || c == '\'' {
			s.line.key = Span{at + 1, end - 1}
		}
		s.line.value = end + 1
		s.value(s.skipSpaces(end+1), s.line.column)
		return
	}
	if dash < 0 {
		s.unsure = true // a scalar of several lines, or no YAML
		return
	}
	s.line.value = at
	s.value(at, dash)
}

// keyEnd returns the offset of the colon behind a name; 0 if there is none on the line.
func (s *yamlLines) keyEnd(at int) int {
	switch c := s.text[at]; c {
	case '"', '\'':
		end := s.quoted(at)
		if s.isColon(end) && bytes.IndexByte(s.text[at:end], '\n') < 0 {
			return end
		}
		return 0
	case '[', '{', '&', '*', '!', '|', '>', '%', '@', '`', '?', ',', ']', '}', '\t':
		return 0
	}
	for i := at; i < s.end && s.text[i] != '\n'; i++ {
		switch {
		case s.isColon(i):
			return i
		case s.text[i] == '#' && isBlankByte(s.text[i-1]):
			return 0
		}
	}
	return 0
}

// isColon reports whether the colon behind a name is at at.
func (s *yamlLines) isColon(at int) bool {
	return s.isColonAt(at) && (at+1 == s.end || isBlankByte(s.text[at+1]))
}

// value reads what is behind a colon or a dash, and the lines that go on with it. What begins
// further right than column belongs to it.
func (s *yamlLines) value(at, column int) {
	if s.isEnd(at) {
		s.at = s.lineAfter(at)
		return
	}
	switch s.text[at] {
	case '"', '\'':
		s.rest(s.quoted(at))
	case '[', '{':
		s.rest(s.flow(at))
	case '|', '>':
		for at++; at < s.end && bytes.IndexByte([]byte("+-123456789"), s.text[at]) >= 0; at++ {
		}
		s.rest(at)
		s.deeper(column)
	case '&', '*', '!', '%', '@', '`', '\t', '?', ',', ']', '}', ':':
		s.unsure = true
	default:
		s.at = s.lineAfter(at)
		s.deeper(column)
	}
}

// rest goes on to the next line, if nothing more is on this one.
func (s *yamlLines) rest(at int) {
	end := s.skipSpaces(at)
	if !s.isEnd(end) || end == at && end < s.end && s.text[end] == '#' {
		s.unsure = true
		return
	}
	s.at = s.lineAfter(end)
}

// deeper skips the lines that begin further right than column, and empty ones.
func (s *yamlLines) deeper(column int) {
	for s.at < s.end {
		at := s.skipSpaces(s.at)
		if at-s.at <= column && at < s.end && s.text[at] != '\n' && s.text[at] != '\r' {
			return
		}
		s.at = s.lineAfter(at)
	}
}

// quoted returns the offset behind a string in quotes.
func (s *yamlLines) quoted(at int) int {
	end, closed := quotedEnd(s.text[:s.end], at)
	s.unsure = s.unsure || !closed
	return end
}

// flow returns the offset behind a list or an object in brackets, which must end on its line.
func (s *yamlLines) flow(at int) int {
	open, before := 0, byte(0) // what is before a quote
	for i := at; i < s.end && s.text[i] != '\n'; i++ {
		c := s.text[i]
		switch c {
		case ' ':
			if before == ':' {
				before = ',' // behind a colon and a space a value begins
			}
			continue
		case '[', '{':
			open++
		case ']', '}':
			if open--; open == 0 {
				return i + 1
			}
		case '"', '\'':
			end := s.quoted(i)
			if before != '[' && before != '{' && before != ',' ||
				bytes.IndexByte(s.text[i:end], '\n') >= 0 {
				s.unsure = true
				return i
			}
			if i = end - 1; s.isColonAt(end) {
				i, c = end, ',' // as in JSON, no space is needed
			}
		case '&', '*', '!', '#', '\t':
			s.unsure = true
			return i
		}
		before = c
	}
	s.unsure = true
	return s.end
}

func (s *yamlLines) isColonAt(at int) bool { return at < s.end && s.text[at] == ':' }

func (s *yamlLines) skipSpaces(at int) int {
	for at < s.end && s.text[at] == ' ' {
		at++
	}
	return at
}

// isEnd reports whether a line has no more than a comment from at on.
func (s *yamlLines) isEnd(at int) bool {
	return at >= s.end || s.text[at] == '\n' || s.text[at] == '\r' || s.text[at] == '#'
}

func (s *yamlLines) lineAfter(at int) int {
	if at >= s.end {
		return s.end
	}
	if i := bytes.IndexByte(s.text[at:s.end], '\n'); i >= 0 {
		return at + i + 1
	}
	return s.end
}

// scalarOn returns the scalar behind the name of a line; empty if it is not written on that line
// alone.
func (s *yamlLines) scalarOn(l *yamlLine) string {
	end := s.lineAfter(l.value)
	text := bytes.TrimSpace(s.text[l.value:end])
	if i := bytes.Index(text, []byte(" #")); i >= 0 {
		text = bytes.TrimSpace(text[:i])
	}
	if n := len(text); n > 1 && (text[0] == '"' || text[0] == '\'') && text[n-1] == text[0] {
		text = text[1 : n-1]
	}
	if bytes.ContainsAny(text, "\"'\\|>{[#") {
		return ""
	}
	return string(text)
}
