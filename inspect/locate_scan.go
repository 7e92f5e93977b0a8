package inspect

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// quality says how sure it is that a candidate is a token.
type quality uint8

const (
	broken  quality = iota // starts as a token, but is not a whole one
	unnamed                // header and payload are objects, but the header names no algorithm
	sound                  // a JWS or JWE by its form
)

// candidate is a text that starts as a token's header does.
type candidate struct {
	text    string // must not be printed
	label   label  // what is before it
	quality quality
	wrapped bool // its lines were joined
	masked  bool // a mask stands for its signature
	cut     bool // the text says that the rest of it was left out
}

// maxCandidates bounds how many different tokens are kept; a HAR file may have thousands.
const maxCandidates = 1000

// minStart is how many characters of a header are on its first line, however the text was wrapped.
const minStart = 10

// maxStarts bounds how many starts are tried in one run of token characters.
const maxStarts = 4

// scan finds the tokens in a text, each once, in the text's order.
func scan(text string) []candidate {
	s := scanner{text: text, lines: maxLines, seen: map[string]bool{}}
	for at := nextStart(text, 0); at >= 0 && len(s.found) < maxCandidates; {
		at = nextStart(text, s.try(at-lengthOfMark(text[:at])))
	}
	return s.found
}

type scanner struct {
	text   string
	found  []candidate
	seen   map[string]bool
	lines  int // that may still be tried as the next line of a wrapped token
	run    int // the offset behind the run of token characters that was tried last
	starts int // that were tried in it
}

// try looks at one start, and returns the offset to go on from.
func (s *scanner) try(at int) int {
	if n := runLength(s.text[at:min(at+minStart, len(s.text))]); n < minStart {
		return at + n
	}
	token := unwrap(s.text, at, s.lines)
	s.lines -= len(token.ends) - 1
	lines := token.choose()
	end := token.ends[lines-1]
	c, ok := candidateAt(s.text[:at], strings.Join(token.chunks[:lines], ""))
	if !ok {
		return s.skip(at, token.ends[0])
	}
	c.wrapped = lines > 1
	behind := s.text[end:]
	c.masked = c.masked || strings.HasSuffix(c.text, ".") && startsWithMask(behind)
	if !c.masked && StartsWithCut(behind) {
		c.quality, c.cut = broken, true
	}
	if !s.seen[c.text] {
		s.seen[c.text] = true
		s.found = append(s.found, c)
	}
	return end
}

// skip returns where to go on after a start that begins no token: at the next part of its run, or
// after the run.
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

// nextStart returns the offset of the next text that may encode an object: one that starts with {"
// or with { and white space. It is -1 if there is none.
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

// encodedMarks are a byte order mark in both alphabets of base64: it takes four whole characters.
var encodedMarks = [...]string{"77u_", "77u/"}

// lengthOfMark is how many characters at the end of a text encode a byte order mark. One before a
// header is the header's: the signature is over it too, and verifiers refuse it.
func lengthOfMark(before string) int {
	for _, mark := range encodedMarks {
		if strings.HasSuffix(before, mark) {
			return len(mark)
		}
	}
	return 0
}

// withoutMark is an encoded part behind its byte order mark.
func withoutMark(part string) string {
	for _, mark := range encodedMarks {
		part = strings.TrimPrefix(part, mark)
	}
	return part
}

func isStart(text string) bool {
	text = withoutMark(text)
	if len(text) < 3 {
		return false
	}
	switch text[:3] {
	case "eyJ", "eyA", "ewo", "ew0", "ewk":
		return true
	}
	return false
}

// candidateAt judges a text that starts as a header does. Before is the text in front of it.
func candidateAt(before, text string) (candidate, bool) {
	if strings.Count(text, ".") == 3 {
		text = strings.TrimSuffix(text, ".") // of a sentence that ends in a token
	}
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
		if dot := strings.LastIndexByte(text, '.'); isMask(text[dot+1:]) {
			c.text, c.masked = text[:dot+1], true
		}
		c.quality = unnamed
		if named {
			c.quality = sound
		}
	}
	return c, true
}

