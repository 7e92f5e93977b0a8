package tokens

import (
	"encoding/json"
	"strings"

	"github.com/gatewhy/gatewhy/testdata/mint"
)

// Odd are good tokens but for one member that Entra ID never writes, or never writes so. A name is
// the member as JSON has it, with API, ISSUER and OTHER for the values of a good token and of
// another issuer.
func Odd() []Shape {
	var all []Shape
	for _, member := range oddClaims() {
		for _, value := range member.values {
			all = append(all, claim(
				member.name+"="+value, member.name, json.RawMessage(written(value))))
		}
	}
	for _, member := range oddHeaders() {
		for _, value := range member.values {
			all = append(all, header(
				"header "+member.name+"="+value, member.name, json.RawMessage(written(value))))
		}
	}
	all = append(all, oddPayloads()...)
	return append(all, oddHeadings()...)
}

// written is a value in JSON, of which the name of its token has a short form.
func written(short string) string {
	return strings.NewReplacer(
		"API", mint.API, "ISSUER", mint.V2Issuer(mint.Tenant),
		"OTHER", mint.V2Issuer(mint.OtherTenant),
		"MODULUS", strings.Repeat("w", 341)+"E",
	).Replace(short)
}

// oddValues are what one member may be.
type oddValues struct {
	name   string
	values []string
}

func oddClaims() []oddValues {
	anyKind := []string{`null`, `true`, `5`, `""`, `[]`, `["a"]`, `{}`}
	return []oddValues{
		{"aud", []string{
			`null`, `[null]`, `[null,"API"]`, `["API",null]`,
			`[["API"]]`, `[1]`, `["API",1]`, `[""]`,
			`["","API"]`, `["API","API"]`, `{}`, `{"API":1}`, `true`, `1.5`, `"API "`, `"API,API"`,
		}},
		{"iss", []string{`null`, `""`, `["ISSUER"]`, `{}`, `true`, `"ISSUER "`}},
		{"sub", []string{`[]`, `["a"]`, `{}`, `true`, `1.5`, `" "`}},
		{"exp", []string{
			`null`, `true`, `[]`, `[4102444800]`,
			`{}`, `""`, `" "`, `"4102444800"`, `"+4102444800"`,
			`"04102444800"`, `"4102444800 "`, `"0x7fffffff"`, `"1e10"`, `"1e400"`, `1e10`, `1E10`,
			`4.1024448e9`, `4102444800.9`, `-1`, `-0`, `0.5`, `1`, `9999999999`, `10000000000`,
			`253402300800`, `9223372036`, `9223372037`, `9223372036854775807`,
			`9223372036854775808`, `99999999999999999999`, `-9223372036854775809`, `-1e400`,
			`9223371974719179007`, `9223371974719179008`, `"Infinity"`, `"null"`,
		}},
		{"nbf", []string{
			`true`, `[]`, `{}`, `""`, `"0"`, `"1e3"`, `-1`, `-1e30`, `1e30`, `0`, `0.9`,
			`4102444800`, `4.1024448e9`, `9223372036854775807`, `9223372036854775808`, `1e400`,
		}},
		{"iat", []string{
			`null`, `true`, `[]`, `{}`, `""`, `"0"`, `-1`, `1e30`, `1e400`, `9223372036854775807`,
		}},
		{"email_verified", []string{
			`null`, `true`, `false`, `0`, `1`, `2`, `-1`, `0.0`, `0.5`, `1.0`, `1e0`, `1e400`,
			`18446744073709551616`, `"0"`, `"1"`, `"2"`, `"t"`, `"F"`, `"yes"`, `"TRUE"`, `"tRUE"`,
			`""`, `" true"`, `[]`, `[true]`, `[false]`, `{}`,
		}},
		{"email", append(anyKind,
			`["ada@contoso.example","b"]`, `1.5`,
			`"ada@contoso.example "`, `"ada@contoso.example."`,
			`"@contoso.example"`, `{"a":"ada@contoso.example"}`,
		)},
		{"groups", append(anyKind,
			`["orders-team",null]`, `[["orders-team"]]`, `["orders-team",{}]`, `{"orders-team":1}`,
			`["orders-team",1]`, `[1.5]`, `"orders-team "`, `"[\"orders-team\"]"`,
		)},
		{"preferred_username", anyKind},
		{"name", anyKind},
		{"nonce", anyKind},
		{"at_hash", anyKind},
		{"_claim_names", append(anyKind, `{"groups":null}`, `{"groups":1}`, `{"groups":"src1"}`)},
		{"_claim_sources", append(anyKind,
			`{"src1":null}`, `{"src1":{}}`, `{"src1":{"endpoint":1}}`, `{"src1":{"Endpoint":1}}`,
			`{"src1":{"access_token":[]}}`,
		)},
		{"x", []string{
			`1e400`, `-1e400`, `1e-400`, `18446744073709551616`, `"\ud800"`, `[1e400]`,
			`{"a":1,"a":2}`,
		}},
		{"", []string{`1`}},
	}
}

