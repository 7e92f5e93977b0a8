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
	get := rules.Route{Method: "GET"}
	finds(t, signatureNotVerified(), map[string]row{
		"a signature that is not verified is an error": {
			of(policy(off(signed("")))),
			errorAt("signature", "a token that the caller made up is accepted"),
		},
		"one that is perhaps not verified is a warning": {
			of(policy(perhaps(signed("")))),
			warningAt("signature", "perhaps no signature is verified: the method is not known"),
		},
		"one of which nothing is known is none": {of(policy(unread(perhaps(signed(""))))), nil},
		"one that is verified is none":          {ours(), nil},
		"a policy that is disabled is none":     {of(disabled(policy(off(signed(""))))), nil},
		"a validation endpoint does instead":    {of(policy(validated(nil))), nil},
		"another policy that verifies the same token makes it a note": {
			of(sent("Authorization", off(signed(""))), sent("Authorization", signed(ourKeys))),
			noteAt("signature", "verifies the same token"),
		},
		"so does one that asks a validation endpoint": {
			of(sent("Authorization", validated(nil)), sent("Authorization", perhaps(signed("")))),
			noteAt("signature", "verifies the same token"),
		},
		"one that verifies another header's token does not": {
			of(sent("Authorization", off(signed(""))), sent("jwt", signed(ourKeys))),
			errorAt("signature", "a token that the caller made up is accepted"),
		},
		"nor one that only some of the requests meet": {
			of(sent("Authorization", off(signed(""))),
				limited(sent("Authorization", signed(ourKeys)), get)),
			errorAt("signature", "a token that the caller made up is accepted"),
		},
		"nor one that is disabled": {
			of(sent("Authorization", off(signed(""))),
				disabled(sent("Authorization", signed(ourKeys)))),
			errorAt("signature", "a token that the caller made up is accepted"),
		},
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
		"a shared secret is none of the API's, which is registered": {
			ofApp(orders("2"), wants("HS256"), signedWith("secret", true)),
			errorAt("algorithm", "the policy wants HS256"),
		},
		"every one has RS256":                  {ours(wants("RS256")), nil},
		"one of several may be the right one":  {ours(wants("ES256", "RS256")), nil},
		"a check that is switched off is none": {ours(off(wants("ES256"))), nil},
		"one that is perhaps not made is none": {ours(perhaps(wants("ES256"))), nil},
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
			errorAt("signature", "the metadata document, which contains no keys"),
		},
		"the key set does": {ours(), nil},
		"another issuer's is not said": {
			of(policy(signed(foreignIssuer + "/.well-known/openid-configuration"))), nil,
		},
	})
}

// fetched is a signature that is verified with the keys at an address, or at each of a list.
func fetched(text string, list bool) *rules.Check {
	return checkOf(rules.Signature, rules.Predicate{
		Op: rules.Verifies, Key: rules.KeysAt(text, list),
	})
}

func TestKeySetNotFetchable(t *testing.T) {
	t.Parallel()
	bare, both, metadata := "keys.example.com/jwks", ourKeys+","+foreignKeys, foreignMetadata()
	finds(t, keySetNotFetchable(), map[string]row{
		"no address": {
			of(policy(fetched("", false))), errorAt("signature", "there is no address"),
		},
		"no address in a list": {
			of(policy(fetched(" ,", true))), errorAt("signature", "there is no address"),
		},
		"no scheme": {of(policy(fetched(bare, false))), errorAt("signature", "https:// is")},
		"an address of Entra ID without keys": {
			of(policy(fetched("https://login.microsoftonline.com/"+ourTenant+"/v2.0", false))),
			errorAt("signature", "not that of a key set"),
		},
		"a list where one is taken": {
			of(policy(fetched(ourKeys+","+foreignKeys, false))),
			errorAt("signature", "it is a list"),
		},
		"no address of a list has keys": {
			of(policy(fetched(bare+","+bare, true))), errorAt("signature", "https:// is"),
		},
		"one address of a list has none": {
			of(policy(fetched(ourKeys+","+bare, true))),
			warningAt("signature", "no key can be fetched from "+bare),
		},
		"a list that is sound":     {of(policy(fetched(both, true))), nil},
		"the metadata":             {of(policy(fetched(metadata, false))), nil},
		"keys of our tenant":       {ours(), nil},
		"a check that is not made": {of(policy(off(fetched("", false)))), nil},
		"an address not known":     {of(policy(unread(fetched("", false)))), nil},
		"a key in the policy":      {of(policy(signedWith("x", true))), nil},
	})
}

