package stream

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
)

// start is how the header of a JWS begins: {" in base64url.
const start = "eyJ"

// otherStarts are how one begins that has white space behind its brace: with these letters, and
// one of the next.
var otherStarts = [...]struct{ start, next string }{{"ey", "A"}, {"ew", "o0k"}}

// leastSignature is how many characters a signature has that is no word in its place.
const leastSignature = 40

// tokenIn finds the token in a line: a JWS, what an Authorization header carries, or a line that
// is one token and nothing else.
func tokenIn(line []byte) Line {
	at := bytes.Index(line, []byte(start))
	if at < 0 {
		if at = otherStart(line); at < 0 {
			return withoutStart(line)
		}
	}
	from := at
	for from > 0 && isTokenByte(line[from-1]) {
		from--
	}
	to := at
	for to < len(line) && isTokenByte(line[to]) {
		to++
	}
	run := line[from:to]
	ends := len(bytes.TrimSpace(line[:from])) > 0 && len(bytes.TrimSpace(line[to:])) == 0
	if from == at && bytes.Count(run, []byte(".")) == 2 &&
		len(run)-bytes.LastIndexByte(run, '.') > leastSignature && !cutAt(line[to:]) &&
		!bytes.Contains(line[to:], []byte(start)) &&
		otherStart(line[:from]) < 0 && otherStart(line[to:]) < 0 {
		if ends && lacksSignature(run) {
			return Line{Fault: cutOff}
		}
		return Line{Token: run}
	}
	switch found, err := inspect.Locate(string(line)); {
	case err != nil && from == at && isPart(line[:at], run):
		return Line{Fault: cutOff}
	case err != nil:
		return Line{}
	case found.Masked:
		return Line{
			Fault: "the signature of the token was masked by the program that wrote the line",
		}
	case ends && bytes.HasSuffix(run, []byte(found.Text)) && lacksSignature(run):
		return Line{Fault: cutOff}
	default:
		return Line{Token: []byte(found.Text), Several: found.Others > 0}
	}
}

// lacksSignature reports whether a token with which a line ends was cut off in its signature, as a
// log does that shortens its lines. Most signatures are of RSA 2048, which is quick to see.
func lacksSignature(token []byte) bool {
	const usual = 342
	return len(token)-bytes.LastIndexByte(token, '.')-1 != usual &&
		inspect.LacksSignature(string(token))
}

// otherStart is where the first run of token characters is that begins as one of otherStarts, at
// the line's beginning or behind another character, which a URL writes as %20; -1 for none. Words
// have these letters too, but not at their beginning.
func otherStart(text []byte) int {
	first := -1
	for _, other := range otherStarts {
		for from := 0; ; {
			at := bytes.Index(text[from:], []byte(other.start))
			if at < 0 {
				break
			}
			at += from
			from = at + len(other.start)
			if from < len(text) && strings.IndexByte(other.next, text[from]) >= 0 &&
				(at == 0 || !isTokenByte(text[at-1]) || at > 2 && text[at-3] == '%') {
				if first < 0 || at < first {
					first = at
				}
				break
			}
		}
	}
	return first
}

// isOpen reports whether a line ends in the middle of the token that it has a part of.
func isOpen(line []byte) bool {
	line = bytes.TrimSpace(line)
	return len(line) > 0 && isTokenByte(line[len(line)-1]) && !bytes.HasSuffix(line, []byte(".."))
}

// isRest reports whether a line is nothing but token characters, and begins no token of its own:
// behind a line that is open it is the next part of a token that was wrapped, not an opaque one.
func isRest(line []byte) bool {
	line = bytes.TrimSpace(line)
	return len(line) > 0 && len(firstRun(line)) == len(line) &&
		!bytes.HasPrefix(line, []byte(start)) && otherStart(line[:min(len(line), len(start))]) < 0
}

// cutAt reports whether a line says behind a token that the rest of it was left out.
func cutAt(behind []byte) bool {
	return inspect.StartsWithCut(string(behind[:min(len(behind), longestSign)]))
}

// longestSign is how long a text is that says that something was left out: the word truncated,
// with its bracket.
const longestSign = 16

// masked is why a line can't be read in which something stands for a token.
const masked = "the token was masked by the program that wrote the line"

// cutOff is why a line can't be read that has a part of a token.
const cutOff = "the token is cut off"

