package inspect

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// maxPaste is the longest text that is searched, in bytes.
const maxPaste = 16 << 20

// minOpaque is the fewest characters that a text without dots needs to be taken for an opaque
// token.
const minOpaque = 20

// Found is a token and where it was found.
type Found struct {
	Text   string        // the token; it must not be printed
	From   string        // where it was, in words: "the Authorization header of a curl command"
	Others int           // how many other tokens the text has
	Alike  bool          // some of them are in such a place too, as in a log
	Masked bool          // its signature was masked by the program that showed it
	Notes  []Observation // what was odd about the text around it
}

// Token reads the token that was found.
func (f Found) Token() *Token {
	token := Parse(f.Text)
	token.Masked = f.Masked && token.Shape == Signed
	token.Observations = append(slices.Clip(f.Notes), token.Observations...)
	return token
}

// Choice says which of several tokens was taken: "the one taken is from the access_token of a
// token endpoint's answer".
func (f Found) Choice() string {
	if f.From == "the text" {
		return "gatewhy took the first one that looks most like an access token"
	}
	if f.Alike {
		return "gatewhy took the first one from " + f.From
	}
	return "gatewhy took the one from " + f.From
}

// Locate finds the token in whatever a person pastes: quotes and white space around it,
// hard-wrapped lines, "Bearer x", a header, a curl command, a token endpoint's answer, a HAR file,
// a URL, an assignment, a line of a log, a listing with line numbers. Of several tokens it takes
// the first access token. A run of 20 or more characters of token68 (RFC 9110, section 11.2)
// without a dot, and nothing else, is an opaque token. Every error is a [*source.Error] without a
// place, and shows nothing of a text that may be a secret.
func Locate(text string) (Found, error) {
	if len(text) > maxPaste {
		cause := fmt.Sprintf("the text is larger than %d MiB", maxPaste>>20)
		return Found{}, instead(cause, "cut out the part with the token")
	}
	p := strip(text)
	for _, look := range [...]func(*paste) (Found, bool){
		(*paste).whole, (*paste).spaced, (*paste).numbered, (*paste).within, (*paste).unescaped,
		(*paste).serialized,
		(*paste).encodedBodies, (*paste).opaque, (*paste).labelledOpaque, (*paste).broken,
	} {
		if found, ok := look(p); ok {
			found.Notes = append(p.notesFor(found, text), found.Notes...)
			return found, nil
		}
	}
	return Found{}, p.diagnose()
}

// paste is a text that is searched for a token.
type paste struct {
	text  string // without quotes and the like around it
	from  string // what was taken off: "the Authorization header", or "the text"
	notes []Observation

	scanned []candidate
}

func (p *paste) note(id, message string) {
	p.notes = append(p.notes, Observation{ID: id, Message: message})
}

// notesFor returns the notes that concern the token. Invisible characters elsewhere in a long
// text, such as a HAR file, do not.
func (p *paste) notesFor(found Found, text string) []Observation {
	if len(text) < 2*len(found.Text) || !strings.Contains(text, found.Text) {
		return p.notes
	}
	return source.Without(p.notes,
		func(o Observation) bool { return o.ID == "invisible-character" })
}

// whole is for a text that is one token and nothing else.
func (p *paste) whole() (Found, bool) {
	c, ok := candidateAt(p.text, p.text)
	if !ok || c.quality == broken || runLength(p.text) != len(p.text) {
		return Found{}, false
	}
	return Found{Text: c.text, From: p.from, Masked: c.masked}, true
}

// linesJoined is what to say of a token that was found on several lines.
const linesJoined = "the token was wrapped; gatewhy joined its lines; a gateway that receives " +
	"it wrapped rejects it"

// spaced is for a token whose line breaks became spaces, and for a wrapped token with nothing
// around it.
func (p *paste) spaced() (Found, bool) {
	parts := strings.Fields(p.text)
	if len(parts) < 2 || !evenlyCut(parts) {
		return Found{}, false
	}
	joined := strings.Join(parts, "")
	c, ok := candidateAt("", joined)
	first, _ := candidateAt("", parts[0])
	if !ok || c.quality == broken || first.quality != broken && !hasWholeSignature(joined) {
		return Found{}, false
	}
	p.note("white-space", linesJoined)
	return Found{Text: c.text, From: p.from}, true
}

