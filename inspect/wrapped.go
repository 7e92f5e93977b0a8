package inspect

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// maxLines bounds how many lines are looked at in one text as the next of a wrapped token.
const maxLines = 100_000

// unwrapped is a token over one or more lines.
type unwrapped struct {
	text   string // must not be printed
	end    int    // the offset behind it
	lines  int    // that it is on
	first  int    // the offset behind its first line
	looked int    // lines that were looked at for it, beyond the first
}

// unwrap reads the token that starts at an offset, over the line breaks of hard-wrapped text. It looks at no more
// lines than the limit.
func unwrap(text string, at, limit int) unwrapped {
	w := wrapped{text: text}
	w.add(at)
	for len(w.ends) <= limit && w.size < maxToken {
		next, ok := w.continuation()
		if !ok {
			break
		}
		w.add(next)
	}
	n := w.choose()
	return unwrapped{strings.Join(w.chunks[:n], ""), w.ends[n-1], n, w.ends[0], len(w.ends) - 1}
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

// continuation returns where the token may go on in the next line: behind a mail's quote marks or the quotes of a
// string, with nothing else on the lines.
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

// endsChunk reports whether what follows a run of token characters may follow a line of a wrapped token.
func endsChunk(rest string) bool {
	if rest == "" || strings.IndexByte("\"'`)}]<>;&", rest[0]) >= 0 {
		return true
	}
	line, _, _ := strings.Cut(rest, "\n")
	return strings.TrimLeft(line, " \t\r\\") == ""
}

// choose returns how many of the lines belong to the token. The length of the signature tells, where the algorithm
// has a known one. Otherwise a token that is complete on its first line ends there, and one that is not goes on for as
// long as the lines are of one length.
func (w *wrapped) choose() int {
	if len(w.chunks) == 1 {
		return 1
	}
	w.joinSoftBreaks()
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

// joinSoftBreaks removes the "=" that quoted-printable mail ends a line with.
func (w *wrapped) joinSoftBreaks() {
	for i := range w.chunks[:len(w.chunks)-1] {
		w.chunks[i] = strings.TrimSuffix(w.chunks[i], "=")
	}
}

// bySignature returns the largest number of lines that give a signature of the algorithm's length, or 0. The
// largest, since a signature of 4096 bits may be wrapped where one of 2048 bits would end.
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
	return slices.Contains(signatureLengths(algorithm(header)), len(text)-strings.LastIndexByte(text, '.')-1)
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
	alg, _ := file.Documents[0].Member("alg").Str()
	return alg
}

// signatureLengths returns how many base64url characters a signature has: for RSA with keys of 1024, 2048, 3072
// and 4096 bits (RFC 7518, section 3).
func signatureLengths(alg string) []int {
	switch alg {
	case "RS256", "RS384", "RS512", "PS256", "PS384", "PS512":
		return []int{171, 342, 512, 683}
	case "ES256", "ES256K", "EdDSA", "HS512":
		return []int{86}
	case "ES384":
		return []int{128}
	case "ES512":
		return []int{176}
	case "HS256":
		return []int{43}
	case "HS384":
		return []int{64}
	}
	return nil
}
