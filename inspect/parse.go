package inspect

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// maxToken is the longest text that is read, in bytes. Servers refuse headers of far less.
const maxToken = 1 << 20

// Parse splits and decodes a token. It always returns a Token, with whatever could be read. Its
// Fault says why the text is not a readable JWS in compact form. Its Observations say where the
// encoding is loose, and what readers may disagree about.
func Parse(text string) *Token { return new(Parser).Parse(text) }

// Parser reads tokens one after the other over the same memory.
type Parser struct {
	token           Token
	decoded         []byte
	header, payload source.PlainReader
}

// Parse is [Parse]. The token that the parser gave before must not be used any more.
func (p *Parser) Parse(text string) *Token {
	t := &p.token
	*t = Token{Shape: Malformed}
	if len(text) > maxToken {
		t.beyondLimit("too-long",
			fmt.Sprintf("the text has %d bytes, more than the %d that gatewhy accepts for a token",
				len(text), maxToken),
			"gateways and servers refuse even much shorter headers; is this a token?")
		return t
	}
	if p.readPlain(text) {
		return t
	}
	t.compact = t.clean(text)
	t.split()
	return t
}

// readPlain reads a token in which nothing is odd, as nearly every one is. Of any other it reads
// nothing.
func (p *Parser) readPlain(text string) bool {
	header, rest, _ := strings.Cut(text, ".")
	payload, signature, _ := strings.Cut(rest, ".")
	if len(header) == 0 || len(payload) == 0 || len(signature) == 0 ||
		strings.IndexByte(text, '\n') >= 0 || strings.IndexByte(text, '\r') >= 0 {
		return false // the decoder of encoding/base64 passes over line breaks
	}
	p.decoded = slices.Grow(p.decoded[:0], len(text))
	var decoded [3][]byte
	for i, part := range [...]string{header, payload, signature} {
		var ok bool
		if decoded[i], ok = p.decode(part); !ok {
			return false
		}
	}
	headerValue, ok := p.header.Object("header", decoded[0])
	if !ok {
		return false
	}
	claims, ok := p.payload.Object("payload", decoded[1])
	if !ok {
		return false
	}
	p.token = Token{
		Shape: Signed, Header: headerValue, Claims: claims,
		Payload: decoded[1], Signature: decoded[2],
		compact: text, input: text[:len(header)+1+len(payload)],
	}
	return true
}

// decode decodes base64url in which nothing is odd, behind what was decoded before.
func (p *Parser) decode(part string) ([]byte, bool) {
	from := len(p.decoded)
	var err error
	p.decoded, err = base64.RawURLEncoding.AppendDecode(p.decoded, []byte(part))
	end := len(p.decoded)
	return p.decoded[from:end:end], err == nil && !hasSpareBits(part)
}

// clean removes what a paste puts between the characters of a token, and notes it.
func (t *Token) clean(text string) string {
	text = strings.TrimSpace(text)
	spaces, invisible := false, false
	cleaned := strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(" \t\r\n\f\v", r):
			spaces = true
			return -1
		case r != utf8.RuneError && unsafe(r):
			invisible = true
			return -1
		}
		return r
	}, text)
	if spaces {
		t.observe("white-space", "",
			"the text has white space or line breaks inside; gatewhy left them out; a gateway "+
				"that receives them may reject the token")
	}
	if invisible {
		t.observe("invisible-character", "",
			"the text has invisible characters inside, as chat and mail programs add them; "+
				"gatewhy left them out; a gateway that receives them may reject the token")
	}
	return cleaned
}

// split finds the parts by their dots. The parts are counted before anything is allocated for
// them.
func (t *Token) split() {
	header, rest, _ := strings.Cut(t.compact, ".")
	payload, rest, _ := strings.Cut(rest, ".")
	switch dots := strings.Count(t.compact, "."); dots {
	case 0:
		t.readOpaque()
	case 1:
		t.readHeader(header)
		t.faultTwoParts()
		t.readPayload(payload)
	case 2:
		t.Shape = Signed
		t.input = t.compact[:len(header)+1+len(payload)]
		t.readHeader(header)
		t.readPayload(payload)
		t.Signature, _ = t.decode("signature", rest)
	case 4:
		t.Shape = Encrypted
		t.readEncrypted(header)
	default:
		cause := fmt.Sprintf("the text has %d parts; a signed token has three "+
			"(header.payload.signature), an encrypted one five", dots+1)
		t.fault("wrong-number-of-parts", cause, t.partsHint())
		t.readHeader(header)
	}
}

func (t *Token) readOpaque() {
	t.Shape = Opaque
	switch {
	case t.compact == "":
		t.Shape = Malformed
		t.fault("empty", "the text is empty", "pass a token")
	case strings.HasPrefix(t.compact, jsonStart):
		t.Shape = Malformed
		t.fault("one-part",
			"the text starts like a token's header and has no dot: it is cut off after its first "+
				"part", hintWhole)
	default:
		t.fault("opaque",
			"the text has no dots: it is an opaque token, which only its issuer can read",
			"ask for an access token for your own API: Entra ID issues opaque tokens for "+
				"personal accounts and as refresh tokens")
	}
}

