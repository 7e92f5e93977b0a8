package keys_test

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
)

// Envoy's cases (google/jwt_verify_lib, test/verify_*_test.cc): a key set, a token, and what Envoy says. Where we say
// otherwise, the reason stands beside it.
func TestEnvoysCasesAgree(t *testing.T) {
	tests := []struct {
		file, name, set, token string
		without                []string // lines that the case takes out of the set
		ok                     bool
		disagree               string
	}{
		{file: "verify_jwk_rsa", name: "NoKidOK", set: "PublicKeyRSA", token: "JwtTextNoKid", ok: true},
		{file: "verify_jwk_rsa", name: "NoKidLongExpOK", set: "PublicKeyRSA", token: "JwtTextNoKidLongExp", ok: true},
		{file: "verify_jwk_rsa", name: "CorrectKidOK", set: "PublicKeyRSA", token: "JwtTextWithCorrectKid", ok: true},
		{file: "verify_jwk_rsa", name: "LongClaimsWithCorrectKidOk", set: "PublicKeyRSA", token: "JwtTextWithLongClaimsCorrectKid", ok: true},
		{file: "verify_jwk_rsa", name: "IncorrectKid", set: "PublicKeyRSA", token: "JwtTextWithIncorrectKid"},
		{file: "verify_jwk_rsa", name: "NonExistKidFail", set: "PublicKeyRSA", token: "JwtTextWithNonExistKid"},
		{file: "verify_jwk_rsa", name: "OkPublicKeyNotAlg", set: "PublicKeyRSA", token: "JwtTextNoKid", without: []string{"alg_claim"}, ok: true},
		{file: "verify_jwk_rsa", name: "OkPublicKeyNotAlg with a kid", set: "PublicKeyRSA", token: "JwtTextWithCorrectKid", without: []string{"alg_claim"}, ok: true},
		{file: "verify_jwk_rsa", name: "OkPublicKeyNotKid", set: "PublicKeyRSA", token: "JwtTextNoKid", without: []string{"kid_claim1", "kid_claim2"}, ok: true},
		{
			file: "verify_jwk_rsa", name: "OkPublicKeyNotKid with a kid", set: "PublicKeyRSA", token: "JwtTextWithCorrectKid", without: []string{"kid_claim1", "kid_claim2"}, ok: true,
			disagree: kidsOnly,
		},
		{file: "verify_jwk_rsa_pss", name: "Ps256CorrectKidOK", set: "PublicKeyRSAPSS", token: "Ps256JwtTextWithCorrectKid", ok: true},
		{file: "verify_jwk_rsa_pss", name: "Ps384CorrectKidOK", set: "PublicKeyRSAPSS", token: "Ps384JwtTextWithCorrectKid", ok: true},
		{file: "verify_jwk_rsa_pss", name: "Ps512CorrectKidOK", set: "PublicKeyRSAPSS", token: "Ps512JwtTextWithCorrectKid", ok: true},
		{file: "verify_jwk_rsa_pss", name: "JwtTextWithNoKidNoMatchingKey", set: "PublicKeyRSAPSS", token: "JwtTextWithNoKid"},
		{file: "verify_jwk_rsa_pss", name: "JwtTextWithNoKidOk", set: "JwtIoPublicKeyRSAPSS", token: "JwtTextWithNoKid", ok: true},
		{file: "verify_jwk_rsa_pss", name: "JwtTextWithNonExistentKid", set: "JwtIoPublicKeyRSAPSS", token: "JwtTextWithNonExistentKid"},
		{file: "verify_jwk_ec", name: "KidOK", set: "PublicKeyJwkEC", token: "JwtES256Text", ok: true},
		{file: "verify_jwk_ec", name: "KidES384OK", set: "PublicKeyJwkEC", token: "JwtES384Text", ok: true},
		{file: "verify_jwk_ec", name: "KidES512OK", set: "PublicKeyJwkEC", token: "JwtES512Text", ok: true},
		{file: "verify_jwk_ec", name: "NoKidOK", set: "PublicKeyJwkEC", token: "JwtTextECNoKid", ok: true},
		{file: "verify_jwk_ec", name: "NonExistKidFail", set: "PublicKeyJwkEC", token: "JwtTextWithNonExistKidEC"},
		{file: "verify_jwk_ec", name: "PubkeyNoAlgOK", set: "PublicKeyJwkEC", token: "JwtTextEC", without: []string{"alg_claim"}, ok: true},
		{file: "verify_jwk_ec", name: "PubkeyNoKidOK", set: "PublicKeyJwkEC", token: "JwtTextECNoKid", without: []string{"kid_claim1", "kid_claim2"}, ok: true},
		{file: "verify_jwk_okp", name: "KidOK", set: "PublicKeyJwkOKP", token: "JwtJWKEd25519", ok: true},
		{file: "verify_jwk_okp", name: "NoKidOK", set: "PublicKeyJwkOKP", token: "JwtJWKEd25519NoKid", ok: true},
		{file: "verify_jwk_okp", name: "NonExistKidFail", set: "PublicKeyJwkOKP", token: "JwtJWKEd25519NonExistKid"},
		{file: "verify_jwk_okp", name: "PubkeyNoAlgOK", set: "PublicKeyJwkOKP", token: "JwtJWKEd25519", without: []string{"alg_claim"}, ok: true},
		{file: "verify_jwk_okp", name: "WrongSignatureFail", set: "PublicKeyJwkOKP", token: "JwtJWKEd25519WrongSignature"},
		{file: "verify_jwk_okp", name: "PubkeyNoKidOK", set: "PublicKeyJwkOKP", token: "JwtJWKEd25519NoKid", without: []string{"kid_claim1", "kid_claim2"}, ok: true},
		{file: "verify_jwk_okp", name: "PubkeyNoKidOK with a kid", set: "PublicKeyJwkOKP", token: "JwtJWKEd25519", without: []string{"kid_claim1", "kid_claim2"}, ok: true, disagree: kidsOnly},
		{file: "verify_jwk_hmac", name: "NoKidOK", set: "SymmetricKeyHMAC", token: "JwtTextNoKid", ok: true},
		{file: "verify_jwk_hmac", name: "NoKidLongExpOK", set: "SymmetricKeyHMAC", token: "JwtTextNoKidLongExp", ok: true},
		{file: "verify_jwk_hmac", name: "CorrectKidHS256OK", set: "SymmetricKeyHMAC", token: "JwtHS256TextWithCorrectKid", ok: true},
		{file: "verify_jwk_hmac", name: "CorrectKidHS384OK", set: "SymmetricKeyHMAC", token: "JwtHS384TextWithCorrectKid", ok: true},
		{file: "verify_jwk_hmac", name: "CorrectKidHS512OK", set: "SymmetricKeyHMAC", token: "JwtHS512TextWithCorrectKid", ok: true},
		{file: "verify_jwk_hmac", name: "IncorrectKid", set: "SymmetricKeyHMAC", token: "JwtTextWithIncorrectKid"},
		{file: "verify_jwk_hmac", name: "NonExistKidFail", set: "SymmetricKeyHMAC", token: "JwtTextWithNonExistKid"},
		{file: "verify_jwk_hmac", name: "OkSymmetricKeyNotAlg", set: "SymmetricKeyHMAC", token: "JwtHS256TextWithCorrectKid", without: []string{"alg_claim"}, ok: true},
		{file: "verify_jwk_hmac", name: "OkSymmetricKeyNotKid", set: "SymmetricKeyHMAC", token: "JwtTextNoKid", without: []string{"kid_claim1", "kid_claim2"}, ok: true},
		{file: "verify_jwk_hmac", name: "OkSymmetricKeyNotKid with a kid", set: "SymmetricKeyHMAC", token: "JwtHS256TextWithCorrectKid", without: []string{"kid_claim1", "kid_claim2"}, ok: true, disagree: kidsOnly},
		{file: "verify_pem_rsa", name: "OKPem RS256", set: "pubkey", token: "JwtPemRs256", ok: true},
		{file: "verify_pem_rsa", name: "OKPem RS384", set: "pubkey", token: "JwtPemRs384", ok: true},
		{file: "verify_pem_rsa", name: "OKPem RS512", set: "pubkey", token: "JwtPemRs512", ok: true},
		{file: "verify_audiences", name: "Success", set: "PublicKeyRSA", token: "JwtOneAudtext", ok: true},
		{
			file: "verify_audiences", name: "MissingAudience", set: "PublicKeyRSA", token: "JwtOneAudtext",
			disagree: "the signature is right; which audiences are allowed is a policy's to say, and explain checks it",
		},
	}
	run := map[string]bool{}
	for _, test := range tests {
		name, _, _ := strings.Cut(test.name, " ")
		run[test.file+" "+name] = true
		t.Run(test.file+" "+test.name, func(t *testing.T) {
			constants := envoy(t, test.file)
			text := constants[test.set]
			for _, line := range test.without {
				text = strings.ReplaceAll(text, constants[line], "")
			}
			set := parse(t, test.name, []byte(text))
			got := keys.Verify(inspect.Parse(constants[test.token]), set)
			if agrees := (got.Outcome == keys.Pass) == test.ok; agrees != (test.disagree == "") {
				t.Errorf("Envoy says %v, we say %v: %s (row: %q)", test.ok, got.Reason, got.Why, test.disagree)
			}
		})
	}
	envoyNames(t, run, "verify_jwk_rsa", "verify_jwk_rsa_pss", "verify_jwk_ec", "verify_jwk_okp", "verify_jwk_hmac", "verify_pem_rsa", "verify_audiences")
}

