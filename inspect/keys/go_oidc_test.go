package keys_test

import (
	"encoding/json"
	"maps"
	"testing"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/testdata/mint"
)

// The outcomes are those of go-oidc v3.21.0 with go-jose v4.1.8, which were run with these sets.
func TestGoOIDCRefusesASetOverOneKeyThatItCannotRead(t *testing.T) {
	t.Parallel()
	own, err := mint.NewKey("RS256")
	if err != nil {
		t.Fatal(err)
	}
	compact, err := own.Sign("RS256", []byte(`{"alg":"RS256","kid":"`+own.ID+`"}`), []byte(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	token := inspect.Parse(compact)
	with := func(more map[string]any) map[string]any {
		key := maps.Clone(own.JWK())
		maps.Copy(key, more)
		return key
	}
	beside := func(more map[string]any) []any {
		key := with(more)
		key["kid"] = "another"
		return []any{own.JWK(), key}
	}
	other, err := mint.NewKey("RS256")
	if err != nil {
		t.Fatal(err)
	}
	namesake := maps.Clone(other.JWK())
	namesake["kid"] = own.ID
	modulus := own.JWK()["n"].(string)
	for name, of := range map[string]struct {
		set  []any
		want keys.Outcome
	}{
		"a good key":            {[]any{own.JWK()}, keys.Pass},
		"another alg":           {[]any{with(map[string]any{"alg": "RS512"})}, keys.Pass},
		"for encryption":        {[]any{with(map[string]any{"use": "enc"})}, keys.Pass},
		"an alg of HMAC":        {[]any{with(map[string]any{"alg": "HS256"})}, keys.Fail},
		"a namesake first":      {[]any{namesake, own.JWK()}, keys.Pass},
		"padded":                {[]any{with(map[string]any{"n": modulus + "="})}, keys.Fail},
		"n that is no base64":   {beside(map[string]any{"n": "!!"}), keys.Fail},
		"e that is 1":           {beside(map[string]any{"e": "AQ"}), keys.Fail},
		"x5t that is no hash":   {beside(map[string]any{"x5t": "AAAA"}), keys.Fail},
		"x5c of no certificate": {beside(map[string]any{"x5c": []string{"AAAA"}}), keys.Fail},
		"alg that is a number":  {beside(map[string]any{"alg": 5}), keys.Fail},
		"no kty":                {[]any{own.JWK(), map[string]any{"kid": "q"}}, keys.Fail},
		"a kty of its own":      {beside(map[string]any{"kty": "XYZ"}), keys.Pass},
		"a bad key of an alg that it has not": {
			beside(map[string]any{"alg": "ES256K", "n": "!!"}), keys.Pass,
		},
	} {
		text, err := json.Marshal(map[string]any{"keys": of.set})
		if err != nil {
			t.Fatal(err)
		}
		set, err := keys.Parse("keys.json", text)
		if err != nil {
			t.Fatal(err)
		}
		if got := (keys.Lenience{GoOIDC: true}).Verify(token, set); got.Outcome != of.want {
			t.Errorf("%s: %v (%s), want %v", name, got.Outcome, got.Why, of.want)
		}
	}
}