// evenlyCut reports whether the parts look like one run of token characters that was cut at a
// fixed width. The first may be shorter, if something was in front of it.
func evenlyCut(parts []string) bool {
	for i, part := range parts {
		middle := i > 0 && i < len(parts)-1
		if runLength(part) != len(part) || len(part) > len(parts[1]) && i > 0 ||
			middle && len(part) != len(parts[1]) {
			return false
		}
	}
	return true
}

// numbered is for a token over lines that have their numbers in front.
func (p *paste) numbered() (Found, bool) {
	if len(p.text) > maxDocument {
		return Found{}, false
	}
	text, ok := withoutLineNumbers(p.text)
	if !ok {
		return Found{}, false
	}
	return p.choose(scan(text))
}

// within is for one or more tokens in the middle of other text.
func (p *paste) within() (Found, bool) {
	return p.choose(p.tokens())
}

// tokens returns what starts as a token in the text.
func (p *paste) tokens() []candidate {
	if p.scanned == nil {
		p.scanned = scan(p.text)
	}
	return p.scanned
}

// SeveralTokens is the observation that a text has more than one token.
const SeveralTokens = "several-tokens"

// choose takes the first access token.
func (p *paste) choose(all []candidate) (Found, bool) {
	best, others, ok := pick(all)
	if !ok {
		return Found{}, false
	}
	found := Found{Text: best.text, From: p.fromOf(best), Others: others, Masked: best.masked}
	found.Alike = best.label.phrase != "" && slices.ContainsFunc(all, func(c candidate) bool {
		return c.quality != broken && c.text != best.text && c.label == best.label
	})
	if best.wrapped {
		found.Notes = append(found.Notes, Observation{ID: "white-space", Message: linesJoined})
	}
	if others > 0 {
		found.Notes = append(found.Notes, Observation{
			ID:      SeveralTokens,
			Message: fmt.Sprintf("the text has %d tokens; %s", others+1, found.Choice()),
		})
	}
	return found, true
}

func (p *paste) fromOf(c candidate) string {
	if c.label.phrase == "" {
		return p.from + container(p.text, " in ")
	}
	return c.label.phrase + container(p.text, " of ")
}

// maxDocument is the longest text that is read as JSON or searched for labels, in bytes. A longer
// text, such as a HAR file, is only scanned.
const maxDocument = 1 << 20

// unescaped is for a token in URL-encoded text whose dots or padding are escaped too.
func (p *paste) unescaped() (Found, bool) {
	if len(p.text) > maxDocument || !strings.Contains(p.text, "%") {
		return Found{}, false
	}
	text, err := url.PathUnescape(p.text)
	if err != nil {
		return Found{}, false
	}
	found, ok := p.choose(scan(text))
	if ok {
		found.Notes = append(found.Notes,
			Observation{
				ID: "url-encoded",
				Message: "the token was URL-encoded; gatewhy decoded it; a gateway that " +
					"receives it encoded rejects it",
			})
	}
	return found, ok
}

// serialized is for a JWS in flattened JSON form (RFC 7515, section 7.2.2).
func (p *paste) serialized() (Found, bool) {
	document := p.document()
	header, hasHeader := document.Member("protected").Str()
	payload, hasPayload := document.Member("payload").Str()
	signature, hasSignature := document.Member("signature").Str()
	if !hasHeader || !hasPayload || !hasSignature {
		return Found{}, false
	}
	return Found{
		Text: header + "." + payload + "." + signature,
		From: "a JWS in JSON form",
		Notes: []Observation{
			{
				ID: "json-serialization",
				Message: "the token is in JSON form (RFC 7515, section 7.2); gateways accept " +
					"only the compact form",
			},
		},
	}, true
}

// document returns the text as a JSON object, or nil.
func (p *paste) document() *source.Value {
	if len(p.text) > maxDocument || !strings.HasPrefix(p.text, "{") {
		return nil
	}
	file, err := source.ReadJSON("text", []byte(p.text))
	if err != nil {
		return nil
	}
	return file.Documents[0]
}

// encodedBodies is for a HAR file whose bodies are in base64. There, an access_token member looks
// like one of three texts, depending on its offset.
func (p *paste) encodedBodies() (Found, bool) {
	for _, mark := range [...]string{"YWNjZXNzX3Rva2Vu", "FjY2Vzc190b2tlb", "hY2Nlc3NfdG9rZW"} {
		at := strings.Index(p.text, mark)
		if at < 0 {
			continue
		}
		start := at
		for start > 0 && isTokenByte(p.text[start-1]) {
			start--
		}
		body, _, bad := decodeBase64(p.text[start : start+partLength(p.text[start:])])
		if bad != nil {
			continue
		}
		if found, ok := p.choose(scan(string(body))); ok {
			return found, true
		}
	}
	return Found{}, false
}

