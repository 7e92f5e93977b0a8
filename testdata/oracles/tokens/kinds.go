package tokens

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/gatewhy/gatewhy/testdata/mint"
)

// NoToken is the name of the request without a token.
const NoToken = "no-token"

// otherAPI is another API of the tenant.
const otherAPI = "bbbbbbbb-0000-4000-8000-00000000000b"

// Kinds are a good token, and one for each way in which a token can be wrong or odd. The first of
// them is no token at all.
func Kinds() []Shape {
	all := []Shape{{Name: NoToken}, {Name: "valid"}}
	for _, group := range [][]Shape{times(), audiences(), parties(), headers(), keys()} {
		all = append(all, group...)
	}
	return append(append(all, forms()...), payloads()...)
}

// claim is a token in which one claim differs.
func claim(kind, name string, value any) Shape {
	return Shape{Name: kind, Claims: map[string]any{name: value}}
}

// header is a token in which one member of the header differs.
func header(kind, name string, value any) Shape {
	return Shape{Name: kind, Header: map[string]any{name: value}}
}

func times() []Shape {
	return []Shape{
		{Name: "expired", Claims: map[string]any{
			"exp": in(-3600), "iat": in(-7200), "nbf": in(-7200),
		}},
		claim("expired-10s", "exp", in(-10)),
		claim("expired-4min", "exp", in(-240)),
		claim("nbf-future", "nbf", in(3600)),
		{Name: "iat-future", Claims: map[string]any{"iat": in(3600), "nbf": nil}},
		claim("no-exp", "exp", nil),
		claim("no-nbf", "nbf", nil),
		claim("exp-string", "exp", moment(func(now int64) any { return fmt.Sprint(now + 86400) })),
		claim("exp-float", "exp", moment(func(now int64) any { return float64(now) + 86400.5 })),
		claim("exp-huge", "exp", json.Number("1e400")),
		claim("exp-zero", "exp", 0),
		claim("exp-millis", "exp", moment(func(now int64) any { return (now - 3600) * 1000 })),
	}
}

func audiences() []Shape {
	return []Shape{
		claim("wrong-aud", "aud", otherAPI),
		claim("aud-uri", "aud", mint.APIURI),
		claim("aud-upper", "aud", strings.ToUpper(mint.API)),
		claim("aud-slash", "aud", mint.API+"/"),
		claim("aud-array", "aud", []string{"x", mint.API}),
		claim("aud-array-wrong", "aud", []string{"x", otherAPI}),
		claim("aud-empty-array", "aud", []string{}),
		claim("no-aud", "aud", nil),
	}
}

func parties() []Shape {
	return []Shape{
		{Name: "wrong-iss-v1", Claims: map[string]any{
			"iss": mint.V1Issuer(mint.Tenant), "ver": "1.0",
		}},
		{Name: "wrong-iss-other-tenant", Claims: map[string]any{
			"iss": mint.V2Issuer(mint.OtherTenant), "tid": mint.OtherTenant,
		}},
		claim("iss-trailing-slash", "iss", mint.V2Issuer(mint.Tenant)+"/"),
		claim("no-iss", "iss", nil),
		claim("no-sub", "sub", nil),
		claim("missing-scope", "scp", "profile"),
		claim("no-scp", "scp", nil),
		{Name: "scope-claim", Claims: map[string]any{"scp": nil, "scope": "orders.read profile"}},
		claim("scp-array", "scp", []string{"orders.read", "profile"}),
		claim("no-roles", "roles", nil),
		claim("other-role", "roles", []string{"Orders.Write"}),
	}
}

func headers() []Shape {
	return []Shape{
		header("unknown-kid", "kid", "key-zzz"),
		header("no-kid", "kid", nil),
		header("kid-number", "kid", 7),
		header("typ-atjwt", "typ", "at+jwt"),
		header("no-typ", "typ", nil),
		{Name: "crit-unknown", Header: map[string]any{"crit": []string{"xyz"}, "xyz": 1}},
		header("crit-empty", "crit", []string{}),
		header("jku", "jku", "http://127.0.0.1:9/x"),
		header("alg-lower", "alg", "rs256"),
	}
}