// longestMask is how long a word is at most that stands for a signature. No signature is so short.
const longestMask = 24

// isMask reports whether a word stands for what was hidden: header.payload.REDACTED.
func isMask(word string) bool {
	if word == "" || len(word) > longestMask {
		return false
	}
	word = strings.ToLower(word)
	switch strings.NewReplacer("-", "", "_", "").Replace(word) {
	case "redacted", "masked", "hidden", "removed", "filtered", "stripped", "omitted", "signature",
		"signatureredacted", "signatureremoved", "signaturemasked":
		return true
	}
	return strings.Trim(word, "x") == ""
}

// IsHidden reports whether the program that wrote a text has hidden the token with which it
// begins: a word or a sign stands for it, or for its end.
func IsHidden(text string) bool {
	n := token68(text)
	token, behind := text[:n], text[n:]
	if token == "" {
		return startsWithMask(behind)
	}
	return isMask(token) || StartsWithCut(behind) || strings.HasPrefix(behind, "*")
}

// startsWithMask reports whether what follows a token's second dot stands for its signature:
// stars, dots, or a word in brackets, and not the end of what the token is in.
func startsWithMask(behind string) bool {
	for _, sign := range [...]string{"*", "[", "<", "…", "•", "█"} {
		if strings.HasPrefix(behind, sign) {
			return !strings.HasPrefix(behind, "</")
		}
	}
	return false
}

// StartsWithCut reports whether what follows a token says that the program which wrote it left the
// rest out.
func StartsWithCut(behind string) bool {
	if strings.HasPrefix(behind, "…") || strings.HasPrefix(behind, `\u2026`) {
		return true
	}
	behind = strings.TrimPrefix(behind, " ")
	for _, bracket := range [...]string{"[", "(", "<"} {
		if word, ok := strings.CutPrefix(behind, bracket); ok {
			_, truncated := cutPrefixFold(word, "truncated")
			return truncated
		}
	}
	return false
}

func isObject(part string) bool {
	_, ok := decodeObject(part)
	return ok
}

