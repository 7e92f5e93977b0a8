package keys_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/testdata/mint"
)

// The variants of a key set that were measured on six gateways: a good key, and one that is odd.
func TestOneOddKeyMakesGatewaysRefuseTheWholeSet(t *testing.T) {
	t.Parallel()
	odd := func(members map[string]any) map[string]any {
		return jwk(t, &rsaKeys()[1].PublicKey, "odd", members)
	}
	tests := []struct {
		name     string
		key      map[string]any
		refused  bool
		kind     keys.RefusalKind
		measured bool
	}{
		{"alg-RS256", odd(map[string]any{"alg": "RS256"}), false, 0, false},
		{"use-enc", odd(map[string]any{"use": "enc"}), false, 0, false},
		{"key-ops-encrypt", odd(map[string]any{"key_ops": []string{"encrypt"}}), false, 0, false},
		{
			"oct-neighbour",
			map[string]any{"kty": "oct", "k": "AAAA", "kid": "odd"},
			false, 0, false,
		},
		{"rsa1024-neighbour", odd(map[string]any{"n": bits(1024)}), false, 0, false},
		{
			"unknown-kty-first",
			map[string]any{"kty": "XYZ", "kid": "odd"},
			true, keys.KeyNotRead, true,
		},
		{"bad-n-neighbour", odd(map[string]any{"n": "a%b"}), true, keys.KeyNotRead, true},
		{"bad-x5t-neighbour", odd(map[string]any{"x5t": "a%b"}), true, keys.KeyNotRead, true},
		{"short-x5t", odd(map[string]any{"x5t": "AAAA"}), true, keys.KeyNotRead, true},
		{
			"x5c-garbage", odd(map[string]any{"x5c": []string{"garbage"}}),
			true, keys.KeyNotRead, true,
		},
		{
			"n-padded", odd(map[string]any{"n": b64(string(rsaKeys()[1].N.Bytes())) + "=="}),
			true, keys.KeyPadded, true,
		},
		{
			"private-members", jwk(t, rsaKeys()[1], "odd", nil),
			true, keys.KeyPrivate, true,
		},
		{
			"a curve that is not known",
			map[string]any{"kty": "EC", "crv": "P-1", "x": "AA", "y": "AA"},
			true, keys.KeyNotRead, false,
		},
		{"5000 bits", odd(map[string]any{"n": bits(5000)}), true, keys.KeyNotRead, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			set := setOf(t, publicKey(t, 0, "good"), test.key)
			refusals := set.Refusals()
			if !test.refused {
				if len(refusals) > 0 {
					t.Errorf("got %+v, want none", refusals)
				}
				return
			}
			if len(refusals) != 1 || refusals[0].Key != set.Keys[1] || refusals[0].Why == "" ||
				refusals[0].Measured != test.measured || refusals[0].Kind != test.kind {
				t.Errorf("got %+v", refusals)
			}
		})
	}
}

