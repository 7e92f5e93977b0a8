//go:build long

package keys_test

import (
	"testing"

	"github.com/gatewhy/gatewhy/inspect/keys"
)

// The largest sets that an answer can hold.
func TestTheLargestHostileSetsGetAnAnswer(t *testing.T) {
	signed := signRS256(t, rsaKeys()[0], `{"alg":"RS256"}`, claims)
	named := signRS256(t, rsaKeys()[0], `{"alg":"RS256","kid":"k"}`, claims)
	for _, test := range []hostile{
		{"10,000 keys", many(rsaText(2048, "AQAB", ""), 10_000), signed, keys.TooManyKeys},
		{
			"10,000 keys of one kid", many(rsaText(2048, "AQAB", `,"kid":"k"`), 10_000), named,
			keys.TooManyKeys,
		},
		{
			"370 16,384-bit keys with the largest exponent",
			many(rsaText(16384, "f____w", ""), 370), signed, keys.TooManyKeys,
		},
		{"10,000 keys that are no keys", many(`[[[]]]`, 10_000), signed, keys.KeyUnusable},
	} {
		t.Run(test.name, test.mustBeAnswered)
	}
}
