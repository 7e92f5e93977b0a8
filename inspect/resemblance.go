package inspect

import (
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
)

// resemblance tells what else an opaque text may be: something else that was copied by mistake.
func resemblance(text string) []Observation {
	for _, r := range [...]struct {
		is            func(string) bool
		id, otherwise string
	}{
		{entra.IsGUID, "looks-like-guid", "an application, tenant, object or client id: Entra ID writes these as GUIDs"},
		{isClientSecret, "looks-like-client-secret", "a client secret of an Entra app registration; if it was shown to others, replace it"},
		{isKeyID, "looks-like-key-id", "a key id (kid) or a certificate's thumbprint"},
		{isRefreshToken, "looks-like-refresh-token", "a refresh token or an authorization code of Entra ID; an API takes neither"},
		{isCertificate, "looks-like-certificate", "a certificate or a public key without its PEM lines"},
	} {
		if r.is(text) {
			return []Observation{{ID: r.id, Message: "the text may be no token, but " + r.otherwise}}
		}
	}
	return nil
}

// isClientSecret knows the secrets that Entra ID makes: 40 characters with "8Q~" or "7Q~" at the fourth.
func isClientSecret(text string) bool {
	return len(text) == 40 && (text[3:6] == "8Q~" || text[3:6] == "7Q~")
}

// isKeyID knows a SHA-1 thumbprint in base64url, which is what Entra's key ids are, and in hexadecimal.
func isKeyID(text string) bool {
	return len(text) == 27 && !strings.ContainsAny(text, ".~=") || len(text) == 40 && strings.Trim(text, "0123456789abcdefABCDEF") == ""
}

// isRefreshToken knows the first characters of what Entra ID and personal accounts give out.
func isRefreshToken(text string) bool {
	for _, prefix := range [...]string{"0.A", "1.A", "M.C", "M.R3_", "AwABAAAA", "AQABAA", "OAQABAA", "OAAABAAAA"} {
		if strings.HasPrefix(text, prefix) && len(text) > 100 {
			return true
		}
	}
	return false
}

// isCertificate knows DER of more than 255 bytes in base64, which starts with a SEQUENCE.
func isCertificate(text string) bool { return len(text) > 300 && strings.HasPrefix(text, "MII") }

// isEncodedMarkup reports whether a text is base64 of XML or HTML, as a SAML response is.
func isEncodedMarkup(text string) bool {
	for _, prefix := range [...]string{"PD94bWw", "PHNhbW", "PEFzc2VydGlvb", "PFJlc3BvbnNl", "PCFET0NUWVBF", "PGh0bWw"} {
		if strings.HasPrefix(text, prefix) {
			return true
		}
	}
	return false
}