// readEncrypted reads the one part of a JWE that is not encrypted. Nothing is decrypted or
// inflated.
func (t *Token) readEncrypted(header string) {
	t.readHeader(header)
	if t.Header == nil {
		return
	}
	if t.Header.Member("enc") == nil {
		t.fault("wrong-number-of-parts",
			`the text has five parts, as an encrypted token has, but its header names no "enc"; `+
				`a signed token has three`, t.partsHint())
		return
	}
	alg := "no alg"
	if v := t.Header.Member("alg"); v != nil {
		alg = brief(v)
	}
	t.fault("encrypted",
		"the token is encrypted ("+alg+", "+brief(t.Header.Member("enc"))+
			"): only the holder of the private key can read its claims",
		"Entra ID encrypts tokens for an app registration that has tokenEncryptionKeyId; a "+
			"gateway that reads JWTs needs it removed")
}

func (t *Token) readHeader(text string) {
	data, ok := t.decode("header", text)
	if ok {
		t.Header = t.object("header", data)
	}
}

func (t *Token) readPayload(text string) {
	data, ok := t.decode("payload", text)
	if ok {
		t.Payload = data
		t.Claims = t.object("claims", data)
	}
}

// faultTwoParts says which of its parts a text with one dot lacks.
func (t *Token) faultTwoParts() {
	if strings.EqualFold(t.Header.TextAt("alg"), "none") {
		t.fault("two-parts",
			"the text has two parts: even an unsigned token ends with a second dot (RFC 7519, "+
				"section 6.1)", "a gateway rejects an unsigned token in any case")
		return
	}
	t.fault("two-parts",
		"the text has two parts: the signature of a signed token (header.payload.signature) is "+
			"missing", hintWhole)
}

// decode decodes one part, or sets the fault.
func (t *Token) decode(part, text string) ([]byte, bool) {
	if text == "" && part != "signature" {
		t.fault("empty-"+part, "the "+part+" is empty", t.partsHint())
		return nil, false
	}
	data, loose, bad := decodeBase64(text)
	t.observeLooseness(part, loose)
	if bad == nil {
		return data, true
	}
	if encoded, ok := t.Header.Member("b64").Bool(); ok && !encoded && part == "payload" {
		t.fault("unencoded-payload",
			`the header says "b64": false, so the payload is not encoded; a token must not do `+
				`that (RFC 7797, section 7)`, "")
		return nil, false
	}
	t.fault("not-base64url", "the "+part+" "+bad.String(), badTextHint(bad, t.compact))
	return nil, false
}

// object reads a part's JSON, or sets the fault.
func (t *Token) object(part string, data []byte) *source.Value {
	name := part
	if part == "claims" {
		name = "payload"
	}
	file, err := source.ReadPart(name, data)
	if err != nil {
		first := t.Fault == nil
		t.faultUnread(name, err)
		t.Fault.SomeRead = first && !t.Fault.Limit && someRead(data)
		return nil
	}
	value := file.Documents[0]
	if value.Kind != source.Object {
		t.fault(name+"-not-object", fmt.Sprintf("the %s is %s, not an object", name, value.Kind),
			"the text is a signed message, but not a token (RFC 7519, section 7.2)")
		return nil
	}
	t.observeProblems(part, file)
	odd := oddValues{token: t, text: file.Text, path: []string{part}}
	odd.walk(value)
	return value
}

// jsonStart is how the base64url text of an object starts, if its first member follows at once: {"
const jsonStart = "eyJ"

const hintWhole = "copy the whole token, from its first to its last character; terminals, " +
	"tables and log viewers cut long lines"

// fault keeps the first fault that is found. The parts are read from left to right, as a gateway
// reads them.
func (t *Token) fault(id, cause, hint string) {
	if t.Fault == nil {
		t.Fault = &Fault{ID: id, Error: source.Error{Cause: cause, Hints: source.Hints(hint)}}
	}
}

// beyondLimit is fault for what gatewhy does not read, though a gateway may.
func (t *Token) beyondLimit(id, cause, hint string) {
	if t.Fault == nil {
		t.fault(id, cause, hint)
		t.Fault.Limit = true
	}
}

func (t *Token) observe(id, path, message string) {
	t.Observations = append(t.Observations, Observation{ID: id, Path: path, Message: message})
}

// faultUnread says why a part is not JSON, or that it is too large to be read.
func (t *Token) faultUnread(part string, err error) {
	var e *source.Error
	if errors.As(err, &e) && e.Limit {
		t.beyondLimit(part+"-too-large",
			"the "+part+" is not read: "+strings.Replace(cause(err), "the file has", "it has", 1),
			"gateways never receive such tokens; is this a token?")
		return
	}
	t.fault(part+"-not-json", "the "+part+" is not JSON: "+cause(err), startHint(t.compact))
}

// nonCanonical is the observation that the last character of a part has bits too many.
const nonCanonical = "base64-non-canonical"

