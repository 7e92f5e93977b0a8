package keys_test

import (
	"encoding/json"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect/keys"
)

// The variants of a key set that were measured on six gateways: a good key, and one that is odd.
func TestOneOddKeyMakesGatewaysRefuseTheWholeSet(t *testing.T) {
	all := []string{"KrakenD", "Kubernetes", "Ory Oathkeeper", "oauth2-proxy"}
	odd := func(members map[string]any) map[string]any { return jwk(t, &rsaKeys()[1].PublicKey, "odd", members) }
	tests := []struct {
		name     string
		key      map[string]any
		gateways []string
		measured bool
	}{
		{"alg-RS256", odd(map[string]any{"alg": "RS256"}), nil, false},
		{"use-enc", odd(map[string]any{"use": "enc"}), nil, false},
		{"key-ops-encrypt", odd(map[string]any{"key_ops": []string{"encrypt"}}), nil, false},
		{"oct-neighbour", map[string]any{"kty": "oct", "k": "AAAA", "kid": "odd"}, nil, false},
		{"rsa1024-neighbour", odd(map[string]any{"n": bits(1024)}), nil, false},
		{"unknown-kty-first", map[string]any{"kty": "XYZ", "kid": "odd"}, all, true},
		{"bad-n-neighbour", odd(map[string]any{"n": "a%b"}), all, true},
		{"bad-x5t-neighbour", odd(map[string]any{"x5t": "a%b"}), all, true},
		{"short-x5t", odd(map[string]any{"x5t": "AAAA"}), all, true},
		{"x5c-garbage", odd(map[string]any{"x5c": []string{"garbage"}}), all, true},
		{"n-padded", odd(map[string]any{"n": b64(string(rsaKeys()[1].N.Bytes())) + "=="}), []string{"Kubernetes", "oauth2-proxy"}, true},
		{"private-members", jwk(t, rsaKeys()[1], "odd", nil), []string{"KrakenD", "Kubernetes", "oauth2-proxy"}, true},
		{"a curve that is not known", map[string]any{"kty": "EC", "crv": "P-1", "x": "AA", "y": "AA"}, all, false},
		{"5000 bits", odd(map[string]any{"n": bits(5000)}), all, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			set := setOf(t, publicKey(t, 0, "good"), test.key)
			refusals := set.Refusals()
			if test.gateways == nil {
				if len(refusals) > 0 {
					t.Errorf("got %+v, want none", refusals)
				}
				return
			}
			if len(refusals) != 1 || refusals[0].Key != set.Keys[1] || refusals[0].Why == "" || refusals[0].Measured != test.measured {
				t.Fatalf("got %+v", refusals)
			}
			if diff := cmp.Diff(test.gateways, refusals[0].Gateways); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheFormOfASetCanBeRefusedToo(t *testing.T) {
	one := `{"kty":"oct","kid":"a","k":"AAAA"}`
	for text, gateways := range map[string]int{
		"[" + one + "]":                       6,
		"\ufeff" + `{"keys":[` + one + "]}":   6,
		one:                                   0,
		`{"keys":[` + one + `,` + one + `]}`:  -1,
		`{"keys":[` + one + `],"more":"ok!"}`: -1,
	} {
		refusals := parse(t, "keys.json", []byte(text)).Refusals()
		if gateways < 0 && len(refusals) > 0 || gateways >= 0 && (len(refusals) != 1 || len(refusals[0].Gateways) != gateways) {
			t.Errorf("%s: %+v", text, refusals)
		}
	}
}

// What we say of go-jose is what go-jose does with the whole set.
func TestRefusalsAgreeWithGoJose(t *testing.T) {
	for _, folder := range []string{"entra/jwks/", "vectors/AzureAD+azure-activedirectory-identitymodel-extensions-for-dotnet/"} {
		for _, name := range filesIn(t, folder) {
			text := corpus(t, folder+name)
			set, err := keys.Parse(name, text)
			if err != nil {
				continue
			}
			refused := json.Unmarshal(text, new(jose.JSONWebKeySet)) != nil
			if refusals := set.Refusals(); refused != (len(refusals) > 0) {
				t.Errorf("%s: go-jose refuses it: %v, we say %+v", name, refused, refusals)
			}
		}
	}
}
