package inspect

import (
	"net/url"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// maxDocument is how long a text may be that is read as JSON or searched for labels, in bytes. A longer one, such
// as a HAR file, is only scanned.
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
		found.Notes = append(found.Notes, Observation{ID: "url-encoded", Message: "the token was URL-encoded; it was decoded here; a gateway that gets it so rejects it"})
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
		Text:  header + "." + payload + "." + signature,
		From:  "a JWS in JSON form",
		Notes: []Observation{{ID: "json-serialization", Message: "the token is in JSON form (RFC 7515, section 7.2); gateways take the compact form alone"}},
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

// encodedBodies is for a HAR file whose bodies are in base64, where an access_token member looks like one of
// three texts, depending on its place.
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
	if len(p.text) < minOpaque || len(p.text) > maxToken || token68(p.text) != len(p.text) || strings.Contains(p.text, ".") {
		return Found{}, false
	}
	if isEncodedMarkup(p.text) || strings.HasPrefix(p.text, jsonStart) {
		return Found{}, false
	}
	return Found{Text: p.text, From: p.from, Notes: resemblance(p.text)}, true
}

// token68 returns how many characters of token68 (RFC 9110, section 11.2) the text starts with.
func token68(text string) int {
	i := 0
	for i < len(text) && (digit(text[i]) >= 0 || text[i] == '.' || text[i] == '~') {
		i++
	}
	for i > 0 && i < len(text) && text[i] == '=' {
		i++
	}
	return i
}

// labelledOpaque is for a token that can't be read, behind a label that says that it is one.
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
	if len(lower) != len(p.text) { // lower case may have another length, and then offsets do not fit
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
	if n < minOpaque || strings.HasPrefix(value, jsonStart) || strings.Contains(value, "..") || isEncodedMarkup(value) || strings.ContainsAny(p.text[at+n:min(at+n+1, len(p.text))], "…*(_:") {
		return Found{}, false
	}
	return Found{Text: value, From: from, Notes: resemblance(value)}, true
}

// broken is for a text that is meant as a token and has a readable header: what is wrong in the rest is for Parse
// to tell.
func (p *paste) broken() (Found, bool) {
	if !strings.ContainsAny(p.text, " \t\r\n…*") && strings.HasPrefix(p.text, "e") {
		if c, ok := candidateAt("", p.text); ok && readable(c.text) {
			return Found{Text: c.text, From: p.from}, true
		}
	}
	for _, c := range p.tokens() {
		if readable(c.text) {
			return Found{Text: c.text, From: p.fromOf(c)}, true
		}
	}
	return Found{}, false
}

// readable reports whether a text whose header is good is more than the start of a token.
func readable(text string) bool {
	_, rest, _ := strings.Cut(text, ".")
	return !strings.Contains(text, "...") && (strings.Contains(rest, ".") || isObject(rest))
}