func TestTheFormOfASetCanBeRefusedToo(t *testing.T) {
	t.Parallel()
	one := `{"kty":"oct","kid":"a","k":"AAAA"}`
	for text, want := range map[string][]keys.RefusalKind{
		"[" + one + "]":                       {keys.FormRefused},
		"\ufeff" + `{"keys":[` + one + "]}":   {keys.FormRefused},
		one:                                   {keys.FormOfOneKey},
		`{"keys":[` + one + `,` + one + `]}`:  nil,
		`{"keys":[` + one + `],"more":"ok!"}`: nil,
	} {
		var got []keys.RefusalKind
		for _, r := range parse(t, "keys.json", []byte(text)).Refusals() {
			got = append(got, r.Kind)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

// What we say of go-jose is what go-jose does with the whole set.
func TestRefusalsAgreeWithGoJose(t *testing.T) {
	t.Parallel()
	odd := func(name string, value any) map[string]any {
		key := entraKey(t, 1)
		key[name] = value
		return key
	}
	for _, key := range []map[string]any{
		entraKey(t, 1), publicKey(t, 1, ""), jwk(t, ecKey().Public(), "ec", nil),
		jwk(t, edKey().Public(), "ed", nil),
		odd("kty", "XYZ"), odd("kty", nil), odd("n", nil), odd("n", "%"), odd("n", 7),
		odd("n", ""), odd("e", nil), odd("e", "AQ"),
		odd("x5c", []string{"%"}), odd("x5c", []string{"AAAA"}), odd("x5c", nil),
		odd("x5t", "AAAA"), odd("x5t", "%"),
		odd("kid", nil), odd("use", "enc"), odd("alg", "RS999"),
		odd("key_ops", []string{"encrypt"}),
		{"kty": "EC", "crv": "P-1", "x": "AA", "y": "AA"},
		{"kty": "oct", "k": "AAAA"},
		{"kty": "oct"},
		{},
	} {
		text, err := json.Marshal(map[string]any{"keys": []any{entraKey(t, 0), key}})
		if err != nil {
			t.Fatal(err)
		}
		refused := json.Unmarshal(text, new(jose.JSONWebKeySet)) != nil
		if refusals := parse(t, "keys.json", text).Refusals(); refused != (len(refusals) > 0) {
			t.Errorf("%v: go-jose refuses it: %v, we say %+v", key, refused, refusals)
		}
	}
}

// The 26 key sets that were measured on six gateways, each with the same valid token, by the names
// that they had there. We read key by key, so an odd neighbour never spoils the good key. What
// gateways do with the set is for Refusals to say.
func TestTheMeasuredKeySetsGetTheRightAnswer(t *testing.T) {
	t.Parallel()
	good := publicKey(t, 0, "good")
	with := func(members map[string]any) map[string]any {
		return jwk(t, &rsaKeys()[0].PublicKey, "good", members)
	}
	odd := func(members map[string]any) map[string]any {
		return jwk(t, &rsaKeys()[1].PublicKey, "odd", members)
	}
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
		{
			"alg-mismatch", list(with(map[string]any{"alg": "RS512"})), keys.AlgorithmMismatch,
			false,
		},
		{
			"array-not-object", strings.TrimSuffix(strings.TrimPrefix(text, `{"keys":`), "}"),
			keys.SignatureVerified, true,
		},
		{
			"bad-n-neighbour", list(good, odd(map[string]any{"n": "a%b"})), keys.SignatureVerified,
			true,
		},
		{
			"bad-x5t-neighbour", list(good, odd(map[string]any{"x5t": "a%b"})),
			keys.SignatureVerified, true,
		},
		{"bom", "\ufeff" + text, keys.SignatureVerified, true},
		{
			"dup-kid-right-first", list(good, publicKey(t, 1, "good")), keys.SignatureVerified,
			false,
		},
		{
			"dup-kid-wrong-first", list(publicKey(t, 1, "good"), good), keys.SignatureVerified,
			false,
		},
		// The newest go-jose refuses this one.
		{
			"e-one-neighbour", list(good, odd(map[string]any{"e": "AQ"})), keys.SignatureVerified,
			false,
		},
		{"empty", "", keys.NoKeys, false},
		{"html", "<html>sign in</html>", keys.NoKeys, false},
		{
			"key-ops-encrypt", list(with(map[string]any{"key_ops": []string{"encrypt"}})),
			keys.KeyUnusable, false,
		},
		{"kid-case", list(publicKey(t, 0, "GOOD")), keys.KidUnknown, false},
		{
			"n-leading-zero",
			list(with(map[string]any{"n": b64("\x00" + string(rsaKeys()[0].N.Bytes()))})),
			keys.SignatureVerified, false,
		},
		{"n-padded", list(with(map[string]any{"n": n + "=="})), keys.SignatureVerified, true},
		{"no-kid", list(with(map[string]any{"kid": nil})), keys.KidUnknown, false},
		{"no-use", list(with(map[string]any{"use": nil})), keys.SignatureVerified, false},
		{
			"oct-neighbour", list(good, map[string]any{"kty": "oct", "k": "AAAA", "kid": "odd"}),
			keys.SignatureVerified, false,
		},
		{"private-members", list(private), keys.SignatureVerified, true},
		{
			"rsa1024-neighbour", list(good, odd(map[string]any{"n": bits(1024)})),
			keys.SignatureVerified, false,
		},
		{
			"short-x5t", list(good, odd(map[string]any{"x5t": "AAAA"})), keys.SignatureVerified,
			true,
		},
		{"trailing-comma", strings.TrimSuffix(text, "]}") + ",]}", keys.NoKeys, false},
		{
			"unknown-kty-first", list(map[string]any{"kty": "XYZ", "kid": "odd"}, good),
			keys.SignatureVerified, true,
		},
		{"use-enc", list(with(map[string]any{"use": "enc"})), keys.KeyUnusable, false},
		{
			"x5c-garbage", list(good, odd(map[string]any{"x5c": []string{"garbage"}})),
			keys.SignatureVerified, true,
		},
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
			measured := func(r keys.Refusal) bool { return r.Measured }
			if got := set.Refusals(); slices.ContainsFunc(got, measured) != test.refused {
				t.Errorf("refused: %+v", got)
			}
		})
	}
}

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
