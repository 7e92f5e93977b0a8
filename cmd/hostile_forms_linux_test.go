package cmd

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// hostileForms are the headers, encodings, shapes and disguises of the hostile set.
func hostileForms(s signer) []hostileToken {
	good := s.good()
	unsigned := good[:strings.LastIndex(good, ".")]
	claims := `{` + hostileBase + `,` + hostileTimes + `}`
	nested := func(levels int) string {
		return s.with(`"a":` + strings.Repeat("[", levels) + strings.Repeat("]", levels))
	}
	saml := `<samlp:Response ` +
		`xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol">` +
		`<saml:Issuer>x</saml:Issuer></samlp:Response>`
	const tooLong = "more than the 1048576 that gatewhy accepts for a token"
	return []hostileToken{
		{
			"B7: crit with an extension that no one knows",
			s.header(`,"crit":["x"],"x":1`),
			exitOK, "[crit-extension]", exitRejected, "requires extensions, and gatewhy " +
				"supports none",
		},
		{
			"B7: crit that is empty",
			s.header(`,"crit":[]`),
			exitOK, "[crit-malformed]", exitRejected, "is not a list of extension names",
		},
		{
			"B7: crit that is a text",
			s.header(`,"crit":"exp"`),
			exitOK, "[crit-malformed]", exitRejected, "is not a list of extension names",
		},

		{
			"B8: a last character with bits too many", nonCanonical(good), exitOK,
			"[base64-non-canonical]", exitOK, "[base64-non-canonical]",
		},
		{"B8: padding", good + "==", exitOK, "[base64-padding]", exitOK, "most gateways " +
			"refuse it"},
		{
			"B8: the standard alphabet", standardAlphabet(good), exitOK,
			"[base64-standard-alphabet]", exitOK, "[base64-standard-alphabet]",
		},
		{
			"B8: a space inside",
			good[:50] + " " + good[50:],
			exitOK, "[white-space]", exitOK, "[white-space]",
		},
		{
			"B8: a line break inside",
			good[:50] + "\r\n" + good[50:],
			exitOK, "[white-space]", exitOK, "[white-space]",
		},
		{
			"B8: a byte order mark before it",
			"\ufeff" + good,
			exitOK, "[invisible-character]", exitOK, "[invisible-character]",
		},
		{
			"B8: b64 false",
			s.header(`,"b64":false,"crit":["b64"]`),
			exitOK, "[payload-unencoded]", exitRejected, "crit lists extensions",
		},
		{
			"B9: bytes in a claim that are no UTF-8",
			s.with("\"name\":\"\xff\xfe\x9b\""),
			exitOK, "[invalid-utf-8]", exitOK, "[invalid-utf-8]",
		},
		{
			"B9: NUL in sub",
			s.with(`"sub":"a\u0000b"`),
			exitOK,
			`a\u0000b`,
			exitOK, "[hidden-character]",
		},

		{
			"B10: two parts", unsigned, exitUsage, "the text has two parts", exitRejected,
			"the text has two parts",
		},
		{
			"B10: four parts",
			good + ".x",
			exitUsage, "the text has 4 parts", exitRejected, "The text has 4 parts",
		},
		{"B10: five parts that are not encrypted", good + ".x.y", exitUsage, `its header names ` +
			`no "enc"`, exitRejected, `names no "enc"`},
		{
			"B10: an empty signature",
			unsigned + ".",
			exitOK, "[signature-missing]", exitRejected, "The signature is empty",
		},
		{
			"B10: a masked signature",
			unsigned + ".[REDACTED]",
			exitOK, "[signature-masked]", exitUndetermined, "its signature was masked",
		},
		{
			"B10: a payload that is a list",
			s.sign("RS256", "", `["a"]`),
			exitUsage, "the payload is a list, not an object", exitRejected, "✓ signature by key",
		},
		{"B10: a payload that is a text", s.sign("RS256", "", `"a"`), exitUsage, "the payload " +
			"is a string, not an object", exitRejected, "✓ signature by key"},
		{"B10: a payload that is a number", s.sign("RS256", "", `7`), exitUsage, "the payload " +
			"is a number, not an object", exitRejected, "✓ signature by key"},
		{
			"B10: data behind the payload",
			s.sign("RS256", "", claims+`{"aud":"x"}`),
			exitUsage, "a second value follows the first", exitRejected, "✗ token format",
		},
		{
			"B10: a byte order mark before the payload",
			s.sign("RS256", "", "\ufeff"+claims),
			exitUsage, "it starts with a byte order mark", exitRejected, "✗ token format",
		},
		{"B10: 2,000 nested arrays", nested(2000), exitOK, "[[[", exitOK, "verified"},
		{"B10: 10,000 nested arrays", nested(10_000), exitUsage, "nested more than 5000 " +
			"levels deep", exitRejected, "more than 5000 levels"},
		{"B10: 100,000 nested arrays", nested(100_000), exitUsage, "nested more than 5000 " +
			"levels deep", exitRejected, "more than 5000 levels"},
		{
			"B10: 10 million nested arrays",
			tokenOf(`{"alg":"RS256"}`, strings.Repeat("[", 10_000_000)),
			exitUsage, tooLong, exitRejected, tooLong,
		},
		{
			"B10: a claim of 1 MB",
			s.with(`"a":"` + strings.Repeat("x", 1<<20) + `"`),
			exitUsage, tooLong, exitRejected, tooLong,
		},
		{
			"B10: a claim of 700 kB",
			s.with(`"a":"` + strings.Repeat("x", 700_000) + `"`),
			exitOK, "xxx…xxx", exitOK, "verified",
		},
		{
			"B10: a million members",
			s.with(strings.Repeat(`"a":1,`, 1_000_000) + `"b":1`),
			exitUsage, tooLong, exitRejected, tooLong,
		},
		{
			"B10: 70,000 members, each with a name of its own",
			s.with(manyMembers(70_000)),
			exitUsage, "it has more than 20000 values", exitRejected, "more than 20000 values",
		},
		{
			"B10: 19,000 members, each with a name of its own",
			s.with(manyMembers(19_000)),
			exitOK, "and 18005 more", exitOK, "verified",
		},
		{
			"B10: a kid of 1 MB",
			tokenOf(`{"alg":"RS256","kid":"`+strings.Repeat("k", 1<<20)+`"}`, "{}"),
			exitUsage, tooLong, exitUsage, tooLong,
		},
		{
			"B10: a kid that is a number",
			tokenOf(`{"alg":"RS256","kid":7}`, "{}"),
			exitOK, "[kid-malformed]", exitRejected, "kid is 7, not a string",
		},
		{
			"B11: scp as a list",
			s.with(`"scp":["a","b"]`),
			exitOK, "[scp-is-list]", exitOK, "[scp-is-list]",
		},

		{
			"B12: alg none",
			tokenOf(`{"alg":"none"}`, claims),
			exitOK, "[unsigned]", exitRejected, "the token is not signed",
		},
		{
			"B12: alg None",
			tokenOf(`{"alg":"None"}`, claims),
			exitOK, "[unsigned]", exitRejected, "the token is not signed",
		},
		{
			"B12: alg in lower case",
			tokenOf(`{"alg":"rs256"}`, claims),
			exitOK, "[alg-not-of-entra]", exitRejected, "the algorithm is not allowed",
		},
		{
			"B12: PS256, which no one asked for",
			s.sign("PS256", "", claims),
			exitOK, "[alg-not-of-entra]", exitOK, "[alg-not-of-entra]",
		},
		{
			"B12: ES256 with an RSA key",
			tokenOf(`{"alg":"ES256","kid":"`+s.key.ID+`"}`, claims),
			exitOK, "[alg-not-of-entra]", exitRejected, "the algorithm does not fit the key",
		},
		{
			"B12: HS256 with the public key as the secret",
			s.sign("HS256", "", claims),
			exitOK, "[alg-not-of-entra]", exitRejected,
			"the header asks for a shared secret, but the key is public",
		},

		{
			"B13: Bearer twice",
			"Bearer Bearer " + good,
			exitOK, "[scheme-twice]", exitOK, "[scheme-twice]",
		},
		{"B13: in quotes", `"` + good + `"`, exitOK, "20 min left", exitOK, "verified"},
		{
			"B13: in quotes that are escaped",
			`\"` + good + `\"`,
			exitOK, "20 min left", exitOK, "verified",
		},
		{
			"B13: URL-encoded",
			strings.ReplaceAll(good, ".", "%2E"),
			exitOK, "[url-encoded]", exitOK, "[url-encoded]",
		},
		{
			"B13: URL-encoded with Bearer",
			url.PathEscape("Bearer " + good),
			exitOK, "20 min left", exitOK, "verified",
		},
		{
			"B13: opaque", "0123456789abcdefghijABCDEFGHIJ", exitOK, "opaque token", exitRejected,
			"it is an opaque token",
		},
		{
			"B13: SAML", saml, exitUsage, "the text is a SAML assertion or response, not a JWT",
			exitUsage, "SAML",
		},
		{"B13: SAML in base64", part(saml), exitUsage, "the text is a SAML assertion or " +
			"response, not a JWT", exitUsage, "SAML"},
		{
			"B13: for Microsoft Graph, signed with the nonce hashed", graphToken(s), exitOK,
			"[graph-nonce]", exitRejected, "only Microsoft's own APIs can verify this token",
		},
	}
}