// kidsOnly is why a key without kid is not tried on a token that has one.
const kidsOnly = "Envoy tries keys without kid on a token with one; the six gateways that were measured do not. The result names the key that signed"

// envoyNames fails where a case of a file is not among those that were run.
func envoyNames(t *testing.T, run map[string]bool, files ...string) {
	t.Helper()
	for _, file := range files {
		var extracted struct{ Tests []string }
		decodeJSON(t, corpus(t, "vectors/google+jwt_verify_lib/extracted__"+file+"_test.cc.json"), &extracted)
		for _, name := range extracted.Tests {
			if !run[file+" "+name] {
				t.Errorf("the case %s of %s is not run", name, file)
			}
		}
	}
}

// The cases of verify_x509_test.cc verify with an object of certificates by kid, which is Google's own form; no cloud of Entra has
// it, and it is refused with the reason. What is left of them is that the tokens are read.
func TestEnvoysTokensOfCertificatesAreRead(t *testing.T) {
	for name, token := range envoy(t, "verify_x509") {
		parsed := inspect.Parse(token)
		if parsed.Fault != nil {
			t.Errorf("%s: %s", name, parsed.Fault.Cause)
		}
		if got := keys.Verify(parsed, nil); got.Reason != keys.NoKeys {
			t.Errorf("%s: %v", name, got.Reason)
		}
	}
}