func oddHeaders() []oddValues {
	anyKind := []string{`null`, `true`, `5`, `""`, `"a"`, `[]`, `["a"]`, `{}`}
	return []oddValues{
		{"alg", []string{`null`, `""`, `5`, `["RS256"]`, `{}`, `"rs256"`, `" RS256"`, `"RS256 "`}},
		{"kid", []string{`null`, `true`, `[]`, `{}`, `1.5`}},
		{"typ", append(anyKind, `"JWE"`)},
		{"cty", append(anyKind, `"JWT"`)},
		{"zip", append(anyKind, `"DEF"`)},
		{"enc", append(anyKind, `"A128GCM"`)},
		{"crit", []string{
			`null`, `[]`, `["b64"]`, `["b64","b64"]`,
			`["b64","exp"]`, `["exp"]`, `["alg"]`, `[""]`,
			`[null]`, `[1]`, `"b64"`, `5`, `{}`, `true`, `["B64"]`,
		}},
		{"b64", append(anyKind, `false`)},
		{"nonce", anyKind},
		{"jku", anyKind},
		{"x5u", append(anyKind, `"http://127.0.0.1:9/x"`)},
		{"x5t", anyKind},
		{"x5t#S256", anyKind},
		{"x5c", append(anyKind, `["AAAA"]`, `[null]`)},
		{"jwk", append(anyKind, `{"kty":"oct","k":"AAAA"}`, `{"kty":"RSA"}`,
			`{"kty":"RSA","e":"AQAB","n":"MODULUS","d":"AQAB"}`)},
		{"p2c", []string{`-1`, `"a"`}},
		{"epk", []string{`1`, `{}`}},
		{"iss", []string{`"OTHER"`}},
		{"x", []string{`1e400`, `{"a":1,"a":2}`, `"\ud800"`}},
	}
}

// before puts a text behind the opening brace of an object, and after before its closing one.
func before(text, more string) string { return "{" + written(more) + "," + text[1:] }

func after(text, more string) string {
	return strings.TrimSuffix(text, "}") + "," + written(more) + "}"
}

// oddMembers are members that are there twice, or under a name that some readers take for theirs.
func oddMembers() []string {
	return []string{
		`"iss":"OTHER"`, `"iss":"ISSUER"`, `"iss":null`, `"iss":5`, `"iss":["OTHER"]`,
		`"\u0069ss":"OTHER"`,
		`"aud":"other"`, `"aud":null`, `"aud":["API"]`, `"aud":5`,
		`"exp":1`, `"exp":4102444800`, `"exp":null`, `"exp":"a"`,
		`"nbf":1`, `"nbf":4102444800`, `"nbf":null`,
		`"sub":"b"`, `"sub":5`, `"tid":"x"`, `"x":1,"x":2`,
		`"email":"ada@contoso.example","email":"eve@fabrikam.example"`,
		`"email":"eve@fabrikam.example","email":"ada@contoso.example"`,
		`"email_verified":true,"email_verified":false`,
		`"email_verified":false,"email_verified":true`,
		`"groups":["orders-team"],"groups":["readers"]`,
		`"groups":["readers"],"groups":["orders-team"]`,
		`"ISS":"OTHER"`, `"ISS":"ISSUER"`, `"Iss":5`, `"ISS":null`, `"iſs":"OTHER"`,
		`"EXP":1`, `"Exp":4102444800`, `"EXP":null`, `"EXP":"a"`, `"NBF":4102444800`, `"NBF":null`,
		`"IAT":"a"`, `"IAT":1`, `"IAT":null`, `"AUD":null`, `"AUD":5`, `"AUD":["other"]`,
		`"AUD":[1]`, `"AUD":[null]`, `"SUB":5`, `"ſub":5`, `"Nonce":5`, `"AT_HASH":5`,
		`"_CLAIM_NAMES":5`, `"_Claim_Names":{"groups":"src1"}`, `"_CLAIM_SOURCES":5`,
		`"EMAIL_VERIFIED":false`, `"Email":"eve@fabrikam.example"`, `"GROUPS":["orders-team"]`,
	}
}