func keys() []Shape {
	return []Shape{
		{Name: "wrong-key", Key: "foreign"},
		{Name: "alg-none", Alg: "none", Header: map[string]any{"kid": nil}},
		{
			Name: "alg-None-sig", Alg: "none", Header: map[string]any{"alg": "None"},
			compact: func(token string) string { return token + "AAAA" },
		},
		{Name: "hs256-confusion", Alg: "HS256"},
		{Name: "rs384", Alg: "RS384"},
		{Name: "ps256", Alg: "PS256"},
		{Name: "es256", Alg: "ES256", Key: "ec"},
		{Name: "tampered-payload", compact: tampered},
		{
			Name: "nonce-hashed-header", Key: "foreign",
			Header: map[string]any{"nonce": "abc"},
			Claims: map[string]any{"aud": "00000003-0000-0000-c000-000000000000"},
		},
	}
}

// forms are tokens whose text is not that of three parts in base64url without padding.
func forms() []Shape {
	form := func(kind string, change func(parts []string) string) Shape {
		return Shape{Name: kind, compact: func(token string) string {
			return change(strings.Split(token, "."))
		}}
	}
	return []Shape{
		form("empty-sig", func(p []string) string { return p[0] + "." + p[1] + "." }),
		form("two-parts", func(p []string) string { return p[0] + "." + p[1] }),
		form("four-parts", func(p []string) string { return strings.Join(p, ".") + ".x" }),
		form("five-parts", func(p []string) string { return strings.Join(p, ".") + ".x.y" }),
		form("padded-b64", func(p []string) string {
			return padded(p[0]) + "." + padded(p[1]) + "." + padded(p[2])
		}),
		form("sig-noncanonical-tail", func(p []string) string {
			return p[0] + "." + p[1] + "." + otherTail(p[2])
		}),
	}
}

// payloads are tokens whose payload is not what a JSON encoder would write.
func payloads() []Shape {
	payload := func(kind string, change func(text string) string) Shape {
		return Shape{Name: kind, payload: change}
	}
	ended := func(text, more string) string { return strings.TrimSuffix(text, "}") + more + "}" }
	return []Shape{
		payload("dup-aud-last-good", func(text string) string {
			return `{"aud":"` + otherAPI + `",` + text[1:]
		}),
		payload("dup-aud-last-bad", func(text string) string {
			return ended(text, `,"aud":"`+otherAPI+`"`)
		}),
		{
			Name: "case-aud-key", Claims: map[string]any{"aud": otherAPI},
			payload: func(text string) string { return ended(text, `,"AUD":"`+mint.API+`"`) },
		},
		payload("payload-array", func(string) string { return "[1]" }),
		payload("payload-bad-utf8", func(text string) string {
			return strings.Replace(text, "Ada", "A\xff\xfe", 1)
		}),
		payload("payload-trailing", func(text string) string { return text + "{}" }),
		payload("payload-bom", func(text string) string { return "\xef\xbb\xbf" + text }),
		claim("deep-nest", "x", json.RawMessage(
			strings.Repeat("[", 2000)+strings.Repeat("]", 2000))),
		claim("esc-claim", "name", "\x1b[31mred\x1b]0;title\x07"),
		claim("nul-in-sub", "sub", "a\x00b"),
		claim("big-7k", "groups", strings.Repeat("g", 4500)),
	}
}

// tampered puts another payload under the signature.
func tampered(token string) string {
	p := strings.Split(token, ".")
	text, err := base64.RawURLEncoding.DecodeString(p[1])
	if err != nil {
		panic(err) // the token was made here
	}
	other := strings.Replace(string(text), "Ada", "Eve", 1)
	return p[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(other)) + "." + p[2]
}

func padded(part string) string {
	for len(part)%4 != 0 {
		part += "="
	}
	return part
}

// otherTail changes only bits of the last character that no byte is made of.
func otherTail(part string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(alphabet, part[len(part)-1])
	return part[:len(part)-1] + alphabet[last^1:last^1+1]
}
