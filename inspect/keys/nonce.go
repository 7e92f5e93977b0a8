package keys

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// hashedNonceInput returns what Entra signed if the token is for Microsoft Graph: the header with its nonce
// replaced by the base64url text of its SHA-256, and the rest as it is. Microsoft does not document
// it; it holds for the sample in its own documentation (v2-oauth2-on-behalf-of-flow.md), and
// github.com/lukaszraczylo/traefikoidc pull 138 found the same.
func hashedNonceInput(t *inspect.Token) (string, bool) {
	nonce := t.Header.Find("nonce")
	text, ok := nonceText(nonce)
	if !ok {
		return "", false
	}
	header, payload, _ := strings.Cut(t.SigningInput(), ".")
	raw, err := base64.RawURLEncoding.DecodeString(header)
	if err != nil || nonce.Value.Span.End > len(raw) {
		return "", false
	}
	sum := sha256.Sum256([]byte(text))
	hashed, err := json.Marshal(base64.RawURLEncoding.EncodeToString(sum[:]))
	if err != nil {
		return "", false
	}
	span := nonce.Value.Span
	replaced := string(raw[:span.Start]) + string(hashed) + string(raw[span.End:])
	return base64.RawURLEncoding.EncodeToString([]byte(replaced)) + "." + payload, true
}

func nonceText(nonce *source.Member) (string, bool) {
	if nonce == nil {
		return "", false
	}
	return nonce.Value.Str()
}
