package keys_test

import "testing"

func TestTwinsAreTheSameKeyUnderAnyKid(t *testing.T) {
	set := setOf(t,
		publicKey(t, 0, "one"), publicKey(t, 1, "two"), publicKey(t, 0, "three"),
		jwk(t, &ecKey().PublicKey, "four", nil), jwk(t, &ecKey().PublicKey, "four", nil),
		map[string]any{"kty": "oct", "k": "AAAA", "kid": "five"}, map[string]any{"kty": "oct", "k": "AAAB", "kid": "six"},
		map[string]any{"kty": "XYZ", "kid": "seven"}, map[string]any{"kty": "XYZ", "kid": "eight"},
	)
	twins := set.Twins()
	if len(twins) != 2 || len(twins[0]) != 2 || len(twins[1]) != 2 {
		t.Fatalf("got %v, want the twins of keys 1 and 4", twins)
	}
	if twins[0][0] != set.Keys[0] || twins[0][1] != set.Keys[2] || twins[1][0] != set.Keys[3] {
		t.Errorf("got %v", twins)
	}
}
