package inspect

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// wrap breaks a text into lines of a width, each with a prefix and a suffix.
func wrap(text string, width int, prefix, suffix string) string {
	var lines []string
	for len(text) > width {
		lines = append(lines, prefix+text[:width]+suffix)
		text = text[width:]
	}
	return strings.Join(append(lines, prefix+text), "\n")
}

// numbered writes its number in front of each line.
func numbered(text, format string) string {
	var out strings.Builder
	for i, line := range strings.SplitAfter(text, "\n") {
		fmt.Fprintf(&out, format+"%s", i+1, line)
	}
	return out.String()
}

func utf16le(text string) string {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(text)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return string(out)
}

func quoteJSON(text string) string {
	out, _ := json.Marshal(text)
	return string(out)
}

func har(authorization, body string) string {
	return `{"log":{"version":"1.2","entries":[{
	  "request":{"method":"GET","url":"https://api.example/","headers":[
	    {"name":"Accept","value":"*/*"}` + authorization + `]},
	  "response":{"content":{"mimeType":"application/json","text":` + body + `}}}]}}`
}

func TestLocateFindsTheTokenInWhatPeoplePaste(t *testing.T) {
	t.Parallel()
	access, id := entraToken(v2User), entraToken(v2ID)
	opaque := "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789"
	tests := []struct {
		name string
		text string
		want string
		from string
		note string
	}{
		{"a token alone", access, access, "the text", ""},
		{
			"a byte order mark that its header begins with is the header's",
			"Bearer 77u_" + access, "77u_" + access, "the Authorization header", "",
		},
		{
			"so in a text, and in the other alphabet of base64",
			"it sent 77u/" + access + " today", "77u/" + access, "the text", "",
		},
		{
			"a byte order mark that its payload begins with",
			"it sent " + strings.Replace(access, ".", ".77u_", 1) + " today",
			strings.Replace(access, ".", ".77u_", 1), "the text", "",
		},
		{"a line break at its end", access + "\n", access, "the text", ""},
		{"white space around it", " \t\r\n" + access + "  \n\n", access, "the text", ""},
		{"double quotes", `"` + access + `"`, access, "the text", ""},
		{"single quotes and a line break", "'" + access + "'\n", access, "the text", ""},
		{"backticks", "`" + access + "`", access, "the text", ""},
		{"typographic quotes", "“" + access + "”", access, "the text", ""},
		{"typographic single quotes", "‘" + access + "’", access, "the text", ""},
		{"quotes in quotes", `"'` + access + `'"`, access, "the text", ""},
		{"a quote without its partner", access + `"`, access, "the text", ""},
		{"Bearer", "Bearer " + access, access, "the Authorization header", ""},
		{"bearer in lower case", "bearer " + access, access, "the Authorization header", ""},
		{
			"Bearer twice", "Bearer Bearer " + access, access, "the Authorization header",
			"scheme-twice",
		},
		{
			"an Authorization header", "Authorization: Bearer " + access, access,
			"the Authorization header", "",
		},
		{
			"an Authorization header in quotes", `"authorization: bearer ` + access + `"`, access,
			"the Authorization header", "",
		},
		{"lines of 76 characters", wrap(access, 76, "", ""), access, "the text", "white-space"},
		{
			"lines of 64 characters with carriage returns",
			strings.ReplaceAll(wrap(access, 64, "", ""), "\n", "\r\n"), access, "the text",
			"white-space",
		},
		{
			"lines that became spaces", strings.ReplaceAll(wrap(access, 76, "", ""), "\n", " "),
			access, "the text", "white-space",
		},
		{
			"lines that end in backslashes", wrap(access, 76, "", `\`), access, "the text",
			"white-space",
		},
		{
			"lines with numbers, as cat -n writes them, between prompts",
			"$ cat -n token.txt\n" + numbered(wrap(access, 60, "", ""), "%6d\t") + "\n$ ",
			access, "the text", "white-space",
		},
		{
			"lines with the numbers of an editor",
			numbered(wrap(access, 70, "", ""), "%3d | "), access, "the text", "white-space",
		},
		{
			"lines with the numbers of a part of a file, each in quotes",
			numbered(wrap(access, 70, `"`, `"`)+`"`, " 1%d: "), access, "the text", "white-space",
		},
		{"lines of a quoted mail", wrap(access, 76, "> ", ""), access, "the text", "white-space"},
		{"quoted-printable lines", wrap(access, 75, "", "="), access, "the text", "white-space"},
		{
			"strings joined by plus signs", wrap(access, 60, `  "`, `" +`) + `"`, access,
			"the text", "white-space",
		},
		{
			"Bearer and wrapped lines", "Authorization: Bearer " + wrap(access, 76, "", ""),
			access, "the Authorization header", "white-space",
		},
		{
			"a mail with wrapped lines and a greeting",
			"Hi,\n\nhere it is:\n" + wrap(access, 76, "", "") + "\nThanks\nBob", access,
			"the text", "white-space",
		},
		{"a token and a word on the next line", access + "\nThanks", access, "the text", ""},
		{
			"a curl command",
			"curl -H 'Authorization: Bearer " + access + "' https://api.example/orders", access,
			"the Authorization header of a curl command", "",
		},
		{
			"a curl command over several lines",
			"curl --location 'https://api.example/' \\\n--header \"Authorization: Bearer " +
				access + "\" \\\n--header 'Accept: */*'", access,
			"the Authorization header of a curl command", "",
		},
		{
			"curl's own option", "curl --oauth2-bearer " + access + " https://api.example/",
			access, "the --oauth2-bearer option of a curl command", "",
		},
		{
			"a dump of curl -v",
			"> GET / HTTP/1.1\n> Authorization: Bearer " + access + "\n> Accept: */*\n", access,
			"the Authorization header", "",
		},
		{
			"a token endpoint's answer",
			`{"token_type":"Bearer","expires_in":3599,"access_token":"` + access + `"}`, access,
			"the access_token of a token endpoint's answer", "",
		},
		{
			"the access token where the ID token comes first",
			`{"token_type":"Bearer","id_token":"` + id + `","access_token":"` + access + `"}`,
			access, "the access_token of a token endpoint's answer", "several-tokens",
		},
		{
			"the access token by its claims where no label tells", id + "\n" + access, access,
			"the text", "several-tokens",
		},
		{
			"the answer of az account get-access-token",
			`{"accessToken":"` + access + `","expiresOn":"2026-01-01","tokenType":"Bearer"}`,
			access, "the access token of a JSON text", "",
		},
		{
			"a HAR file's header",
			har(`,{"name":"Authorization","value":"Bearer `+access+`"}`, `"{}"`), access,
			"the Authorization header of a HAR file", "",
		},
		{
			"a HAR file's body",
			har("", quoteJSON(`{"token_type":"Bearer","access_token":"`+access+`"}`)), access,
			"the access_token of a HAR file", "",
		},
		{
			"a HAR file's body in base64",
			har("",
				`"`+
					base64.StdEncoding.EncodeToString(
						[]byte(`{"token_type":"Bearer","access_token":"`+access+`"}`))+
					`","encoding":"base64"`), access, "the access_token of a HAR file", "",
		},
		{
			"a PowerShell object",
			"token_type   : Bearer\nexpires_in   : 3599\naccess_token : " + wrapIndented(access),
			access, "the access_token", "white-space",
		},
		{
			"a PowerShell hash table",
			"@{token_type=Bearer; access_token=" + access + "; expires_in=3599}", access,
			"the access_token", "",
		},
		{
			"a JavaScript object", "{ access_token: '" + access + "',\n  token_type: 'Bearer' }",
			access, "the access_token of a token endpoint's answer", "",
		},
		{
			"a URL's fragment",
			"https://app.example/cb#access_token=" + access + "&token_type=Bearer&state=1", access,
			"the access_token of a URL", "",
		},
		{
			"an invisible character far from the token",
			"caf\u00a0e " + strings.Repeat("x ", 2000) + access, access, "the text", "",
		},
		{
			"a URL-encoded header", url.QueryEscape("Bearer " + access), access,
			"the Authorization header", "",
		},
		{
			"a URL-encoded token with encoded dots",
			"token%3D" + strings.ReplaceAll(access, ".", "%2E"), access, "the text", "url-encoded",
		},
		{"an assignment", "TOKEN=" + access, access, "the text", ""},
		{
			"an exported assignment", `export ACCESS_TOKEN="` + access + `"`, access,
			"the access_token", "",
		},
		{
			"the middle of a log line",
			"2026-05-06T10:00:00Z INFO req=1 token=" + access + " status=401", access, "the text",
			"",
		},
		{"the end of a sentence", "The token is " + access + ".", access, "the text", ""},
		{"a byte order mark", "\ufeff" + access, access, "the text", "invisible-character"},
		{
			"zero-width spaces in the middle", access[:50] + "\u200b" + access[50:], access,
			"the text", "invisible-character",
		},
		{
			"a non-breaking space after Bearer", "Bearer\u00a0" + access, access,
			"the Authorization header", "invisible-character",
		},
		{"a file of Windows PowerShell", utf16le(access + "\r\n"), access, "the text", ""},
		{"the same without a mark", utf16le(access + "\r\n")[2:], access, "the text", ""},
		{"a stray character in front", "x" + access, access, "the text", ""},
		{
			"a JWS in JSON form",
			`{"protected":"` + b64(entraRS) + `","payload":"` + b64("{}") +
				`","signature":"c2ln"}`, b64(entraRS) + "." + b64("{}") + ".c2ln",
			"a JWS in JSON form", "json-serialization",
		},
		{
			"an encrypted token", b64(`{"alg":"dir","enc":"A256GCM"}`) + "..aaaa.bbbb.cccc",
			b64(`{"alg":"dir","enc":"A256GCM"}`) + "..aaaa.bbbb.cccc", "the text", "",
		},
		{
			"an unsigned token", b64(`{"alg":"none"}`) + "." + b64("{}") + ".",
			b64(`{"alg":"none"}`) + "." + b64("{}") + ".", "the text", "",
		},
		{
			"a token whose header names no algorithm",
			b64(`{"typ":"JWT"}`) + "." + b64("{}") + ".c2ln",
			b64(`{"typ":"JWT"}`) + "." + b64("{}") + ".c2ln", "the text", "",
		},
		{"an opaque token", opaque, opaque, "the text", ""},
		{"an opaque token of 20 characters", opaque[:20], opaque[:20], "the text", ""},
		{
			"an opaque token behind Bearer", "Bearer " + opaque, opaque,
			"the Authorization header", "",
		},
		{
			"an opaque token in a token endpoint's answer",
			`{"token_type":"Bearer","access_token":"` + opaque + `"}`, opaque,
			"the access_token of a token endpoint's answer", "",
		},
		{
			"an opaque token in a curl command",
			"curl -H 'Authorization: Bearer " + opaque + "' https://x.example", opaque,
			"the Authorization header of a curl command", "",
		},
		{
			"an opaque token with dots behind Bearer", "Bearer ya29." + opaque, "ya29." + opaque,
			"the Authorization header", "",
		},
		{
			"a GUID alone may be an opaque token, and may be an id", clientA, clientA, "the text",
			"looks-like-guid",
		},
		{
			"a key id alone may be an opaque token, and may be a kid",
			"nOo3ZDrODXEK1jKWhXslHR_KXEg", "nOo3ZDrODXEK1jKWhXslHR_KXEg", "the text",
			"looks-like-key-id",
		},
		{
			"a token in base64 once more is opaque, and says what it is", b64(access), b64(access),
			"the text", "looks-like-encoded-token",
		},
		{
			"a payload that does not decode is left to Parse", b64(entraRS) + ".e!!!.c2ln",
			b64(entraRS) + ".e!!!.c2ln", "the text", "",
		},
		{
			"a payload that is a list is left to Parse", b64(entraRS) + "." + b64("[]") + ".c2ln",
			b64(entraRS) + "." + b64("[]") + ".c2ln", "the text", "",
		},
		{
			"a missing signature is left to Parse", b64(entraRS) + "." + b64("{}"),
			b64(entraRS) + "." + b64("{}"), "the text", "",
		},
		{"a fourth part is left to Parse", access + ".x", access + ".x", "the text", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			found, err := Locate(test.text)
			if err != nil {
				t.Fatal(err)
			}
			if found.Text != test.want {
				t.Errorf("found %d characters, want %d", len(found.Text), len(test.want))
			}
			if found.From != test.from {
				t.Errorf("from %q, want %q", found.From, test.from)
			}
			if !hasNote(found.Notes, test.note) {
				t.Errorf("notes %v, want %q", found.Notes, test.note)
			}
		})
	}
}

