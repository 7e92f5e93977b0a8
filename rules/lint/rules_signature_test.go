package lint

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

func TestSignatureNotVerified(t *testing.T) {
	t.Parallel()
	finds(t, signatureNotVerified(), map[string]row{
		"a signature that is not verified is an error": {
			of(policy(off(signed("")))),
			errorAt("signature", "a token that the caller has written is accepted"),
		},
		"one that is verified is none":       {ours(), nil},
		"a policy that is disabled is none":  {of(disabled(policy(off(signed(""))))), nil},
		"a validation endpoint does instead": {of(policy(validated(nil))), nil},
	})
}

func TestAlgorithmNeverSignedWith(t *testing.T) {
	t.Parallel()
	wants := func(algorithms ...string) *rules.Check {
		return checkOf(rules.Algorithm, rules.Predicate{
			Op: rules.OneOf, Input: rules.Input{Source: rules.FromHeader, Name: "alg"},
			Values: rules.Literals(algorithms...),
		})
	}
	finds(t, algorithmNeverSigned(), map[string]row{
		"no token of Entra ID has ES256": {
			ours(wants("ES256")), errorAt("algorithm", "the policy wants ES256"),
		},
		"every one has RS256":                  {ours(wants("RS256")), nil},
		"one of several may be the right one":  {ours(wants("ES256", "RS256")), nil},
		"a check that is switched off is none": {ours(off(wants("ES256"))), nil},
		"another issuer may sign with it":      {theirs(wants("ES256")), nil},
	})
}

func TestKeySetOverHTTP(t *testing.T) {
	t.Parallel()
	finds(t, keySetOverHTTP(), map[string]row{
		"a key set over http is an error": {
			of(policy(signed("HTTP://keys.example.com/jwks"))),
			errorAt("signature", "the key set is fetched over http"),
		},
		"over https it is none":      {ours(), nil},
		"a key in the file is none":  {of(policy(signedWith("http://", true))), nil},
		"one that is not used, too":  {of(policy(off(signed("http://a.example/jwks")))), nil},
		"a policy without one, too":  {of(policy(validated(nil))), nil},
		"an unknown address is none": {of(policy(unread(signed("http://a.example/jwks")))), nil},
	})
}

func TestKeysURLIsDiscoveryDocument(t *testing.T) {
	t.Parallel()
	const host = "https://login.microsoftonline.com/" + ourTenant
	finds(t, keysURLIsDiscovery(), map[string]row{
		"the discovery document holds no keys": {
			of(policy(signed(host + "/v2.0/.well-known/openid-configuration"))),
			errorAt("signature", "the metadata document, which holds no keys"),
		},
		"the key set does": {ours(), nil},
		"another issuer's is not said": {
			of(policy(signed(foreignIssuer + "/.well-known/openid-configuration"))), nil,
		},
	})
}

func TestTextKeyIsNoKey(t *testing.T) {
	t.Parallel()
	finds(t, textKeyIsNoKey(), map[string]row{
		"a text that is no key is an error": {
			of(policy(signedWith("not a key", false))),
			errorAt("signature", "this is no public key or certificate"),
		},
		"a short secret can be guessed": {
			of(policy(signedWith("hunter2", true))),
			errorAt("signature", "the shared secret has 7 bytes"),
		},
		"a private key must not be here": {
			of(policy(signedWith(
				"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", false,
			))),
			errorAt("signature", ""),
		},
		"a long secret is none": {
			of(policy(signedWith(strings.Repeat("x", shortest), true))), nil,
		},
		"a key that the file lacks is none": {of(policy(signedWith("", false))), nil},
		"a key set at an address is none":   {ours(), nil},
		"a key that is not used is none":    {of(policy(off(signedWith("x", true)))), nil},
		"a public key is one":               {of(policy(signedWith(publicKey(t), false))), nil},
	})
}

func TestExpiryNotMandatory(t *testing.T) {
	t.Parallel()
	exp := rules.Claim("exp")
	alive := rules.Predicate{Op: rules.After, Input: exp}
	optional := checkOf(rules.Expiry, rules.IfPresent(exp, alive))
	finds(t, expiryNotMandatory(), map[string]row{
		"a token that never expires is let in": {
			ours(optional), warningAt("expiry", "never expires"),
		},
		"an expiry that must be there is none": {
			ours(checkOf(rules.Expiry, rules.Required(exp, alive))), nil,
		},
		"one that is not checked is none": {
			ours(off(checkOf(rules.Expiry, rules.IfPresent(exp, alive)))), nil,
		},
		"a validation endpoint looks at it itself": {
			of(policy(validated(nil), checkOf(rules.Expiry, rules.IfPresent(exp, alive)))), nil,
		},
	})
}

// publicKey is a new public key as PEM text.
func publicKey(t *testing.T) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}