func envoy(t *testing.T, file string) map[string]string {
	t.Helper()
	var extracted struct{ Constants map[string]string }
	decodeJSON(t, corpus(t, "vectors/google+jwt_verify_lib/extracted__"+file+"_test.cc.json"), &extracted)
	// Envoy's reader of JSON takes a comma behind the last key; no gateway that was measured does.
	for name, text := range extracted.Constants {
		extracted.Constants[name] = strings.Replace(text, "},\n\n  ]", "}\n  ]", 1)
	}
	return extracted.Constants
}

// What Envoy's parser of key sets is fed (test/jwks_test.cc).
func TestEnvoysOddKeySets(t *testing.T) {
	constants := envoy(t, "jwks")
	tests := []struct {
		name, cause string
		good        int
	}{
		{"jwks_text", `keys.json:3:89: not JSON: a comma stands before }`, 0},
		{"BadPublicKeyRSA", "", 1},
		{"pem_text", "keys.json: the PEM text is damaged", 0},
		{"pem_text2", "", 1},
		{"good_pem_text", "", 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			set, err := keys.Parse("keys.json", []byte(constants[test.name]))
			if err != nil {
				if test.cause == "" || !strings.HasPrefix(err.Error(), test.cause) {
					t.Errorf("got %v, want %s", err, test.cause)
				}
				return
			}
			if l := load(set); l.Good != test.good || test.cause != "" {
				t.Errorf("got %+v (%s), want %d", l, set.Keys[0].Fault, test.good)
			}
		})
	}
}

// The seeds of Envoy's fuzzer: pairs of a token and its key set, which verify.
func TestEnvoysSeedsVerify(t *testing.T) {
	const folder = "vectors/google+jwt_verify_lib/"
	for _, kind := range []string{"ec", "hmac", "okp", "pem", "rsa", "x509"} {
		t.Run(kind, func(t *testing.T) {
			token, text := seed(t, string(corpus(t, folder+"test__fuzz__corpus__jwt_verify_lib_fuzz_test__jwks_"+kind+".txt")))
			set, err := keys.Parse(kind, []byte(text))
			if kind == "x509" {
				// An object of certificates by kid is Google's own form; no cloud of Entra has it.
				if err == nil {
					t.Error("an object of certificates is read now: verify its token")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := keys.Verify(inspect.Parse(token), set); got.Reason != keys.SignatureVerified {
				t.Errorf("%v: %s", got.Reason, got.Why)
			}
		})
	}
}

// seed splits a seed, which is a message of protocol buffers in text form.
func seed(t *testing.T, text string) (token, set string) {
	t.Helper()
	first, second, ok := strings.Cut(strings.TrimSpace(text), "\n")
	if !ok {
		t.Fatal("want two lines")
	}
	unquote := func(line, name string) string {
		value := strings.TrimSpace(strings.TrimPrefix(line, name+":"))
		return strings.ReplaceAll(value[1:len(value)-1], `\n`, "\n")
	}
	return unquote(first, "jwt"), unquote(second, "jwks")
}