func TestAMaskInThePlaceOfASignatureIsNotAMissingSignature(t *testing.T) {
	t.Parallel()
	unsigned := b64(entraRS) + "." + b64(`{"aud":"a"}`) + "."
	for text, masked := range map[string]bool{
		unsigned + "[REDACTED]":                              true,
		unsigned + "<signature>":                             true,
		unsigned + "***":                                     true,
		unsigned + "…":                                       true,
		unsigned + "SIGNATURE_REMOVED":                       true,
		unsigned + "xxxxxx":                                  true,
		"Bearer " + unsigned + "[PII is hidden]":             true,
		`{"access_token":"` + unsigned + `[Signature off]"}`: true,

		unsigned:                    false,
		unsigned + "c2ln":           false,
		"sent " + unsigned + " [1]": false,
		"<t>" + unsigned + "</t>":   false,
		strings.Repeat("x", 40):     false,
	} {
		found, err := Locate(text)
		if err != nil {
			t.Fatal(err)
		}
		token := found.Token()
		if token.Masked != masked || masked && token.Compact() != unsigned {
			t.Errorf("%s: %t, want %t", text[len(text)-min(20, len(text)):], token.Masked, masked)
		}
	}
}

// wrapIndented wraps as Format-List does: at the console's width, with the lines after the first
// indented.
func wrapIndented(text string) string {
	return strings.TrimLeft(wrap(text, 65, "               ", ""), " ")
}

