package inspect

import (
	"encoding/base64"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// b64 encodes a part of a token.
func b64(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

const (
	headerRS256 = `{"typ":"JWT","alg":"RS256","kid":"k1"}`
	signature   = "c2lnbmF0dXJl"
)

// signed returns a token with these claims and a signature that nobody made.
func signed(claims string) string {
	return b64(headerRS256) + "." + b64(claims) + "." + signature
}

func withHeader(header string) string {
	return b64(header) + "." + b64(`{"aud":"a"}`) + "." + signature
}

func observed(t *Token) []string {
	var ids []string
	for _, o := range t.Observations {
		ids = append(ids, strings.TrimSuffix(o.ID+" "+o.Path, " "))
	}
	return ids
}

func faultOf(t *Token) string {
	if t.Fault == nil {
		return ""
	}
	return t.Fault.ID
}

func TestParseTellsWhatATextIs(t *testing.T) {
	t.Parallel()
	good := signed(`{"aud":"api://orders"}`)
	tests := []struct {
		name  string
		text  string
		shape Shape
		fault string
		says  string // in the fault's message
		odd   []string
	}{
		{name: "three parts that decode are a signed token", text: good, shape: Signed},
		{name: "a line break at the end is no fault", text: good + "\n", shape: Signed},
		{
			name: "line breaks inside are left out and told", text: good[:30] + "\n" + good[30:],
			shape: Signed, odd: []string{"white-space"},
		},
		{
			name: "a zero-width space inside is left out and told",
			text: good[:30] + "\u200b" + good[30:], shape: Signed,
			odd: []string{"invisible-character"},
		},
		{
			name: "a byte order mark in front is left out and told", text: "\ufeff" + good,
			shape: Signed, odd: []string{"invisible-character"},
		},
		{
			name: "no text is a fault of its own", text: " \n", shape: Malformed, fault: "empty",
			says: "is empty",
		},
		{
			name: "a run without dots is opaque", text: "AAAAAAAAAAAAAAAAAAAAAAAA", shape: Opaque,
			fault: "opaque", says: "no dots",
		},
		{
			name: "a header alone is a token that was cut", text: b64(headerRS256),
			shape: Malformed, fault: "one-part", says: "cut off",
		},
		{
			name: "two parts lack the signature", text: b64(headerRS256) + "." + b64(`{}`),
			shape: Malformed, fault: "two-parts", says: "signature",
		},
		{
			name: "two parts with alg none lack the second dot",
			text: b64(`{"alg":"none"}`) + "." + b64(`{}`), shape: Malformed, fault: "two-parts",
			says: "unsigned",
		},
		{
			name: "four parts are told with their number", text: good + ".x", shape: Malformed,
			fault: "wrong-number-of-parts", says: "4 parts",
		},
		{
			name: "six parts are told with their number", text: good + "." + good,
			shape: Malformed, fault: "wrong-number-of-parts", says: "6 parts",
		},
		{
			name: "five parts with enc are encrypted",
			text: b64(`{"alg":"RSA-OAEP","enc":"A256GCM"}`) + ".a.b.c.d", shape: Encrypted,
			fault: "encrypted", says: `"RSA-OAEP", "A256GCM"`,
		},
		{
			name: "five parts without enc are not called encrypted",
			text: b64(headerRS256) + ".a.b.c.d", shape: Encrypted, fault: "wrong-number-of-parts",
			says: "enc",
		},
		{
			name: "an empty header is told", text: "." + b64(`{}`) + "." + signature,
			shape: Signed, fault: "empty-header", says: "header is empty",
		},
		{
			name: "an empty payload is told", text: b64(headerRS256) + ".." + signature,
			shape: Signed, fault: "empty-payload", says: "payload is empty",
		},
		{
			name: "an empty signature is no fault of the form",
			text: b64(`{"alg":"none"}`) + "." + b64(`{}`) + ".", shape: Signed,
		},
		{
			name: "a header that is no JSON is told",
			text: b64("hello") + "." + b64(`{}`) + "." + signature, shape: Signed,
			fault: "header-not-json", says: "header is not JSON",
		},
		{
			name: "a header that is no object is told",
			text: b64("[]") + "." + b64(`{}`) + "." + signature, shape: Signed,
			fault: "header-not-object", says: "a list",
		},
		{
			name: "a payload that is no JSON is told", text: signed("hello"), shape: Signed,
			fault: "payload-not-json", says: "payload is not JSON",
		},
		{
			name: "a payload that is a list is told", text: signed(`["a"]`), shape: Signed,
			fault: "payload-not-object", says: "a list",
		},
		{
			name: "a payload that is a string is told", text: signed(`"a"`), shape: Signed,
			fault: "payload-not-object", says: "a string",
		},
		{
			name: "a payload that is a number is told", text: signed(`1`), shape: Signed,
			fault: "payload-not-object", says: "a number",
		},
		{
			name: "text after the payload's object is told", text: signed(`{} {}`), shape: Signed,
			fault: "payload-not-json",
		},
		{
			name: "a payload cut in its middle is told", text: signed(`{"aud":"api`),
			shape: Signed, fault: "payload-not-json",
		},
		{
			name: "a character outside the alphabet is named with its place",
			text: b64(headerRS256) + ".ab%3D." + signature, shape: Signed, fault: "not-base64url",
			says: `payload is not base64url: it has "%" at character 3`,
		},
		{
			name: "an impossible length is told", text: b64(headerRS256) + ".abcde." + signature,
			shape: Signed, fault: "not-base64url", says: "payload has a length",
		},
		{
			name: "a signature that does not decode is told",
			text: b64(headerRS256) + "." + b64(`{}`) + ".a!b", shape: Signed,
			fault: "not-base64url", says: `signature is not base64url: it has "!" at character 2`,
		},
		{
			name: "an ellipsis shows that the text was shortened",
			text: b64(headerRS256) + ".eyJh…", shape: Malformed, fault: "two-parts",
		},
		{
			name: "padding is tolerated and told",
			text: b64(headerRS256) + "." + b64(`{"a":1 }`) + "=." + signature, shape: Signed,
			odd: []string{"base64-padding payload"},
		},
		{
			name: "the standard alphabet is tolerated and told",
			text: b64(headerRS256) + "." + b64(`{"a":1}`) + ".+/+/", shape: Signed,
			odd: []string{"base64-standard-alphabet signature"},
		},
		{
			name: "spare bits in the last character are tolerated and told",
			text: b64(headerRS256) + "." + b64(`{"a":1}`) + ".ab", shape: Signed,
			odd: []string{"base64-non-canonical signature"},
		},
		{
			name:  "an unencoded payload is named as such",
			text:  b64(`{"alg":"HS256","b64":false,"crit":["b64"]}`) + ".$5." + signature,
			shape: Signed, fault: "unencoded-payload", says: "b64",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			token := Parse(test.text)
			if token.Shape != test.shape {
				t.Errorf("shape %d, want %d", token.Shape, test.shape)
			}
			if got := faultOf(token); got != test.fault {
				t.Errorf("fault %q, want %q", got, test.fault)
			}
			if token.Fault != nil && !strings.Contains(token.Fault.Cause, test.says) {
				t.Errorf("the fault says %q, which lacks %q", token.Fault.Cause, test.says)
			}
			if diff := cmp.Diff(test.odd, observed(token)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseKeepsWhatCanBeReadOfABrokenToken(t *testing.T) {
	t.Parallel()
	token := Parse(b64(headerRS256) + "." + b64(`{"aud":"api://orders"}`) + ".!")
	if kid, _ := token.Header.Member("kid").Str(); kid != "k1" {
		t.Errorf("kid %q", kid)
	}
	if aud, _ := token.Claims.Member("aud").Str(); aud != "api://orders" {
		t.Errorf("aud %q", aud)
	}
}

func TestParseKeepsTheSignedBytesAsTheyWere(t *testing.T) {
	t.Parallel()
	input := b64(headerRS256) + "." + b64(`{"a":1 }`) + "="
	token := Parse(" " + input + "." + signature + "\n")
	if token.SigningInput() != input {
		t.Errorf("signing input %q", token.SigningInput())
	}
	if string(token.Signature) != "signature" {
		t.Errorf("signature %q", token.Signature)
	}
	if token.Compact() != input+"."+signature {
		t.Errorf("compact %q", token.Compact())
	}
}

func TestParseKeepsEveryDigit(t *testing.T) {
	t.Parallel()
	token := Parse(signed(`{"n":9007199254740993,"f":1.10,"e":1e400}`))
	want := `{"n":9007199254740993,"f":1.10,"e":1e400}`
	if got := token.Claims.JSON(); got != want {
		t.Errorf("claims %s, want %s", got, want)
	}
}

func TestParseReportsDuplicateMembersWithBothValues(t *testing.T) {
	t.Parallel()
	token := Parse(signed(`{"roles":["a"],"x":{"y":1,"y":2,"y":3},"roles":["b"]}`))
	want := []Observation{
		{
			ID: "duplicate-member", Path: "claims.roles",
			Message: `the member "roles" appears twice: first ["a"], last ["b"]; most gateways ` +
				`read the last, some the first, some refuse the token`,
		},
		{
			ID: "duplicate-member", Path: "claims.x.y",
			Message: `the member "y" appears 3 times: first 1, last 3; most gateways read the ` +
				`last, some the first, some refuse the token`,
		},
	}
	if diff := cmp.Diff(want, token.Observations); diff != "" {
		t.Error(diff)
	}
}

func TestParseBoundsTheReportOfDuplicates(t *testing.T) {
	t.Parallel()
	token := Parse(
		signed(
			`{` + strings.Repeat(`"a":1,"b":1,`, 2) + strings.Repeat(`"x":{"c":1,"c":2},`, 50) +
				`"z":1}`))
	if n := len(token.Observations); n != maxDuplicates+1 {
		t.Errorf("%d observations, want %d", n, maxDuplicates+1)
	}
}

func TestATokenIsNeverPrinted(t *testing.T) {
	t.Parallel()
	token := Parse(signed(`{}`))
	if token.String() != "(token)" || token.GoString() != "(token)" {
		t.Errorf("printed as %s and %#v", token, token)
	}
}

// A token in which nothing is odd is read in a shorter way, which gives the same.
func TestPlainTokensAreReadAlike(t *testing.T) {
	t.Parallel()
	encode := base64.RawURLEncoding.EncodeToString
	good := encode([]byte(`{"alg":"RS256","kid":"k"}`)) + "." +
		encode([]byte(`{"aud":"api://orders","exp":1790000000,"name":"Jörg"}`)) + "." +
		encode([]byte("signature"))
	if !new(Parser).readPlain(good) {
		t.Error("a good token is not plain")
	}
	random := rand.New(rand.NewPCG(7515, 7519))
	plain := 0
	var parser Parser
	for i := range 3000 {
		text := []byte(good)
		for range random.IntN(3) {
			text[random.IntN(len(text))] = "AZaz09-_.+/=\n\r \x00%"[random.IntN(17)]
		}
		if i%7 == 0 {
			text = text[:random.IntN(len(text))]
		}
		if new(Parser).readPlain(string(text)) {
			plain++
		}
		long := &Token{Shape: Malformed}
		long.compact = long.clean(string(text))
		long.split()
		short := parser.Parse(string(text))
		if diff := cmp.Diff(long, short, cmp.AllowUnexported(Token{})); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
	if plain < 200 {
		t.Errorf("only %d of the tokens were plain", plain)
	}
}

func TestAnEmptyPartIsNotPlain(t *testing.T) {
	t.Parallel()
	object := base64.RawURLEncoding.EncodeToString([]byte("{}"))
	for _, text := range []string{
		"", ".", "..", object, object + "." + object, object + "." + object + ".",
		object + ".." + object, "." + object + "." + object,
		strings.Repeat(object+".", 4) + object,
		object + "." + object + ".AA\n", object + "." + object + ".AB",
		object + "." + object + ".A",
	} {
		if new(Parser).readPlain(text) {
			t.Errorf("%q is plain", text)
		}
	}
}

// Readers of JSON differ on these, though all of them are JSON.
func TestValuesThatReadersDifferOnAreObserved(t *testing.T) {
	t.Parallel()
	for _, of := range []struct {
		name, claims string
		want         []string // id and path
	}{
		{"plain values", `{"a":"b","c":[1,2.5,-3e7],"d":{"e":"\u00e9"}}`, nil},
		{"the largest number", `{"a":1e308}`, nil},
		{"a number of three digits in its exponent", `{"a":1e-400,"b":1e+100}`, nil},
		{"a number beyond", `{"a":[0,1e309]}`, []string{"number-out-of-range claims.a.1"}},
		{
			"a number of many digits", `{"a":` + strings.Repeat("9", 400) + `}`,
			[]string{"number-out-of-range claims.a"},
		},
		{"NUL", `{"a":{"b":"x\u0000"}}`, nil},
		{"NUL in a name", `{"a\u0000":1}`, nil},
		{"half a character", `{"a":"\uD800x"}`, []string{"unpaired-surrogate claims.a"}},
		{"a whole one", `{"a":"\ud83d\ude00"}`, nil},
		{"a replacement character", `{"a":"\ufffd"}`, nil},
		{
			"deep nesting", `{"a":` + strings.Repeat("[", 101) + strings.Repeat("]", 101) + `}`,
			[]string{"nested-deeply"},
		},
	} {
		token := Parse(b64(`{"alg":"RS256"}`) + "." + b64(of.claims) + ".c2ln")
		if token.Fault != nil {
			t.Fatalf("%s: %v", of.name, token.Fault)
		}
		var got []string
		for _, o := range token.Observations {
			text := o.ID + " " + o.Path
			if o.ID == "nested-deeply" {
				text = o.ID
			}
			got = append(got, text)
		}
		if token.NUL != strings.Contains(of.claims, `\u0000`) {
			t.Errorf("%s: NUL is %v", of.name, token.NUL)
		}
		if diff := cmp.Diff(of.want, got); diff != "" {
			t.Errorf("%s: %s", of.name, diff)
		}
	}
}