// opaque is for one run of token characters without a dot.
func (p *paste) opaque() (Found, bool) {
	if !IsOpaque(p.text) || isEncodedMarkup(p.text) || strings.HasPrefix(p.text, jsonStart) {
		return Found{}, false
	}
	return Found{Text: p.text, From: p.from, Notes: resemblance(p.text)}, true
}

// IsOpaque reports whether a text can be an opaque token that stands alone: it is long enough, has
// no dot, and is more than a line that was drawn.
func IsOpaque(text string) bool {
	return len(text) >= minOpaque && len(text) <= maxToken && token68(text) == len(text) &&
		!strings.Contains(text, ".") && strings.Trim(text, "-_=~+/") != ""
}

// token68 returns how many characters of token68 (RFC 9110, section 11.2) the text starts with.
func token68(text string) int {
	i := 0
	for i < len(text) && isToken68(text[i]) {
		i++
	}
	for i > 0 && i < len(text) && text[i] == '=' {
		i++
	}
	return i
}

// isToken68 reports whether a character is one of token68: 0-9 and + - . / of the first 64, then
// A-Z, a-z, _ and ~.
func isToken68(c byte) bool {
	const first, second = 0x3ffe80000000000, 0x47fffffe87fffffe
	return c < 64 && first>>c&1 != 0 || c >= 64 && c < 128 && second>>(c-64)&1 != 0
}

// labelledOpaque is for an opaque token behind a label that says that it is a token.
func (p *paste) labelledOpaque() (Found, bool) {
	if len(p.text) > maxDocument {
		return Found{}, false
	}
	if p.from != "the text" {
		return p.opaqueAt(0, p.from)
	}
	lower := strings.ToLower(p.text)
	for _, mark := range [...]string{"bearer", "access_token", "accesstoken", "token"} {
		for at := 0; ; {
			next := strings.Index(lower[at:], mark)
			if next < 0 {
				break
			}
			at += next + len(mark)
			if found, ok := p.opaqueBehind(lower, at); ok {
				return found, true
			}
		}
	}
	return Found{}, false
}

// opaqueBehind looks for a token behind a label that ends at an offset.
func (p *paste) opaqueBehind(lower string, at int) (Found, bool) {
	if len(lower) != len(p.text) { // then its offsets do not fit
		return Found{}, false
	}
	value := strings.TrimLeft(p.text[at:], " \t\"'`\\:=({[<“‘")
	if len(value) == len(p.text)-at {
		return Found{}, false
	}
	label := labelBefore(p.text[:at])
	if label.other {
		return Found{}, false
	}
	found, ok := p.opaqueAt(len(p.text)-len(value), "")
	if !ok {
		return Found{}, false
	}
	if label.phrase == "" {
		label.phrase = "a token"
	}
	found.From = label.phrase + container(p.text, " of ")
	return found, true
}

func (p *paste) opaqueAt(at int, from string) (Found, bool) {
	n := token68(p.text[at:])
	value := p.text[at : at+n]
	if n < minOpaque || strings.HasPrefix(value, jsonStart) || strings.Contains(value, "..") ||
		value == secureString || isEncodedMarkup(value) ||
		strings.ContainsAny(p.text[at+n:min(at+n+1, len(p.text))], "…*(_:") {
		return Found{}, false
	}
	return Found{Text: value, From: from, Notes: resemblance(value)}, true
}

// broken is for a text that is meant as a token and has a readable header. Parse says what is
// wrong with the rest.
func (p *paste) broken() (Found, bool) {
	if !strings.ContainsAny(p.text, " \t\r\n…*") && strings.HasPrefix(p.text, "e") {
		if c, ok := candidateAt("", p.text); ok && readable(c.text) {
			return Found{Text: c.text, From: p.from}, true
		}
	}
	for _, c := range p.tokens() {
		if readable(c.text) && !c.cut {
			return Found{Text: c.text, From: p.fromOf(c)}, true
		}
	}
	return Found{}, false
}

// readable reports whether a text with a good header is more than the start of a token.
func readable(text string) bool {
	_, rest, _ := strings.Cut(text, ".")
	return !strings.Contains(text, "...") && (strings.Contains(rest, ".") || isObject(rest))
}
