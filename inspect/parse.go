package inspect

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// maxToken is the longest text that is looked into, in bytes. Servers refuse headers of far less.
const maxToken = 1 << 20

// Parse splits and decodes a token. It always returns a Token with whatever could be read; its Fault says why the
// text is no readable JWS in compact form. What is merely loose in the encoding, and what readers may disagree
// about, are Observations.
func Parse(text string) *Token {
	t := &Token{Shape: Malformed}
	if len(text) > maxToken {
		t.fault("too-long", fmt.Sprintf("the text has %d bytes, more than the %d that a token may have here", len(text), maxToken),
			"gateways and servers refuse headers of a fraction of that; is this a token at all?")
		return t
	}
	t.compact = t.clean(text)
	t.split()
	return t
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
		t.observe("white-space", "", "the text has white space or line breaks inside; they were left out here; a gateway that gets them may reject the token")
	}
	if invisible {
		t.observe("invisible-character", "", "the text has invisible characters inside, as chat and mail programs add them; they were left out here; a gateway that gets them may reject the token")
	}
	return cleaned
}

// split finds the parts by their dots. The parts are counted before anything is allocated for them.
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
		t.readSigned(header, payload, rest)
	case 4:
		t.Shape = Encrypted
		t.readEncrypted(header)
	default:
		t.fault("wrong-number-of-parts", fmt.Sprintf("the text has %d parts; a signed token has three (header.payload.signature), an encrypted one five", dots+1), t.partsHint())
		t.readHeader(header)
	}
}

func (t *Token) readSigned(header, payload, signature string) {
	t.readHeader(header)
	t.readPayload(payload)
	t.Signature, _ = t.decode("signature", signature)
}

func (t *Token) readOpaque() {
	t.Shape = Opaque
	switch {
	case t.compact == "":
		t.Shape = Malformed
		t.fault("empty", "there is no text", "pass a token")
	case strings.HasPrefix(t.compact, jsonStart):
		t.Shape = Malformed
		t.fault("one-part", "the text starts like a token's header and has no dot: it is cut off after its first part", hintWhole)
	default:
		t.fault("opaque", "the text has no dots: it is an opaque token, which only its issuer can read",
			"ask the API for an access token of its own: Entra ID issues opaque ones for personal accounts and as refresh tokens")
	}
}

// readEncrypted reads the one part of a JWE that is not encrypted. Nothing is decrypted or inflated.
func (t *Token) readEncrypted(header string) {
	t.readHeader(header)
	if t.Header == nil {
		return
	}
	if t.Header.Member("enc") == nil {
		t.fault("wrong-number-of-parts", `the text has five parts, as an encrypted token has, but its header names no "enc"; a signed token has three`, t.partsHint())
		return
	}
	t.fault("encrypted", "the token is encrypted ("+t.methods()+"): only who holds the private key can read its claims",
		"Entra ID encrypts tokens for an app registration that has tokenEncryptionKeyId; a gateway that reads JWTs needs it removed")
}

// methods returns the two algorithms of a JWE's header.
func (t *Token) methods() string {
	alg := t.Header.Member("alg")
	if alg == nil {
		return "no alg, " + brief(t.Header.Member("enc"))
	}
	return brief(alg) + ", " + brief(t.Header.Member("enc"))
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
	if alg, _ := t.Header.Member("alg").Str(); strings.EqualFold(alg, "none") {
		t.fault("two-parts", "the text has two parts: even an unsigned token ends with a second dot (RFC 7519, section 6.1)", "a gateway rejects an unsigned token in any case")
		return
	}
	t.fault("two-parts", "the text has two parts: the signature of a signed token (header.payload.signature) is missing", hintWhole)
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
		t.fault("unencoded-payload", `the header says "b64": false, so the payload stands unencoded; a token must not do that (RFC 7797, section 7)`, "")
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
		t.faultUnread(name, err)
		return nil
	}
	value := file.Documents[0]
	if value.Kind != source.Object {
		t.fault(name+"-not-object", fmt.Sprintf("the %s is %s, not an object", name, value.Kind), "the text is a signed message, but no token (RFC 7519, section 7.2)")
		return nil
	}
	t.observeProblems(part, file)
	return value
}
