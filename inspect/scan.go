package inspect

import (
	"bytes"
	"strings"
)

// quality says how sure it is that a candidate is a token.
type quality uint8

const (
	broken  quality = iota // starts as a token, and is none that is whole
	unnamed                // header and payload are objects, but the header names no algorithm
	sound                  // a JWS or JWE by its form
)

// candidate is a text that starts as a token's header does.
type candidate struct {
	text    string // must not be printed
	label   label  // what stands before it
	quality quality
	wrapped bool // its lines were joined
}

// maxCandidates bounds how many different tokens are kept; a HAR file may have thousands.
const maxCandidates = 1000

// minStart is how many characters of a header stand on its first line, however the text was wrapped.
const minStart = 10

// maxStarts bounds how many starts are tried in one run of token characters.
const maxStarts = 4

// scan finds the tokens in a text, each once, in the text's order.
func scan(text string) []candidate {
	s := scanner{text: text, lines: maxLines, seen: map[string]bool{}}
	for at := nextStart(text, 0); at >= 0 && len(s.found) < maxCandidates; {
		at = nextStart(text, s.try(at))
	}
	return s.found
}

type scanner struct {
	text   string
	found  []candidate
	seen   map[string]bool
	lines  int // that may still be looked at as the next of a wrapped token
	run    int // the offset behind the run of token characters that was tried last
	starts int // that were tried in it
}

// try looks at one start, and returns the offset to go on from.
func (s *scanner) try(at int) int {
	if n := runLength(s.text[at:min(at+minStart, len(s.text))]); n < minStart {
		return at + n
	}
	token := unwrap(s.text, at, s.lines)
	s.lines -= token.looked
	c, ok := candidateAt(s.text[:at], token.text)
	if !ok {
		return s.skip(at, token.first)
	}
	c.wrapped = token.lines > 1
	if !s.seen[c.text] {
		s.seen[c.text] = true
		s.found = append(s.found, c)
	}
	return token.end
}

// skip returns where to go on behind a start that begins no token: in its run's next part, or behind the run.
func (s *scanner) skip(at, run int) int {
	if run != s.run {
		s.run, s.starts = run, 0
	}
	s.starts++
	if s.starts > maxStarts {
		return run
	}
	return at + 1 + partLength(s.text[at+1:])
}

// nextStart returns where the next text begins that may encode an object: {" or { and white space.
func nextStart(text string, from int) int {
	for i := from; i+2 < len(text); i++ {
		next := strings.IndexByte(text[i:len(text)-2], 'e')
		if next < 0 {
			return -1
		}
		i += next
		if isStart(text[i:]) {
			return i
		}
	}
	return -1
}

func isStart(text string) bool {
	if len(text) < 3 {
		return false
	}
	switch text[:3] {
	case "eyJ", "eyA", "ewo", "ew0", "ewk":
		return true
	}
	return false
}

// candidateAt judges a text that starts as a header does. Before is the text that stands before it.
func candidateAt(before, text string) (candidate, bool) {
	text = trimSentence(text)
	header, rest, _ := strings.Cut(text, ".")
	object, ok := decodeObject(header)
	if !ok {
		return candidate{}, false
	}
	c := candidate{text: text, label: labelBefore(before)}
	payload, _, _ := strings.Cut(rest, ".")
	named := bytes.Contains(object, []byte(`"alg"`))
	switch dots := strings.Count(text, "."); {
	case strings.Contains(text, "...") || len(text) > maxToken:
	case dots == 4 && named && bytes.Contains(object, []byte(`"enc"`)):
		c.quality = sound
	case dots == 2 && isObject(payload):
		c.quality = unnamed
		if named {
			c.quality = sound
		}
	}
	return c, true
}

// trimSentence removes the full stop of a sentence that ends in a token.
func trimSentence(text string) string {
	if strings.Count(text, ".") == 3 {
		return strings.TrimSuffix(text, ".")
	}
	return text
}

func isObject(part string) bool {
	_, ok := decodeObject(part)
	return ok
}

// decodeObject decodes a part that looks like a JSON object. It reads no JSON: that is for Parse.
func decodeObject(part string) ([]byte, bool) {
	if len(part) < 2 || len(part) > maxToken || part[0] != 'e' {
		return nil, false
	}
	data, _, bad := decodeBase64(part)
	data = bytes.TrimSpace(data)
	return data, bad == nil && bytes.HasPrefix(data, []byte("{")) && bytes.HasSuffix(data, []byte("}"))
}

// runLength returns how many characters of a token, dots included, the text starts with.
func runLength(text string) int {
	i := 0
	for i < len(text) && (isTokenByte(text[i]) || text[i] == '.') {
		i++
	}
	return i
}

// partLength is runLength up to the first dot.
func partLength(text string) int {
	i := 0
	for i < len(text) && isTokenByte(text[i]) {
		i++
	}
	return i
}

func isTokenByte(c byte) bool { return c == '=' || digit(c) >= 0 }

// pick returns the first access token, as far as labels and claims tell, and how many other tokens there are.
func pick(all []candidate) (best candidate, others int, ok bool) {
	rank := worst
	for _, c := range all {
		if c.quality == broken {
			continue
		}
		others++
		if r := c.rank(); r < rank {
			best, rank = c, r
		}
	}
	return best, others - 1, others > 0
}

// The ranks of a candidate. Of those with the same rank the first is taken.
const (
	isAccess = iota
	mayBeAccess
	isOther
	isUnnamed
	worst
)

func (c candidate) rank() int {
	switch {
	case c.quality == unnamed:
		return isUnnamed
	case c.label.access:
		return isAccess
	case c.label.other:
		return isOther
	}
	switch Describe(Parse(c.text)).Kind {
	case KindAccess:
		return isAccess
	case KindID:
		return isOther
	}
	return mayBeAccess
}
