package keys_test

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/gatewhy/gatewhy/inspect/keys"
)

func TestPEMIsReadWithAndWithoutItsLines(t *testing.T) {
	public := pkix(t, rsaKeys()[0].Public())
	withLines := string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public}))
	pkcs1 := string(pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(&rsaKeys()[0].PublicKey)}))
	bare := base64.StdEncoding.EncodeToString(public)
	tests := []struct{ name, text string }{
		{"with header and footer lines", withLines},
		{"as PKCS #1", pkcs1},
		{"without them", bare},
		{"without them, in lines", bare[:64] + "\n" + bare[64:128] + "\r\n" + bare[128:]},
		{"indented", "\n  " + strings.ReplaceAll(bare, "A", "A ") + "\n"},
	}
	token := signRS256(t, rsaKeys()[0], `{"alg":"RS256","kid":"whatever"}`, claims)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			set, err := keys.ParsePEM("textKey", test.text)
			if err != nil {
				t.Fatal(err)
			}
			if r := verify(token, set); r.Reason != keys.SignatureVerified {
				t.Errorf("%v: %s", r.Reason, r.Why)
			}
		})
	}
}

func TestPEMOfOtherTypes(t *testing.T) {
	ec := base64.StdEncoding.EncodeToString(pkix(t, ecKey().Public()))
	ed := base64.StdEncoding.EncodeToString(pkix(t, edKey().Public()))
	for name, test := range map[string]struct {
		text, token string
	}{
		"an elliptic curve": {ec, sign(t, jose.ES256, ecKey(), "", claims)},
		"Ed25519":           {ed, sign(t, jose.EdDSA, edKey(), "", claims)},
	} {
		set, err := keys.ParsePEM("textKey", test.text)
		if err != nil {
			t.Fatal(err)
		}
		if r := verify(test.token, set); r.Reason != keys.SignatureVerified {
			t.Errorf("%s: %v: %s", name, r.Reason, r.Why)
		}
	}
}

func TestPEMOfAPrivateKeyIsRefused(t *testing.T) {
	der, err := x509.MarshalPKCS8PrivateKey(rsaKeys()[0])
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"with lines":    string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
		"without lines": base64.StdEncoding.EncodeToString(der),
	} {
		set, err := keys.ParsePEM("textKey", text)
		if err != nil {
			t.Fatal(err)
		}
		if k := set.Keys[0]; !k.Private || k.Fault == "" || k.Public() != nil {
			t.Errorf("%s: private %v, fault %q", name, k.Private, k.Fault)
		}
	}
}

func TestASecretIsNoPEM(t *testing.T) {
	if _, err := keys.ParsePEM("textKey", "your-(256|384|512)-bit-secret"); err == nil {
		t.Error("want an error")
	}
	set, err := keys.ParsePEM("textKey", base64.StdEncoding.EncodeToString([]byte("a secret in base64, and no key")))
	if err != nil || set.Keys[0].Fault == "" {
		t.Errorf("want a key with a fault, got %v, %v", set, err)
	}
}

func pkix(t *testing.T, public any) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return der
}
