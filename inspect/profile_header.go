package inspect

import (
	"fmt"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// header notes what is odd in the header.
func (d *describer) header() {
	h := d.token.Header
	if h == nil {
		return
	}
	for _, check := range [...]func(*describer, *source.Value){
		(*describer).algorithm, (*describer).keyID, (*describer).foreignKeys,
		(*describer).critical, (*describer).nonce,
	} {
		check(d, h)
	}
}

func (d *describer) algorithm(h *source.Value) {
	alg, ok := h.Member("alg").Str()
	switch {
	case h.Member("alg") == nil:
		d.odd("alg-missing", "header.alg",
			"the header names no algorithm (alg): no gateway can verify the signature (RFC 7515, "+
				"section 4.1.1)")
	case !ok:
		d.odd("alg-malformed", "header.alg", "alg is "+brief(h.Member("alg"))+", not a string")
	case strings.EqualFold(alg, "none"):
		d.odd("unsigned", "header.alg",
			"alg is "+show(alg)+
				": the token is not signed, so anyone can have made it up; gateways reject it")
	}
	if encoded, ok := h.Member("b64").Bool(); ok && !encoded {
		d.odd("payload-unencoded", "header.b64",
			`"b64": false says that the payload is not encoded, which a token must not do (RFC `+
				`7797, section 7)`)
	}
}

// entraHeader compares the header with what Entra ID writes: RS256, as its metadata says, and a
// kid or, in tokens of 2014, an x5t.
func (d *describer) entraHeader() {
	h := d.token.Header
	if !d.entraToken() || h == nil {
		return
	}
	if alg, ok := h.Member("alg").Str(); ok && alg != "RS256" && !strings.EqualFold(alg, "none") {
		d.odd("alg-not-of-entra", "header.alg", "alg is "+show(alg)+"; Entra ID signs with RS256")
	}
	if h.Member("kid") == nil && h.Member("x5t") == nil {
		d.odd("kid-missing", "header.kid", "the header names no key; Entra ID always does")
	}
}

func (d *describer) keyID(h *source.Value) {
	kid := h.Member("kid")
	text, ok := kid.Str()
	switch {
	case kid == nil || d.token.Shape != Signed:
	case !ok:
		d.odd("kid-malformed", "header.kid",
			"kid is "+brief(kid)+", not a string (RFC 7515, section 4.1.4)")
	case text == "":
		d.odd("kid-empty", "header.kid", "kid is empty: no key can be found with it")
	case len(text) > 1000:
		d.odd("kid-long", "header.kid", fmt.Sprintf("kid has %d characters", len(text)))
	}
}

// foreignKeys is about keys that the token itself brings or points to.
func (d *describer) foreignKeys(h *source.Value) {
	for _, name := range [...]string{"jku", "x5u", "jwk", "x5c"} {
		if h.Member(name) != nil {
			d.odd("key-in-header", "header."+name,
				name+" contains or points to the token's own key; gatewhy never follows or "+
					"trusts it: whoever made the token chose it")
		}
	}
}

// critical is about extensions that a reader must understand (RFC 7515, section 4.1.11).
func (d *describer) critical(h *source.Value) {
	crit := h.Member("crit")
	names, ok := crit.Strings()
	switch {
	case crit == nil:
	case !crit.Is(source.List) || !ok || len(names) == 0:
		d.odd("crit-malformed", "header.crit",
			"crit is "+brief(crit)+
				", not a list of names; RFC 7515, section 4.1.11, says that the token must be "+
				"rejected, but most gateways accept it")
	default:
		d.odd("crit-extension", "header.crit",
			"crit names extensions that a gateway must support, or else reject the token: "+
				brief(crit)+"; many ignore it")
	}
}

// nonce is about the header member of tokens for Microsoft Graph: who does not know it can't
// verify the signature (learn.microsoft.com/entra/identity-platform/access-tokens, "Validate
// tokens").
func (d *describer) nonce(h *source.Value) {
	if h.Member("nonce") != nil {
		d.odd("graph-nonce", "header.nonce",
			"the header has a nonce, as tokens for Microsoft Graph do: only Graph can verify "+
				"the signature; if it is genuine, it is a token for Microsoft Graph or another "+
				"Microsoft API, and not for any other")
	}
}

// signature compares the signature's length with what its algorithm gives (RFC 7518, section 3.1).
func (d *describer) signature() {
	if d.token.Shape != Signed || d.token.Header == nil ||
		d.token.Fault != nil && d.token.Signature == nil {
		return
	}
	alg, _ := d.token.Header.Member("alg").Str()
	got := len(d.token.Signature)
	want := signatureBytes(alg)
	switch {
	case strings.EqualFold(alg, "none") && got > 0:
		d.odd("signature-on-unsigned", "signature", "alg is none, but there is a signature")
	case strings.EqualFold(alg, "none"):
	case got == 0:
		d.odd("signature-missing", "signature",
			"the signature is missing: the text was cut after its second dot, or the signature "+
				"was removed")
	case want > 0 && got != want:
		d.odd("signature-length", "signature",
			fmt.Sprintf("the signature has %d bytes, and %s makes %d: it was cut or altered",
				got, alg, want))
	case isRSA(alg) && (got < 128 || got%64 != 0):
		d.odd("signature-length", "signature",
			fmt.Sprintf("the signature has %d bytes, and %s makes 256 with a key of 2048 bits: "+
				"it was cut off", got, alg))
	}
}

// isRSA reports whether an algorithm's signatures are as long as the key. Keys are of 1024, 2048,
// 3072 or 4096 bits.
func isRSA(alg string) bool {
	switch alg {
	case "RS256", "RS384", "RS512", "PS256", "PS384", "PS512":
		return true
	}
	return false
}

// signatureBytes returns the size of an algorithm's signatures, or 0 if it depends on the key.
func signatureBytes(alg string) int {
	switch alg {
	case "HS256":
		return 32
	case "HS384":
		return 48
	case "ES256", "ES256K", "EdDSA", "HS512":
		return 64
	case "ES384":
		return 96
	case "ES512":
		return 132
	}
	return 0
}
