package keys_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
)

// loaded is what becomes of a file of keys: how many can be used and how many can't, how many have something odd to
// tell, and how many a certificate that is broken or not theirs.
type loaded struct{ Good, Broken, Noted, BadCertificate int }

func load(set *keys.Set) loaded {
	var l loaded
	for _, k := range set.Keys {
		if k.Fault != "" {
			l.Broken++
		} else {
			l.Good++
		}
		if len(k.Notes) > 0 {
			l.Noted++
		}
		if c, ok := k.Certificate(); ok && c.Fault != "" {
			l.BadCertificate++
		}
	}
	return l
}

// The key sets of Entra's three clouds, as they were captured, and those of Microsoft's own library, which breaks some
// of its keys on purpose and writes others in standard base64.
func TestEveryKeySetOfTheCorpusLoadsKeyByKey(t *testing.T) {
	want := map[string]loaded{
		"AADCommonV1JwksString":     {Good: 7},
		"AADCommonV2JwksString":     {Good: 10},
		"historic_keys":             {Good: 3},
		"idmodel_JsonWebKeySet":     {Good: 2, Noted: 2, BadCertificate: 1},
		"pl4nty_microsoft_jwks":     {Good: 5},
		"pl4nty_microsoft_jwks_cn":  {Good: 1},
		"pl4nty_microsoft_jwks_us":  {Good: 4},
		"test_suite_verifying_keys": {Good: 3},

		"Protocols.OpenIdConnect.Tests/JsonWebKeySet":                           {Good: 2, Noted: 2, BadCertificate: 1},
		"Protocols.OpenIdConnect.Tests/JsonWebKeySetBadBase64Data":              {Good: 2, Noted: 2, BadCertificate: 2},
		"Protocols.OpenIdConnect.Tests/JsonWebKeySetBadRsaDataMissingComponent": {Broken: 3, Noted: 1, BadCertificate: 1},
		"Protocols.OpenIdConnect.Tests/JsonWebKeySetBadX509Data":                {Good: 2, Noted: 2, BadCertificate: 2},
		"Protocols.OpenIdConnect.Tests/JsonWebKeySetEnd2End":                    {Good: 2, Noted: 2, BadCertificate: 1},
		"Protocols.OpenIdConnect.Tests/JsonWebKeySetEnd2EndEC":                  {Good: 3, Noted: 1},
		"Protocols.OpenIdConnect.Tests/JsonWebKeySetSingleX509Data":             {Broken: 1},
		"Protocols.OpenIdConnect.Tests/JsonWebKeySetUnrecognizedKty":            {Good: 1, Broken: 1, Noted: 1, BadCertificate: 1},
		"Protocols.OpenIdConnect.Tests/PingLabsJWKS":                            {Good: 3},
		"Protocols.Tests/ValidJson":                                             {Good: 2, Noted: 2},
	}
	got := map[string]loaded{}
	for _, folder := range []string{"entra/jwks/", "vectors/AzureAD+azure-activedirectory-identitymodel-extensions-for-dotnet/"} {
		for _, name := range filesIn(t, folder) {
			text := corpus(t, folder+name)
			set, err := keys.Parse(name, text)
			if isMetadata := strings.Contains(strings.ToLower(name), "metadata") || strings.Contains(name, "openid-configuration"); isMetadata != (err != nil) {
				t.Errorf("%s: %v", name, err)
			}
			if err == nil {
				got[shortName(name)] = load(set)
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func filesIn(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join("../../../shared/corpus", folder))
	if err != nil {
		t.Skip("the corpus of real material is not here")
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

// shortName leaves out the folders that a file's name begins with.
func shortName(name string) string {
	parts := strings.Split(strings.TrimSuffix(name, ".json"), "__")
	return strings.TrimPrefix(strings.Join(parts[max(0, len(parts)-2):], "/"), "Microsoft.IdentityModel.")
}

// The signatures of RFC 7520 (section 4), RFC 8037 (appendix A) and RFC 7797 (section 4).
func TestCookbookSignaturesVerify(t *testing.T) {
	want := map[string]keys.Reason{
		"curve25519__jws":                            keys.SignatureVerified,
		"jws__4_1.rsa_v15_signature":                 keys.SignatureVerified,
		"jws__4_2.rsa-pss_signature":                 keys.SignatureVerified,
		"jws__4_3.ecdsa_signature":                   keys.SignatureVerified,
		"jws__4_4.hmac-sha2_integrity_protection":    keys.SignatureVerified,
		"jws__4_5.signature_with_detached_content":   keys.TextAltered,   // the content is not in the token
		"jws__4_6.protecting_specific_header_fields": keys.NoReadableJWS, // no compact form exists
		"jws__4_7.protecting_content_only":           keys.NoReadableJWS, // no compact form exists
		"jws__4_8.multiple_signatures":               keys.NoReadableJWS, // no compact form exists
		"rfc7797__4.2.hmac-sha2_b64_false":           keys.NoReadableJWS, // no compact form exists
		"rfc7797__hmac-sha2_b64_false":               keys.NoReadableJWS, // a token must not have b64 (RFC 7797, section 7)
	}
	got := map[string]keys.Reason{}
	for _, name := range filesIn(t, "vectors/ietf-jose+cookbook/") {
		name, _ := strings.CutSuffix(name, ".json")
		if !strings.Contains(name, "jws") && !strings.HasPrefix(name, "rfc7797__") {
			continue
		}
		got[name] = cookbook(t, name)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func cookbook(t *testing.T, name string) keys.Reason {
	t.Helper()
	var example struct {
		Input  struct{ Key json.RawMessage }
		Output struct{ Compact string }
	}
	decodeJSON(t, corpus(t, "vectors/ietf-jose+cookbook/"+name+".json"), &example)
	set := parse(t, name, example.Input.Key)
	return keys.Verify(inspect.Parse(example.Output.Compact), set).Reason
}

// Wherever go-jose reads a token's header, it finds the same as we do, but for the salt of PSS.
func TestSignaturesAgreeWithGoJose(t *testing.T) {
	compared := 0
	for _, file := range []string{"json_web_signature", "json_web_key", "json_web_crypto"} {
		for _, c := range wycheproof(t, file) {
			text := compact(c.JWS)
			got := keys.Verify(inspect.Parse(text), c.set)
			want, ok := goJose(text, got)
			if !ok {
				continue
			}
			compared++
			if same := (got.Outcome == keys.Pass) == want; !same && !strings.HasPrefix(c.Comment, "SaltLen") {
				t.Errorf("%s %d (%s): we say %v %v, go-jose %v", file, c.ID, c.Comment, got.Outcome, got.Reason, want)
			}
		}
	}
	if compared < 300 {
		t.Errorf("only %d cases were compared", compared)
	}
}

// goJose verifies with the key that we took. It is not ok where go-jose can't read the token, or where we refuse the
// key whatever it signed.
func goJose(text string, r keys.Result) (verified, ok bool) {
	var known []jose.SignatureAlgorithm
	for _, name := range keys.Algorithms() {
		known = append(known, jose.SignatureAlgorithm(name))
	}
	token, err := jose.ParseSignedCompact(text, known)
	if err != nil || r.Named == nil || r.Named.Public() == nil || r.Named == r.Verifier && r.Outcome == keys.Fail {
		return false, false
	}
	_, err = token.Verify(r.Named.Public())
	return err == nil, true
}