func nonCanonical(token string) string {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := len(token) - 1
	return token[:last] + string(digits[strings.IndexByte(digits, token[last])+1])
}

// standardAlphabet writes a token's signature with the digits of ordinary base64.
func standardAlphabet(token string) string {
	at := strings.LastIndex(token, ".")
	return token[:at] + strings.NewReplacer("-", "+", "_", "/").Replace(token[at:])
}

// manyMembers writes so many members, each with a name of its own.
func manyMembers(count int) string {
	var b strings.Builder
	for i := range count {
		fmt.Fprintf(&b, `,"m%d":1`, i)
	}
	return b.String()[1:]
}

// graphToken returns a token as Entra ID signs it for Microsoft Graph: over a header whose nonce
// is hashed.
func graphToken(s signer) string {
	s.t.Helper()
	nonce := func(value string) string { return `,"nonce":"` + value + `"` }
	sum := sha256.Sum256([]byte("AQABAAAAAAD"))
	signed := s.header(nonce(base64.RawURLEncoding.EncodeToString(sum[:])))
	_, rest, _ := strings.Cut(signed, ".")
	return part(`{"alg":"RS256","kid":"`+s.key.ID+`"`+nonce("AQABAAAAAAD")+`}`) + "." + rest
}

// B14. The keys that a token brings or points to are its maker's. Neither do they verify it, nor
// is anyone asked for them.
func TestTheKeysThatATokenBringsAreNeverFollowedOrTrusted(t *testing.T) {
	t.Parallel()
	gatewhy, dir := build(t), t.TempDir()
	writeFile(t, filepath.Join(dir, "keys.json"), keySet(t, "", "signing"))
	own := keySet(t, "", "attacker")
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		_, _ = w.Write([]byte(own))
	}))
	defer server.Close()
	s := newSigner(t, "attacker")
	key := strings.TrimSuffix(strings.TrimPrefix(own, `{"keys":[`), "]}")
	for name, member := range map[string]string{
		"jku": `"` + server.URL + `"`,
		"x5u": `"` + server.URL + `"`,
		"jwk": key,
		"x5c": `["MIIB"]`,
	} {
		t.Run("B14: "+name, func(t *testing.T) {
			token := s.header(`,"` + name + `":` + member)
			gatewhy.run(t, dir, token, "decode").wants(t, exitOK, "[key-in-header]")
			gatewhy.run(t, dir, token, "verify", "--at", hostileAt, "--jwks", "keys.json").
				wants(t, exitRejected,
					"no key with the token's kid")
		})
	}
	if n := asked.Load(); n > 0 {
		t.Errorf("%d requests were made", n)
	}
}