// isPart reports whether what begins as a JWS does is a part of one: it follows the word Bearer,
// or its header names an algorithm or a type. A cookie with JSON in base64url is none.
func isPart(before, run []byte) bool {
	if bytes.HasSuffix(before, []byte("earer ")) || bytes.HasSuffix(before, []byte("EARER ")) {
		return true
	}
	header, _, _ := bytes.Cut(run, []byte("."))
	header = header[:min(len(header), longestHeader)]
	text, _ := base64.RawURLEncoding.AppendDecode(nil, header[:len(header)/4*4])
	return bytes.Contains(text, []byte(`"alg"`)) || bytes.Contains(text, []byte(`"typ"`))
}

// longestHeader is how much of a header is looked at: the algorithm is at its beginning.
const longestHeader = 1 << 10

// withoutStart is for a line in which nothing begins as a JWS does.
func withoutStart(line []byte) Line {
	if behind := behindAny(line, "uthorization", "UTHORIZATION"); behind != nil {
		if credentials := behindAny(behind, "earer ", "EARER "); credentials != nil {
			return opaqueIn(credentials)
		}
	}
	alone := bytes.TrimSpace(line)
	if len(firstRun(alone)) == len(alone) && inspect.IsOpaque(string(alone)) {
		return Line{Token: alone}
	}
	return Line{}
}

// opaqueIn finds the token with which credentials begin, behind the word Bearer.
func opaqueIn(credentials []byte) Line {
	credentials = bytes.TrimLeft(credentials, " \t")
	token := firstRun(credentials)
	if end := len(token) + longestSign; inspect.IsHidden(
		string(credentials[:min(end, len(credentials))])) {
		return Line{Fault: masked}
	}
	return Line{Token: token}
}

// behindAny is what follows the first of some words that is there; nil for none.
func behindAny(text []byte, words ...string) []byte {
	for _, word := range words {
		if _, behind, ok := bytes.Cut(text, []byte(word)); ok {
			return behind
		}
	}
	return nil
}

// firstRun is the token characters (RFC 9110, section 11.2) that a text begins with, behind white
// space.
func firstRun(text []byte) []byte {
	text = bytes.TrimLeft(text, " \t")
	n := 0
	for n < len(text) && (isTokenByte(text[n]) || bytes.IndexByte([]byte("~+/="), text[n]) >= 0) {
		n++
	}
	return text[:n]
}

// isTokenByte reports whether a JWS in compact form may have a character.
func isTokenByte(c byte) bool { return tokenBytes[c] == '1' }

// tokenBytes says of each byte whether it is a letter, a digit, or one of . - _
const tokenBytes = "" +
	"0000000000000000000000000000000000000000000001101111111111000000" + // - . and digits
	"0111111111111111111111111110000101111111111111111111111111100000" + // letters and _
	"0000000000000000000000000000000000000000000000000000000000000000" +
	"0000000000000000000000000000000000000000000000000000000000000000"

// tokenAt reads the member that the path leads to in a line's JSON object. A text in which there
// is a token is that token; any other text is taken for one as it is.
func (b *Block) tokenAt(line []byte) Line {
	if len(bytes.TrimSpace(line)) == 0 {
		return Line{}
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(line, &object); err != nil {
		return Line{Fault: "the line is not a JSON object"}
	}
	value := memberAt(object, b.path)
	var list []json.RawMessage
	if err := json.Unmarshal(value, &list); err == nil && len(list) > 0 {
		if len(list) > 1 {
			return Line{Fault: "the line has several values where its token should be"}
		}
		value = list[0]
	}
	var text string
	if err := json.Unmarshal(value, &text); err != nil {
		return Line{}
	}
	found := tokenIn([]byte(text))
	if len(found.Token) > 0 || found.Fault != "" && found.Fault != cutOff {
		return found
	}
	text = strings.TrimSpace(text)
	scheme, credentials, two := strings.Cut(text, " ")
	switch {
	case two && strings.EqualFold(scheme, "bearer"):
		text = strings.TrimSpace(credentials)
	case two, text == "-": // another scheme, or how a log says that there is none
		return Line{}
	}
	if inspect.IsHidden(text) {
		return Line{Fault: masked}
	}
	return Line{Token: []byte(text)}
}

// memberAt is the member that a path leads to; nil where there is none. A log that flattens its
// objects has several names of the path in one, with dots between.
func memberAt(object map[string]json.RawMessage, path []string) json.RawMessage {
	for n := 1; n <= len(path); n++ {
		value := object[strings.Join(path[:n], ".")]
		if n == len(path) {
			return value
		}
		var inner map[string]json.RawMessage
		if json.Unmarshal(value, &inner) != nil {
			continue // it is absent, or no object
		}
		if found := memberAt(inner, path[n:]); found != nil {
			return found
		}
	}
	return nil
}