func oddPayloads() []Shape {
	var all []Shape
	for _, more := range oddMembers() {
		all = append(all,
			Shape{Name: more + " first", payload: func(text string) string {
				return before(text, more)
			}},
			Shape{Name: more + " last", payload: func(text string) string {
				return after(text, more)
			}})
	}
	for _, more := range []string{
		`"x":NaN`, `"x":01`, `"x":1.`, `"x":'a'`, `"x":"\x41"`, `"x":1,`, `x:1`,
		`"x":1 /* a */`, `"x":+1`,
	} {
		all = append(all, Shape{Name: "not JSON: " + more, payload: func(text string) string {
			return after(text, more)
		}})
	}
	return append(all,
		Shape{Name: "not JSON: a tab in a text", payload: func(text string) string {
			return after(text, "\"x\":\"\t\"")
		}},
		Shape{Name: "payload-blanks", payload: func(text string) string {
			return " \t\r\n" + text + "\n "
		}},
		Shape{Name: "payload-empty-object", payload: func(string) string { return "{}" }},
		Shape{Name: "payload-blank-object", payload: func(string) string { return "{ }" }},
		Shape{Name: "payload-null", payload: func(string) string { return "null" }},
		Shape{Name: "payload-text", payload: func(string) string { return `"a"` }},
		Shape{Name: "payload-nothing", payload: func(string) string { return "" }},
		Shape{Name: "payload-ff", payload: func(text string) string { return text + "\f" }},
	)
}

func oddHeadings() []Shape {
	var all []Shape
	for _, more := range []string{
		`"alg":"RS256"`, `"alg":"none"`, `"kid":"other"`, `"kid":5`, `"typ":"JWT"`, `"x":1,"x":1`,
		`"crit":["b64"],"crit":[]`, `"ALG":"none"`, `"KID":"other"`, `"Kid":5`, `"CRIT":["x"]`,
		`"B64":false`, `"JWK":5`,
	} {
		all = append(all,
			Shape{Name: "header " + more + " first", heading: func(text string) string {
				return before(text, more)
			}},
			Shape{Name: "header " + more + " last", heading: func(text string) string {
				return after(text, more)
			}})
	}
	return append(all,
		header("header-no-alg", "alg", nil),
		Shape{Name: "header-crit-and-b64", Header: map[string]any{
			"crit": []string{"b64"}, "b64": true,
		}},
		Shape{Name: "header-crit-and-no-b64", Header: map[string]any{
			"crit": []string{"b64"}, "b64": false,
		}},
		Shape{Name: "header-blanks", heading: func(text string) string { return text + " \n" }},
		Shape{Name: "header-blank-object", heading: func(text string) string {
			return "{ " + text[1:]
		}},
		Shape{Name: "header-trailing", heading: func(text string) string { return text + "{}" }},
		Shape{Name: "header-bad-utf8", heading: func(text string) string {
			return after(text, "\"x\":\"\xff\"")
		}},
	)
}

// All are every token that a real gateway is asked with.
func All() []Shape { return append(append(Kinds(), Random()...), Odd()...) }