// B1. What stands in a name, an address or a key set reaches messages and tables, and nothing of
// it a terminal as it is.
func TestNamesAddressesAndKeysAreNeverPrintedRaw(t *testing.T) {
	t.Parallel()
	gatewhy, dir := build(t), t.TempDir()
	token := newSigner(t, "signing").good()
	hostile := `{"keys":[{"kty":"` + escapes + `","kid":"` + escapes + `","use":"` + escapes +
		`","alg":"` + escapes + `","issuer":"` + escapes + `","cloud_instance_name":"` + escapes +
		`","n":"` + escapes + `","x5c":["` + escapes + `"],"` + escapes + `":1}]}`
	writeFile(t, filepath.Join(dir, "hostile.json"), hostile)
	name := strings.ReplaceAll(rawEscapes, "/", "")
	writeFile(t, filepath.Join(dir, name), hostile)
	tests := []struct {
		name string
		code int
		args []string
	}{
		{"a key set, as a table", exitOK, []string{"keys", "hostile.json"}},
		{"a key set, as JSON", exitOK, []string{"keys", "hostile.json", "-o", "json"}},
		{
			"a key set whose kids are listed", exitRejected,
			[]string{"verify", "--jwks", "hostile.json"},
		},
		{
			"a key set whose kids are listed, as JSON", exitRejected,
			[]string{"verify", "--jwks", "hostile.json", "-o", "json"},
		},
		{
			"a key set whose kids are listed, as Markdown", exitRejected,
			[]string{"verify", "--jwks", "hostile.json", "-o", "markdown"},
		},
		{"the name of a file that is there", exitOK, []string{"keys", name}},
		{
			"the name of a file that is not there", exitUsage,
			[]string{"verify", "--jwks", name + "x"},
		},
		{"the name of a token's file", exitUsage, []string{"decode", "@" + name + "x"}},
		{
			"the address of a key set", exitUsage,
			[]string{"keys", "http://127.0.0.1:1/" + url.PathEscape("\u202e") + "\u202e\u009b"},
		},
		{"the host of a key set", exitUsage, []string{"keys", "https://\u202ehost.example/"}},
		{
			"an issuer", exitUsage,
			[]string{"verify", "--issuer", "https://x.example/" + rawEscapes},
		},
		{"a tenant", exitUsage, []string{"verify", "--tenant", rawEscapes}},
		{"a claim's name", exitRejected, []string{"decode", "--claim", rawEscapes}},
		{"a flag's value", exitUsage, []string{"decode", "-o", rawEscapes}},
	}
	for _, test := range tests {
		t.Run("B1: "+test.name, func(t *testing.T) {
			gatewhy.run(t, dir, token, test.args...).wants(t, test.code, "")
		})
	}
}
