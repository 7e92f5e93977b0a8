package main

import (
	"encoding/base64"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/cmd/demo"
	"github.com/gatewhy/gatewhy/testdata/mint"
)

var update = flag.Bool("update", false, "sign the examples anew")

// The instant at which the examples' tokens were issued.
var issuedAt = time.Date(2026, 5, 6, 10, 0, 0, 0, time.UTC)

func TestTheExamplesHaveTheTokensOfTheDemonstration(t *testing.T) {
	if *update {
		signExamples(t)
	}
	all, err := scenes()
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range demo.Scenes() {
		got := all[i]
		payload := strings.Split(got.Token, ".")
		if len(payload) != 3 {
			t.Fatalf("%s: %q is no token; -update signs the examples anew", s.Title, got.Token)
		}
		if claims := decoded(t, payload[1]); claims != s.Tokens[0].Claims(issuedAt) {
			t.Errorf("%s: the token has other claims; -update signs the examples anew\n%s",
				s.Title, claims)
		}
	}
}

// signExamples signs the scenes' tokens with a new key, of which only the public half is kept.
func signExamples(t *testing.T) {
	t.Helper()
	key, err := mint.NewKey("RS256")
	if err != nil {
		t.Fatal(err)
	}
	set, err := mint.Set(key)
	if err != nil {
		t.Fatal(err)
	}
	signed := examples{Keys: set, Tokens: map[string]string{}}
	header, err := json.Marshal(map[string]string{"alg": "RS256", "typ": "JWT", "kid": key.ID})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range demo.Scenes() {
		for _, token := range s.Tokens {
			text, err := key.Sign("RS256", header, []byte(token.Claims(issuedAt)))
			if err != nil {
				t.Fatal(err)
			}
			signed.Tokens[token.String()] = text
		}
	}
	text, err := json.MarshalIndent(signed, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("examples.json", append(text, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
	signedExamples = text
}

// decoded is the text of a part of a token.
func decoded(t *testing.T, part string) string {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// encode is a text as a part of a token.
func encode(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
