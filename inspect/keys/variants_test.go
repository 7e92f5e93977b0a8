package keys_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
)

// The 26 key sets that were measured on six gateways, each with the same valid token, by the names that they had there. We
// read key by key, so an odd neighbour never hinders the good key; what gateways make of it is for Refusals to say.
func TestTheMeasuredKeySetsGetTheRightAnswer(t *testing.T) {
	good := publicKey(t, 0, "good")
	with := func(members map[string]any) map[string]any { return jwk(t, &rsaKeys()[0].PublicKey, "good", members) }
	odd := func(members map[string]any) map[string]any { return jwk(t, &rsaKeys()[1].PublicKey, "odd", members) }
	list := func(all ...map[string]any) string {
		text, err := json.Marshal(map[string]any{"keys": all})
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	text, n := list(good), b64(string(rsaKeys()[0].N.Bytes()))
	private := jwk(t, rsaKeys()[0], "good", nil)
	tests := []struct {
		name, set string
		want      keys.Reason // NoKeys where the set can't be read at all
		refused   bool        // a gateway that was run takes nothing from the set
	}{
		{"normal", text, keys.SignatureVerified, false},
		{"alg-RS256", list(with(map[string]any{"alg": "RS256"})), keys.SignatureVerified, false},
		{"alg-mismatch", list(with(map[string]any{"alg": "RS512"})), keys.AlgorithmMismatch, false},
		{"array-not-object", strings.TrimSuffix(strings.TrimPrefix(text, `{"keys":`), "}"), keys.SignatureVerified, true},
		{"bad-n-neighbour", list(good, odd(map[string]any{"n": "a%b"})), keys.SignatureVerified, true},
		{"bad-x5t-neighbour", list(good, odd(map[string]any{"x5t": "a%b"})), keys.SignatureVerified, true},
		{"bom", "\ufeff" + text, keys.SignatureVerified, true},
		{"dup-kid-right-first", list(good, publicKey(t, 1, "good")), keys.SignatureVerified, false},
		{"dup-kid-wrong-first", list(publicKey(t, 1, "good"), good), keys.SignatureVerified, false},
		{"e-one-neighbour", list(good, odd(map[string]any{"e": "AQ"})), keys.SignatureVerified, false}, // the newest go-jose refuses it
		{"empty", "", keys.NoKeys, false},
		{"html", "<html>sign in</html>", keys.NoKeys, false},
		{"key-ops-encrypt", list(with(map[string]any{"key_ops": []string{"encrypt"}})), keys.KeyUnusable, false},
		{"kid-case", list(publicKey(t, 0, "GOOD")), keys.KidUnknown, false},
		{"n-leading-zero", list(with(map[string]any{"n": b64("\x00" + string(rsaKeys()[0].N.Bytes()))})), keys.SignatureVerified, false},
		{"n-padded", list(with(map[string]any{"n": n + "=="})), keys.SignatureVerified, true},
		{"no-kid", list(with(map[string]any{"kid": nil})), keys.KidUnknown, false},
		{"no-use", list(with(map[string]any{"use": nil})), keys.SignatureVerified, false},
		{"oct-neighbour", list(good, map[string]any{"kty": "oct", "k": "AAAA", "kid": "odd"}), keys.SignatureVerified, false},
		{"private-members", list(private), keys.SignatureVerified, true},
		{"rsa1024-neighbour", list(good, odd(map[string]any{"n": bits(1024)})), keys.SignatureVerified, false},
		{"short-x5t", list(good, odd(map[string]any{"x5t": "AAAA"})), keys.SignatureVerified, true},
		{"trailing-comma", strings.TrimSuffix(text, "]}") + ",]}", keys.NoKeys, false},
		{"unknown-kty-first", list(map[string]any{"kty": "XYZ", "kid": "odd"}, good), keys.SignatureVerified, true},
		{"use-enc", list(with(map[string]any{"use": "enc"})), keys.KeyUnusable, false},
		{"x5c-garbage", list(good, odd(map[string]any{"x5c": []string{"garbage"}})), keys.SignatureVerified, true},
	}
	token := inspect.Parse(signRS256(t, rsaKeys()[0], `{"alg":"RS256","kid":"good"}`, claims))
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			set, err := keys.Parse("keys.json", []byte(test.set))
			if err != nil {
				if test.want != keys.NoKeys {
					t.Fatal(err)
				}
				return
			}
			if got := keys.Verify(token, set); got.Reason != test.want {
				t.Errorf("got %v: %s; want %v", got.Reason, got.Why, test.want)
			}
			if got := refusingGateways(set); (got != "") != test.refused {
				t.Errorf("refused by %q", got)
			}
		})
	}
}

func refusingGateways(set *keys.Set) string {
	var names []string
	for _, r := range set.Refusals() {
		if r.Measured {
			names = append(names, r.Gateways...)
		}
	}
	return strings.Join(names, ", ")
}