// foreignMetadata is the discovery document of a tenant.
func foreignMetadata() string {
	return "https://login.microsoftonline.com/" + otherTenant +
		"/v2.0/.well-known/openid-configuration"
}

func TestEachAddressOfAListIsJudged(t *testing.T) {
	t.Parallel()
	const open = "http://keys.example.com/jwks"
	other := "https://login.microsoftonline.com/" + otherTenant + "/discovery/keys"
	finds(t, keySetOverHTTP(), map[string]row{
		"the second over http": {
			of(policy(fetched(ourKeys+","+open, true))), errorAt("signature", "over http"),
		},
		"an address over http without a host": {of(policy(fetched("http:///keys", false))), nil},
		"both over https":                     {of(policy(fetched(ourKeys+","+other, true))), nil},
	})
	finds(t, keysURLIsDiscovery(), map[string]row{
		"the second is the metadata": {
			of(policy(fetched(ourKeys+","+foreignMetadata(), true))),
			warningAt("signature", "metadata"),
		},
		"both are": {
			of(policy(fetched(foreignMetadata()+","+foreignMetadata(), true))),
			errorAt("signature", "metadata"),
		},
		"in capitals": {
			of(policy(fetched(strings.ToUpper(foreignMetadata()), false))),
			errorAt("signature", "metadata"),
		},
	})
	finds(t, issuerNotPinned(), map[string]row{
		"the second is a tenant's": {
			of(policy(fetched(foreignKeys+","+ourKeys, true), audience(ourAudience))),
			errorAt("signature", "lists the keys that all tenants share"),
		},
		"the host in capitals": {
			of(policy(
				fetched(strings.Replace(ourKeys, "login.m", "LOGIN.M", 1), false),
				audience(ourAudience),
			)), errorAt("signature", "lists the keys that all tenants share"),
		},
		"the shared set in capitals": {
			of(policy(
				fetched("https://LOGIN.MICROSOFTONLINE.COM/Common/discovery/keys", false),
				audience(ourAudience),
			)), errorAt("signature", "that of all tenants"),
		},
	})
	finds(t, issuerAndKeysDisagree(), map[string]row{
		"none of the two is the issuer's": {
			of(policy(fetched(other+","+other, true), issuer(ourIssuer))),
			warningAt("custom-claim", "the key set that of tenant "+otherTenant),
		},
		"one of the two is": {
			of(policy(fetched(other+","+ourKeys, true), issuer(ourIssuer))), nil,
		},
		"the host in capitals": {
			of(policy(
				fetched(strings.Replace(other, "login.m", "LOGIN.M", 1), false),
				issuer(ourIssuer),
			)), warningAt("custom-claim", "the key set that of tenant "+otherTenant),
		},
		"one that may be anybody's": {
			of(policy(fetched(other+","+foreignKeys, true), issuer(ourIssuer))), nil,
		},
	})
}

func TestTextKeyIsNoKey(t *testing.T) {
	t.Parallel()
	finds(t, textKeyIsNoKey(), map[string]row{
		"a text that is no key is an error": {
			of(policy(signedWith("not a key", false))),
			errorAt("signature", "this is not a public key or certificate"),
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
	wanted := rules.Required(exp, rules.Predicate{Op: rules.NotAfter, Input: exp})
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
		"a check of that claim wants it to be there": {ours(optional, check(wanted)), nil},
		"another policy wants it of the same token": {
			of(sent("Authorization", signed(ourKeys), optional),
				sent("Authorization", signed(ourKeys), check(wanted))), nil,
		},
		"another policy wants it of another header's token": {
			of(sent("Authorization", signed(ourKeys), optional),
				sent("jwt", signed(ourKeys), check(wanted))),
			warningAt("expiry", "never expires"),
		},
		"only some requests meet such a check": {
			of(tree(rules.Node{All: []rules.Node{
				{Check: signed(ourKeys)},
				{Check: optional},
				{Any: []rules.Node{{Check: check(wanted)}, {Check: issuer(ourIssuer)}}},
			}})),
			warningAt("expiry", "never expires"),
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
