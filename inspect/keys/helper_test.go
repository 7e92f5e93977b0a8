package keys_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/testdata/mint"
)

const (
	tid         = mint.Tenant
	otherTenant = mint.OtherTenant
	claims      = mint.Plain
)

var noon = time.Date(2026, 5, 6, 12, 0, 0, 0, time.UTC)

// The throwaway keys of the tests, made when the first test asks for them.
var (
	rsaKeys = sync.OnceValue(func() []*rsa.PrivateKey {
		made := make([]*rsa.PrivateKey, 3)
		for i := range made {
			made[i], _ = rsa.GenerateKey(rand.Reader, 2048)
		}
		return made
	})
	ecKey = sync.OnceValue(func() *ecdsa.PrivateKey {
		key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		return key
	})
	edKey = sync.OnceValue(func() ed25519.PrivateKey {
		_, key, _ := ed25519.GenerateKey(rand.Reader)
		return key
	})
)

// certificate returns a certificate for one of the RSA keys, in DER.
func certificate(t testing.TB, n int) []byte {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "accounts.example"},
		NotBefore: noon, NotAfter: noon.AddDate(5, 0, 0),
	}
	key := rsaKeys()[n]
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// entraKey is a key as Entra publishes it: no alg, an issuer, the certificate, and its thumbprint
// as the kid.
func entraKey(t testing.TB, n int) map[string]any {
	t.Helper()
	der := certificate(t, n)
	sum := sha1.Sum(der)
	thumbprint := base64.RawURLEncoding.EncodeToString(sum[:])
	return jwk(t, rsaKeys()[n].Public(), thumbprint, map[string]any{
		"use": "sig", "x5t": thumbprint, "x5c": []string{base64.StdEncoding.EncodeToString(der)},
		"issuer": mint.V2Issuer("{tenantid}"), "cloud_instance_name": "microsoftonline.com",
	})
}

// publicKey is one of the RSA keys as a member of a set.
func publicKey(t testing.TB, n int, kid string) map[string]any {
	t.Helper()
	return jwk(t, &rsaKeys()[n].PublicKey, kid, map[string]any{"use": "sig"})
}

func decodeJSON(t testing.TB, text []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}

func b64(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

// signRS256 signs a header and claims as they are written.
func signRS256(t testing.TB, key *rsa.PrivateKey, header, claims string) string {
	t.Helper()
	input := b64(header) + "." + b64(claims)
	sum := sha256.Sum256([]byte(input))
	signature, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return input + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func signHS256(secret []byte, header, claims string) string {
	input := b64(header) + "." + b64(claims)
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(input))
	return input + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// sign signs with go-jose.
func sign(t *testing.T, alg jose.SignatureAlgorithm, key any, kid, claims string) string {
	t.Helper()
	options := &jose.SignerOptions{}
	if kid != "" {
		options.WithHeader("kid", kid)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, options)
	if err != nil {
		t.Fatal(err)
	}
	return compact(t, signer, claims)
}

// compact signs claims, and writes them in compact form.
func compact(t *testing.T, signer jose.Signer, claims string) string {
	t.Helper()
	signed, err := signer.Sign([]byte(claims))
	if err != nil {
		t.Fatal(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// jwk writes a key as a JWK with further members.
func jwk(t testing.TB, key any, kid string, members map[string]any) map[string]any {
	t.Helper()
	text, err := json.Marshal(jose.JSONWebKey{Key: key, KeyID: kid})
	if err != nil {
		t.Fatal(err)
	}
	object := map[string]any{}
	decodeJSON(t, text, &object)
	for name, value := range members {
		object[name] = value
		if value == nil {
			delete(object, name)
		}
	}
	return object
}

func setOf(t testing.TB, list ...map[string]any) *keys.Set {
	t.Helper()
	text, err := json.Marshal(map[string]any{"keys": append([]map[string]any{}, list...)})
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, "keys.json", text)
}

func parse(t testing.TB, origin string, text []byte) *keys.Set {
	t.Helper()
	set, err := keys.Parse(origin, text)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func verify(token string, set *keys.Set, allowed ...string) keys.Result {
	t := inspect.Parse(token)
	got := keys.Verify(t, set, allowed...)
	if set != nil {
		prepared := keys.Verify(t, set.Prepared(), allowed...)
		if prepared.Outcome != got.Outcome || prepared.Reason != got.Reason ||
			prepared.Why != got.Why || prepared.Actual != got.Actual ||
			len(prepared.Notes) != len(got.Notes) {
			panic("a prepared set says " + prepared.Reason.String() + ": " + prepared.Why +
				"; the set itself says " + got.Reason.String() + ": " + got.Why)
		}
		misused := func(r keys.Result) bool { return r.Verifier != nil && r.Verifier == r.Named }
		brief := keys.Verify(t, set.Brief(), allowed...)
		if brief.Outcome != got.Outcome || misused(brief) != misused(got) {
			panic("in brief: " + brief.Reason.String() + ", in full: " + got.Reason.String())
		}
	}
	return got
}

// verifiedAs is what is said of a token that is expected to be so, with its signature.
func verifiedAs(
	expect keys.Expect, t *inspect.Token, set *keys.Set, allowed ...string,
) keys.Report {
	return expect.Check(t, keys.Verify(t, set, allowed...))
}
