package keys_test

import (
	"crypto/rsa"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/testdata/mint"
)

func TestTwinsAreTheSameKeyUnderAnyKid(t *testing.T) {
	t.Parallel()
	set := setOf(t,
		publicKey(t, 0, "one"), publicKey(t, 1, "two"), publicKey(t, 0, "three"),
		jwk(t, &ecKey().PublicKey, "four", nil), jwk(t, &ecKey().PublicKey, "four", nil),
		map[string]any{"kty": "oct", "k": "AAAA", "kid": "five"},
		map[string]any{"kty": "oct", "k": "AAAB", "kid": "six"},
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

func TestAUnionHasEveryKeyOnceAndPrefersTheOneWithAnIssuer(t *testing.T) {
	t.Parallel()
	v1 := setOf(t, publicKey(t, 0, "one"), publicKey(t, 1, "two"))
	v2 := setOf(t,
		jwk(
			t, &rsaKeys()[0].PublicKey, "one",
			map[string]any{"issuer": mint.V2Issuer("{tenantid}")},
		),
		publicKey(t, 2, "three"), map[string]any{"kty": "XYZ"})
	union := keys.Union("both", v1, v2)
	if diff := cmp.Diff([]string{"one", "two", "three"}, union.IDs()); diff != "" ||
		len(union.Keys) != 4 {
		t.Errorf("%d keys (-want +got):\n%s", len(union.Keys), diff)
	}
	if union.Keys[0].Issuer == "" {
		t.Error("the key that names its issuer is lost")
	}
	if refusals := union.Refusals(); len(refusals) != 1 {
		t.Errorf("%+v", refusals)
	}
	other := keys.Union("both", v1, setOf(t, publicKey(t, 2, "one")))
	if len(other.Find("one")) != 2 || len(other.Notes) != 1 {
		t.Errorf("two keys of one kid: %v, %v", other.IDs(), other.Notes)
	}
}

// The example of RFC 7638, section 3.1.
func TestThumbprintOfRFC7638(t *testing.T) {
	t.Parallel()
	set := parse(t, "key", []byte(`{"kty":"RSA","e":"AQAB","alg":"RS256","kid":"2011-04-29","n":"`+
		"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_B"+
		"JECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_F"+
		"DW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4"+
		"vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"+`"}`))
	const want = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
	if got := set.Keys[0].Thumbprint(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestPrivateMembersAreFlaggedAndNotKept(t *testing.T) {
	t.Parallel()
	set := setOf(t, jwk(t, rsaKeys()[0], "private", nil),
		jwk(t, &rsaKeys()[0].PublicKey, "public", nil))
	if !set.Keys[0].Private || set.Keys[1].Private {
		t.Errorf("private: %v, %v", set.Keys[0].Private, set.Keys[1].Private)
	}
	if _, ok := set.Keys[0].Public().(*rsa.PublicKey); !ok {
		t.Errorf("the key kept is %T", set.Keys[0].Public())
	}
}

func TestAKeyPrintsAsItsName(t *testing.T) {
	t.Parallel()
	set := keys.FromSecret([]byte("0123456789abcdef0123456789abcdef"))
	if got := set.Keys[0].String() + set.Keys[0].GoString() + set.String() +
		set.GoString(); strings.Contains(got, "0123") || strings.Contains(got, "48") {
		t.Errorf("the secret is in %q", got)
	}
}