// observeLooseness notes an encoding that is not that of RFC 7515.
func (t *Token) observeLooseness(part string, loose looseness) {
	if loose.padded {
		t.observe("base64-padding", part,
			"the "+part+
				` ends in "=", which base64url in a token must not have (RFC 7515, section 2); `+
				`most gateways refuse it`)
	}
	if loose.standard {
		t.observe("base64-standard-alphabet", part,
			"the "+part+
				` has "+" or "/", where base64url has "-" and "_"; gateways differ in whether `+
				`they accept it`)
	}
	if loose.nonCanonical {
		t.observe(nonCanonical, part,
			"the last character of the "+part+
				" has unused bits that are not zero: the text was cut, altered or written by "+
				"hand; most gateways accept it")
	}
}

// partsHint says what to do about a text with the wrong parts.
func (t *Token) partsHint() string {
	if strings.Contains(t.compact, "...") {
		return "the text was shortened with dots where it was copied from; copy the whole token"
	}
	return "copy only the token, from its first to its last character"
}

// startHint says what to do about a text with a part that can't be read, by how the text starts.
func startHint(text string) string {
	switch start := text[:min(len(text), len(jsonStart))]; {
	case start == jsonStart:
		return "the token was cut or altered on its way; copy it again from where it was issued"
	case strings.EqualFold(start, jsonStart):
		return "a token starts with " + jsonStart + ", and this text with " + start +
			": take it from where nothing changes capital and small letters"
	}
	return "is this a token? One starts with " + jsonStart + ", which is how its header is encoded"
}

func badTextHint(bad *badText, text string) string {
	switch {
	case bad.char == "%":
		return "the text is URL-encoded; decode it first"
	case bad.char == "…" || strings.Contains(text, "..."):
		return "the text was shortened where it was copied from; copy the whole token"
	case bad.at == 0:
		return hintWhole
	}
	return "copy only the token, without the text around it"
}

// cause returns a reader's reason with its place. A part is one line as a rule, so the column is
// enough.
func cause(err error) string {
	var e *source.Error
	if !errors.As(err, &e) {
		return Safe(err.Error())
	}
	why := Safe(strings.TrimPrefix(e.Cause, "not JSON: "))
	switch {
	case e.Pos.Line > 1:
		return fmt.Sprintf("%s (line %d, column %d)", why, e.Pos.Line, e.Pos.Column)
	case e.Pos.Line == 1:
		return fmt.Sprintf("%s (at character %d)", why, e.Pos.Column)
	}
	return why
}

// brief returns a value as one short line that is safe to print.
func brief(v *source.Value) string {
	if v == nil {
		return "none"
	}
	return Safe(ShortenMiddle(v.JSON(), 60))
}

// looseness is where a part's encoding differs from base64url. Libraries differ in which of these
// they accept.
type looseness struct {
	padded       bool // "=" at the end, which RFC 7515, section 2, leaves out
	standard     bool // "+" or "/" where base64url has "-" and "_"
	nonCanonical bool // bits that decode to nothing are set in the last character
}

// badText is why a text is not base64url.
type badText struct {
	at   int    // of the character at fault, from 1; 0 if the length is at fault
	char string // that character
}

func (b *badText) String() string {
	if b.at == 0 {
		return "has a length that no base64url text can have: it lost a character or was cut off"
	}
	return fmt.Sprintf("is not base64url: it has %q at character %d", Safe(b.char), b.at)
}

// decodeBase64 decodes base64url (RFC 4648, section 5), and what clearly means the same.
func decodeBase64(text string) ([]byte, looseness, *badText) {
	var loose looseness
	bare := strings.TrimRight(text, "=")
	loose.padded = len(bare) < len(text)
	if len(text)-len(bare) > 2 {
		return nil, loose, &badText{at: len(bare) + 3, char: "="}
	}
	for i := range len(bare) {
		if digit(bare[i]) < 0 {
			_, size := utf8.DecodeRuneInString(bare[i:])
			return nil, loose, &badText{at: i + 1, char: bare[i : i+size]}
		}
	}
	if strings.ContainsAny(bare, "+/") {
		loose.standard = true
		bare = strings.NewReplacer("+", "-", "/", "_").Replace(bare)
	}
	if len(bare)%4 == 1 {
		return nil, loose, &badText{}
	}
	loose.nonCanonical = hasSpareBits(bare)
	data, err := base64.RawURLEncoding.DecodeString(bare)
	if err != nil {
		return nil, loose, &badText{}
	}
	return data, loose, nil
}

// hasSpareBits reports whether the last character carries bits beyond the last byte.
func hasSpareBits(text string) bool {
	switch len(text) % 4 {
	case 2:
		return digit(text[len(text)-1])&0xf != 0
	case 3:
		return digit(text[len(text)-1])&0x3 != 0
	}
	return false
}

// digit returns a character's value in base64 or base64url, or -1.
func digit(c byte) int {
	switch {
	case c >= 'A' && c <= 'Z':
		return int(c - 'A')
	case c >= 'a' && c <= 'z':
		return int(c-'a') + 26
	case c >= '0' && c <= '9':
		return int(c-'0') + 52
	case c == '-' || c == '+':
		return 62
	case c == '_' || c == '/':
		return 63
	}
	return -1
}
