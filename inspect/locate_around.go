package inspect

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// strip takes off white space, quotes and an authentication scheme, however they nest.
func strip(text string) *paste {
	p := &paste{from: "the text"}
	p.text = p.visible(fromUTF16(text))
	schemes := 0
	for range 10 {
		before := p.text
		p.text = strings.Trim(p.text, " \t\r\n\f\v")
		p.text = trimQuotes(p.text)
		if rest, ok := cutPrefixFold(p.text, "authorization:"); ok {
			p.text, p.from = rest, "the Authorization header"
		}
		if rest, ok := cutPrefixFold(p.text, "bearer "); ok {
			p.text, p.from = rest, "the Authorization header"
			schemes++
		}
		if p.text == before {
			break
		}
	}
	if schemes > 1 {
		p.note("scheme-twice",
			`"Bearer" appears twice: a gateway reads the second one as the token and rejects `+
				`the request`)
	}
	return p
}

// visible removes byte order marks, zero-width and other invisible characters, which chat and mail
// programs add.
func (p *paste) visible(text string) string {
	if strings.IndexFunc(text, invisible) < 0 {
		return text
	}
	p.note("invisible-character",
		"the text has invisible characters, as chat and mail programs add them; gatewhy left "+
			"them out; a gateway that receives them may reject the token")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\u00a0' || r == '\u202f' || r == '\u3000':
			return ' '
		case invisible(r):
			return -1
		}
		return r
	}, text)
}

func invisible(r rune) bool { return r >= 0x7f && r != utf8.RuneError && unsafe(r) }

// trimQuotes removes one pair of quotes of any kind, or one quote without its partner.
func trimQuotes(text string) string {
	for _, pair := range [...][2]string{
		{`"`, `"`},
		{"'", "'"},
		{"`", "`"},
		{"“", "”"},
		{"‘", "’"},
		{"„", "“"},
		{"«", "»"},
		{`\"`, `\"`},
	} {
		if rest, ok := strings.CutPrefix(text, pair[0]); ok {
			return strings.TrimSuffix(rest, pair[1])
		}
		if rest, ok := strings.CutSuffix(text, pair[1]); ok && !strings.Contains(rest, pair[0]) {
			return rest
		}
	}
	return text
}

// cutPrefixFold is strings.CutPrefix without regard to case; prefix is lower case ASCII.
func cutPrefixFold(text, prefix string) (string, bool) {
	if len(text) < len(prefix) || !strings.EqualFold(text[:len(prefix)], prefix) {
		return text, false
	}
	return text[len(prefix):], true
}

// label is what a text calls the token that follows.
type label struct {
	phrase string // in words, or ""
	access bool   // it says that an access token follows
	other  bool   // it says that something else follows
}

// maxLabel is how far back a label is looked for, in bytes.
const maxLabel = 80

// labels are looked for at the end of the text before a token, in lower case, the longest first.
var labels = [...]struct {
	text string
	label
}{
	{"client_assertion", label{phrase: "the client_assertion", other: true}},
	{"oauth2-bearer", label{phrase: "the --oauth2-bearer option", access: true}},
	{"authorization", label{phrase: "the Authorization header", access: true}},
	{"refresh_token", label{phrase: "the refresh_token", other: true}},
	{"id_token_hint", label{phrase: "the id_token_hint", other: true}},
	{"refreshtoken", label{phrase: "the refresh token", other: true}},
	{"access_token", label{phrase: "the access_token", access: true}},
	{"accesstoken", label{phrase: "the access token", access: true}},
	{"access-token", label{phrase: "the access token", access: true}},
	{"access token", label{phrase: "the access token", access: true}},
	{"csrf_token", label{phrase: "a CSRF token", other: true}},
	{"csrf-token", label{phrase: "a CSRF token", other: true}},
	{"xsrf-token", label{phrase: "a CSRF token", other: true}},
	{"csrftoken", label{phrase: "a CSRF token", other: true}},
	{"assertion", label{phrase: "the assertion", other: true}},
	{"id_token", label{phrase: "the id_token", other: true}},
	{"id token", label{phrase: "the ID token", other: true}},
	{"idtoken", label{phrase: "the ID token", other: true}},
	{"bearer", label{phrase: "the Authorization header", access: true}},
}

// labelBefore returns the label at the end of a text.
func labelBefore(before string) label {
	word := strings.ToLower(before[max(0, len(before)-maxLabel):])
	word = trimSeparators(word)
	for i := range labels {
		if strings.HasSuffix(word, labels[i].text) {
			return labels[i].label
		}
	}
	return label{}
}

// trimSeparators removes what may be between a label and its value, URL-encoded or not.
func trimSeparators(text string) string {
	for {
		before := text
		text = strings.TrimRight(text, " \t\r\n\"'`\\:=({[<>@,+“”‘’")
		for _, escape := range [...]string{"%20", "%22", "%3a", "%3d", "&quot;", `\u0022`} {
			text = strings.TrimSuffix(text, escape)
		}
		if text == before {
			return text
		}
	}
}

