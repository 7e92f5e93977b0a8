package inspect

import "strings"

// label is what stands before a token.
type label struct {
	phrase string // in words, or ""
	access bool   // it says that an access token follows
	other  bool   // it says that something else follows
}

// maxLabel is how far back a label is sought, in bytes.
const maxLabel = 80

// labels are sought at the end of what stands before a token, in lower case, the longest first.
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

// trimSeparators removes what may stand between a label and its value, also where it is URL-encoded.
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
	case strings.HasPrefix(head, "{") && strings.Contains(head, `"log"`) && strings.Contains(text, `"entries"`):
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