// decodeObject decodes a part that looks like a JSON object. It reads no JSON: that is for Parse.
func decodeObject(part string) ([]byte, bool) {
	part = withoutMark(part)
	if len(part) < 2 || len(part) > maxToken || part[0] != 'e' {
		return nil, false
	}
	data, _, bad := decodeBase64(part)
	data = bytes.TrimSpace(data)
	return data,
		bad == nil && bytes.HasPrefix(data, []byte("{")) && bytes.HasSuffix(data, []byte("}"))
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

// pick returns the first access token, as far as labels and claims tell, and how many other tokens
// there are.
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

// maxLines bounds how many lines of one text are tried as the next line of a wrapped token.
const maxLines = 100_000

// unwrap reads the token that starts at an offset, over the line breaks of hard-wrapped text. It
// looks at no more lines than the limit, beyond the first.
func unwrap(text string, at, limit int) wrapped {
	w := wrapped{text: text}
	w.add(at)
	for len(w.ends) <= limit && w.size < maxToken {
		next, ok := w.continuation()
		if !ok {
			break
		}
		w.add(next)
	}
	return w
}

// wrapped is a token that may go on over several lines.
type wrapped struct {
	text   string
	chunks []string // the token's characters on each line
	ends   []int    // the offset behind each chunk
	size   int
	dots   int
}

func (w *wrapped) add(at int) {
	chunk := w.text[at : at+runLength(w.text[at:])]
	w.ends = append(w.ends, at+len(chunk))
	w.chunks = append(w.chunks, chunk)
	w.size += len(chunk)
	w.dots += strings.Count(chunk, ".")
}

// continuation returns where the token may go on in the next line. Nothing else may be on the
// lines but a mail's quote marks or the quotes of a string.
func (w *wrapped) continuation() (int, bool) {
	rest := w.text[w.ends[len(w.ends)-1]:]
	tail := strings.TrimLeft(rest, " \t\r\\\"'+`")
	if !strings.HasPrefix(tail, "\n") {
		return 0, false
	}
	line := strings.TrimLeft(tail[1:], " \t>|\"'")
	n := runLength(line)
	dots := strings.Count(line[:n], ".")
	if isStart(line) && !strings.HasSuffix(w.chunks[len(w.chunks)-1], ".") {
		return 0, false
	}
	if n == 0 || w.dots >= 2 && dots > 0 || w.dots+dots > 4 || !endsChunk(line[n:]) {
		return 0, false
	}
	return len(w.text) - len(line), true
}

// endsChunk reports whether what follows a run of token characters may follow a line of a wrapped
// token.
func endsChunk(rest string) bool {
	if rest == "" || strings.IndexByte("\"'`)}]<>;&", rest[0]) >= 0 {
		return true
	}
	line, _, _ := strings.Cut(rest, "\n")
	return strings.TrimLeft(line, " \t\r\\") == ""
}

// choose returns how many of the lines belong to the token. The length of the signature decides,
// if the algorithm has a known one. Otherwise a token that is complete on its first line ends
// there, and any other goes on while the lines have the same length.
func (w *wrapped) choose() int {
	if len(w.chunks) == 1 {
		return 1
	}
	for i := range w.chunks[:len(w.chunks)-1] { // quoted-printable mail ends a line with "="
		w.chunks[i] = strings.TrimSuffix(w.chunks[i], "=")
	}
	if n := w.bySignature(); n > 0 {
		return n
	}
	if strings.Count(w.chunks[0], ".") >= 2 {
		return 1
	}
	n := 2
	for n < len(w.chunks) && len(w.chunks[n-1]) >= len(w.chunks[1]) {
		n++
	}
	return n
}

// bySignature returns the largest number of lines that give a signature of the algorithm's length,
// or 0. It takes the largest because a signature of 4096 bits may be wrapped where one of 2048
// bits would end.
func (w *wrapped) bySignature() int {
	header, _, _ := strings.Cut(strings.Join(w.chunks, ""), ".")
	want := signatureLengths(algorithm(header))
	found, dots, length := 0, 0, 0
	for i, chunk := range w.chunks {
		dots += strings.Count(chunk, ".")
		if last := strings.LastIndexByte(chunk, '.'); last >= 0 {
			length = len(chunk) - last - 1
		} else {
			length += len(chunk)
		}
		if dots == 2 && slices.Contains(want, length) {
			found = i + 1
		}
	}
	return found
}

// hasWholeSignature reports whether a JWS ends in a signature of its algorithm's length.
func hasWholeSignature(text string) bool {
	header, _, _ := strings.Cut(text, ".")
	return slices.Contains(signatureLengths(algorithm(header)),
		len(text)-strings.LastIndexByte(text, '.')-1)
}

// LacksSignature reports whether a signed token ends before its signature does, as far as the
// algorithm that it names tells how long that is.
func LacksSignature(text string) bool {
	header, rest, _ := strings.Cut(text, ".")
	lengths := signatureLengths(algorithm(header))
	_, signature, signed := strings.Cut(rest, ".")
	return len(lengths) > 0 && !strings.Contains(signature, ".") &&
		(!signed || len(signature) < slices.Max(lengths) && !hasWholeSignature(text))
}

// algorithm returns the alg of an encoded header, or "".
func algorithm(header string) string {
	data, ok := decodeObject(header)
	if !ok {
		return ""
	}
	file, err := source.ReadJSON("header", data)
	if err != nil {
		return ""
	}
	return file.Documents[0].TextAt("alg")
}

// signatureLengths returns how many base64url characters a signature may have. Those of RSA are as
// long as the key, of 1024, 2048, 3072 or 4096 bits.
func signatureLengths(alg string) []int {
	sizes := []int{signatureBytes(alg)}
	switch {
	case isRSA(alg):
		sizes = []int{128, 256, 384, 512}
	case sizes[0] == 0:
		return nil
	}
	for i, size := range sizes {
		sizes[i] = base64.RawURLEncoding.EncodedLen(size)
	}
	return sizes
}