// container names what a text is as a whole, behind a preposition, or returns "".
func container(text, preposition string) string {
	head := text[:min(len(text), 4096)]
	kind := ""
	switch start := strings.TrimLeft(head, " \t\r\n$>"); {
	case strings.HasPrefix(head, "{") && strings.Contains(head, `"log"`) &&
		strings.Contains(text, `"entries"`):
		kind = "a HAR file"
	case strings.HasPrefix(head, "{") && strings.Contains(text, "token_type"):
		kind = "a token endpoint's answer"
	case strings.HasPrefix(head, "{") || strings.HasPrefix(head, "["):
		kind = "a JSON text"
	case strings.HasPrefix(start, "curl ") || strings.HasPrefix(start, "curl.exe "):
		kind = "a curl command"
	case strings.HasPrefix(head, "http://") || strings.HasPrefix(head, "https://"):
		kind = "a URL"
	default:
		return ""
	}
	return preposition + kind
}

// resemblance says what else an opaque text may be, if something else was copied by mistake.
func resemblance(text string) []Observation {
	for _, r := range [...]struct {
		is            func(string) bool
		id, otherwise string
	}{
		{
			entra.IsGUID, "looks-like-guid",
			"an application, tenant, object or client id: Entra ID writes these as GUIDs",
		},
		{
			isClientSecret, "looks-like-client-secret",
			"a client secret of an Entra app registration; if it was shown to others, replace it",
		},
		{isKeyID, "looks-like-key-id", "a key id (kid) or a certificate's thumbprint"},
		{
			isRefreshToken, "looks-like-refresh-token",
			"a refresh token or an authorization code of Entra ID; an API accepts neither",
		},
		{
			isCertificate, "looks-like-certificate",
			"a certificate or a public key without its PEM lines",
		},
		{
			isEncodedToken, "looks-like-encoded-token",
			"one that was encoded in base64 once more, as a Kubernetes Secret holds it; what " +
				"base64 -d prints of it is the token",
		},
	} {
		if r.is(text) {
			return []Observation{
				{ID: r.id, Message: "the text may not be a token, but " + r.otherwise},
			}
		}
	}
	return nil
}

// isClientSecret knows the secrets that Entra ID makes: 40 characters, with "8Q~" or "7Q~" from
// the fourth on.
func isClientSecret(text string) bool {
	return len(text) == 40 && (text[3:6] == "8Q~" || text[3:6] == "7Q~")
}

// isKeyID knows a SHA-1 thumbprint in base64url or in hexadecimal. Entra's key ids are such
// thumbprints.
func isKeyID(text string) bool {
	return len(text) == 27 && !strings.ContainsAny(text, ".~=") ||
		len(text) == 40 && strings.Trim(text, "0123456789abcdefABCDEF") == ""
}

// isRefreshToken knows how refresh tokens and codes of Entra ID and of personal accounts start.
func isRefreshToken(text string) bool {
	return len(text) > 100 && source.HasAnyPrefix(text,
		"0.A", "1.A", "M.C", "M.R3_", "AwABAAAA", "AQABAA", "OAQABAA", "OAAABAAAA")
}

// isCertificate knows DER of more than 255 bytes in base64, which starts with a SEQUENCE.
func isCertificate(text string) bool { return len(text) > 300 && strings.HasPrefix(text, "MII") }

// isEncodedToken knows base64 of a text that has a token.
func isEncodedToken(text string) bool {
	inner, _, bad := decodeBase64(text)
	_, _, found := pick(scan(string(inner)))
	return bad == nil && found
}

// isEncodedMarkup reports whether a text is base64 of XML or HTML, as a SAML response is.
func isEncodedMarkup(text string) bool {
	return source.HasAnyPrefix(text,
		"PD94bWw", "PHNhbW", "PEFzc2VydGlvb", "PFJlc3BvbnNl", "PCFET0NUWVBF", "PGh0bWw")
}

// withoutLineNumbers takes away the numbers that cat -n, editors and listings write in front of
// lines: each is one more than that of the line before. It is not ok where no two lines have them.
func withoutLineNumbers(text string) (string, bool) {
	lines := strings.SplitAfter(text, "\n")
	counted, last := 0, -2
	for i, line := range lines {
		line = strings.TrimLeft(line, " \t")
		behind := strings.TrimLeft(line, "0123456789")
		bare := strings.TrimLeft(behind, " \t:|│")
		n, err := strconv.Atoi(line[:len(line)-len(behind)])
		if err != nil || len(bare) == len(behind) {
			last = -2
			continue
		}
		if n == last+1 {
			counted++
		}
		last, lines[i] = n, bare
	}
	return strings.Join(lines, ""), counted > 0
}
