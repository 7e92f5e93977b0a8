package inspect

import (
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"
)

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
