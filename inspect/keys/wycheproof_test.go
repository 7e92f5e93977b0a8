package keys_test

import (
	"encoding/json"
	"testing"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
)

// disagreements are the cases of Wycheproof on which we answer otherwise, with the reason. A case that is
// listed and no longer disagrees fails the test.
func disagreements(file string, id int) string {
	switch file {
	case "json_web_signature":
		switch id {
		case 346, 350:
			return `the key's alg is "PS256" and the header's "PS384"; the key of RFC 7520, where the signature is from, has no alg, and RFC 8725 (section 3.1) holds a key to the one it has`
		case 375:
			return "the payload's last character carries bits that decode to nothing; every gateway that was measured takes that, and it is reported"
		case 360:
			return "white space inside a pasted token is taken out before it is read, and reported"
		case 367, 370:
			return "the vector lost what it wants to test: its text is that of case 357, which is valid"
		case 372, 373:
			return `"?" is no character of base64url, and RFC 7515 (section 2) allows no other`
		}
	case "json_web_key", "json_web_crypto":
		switch file + " " + map[int]string{1: "1", 4: "4", 8: "8", 47: "47"}[id] {
		case "json_web_key 1", "json_web_crypto 47":
			return "a set that mixes secrets and public keys is not forbidden by RFC 7517; every key serves only algorithms of its own type, and a published secret is reported"
		case "json_web_key 4":
			return "Entra's documents and gateways do know duplicate kids; all are tried, and that is reported"
		case "json_web_key 8":
			return "gateways verify with 1024 bits; that the key is shorter than RFC 7518 asks is reported"
		}
	}
	return ""
}

func TestWycheproofAgrees(t *testing.T) {
	for _, file := range []string{"json_web_signature", "json_web_key", "json_web_crypto"} {
		t.Run(file, func(t *testing.T) {
			for _, c := range wycheproof(t, file) {
				c.check(t, file)
			}
		})
	}
}

type wycheproofCase struct {
	ID      int             `json:"tcId"`
	Comment string          `json:"comment"`
	JWS     json.RawMessage `json:"jws"`
	JWE     json.RawMessage `json:"jwe"`
	Want    string          `json:"result"`
	set     *keys.Set
}

// compact returns the text of a token, which is an object where it is in JSON serialization.
func compact(token json.RawMessage) string {
	var text string
	if json.Unmarshal(token, &text) == nil {
		return text
	}
	return string(token)
}

func (c wycheproofCase) check(t *testing.T, file string) {
	t.Helper()
	token := inspect.Parse(compact(c.JWS) + compact(c.JWE))
	got := keys.Verify(token, c.set)
	agrees := (got.Outcome == keys.Pass) == (c.Want == "valid")
	if c.JWE != nil {
		agrees = got.Outcome == keys.Fail && got.Reason == keys.NoReadableJWS
	}
	reason := disagreements(file, c.ID)
	if agrees && reason != "" {
		t.Errorf("case %d (%s) agrees now: take its row out of the table", c.ID, c.Comment)
	}
	if !agrees && reason == "" {
		t.Errorf("case %d (%s): want %s, got %v %v: %s", c.ID, c.Comment, c.Want, got.Outcome, got.Reason, got.Why)
	}
}

// wycheproof reads the cases of a file. Of an encrypted token (json_web_crypto has some) nothing is decrypted.
func wycheproof(t *testing.T, file string) []wycheproofCase {
	t.Helper()
	var vectors struct {
		Groups []struct {
			Public  json.RawMessage  `json:"public"`
			Private json.RawMessage  `json:"private"`
			Tests   []wycheproofCase `json:"tests"`
		} `json:"testGroups"`
		Count int `json:"numberOfTests"`
	}
	decodeJSON(t, corpus(t, "vectors/C2SP+wycheproof/testvectors_v1__"+file+"_test.json"), &vectors)
	var cases []wycheproofCase
	for _, group := range vectors.Groups {
		text := group.Public
		if text == nil {
			text = group.Private
		}
		set := parse(t, file, text)
		for _, c := range group.Tests {
			c.set = set
			cases = append(cases, c)
		}
	}
	if len(cases) != vectors.Count {
		t.Fatalf("the file says it has %d cases, found %d", vectors.Count, len(cases))
	}
	return cases
}