// hasNote reports whether the notes are the one with this id, or none.
func hasNote(notes []Observation, id string) bool {
	if id == "" {
		return len(notes) == 0
	}
	return len(notes) == 1 && notes[0].ID == id
}

func TestLocateCountsTheOtherTokens(t *testing.T) {
	t.Parallel()
	access, id := entraToken(v2User), entraToken(v2ID)
	found, err := Locate(id + "\n" + access + "\n" + access + "\n" + entraToken(v1User))
	if err != nil {
		t.Fatal(err)
	}
	if found.Others != 2 {
		t.Errorf("%d others, want 2", found.Others)
	}
}

func TestLocateSaysWhatATextWithoutATokenIs(t *testing.T) {
	t.Parallel()
	access := entraToken(v2User)
	tests := []struct {
		name, text, cause, hint string
	}{
		{"nothing", "", "is empty", "variable"},
		{"white space", " \n\t", "is empty", "variable"},
		{"empty quotes", `""`, "is empty", "variable"},
		{"null", "null", `word "null"`, "script"},
		{"undefined", `"undefined"`, `word "undefined"`, "script"},
		{"a shell variable", "$TOKEN", "placeholder", "itself"},
		{"a template", "{{access_token}}", "placeholder", "itself"},
		{"a documentation's placeholder", "<token>", "placeholder", "itself"},
		{
			"Bearer without a token", "Authorization: Bearer",
			"no token follows Bearer", "variable",
		},
		{
			"Basic credentials", "Authorization: Basic dXNlcjpwYXNzd29yZHBhc3N3b3Jk",
			"Basic credentials", "Bearer",
		},
		{"a short text", "abc", "the text has 3 characters, too few", "access_token"},
		{"one character", "x", "the text has 1 character, too few", "access_token"},
		{"words", "hello world", "no token", "curl"},
		{"a GUID in braces", "{" + clientA + "}", "GUID", "access_token"},
		{"a SAML assertion", `<saml2:Assertion xmlns:saml2="x">`, "SAML", "token endpoint"},
		{
			"a SAML response in base64",
			base64.StdEncoding.EncodeToString(
				[]byte(`<samlp:Response ID="x">abcdefgh</samlp:Response>`)), "SAML",
			"token endpoint",
		},
		{"an HTML page", "<!DOCTYPE html><html></html>", "HTML", "sign-in"},
		{
			"a private key",
			"-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----", "private key",
			"keep it out",
		},
		{
			"a certificate", "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----",
			"certificate", "(key-set-file)",
		},
		{
			"a public key", "-----BEGIN PUBLIC KEY-----\nMIIE\n-----END PUBLIC KEY-----",
			"key in PEM form", "(key-set-file)",
		},
		{"a cookie", "Set-Cookie: ESTSAUTH=abc; path=/; secure", "cookie", "access token"},
		{
			"a client secret behind a dot", "abc8Q~" + strings.Repeat("x", 33) + ".",
			"client secret", "replace",
		},
		{"a refresh token", "0.AXoA" + strings.Repeat("b", 200), "refresh token", "access_token"},
		{
			"a refresh token in JSON",
			`{"token_type":"Bearer","refresh_token":"0.AXoA` + strings.Repeat("b", 200) + `"}`,
			"without an access_token", "scope",
		},
		{"a header alone", b64(entraRS), "cut off in its header", "whole token"},
		{"a header that is cut", b64(entraRS)[:30], "cut off in its header", "whole token"},
		{
			"a payload and a signature", access[strings.IndexByte(access, '.')+1:],
			"header, its first part, is missing", "whole token",
		},
		{
			"a decoded token, as a page shows it",
			"{\n  \"alg\": \"RS256\"\n}\n{\n  \"aud\": \"api://orders\"\n}",
			"token that was decoded", "itself",
		},
		{
			"a word in the place of the token", "Authorization: Bearer [REDACTED]", "masked",
			"where it is requested",
		},
		{"a line that was drawn", strings.Repeat("-", 40), "no token", ""},
		{"a payload that is cut", access[:150], "cut off in its payload", "whole token"},
		{
			"an ellipsis in the middle", access[:40] + "…" + access[200:], "shortened",
			"whole token",
		},
		{
			"three dots in the middle", access[:40] + "..." + access[200:], "shortened",
			"whole token",
		},
		{
			"three dots at the end", "access_token : " + access[:40] + "...", "shortened",
			"whole token",
		},
		{
			"an ellipsis in the signature", "Bearer " + access[:len(access)-5] + "…",
			"shortened", "whole token",
		},
		{
			"a signature that was truncated", access[:len(access)-5] + "[truncated 20 bytes]",
			"shortened", "whole token",
		},
		{"asterisks", access[:20] + "*****", "masked", "where it is requested"},
		{
			"a foreign character in the header", access[:20] + "!" + access[20:], "character 21",
			"copy only the token",
		},
		{"the first character lost", access[1:], "header", "first character"},
		{"in capital letters", strings.ToUpper(access), "header", "this text with EYJ"},
		{"its start twice", "eyJ" + access, "header", "copy it again"},
		{
			"three parts that are not of a token", "aaaaaaaaaa.bbbbbbbbbb.cccccccccc",
			"has dots like a token", "eyJ",
		},
		{
			"a token endpoint's error",
			`{"error":"invalid_grant","error_description":"AADSTS70008: The provided ` +
				`authorization code has expired."}`, "invalid_grant, AADSTS70008",
			"error?code=70008",
		},
		{
			"another endpoint's error", `{"error":"invalid_client"}`, "invalid_client",
			"error_description",
		},
		{
			"a URL", "https://login.microsoftonline.com/common/discovery/v2.0/keys",
			"URL without a token", "(key-set-url)",
		},
		{
			"an authorization code in a URL", "https://app.example/cb?code=0.AXoA&state=1",
			"authorization code", "exchange",
		},
		{
			"a failed sign-in", "https://app.example/cb#error=access_denied", "failed sign-in",
			"error_description",
		},
		{"a file's name", "token.jwt", "name of a file", "@FILE"},
		{"a file's path", "./tokens/dev.json", "name of a file", "@FILE"},
		{"a Windows path", `C:\temp\token.txt`, "name of a file", "@FILE"},
		{"a key set", `{"keys":[]}`, "key set", "(key-set-file)"},
		{
			"a discovery document", `{"issuer":"x","jwks_uri":"y"}`, "discovery document",
			"(key-set-url)",
		},
		{
			"an introspection answer", `{"active":true,"client_id":"x"}`, "introspection",
			"(introspection)",
		},
		{"a device code", `{"device_code":"x","user_code":"y"}`, "device code", "access_token"},
		{
			"a policy in JSON", `{"policyTemplateId":"1","configurationData":{}}`, "policy",
			"(policy)",
		},
		{
			"a policy in YAML", "apiVersion: gateway.mulesoft.com/v1alpha1\nkind: PolicyBinding\n",
			"policy", "(policy)",
		},
		{"an app registration", `{"appId":"x","identifierUris":[]}`, "app registration", "(app)"},
		{"decoded claims", `{"aud":"api://x","iss":"y"}`, "decoded from a token", "eyJ"},
		{"what to do with claims alone", `{"aud":"api://x"}`, "decoded", "gatewhy help tests"},
		{
			"a page's text with a decoded token",
			"HEADER\n{\n \"alg\": \"RS256\"\n}\nPAYLOAD\n{\n \"aud\": \"api://x\"\n}\n",
			"token that was decoded", "gatewhy help tests",
		},
		{
			"a page's table of claims", "aud\tapi://x\tthe audience\niss\ty\nexp\t1764460680\n",
			"token that was decoded", "gatewhy help tests",
		},
		{
			"a payload alone", strings.Split(entraToken(v2User), ".")[1], "payload of a token",
			"whole token",
		},
		{
			"a curl command with a variable",
			`curl https://api.example/orders -H "Authorization: Bearer $TOKEN"`,
			"the variable $TOKEN", "value",
		},
		{
			"a collection of requests with a variable",
			`{"item":[{"auth":{"bearer":[{"key": "token", "value": "{{token}}"}]}}]}`,
			"the variable {{token}}", "value",
		},
		{
			"a token that PowerShell keeps secret",
			"Token     : System.Security.SecureString\nExpiresOn : 11/30/2026\nType : Bearer\n",
			"PowerShell shows the type", "ConvertFrom-SecureString",
		},
		{
			"a line of an application's log",
			"[2026-11-29 22:01:07,123] WARN  Validation: Invalid Client", "from a log",
			"(observed-body)",
		},
		{
			"an error of an application between rows of stars",
			strings.Repeat("*", 80) + "\nMessage : JWT Token is expired.\n", "from a log",
			"(observed-body)",
		},
		{
			"a line of an access log",
			`198.51.100.7 - - [29/Nov/2026:20:01:00 +0000] "GET /orders HTTP/1.1" 403 27`,
			"from a log", "(observed-body)",
		},
		{"other JSON", `{"a":1}`, "JSON", "access_token"},
		{"JSON that is cut", `{"a":"b`, "can't be read to its end", "cut off"},
		{"binary", "\x7fELF\x00\x01", "binary", "text"},
		{"too much", strings.Repeat("a ", 9<<20), "larger than 16 MiB", "cut out"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			found, err := Locate(test.text)
			var e *source.Error
			if !errors.As(err, &e) {
				t.Fatalf("found something in %s, want an error", found.From)
			}
			if !strings.Contains(e.Cause, test.cause) {
				t.Errorf("cause %q lacks %q", e.Cause, test.cause)
			}
			if hints := withInputs(e.Hints); !strings.Contains(hints, test.hint) {
				t.Errorf("hints %q lack %q", hints, test.hint)
			}
		})
	}
}

// withInputs is the hints on one line, each with the input that it asks for.
func withInputs(hints []source.Hint) string {
	var all []string
	for _, h := range hints {
		if h.Need.Input != "" {
			h.Text += " (" + string(h.Need.Input) + ")"
		}
		all = append(all, h.Text)
	}
	return strings.Join(all, "; ")
}
