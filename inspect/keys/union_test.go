package keys_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect/keys"
)

func TestAUnionHasEveryKeyOnceAndPrefersTheOneWithAnIssuer(t *testing.T) {
	v1 := setOf(t, publicKey(t, 0, "one"), publicKey(t, 1, "two"))
	v2 := setOf(t, jwk(t, &rsaKeys()[0].PublicKey, "one", map[string]any{"issuer": v2Issuer("{tenantid}")}), publicKey(t, 2, "three"), map[string]any{"kty": "XYZ"})
	union := keys.Union("both", v1, v2)
	if diff := cmp.Diff([]string{"one", "two", "three"}, union.IDs()); diff != "" || len(union.Keys) != 4 {
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
