package keys_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/asn1"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/keys"
)

// envoySet is a case of Envoy's parser of key sets (google/jwt_verify_lib, test/jwks_test.cc): the
// text as that case describes it, whether Envoy takes anything from it, how many keys we can use,
// and why we differ.
type envoySet struct {
	name, text string
	envoy      string // the status that Envoy gives
	good       int
	disagree   string
}

const (
	crvFromAlg = "Envoy takes the curve from alg, or P-256; RFC 7518 (section 6.2.1.1) " +
		"requires crv, and go-jose refuses the key without"
	googlesForm = "an object of certificates by kid is Google's own form; no cloud of Entra has " +
		"it"
	standardText = "n is in standard base64, which means the same bytes; it is read and noted, " +
		"with the gateways that refuse the set for it"
	algKept = "an alg that contradicts the type is noted; the key still serves only algorithms " +
		"of its own type"
	anyHeader = "the PEM text is a public key, whatever its header says"
)

func TestEveryCaseOfEnvoysParserOfKeySets(t *testing.T) {
	t.Parallel()
	tests := slices.Concat(envoyShapes(t), envoyCurves(t), envoyCertificates(t))
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			good := 0
			set, err := keys.Parse("keys.json", []byte(test.text))
			if err == nil {
				good = load(set).Good
			}
			if good != test.good {
				t.Errorf("%d keys can be used (%v), want %d", good, err, test.good)
			}
			if agrees := (good > 0) == (test.envoy == "Ok"); agrees == (test.disagree != "") {
				t.Errorf("Envoy says %s, we use %d keys (row: %q)", test.envoy, good,
					test.disagree)
			}
		})
	}
}

// members writes a key's members as a set has them.
func members(t *testing.T, key any, leaveOut ...string) string {
	t.Helper()
	object := jwk(t, key, "", nil)
	for _, name := range leaveOut {
		delete(object, name)
	}
	text, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Trim(string(text), "{}")
}

func setText(list ...string) string { return `{"keys":[{` + strings.Join(list, "},{") + `}]}` }

func envoyShapes(t *testing.T) []envoySet {
	r, ok, ed := members(t, rsaKeys()[0].Public()), members(t, ecKey().Public()),
		members(t, edKey().Public())
	noN, noE := members(t, rsaKeys()[0].Public(), "n"), members(t, rsaKeys()[0].Public(), "e")
	noX := members(t, edKey().Public(), "x")
	const x25519 = `"kty":"OKP","crv":"X25519","alg":"EdDSA",` +
		`"x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"`
	return []envoySet{
		{"GoodJwks", setText(`"alg":"RS256",`+r, members(t, rsaKeys()[1].Public())), "Ok", 2, ""},
		{
			"GoodEC",
			setText(`"alg":"ES256",`+ok, ok, members(t, curveKey(t, elliptic.P384())),
				members(t, curveKey(t, elliptic.P521()))), "Ok", 4, "",
		},
		{"GoodOKP", setText(`"alg":"EdDSA",` + ed), "Ok", 1, ""},
		{"EmptyJwks", "", "JwksParseError", 0, ""},
		{"JwksNoKeys", "{}", "JwksNoKeys", 0, ""},
		{"JwksWrongKeys", `{"keys": 123}`, "JwksBadKeys", 0, ""},
		{
			"JwksInvalidKty", setText(strings.Replace(ok, `"EC"`, `"XYZ"`, 1)),
			"JwksNotImplementedKty", 0, "",
		},
		{"JwksMismatchKty1", setText(`"kty":"RSA","alg":"ES256"`), "JwksRSAKeyBadAlg", 0, ""},
		{"JwksMismatchKty2", setText(`"kty":"EC","alg":"RS256"`), "JwksECKeyBadAlg", 0, ""},
		{"JwksIgnoreUnsupportedKey", setText(ed, x25519), "Ok", 1, ""},
		{"JwksIgnoreUnsupportedKeyInMiddle", setText(ed, x25519, ok), "Ok", 2, ""},
		{"JwksIgnoreUnsupportedKeySolo", setText(x25519), "JwksOKPKeyCrvUnsupported", 0, ""},
		{"JwksECNoXY", setText(`"kty":"EC","alg":"ES256"`), "JwksECKeyMissingX", 0, ""},
		{"JwksRSANoNE", setText(`"kty":"RSA","alg":"RS256"`), "JwksRSAKeyMissingN", 0, ""},
		{"JwksRSAKeyBadN", setText(noN + `,"n":0`), "JwksRSAKeyBadN", 0, ""},
		{"JwksRSAKeyMissingE", setText(noE), "JwksRSAKeyMissingE", 0, ""},
		{"JwksRSAKeyBadE", setText(noE + `,"e":0`), "JwksRSAKeyBadE", 0, ""},
		{
			"JwksRSAWrongNE",
			setText(`"kty":"RSA","alg":"RS256","n":"EB54wykhS7YJFD6R","e":"92bCBTvMFQ8lKbS2"`),
			"JwksRsaParseError", 0, "",
		},
		{"JwksRSAInvalidN", setText(standardDigits(r)), "JwksRsaParseError", 1, standardText},
		{
			"JwksJwkMissingKty", setText(members(t, ecKey().Public(), "kty")), "JwksMissingKty", 0,
			"",
		},
		{
			"JwksJwkBadKty", setText(members(t, ecKey().Public(), "kty") + `,"kty":0`),
			"JwksBadKty", 0, "",
		},
		{
			"JwksJwkOctBadAlg",
			setText(`"kty":"oct","alg":"ES256","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"`),
			"JwksHMACKeyBadAlg", 1, algKept,
		},
		{
			"JwksJwkOctBadMissingK", setText(`"kty":"oct","alg":"HS256"`), "JwksHMACKeyMissingK",
			0, "",
		},
		{"JwksJwkOctBadK", setText(`"kty":"oct","alg":"HS256","k":0`), "JwksHMACKeyBadK", 0, ""},
		{
			"JwksJwkOctBadBase64", setText(`"kty":"oct","alg":"HS256","k":"~}}"`),
			"JwksOctBadBase64", 0, "",
		},
		{"JwksOKPXBadBase64", setText(noX + `,"x":"~}}"`), "JwksOKPXBadBase64", 0, ""},
		{"JwksOKPXWrongLength", setText(noX + `,"x":"dGVzdAo"`), "JwksOKPXWrongLength", 0, ""},
		{"JwksOKPKeyBadAlg", setText(`"kty":"OKP","alg":"ES256"`), "JwksOKPKeyBadAlg", 0, ""},
		{
			"JwksOKPKeyMissingCrv", setText(`"kty":"OKP","alg":"EdDSA"`), "JwksOKPKeyMissingCrv",
			0, "",
		},
		{
			"JwksOKPKeyBadCrv", setText(`"kty":"OKP","alg":"EdDSA","crv":0`), "JwksOKPKeyBadCrv",
			0, "",
		},
		{
			"JwksOKPKeyCrvUnsupported", setText(`"kty":"OKP","alg":"EdDSA","crv":"Ed448"`),
			"JwksOKPKeyCrvUnsupported", 0, "",
		},
		{"JwksOKPKeyMissingX", setText(noX), "JwksOKPKeyMissingX", 0, ""},
		{"JwksOKPKeyBadX", setText(noX + `,"x":0`), "JwksOKPKeyBadX", 0, ""},
	}
}

// standardDigits writes a key's numbers with the digits of ordinary base64.
func standardDigits(members string) string {
	return strings.NewReplacer("-", "+", "_", "/").Replace(members)
}

func envoyCurves(t *testing.T) []envoySet {
	public := ecKey().Public()
	p384, p521 := curveKey(t, elliptic.P384()), curveKey(t, elliptic.P521())
	with := func(key any, alg string, leaveOut ...string) string {
		return `"alg":"` + alg + `",` + members(t, key, leaveOut...)
	}
	return []envoySet{
		{
			"JwksECXYBadBase64", setText(with(public, "ES256", "x") + `,"x":"~}}"`),
			"JwksEcXorYBadBase64", 0, "",
		},
		{
			"JwksECWrongXY",
			setText(
				with(public, "ES256", "x") +
					`,"x":"EB54wykhS7YJFD6RYJNnwbWEz3cI7CF5bCDTXlrwI5k111"`), "JwksEcParseError",
			0, "",
		},
		{
			"JwksECMatchAlgES256WrongCrvType", setText(with(public, "ES256", "crv") + `,"crv":0`),
			"JwksECKeyBadCrv", 0, "",
		},
		{
			"JwksECMatchAlgES256WrongXType", setText(with(public, "ES256", "x") + `,"x":0`),
			"JwksECKeyBadX", 0, "",
		},
		{
			"JwksECMatchAlgES256WrongMissingY", setText(with(public, "ES256", "y")),
			"JwksECKeyMissingY", 0, "",
		},
		{
			"JwksECMatchAlgES256WrongBadY", setText(with(public, "ES256", "y") + `,"y":0`),
			"JwksECKeyBadY", 0, "",
		},
		{"JwksECMatchAlgES256CrvP256", setText(with(public, "ES256")), "Ok", 1, ""},
		{"JwksECMatchAlgES384CrvP384", setText(with(p384, "ES384")), "Ok", 1, ""},
		{"JwksECMatchAlgES512CrvP521", setText(with(p521, "ES512")), "Ok", 1, ""},
		{"JwksECMissingBothAlgCrvES256", setText(members(t, public, "crv")), "Ok", 0, crvFromAlg},
		{"JwksECMissingBothAlgES384", setText(members(t, p384, "crv")), "JwksEcParseError", 0, ""},
		{
			"JwksECMismatchAlgCrv1", setText(`"kty":"EC","alg":"ES256","crv":"P-384"`),
			"JwksECKeyAlgNotCompatibleWithCrv", 0, "",
		},
		{
			"JwksECMismatchAlgCrv2", setText(`"kty":"EC","alg":"ES384","crv":"P-521"`),
			"JwksECKeyAlgNotCompatibleWithCrv", 0, "",
		},
		{
			"JwksECMismatchAlgCrv3", setText(`"kty":"EC","alg":"ES512","crv":"P-256"`),
			"JwksECKeyAlgNotCompatibleWithCrv", 0, "",
		},
		{"JwkECMissingAlg", setText(members(t, p521)), "Ok", 1, ""},
		{"JwkECMissingCrv", setText(with(p521, "ES512", "crv")), "Ok", 0, crvFromAlg},
		{
			"JwksECNotSupportedAlg", setText(`"kty":"EC","alg":"ES1024"`),
			"JwksECKeyAlgOrCrvUnsupported", 0, "",
		},
		{
			"JwksECNotSupportedCrv", setText(`"kty":"EC","crv":"P-1024"`),
			"JwksECKeyAlgOrCrvUnsupported", 0, "",
		},
		{
			"JwksECUnspecifiedCrv",
			setText(with(public, "ES256", "crv"), with(p384, "ES384", "crv"),
				with(p521, "ES512", "crv")), "Ok", 0, crvFromAlg,
		},
	}
}

func curveKey(t *testing.T, curve elliptic.Curve) *ecdsa.PublicKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &key.PublicKey
}

func envoyCertificates(t *testing.T) []envoySet {
	block := &pem.Block{Type: "CERTIFICATE", Bytes: certificate(t, 0)}
	inPEM := string(pem.EncodeToMemory(block))
	byKid := func(pairs ...string) string {
		object := map[string]string{}
		for i := 0; i < len(pairs); i += 2 {
			object[pairs[i]] = pairs[i+1]
		}
		text, err := json.Marshal(object)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	rsaPEM, ecPEM := publicPEM(t, "PUBLIC KEY", rsaKeys()[0].Public()),
		publicPEM(t, "PUBLIC KEY", ecKey().Public())
	wrongHeader := publicPEM(t, "CERTIFICATE KEY", rsaKeys()[0].Public())
	const bad = "-----BEGIN PUBLIC KEY-----\nbad-pub-key\n-----END PUBLIC KEY-----\n"
	return []envoySet{
		{"JwksGoodX509", byKid("a", inPEM, "b", inPEM), "Ok", 0, googlesForm},
		{
			"RealJwksX509", byKid("a", inPEM, "b", inPEM, "c", inPEM), "Ok", 0,
			googlesForm,
		},
		{"JwksX509WrongTypeArray", `{"kid1":[{"kty":"EC"}]}`, "JwksNoKeys", 0, ""},
		{"JwksX509WrongTypeBool", `{"kid1":"pubkey1","kid2":true}`, "JwksNoKeys", 0, ""},
		{"JwksX509EmptyPubkey", byKid("kid1", "pubkey1", "kid2", ""), "JwksNoKeys", 0, ""},
		{"JwksX509EmptyKid", byKid("", "pubkey1"), "JwksNoKeys", 0, ""},
		{"JwksX509NotSuffixPrefix", byKid("kid1", "pubkey1"), "JwksNoKeys", 0, ""},
		{
			"JwksX509NotSuffix", byKid("kid1", "-----BEGIN CERTIFICATE-----\npubkey1"),
			"JwksNoKeys", 0, "",
		},
		{
			"JwksX509NotPrefix", byKid("kid1", "pubkey1\n-----END CERTIFICATE-----\n"),
			"JwksNoKeys", 0, "",
		},
		{
			"JwksX509WrongPubkey",
			byKid("kid1",
				"-----BEGIN CERTIFICATE-----\nwrong-pubkey\n-----END CERTIFICATE-----\n"),
			"JwksX509ParseError", 0, "",
		},
		{"goodPEMRSA", rsaPEM, "Ok", 1, ""},
		{"goodPEMEC", ecPEM, "Ok", 1, ""},
		{"goodPEMEd25519", publicPEM(t, "PUBLIC KEY", edKey().Public()), "Ok", 1, ""},
		{"PemWrongHeader", wrongHeader, "JwksPemBadBase64", 1, anyHeader},
		{"PemInvalidKey", bad, "JwksPemBadBase64", 0, ""},
		{"PemDsaUnimplimented", dsaPEM(t), "JwksPemNotImplementedKty", 0, ""},
		{"CreateFromPemError", wrongHeader, "JwksPemBadBase64", 1, anyHeader},
		{"CreateFromPemPopulatesExpectedFields", ecPEM, "Ok", 1, ""},
		{"addKeyFromPemSuccess", rsaPEM + ecPEM, "Ok", 2, ""},
		{"addKeyFromPemError", bad, "JwksPemBadBase64", 0, ""},
	}
}

func publicPEM(t *testing.T, header string, key any) string {
	t.Helper()
	return string(pem.EncodeToMemory(&pem.Block{Type: header, Bytes: spki(t, key)}))
}

// dsaPEM writes a public key of DSA (RFC 3279, section 2.3.2), which signs no tokens. Its numbers
// are too small for any use.
func dsaPEM(t *testing.T) string {
	t.Helper()
	parameters, err := asn1.Marshal(
		struct{ P, Q, G *big.Int }{big.NewInt(23), big.NewInt(11), big.NewInt(4)})
	if err != nil {
		t.Fatal(err)
	}
	type identifier struct {
		Algorithm  asn1.ObjectIdentifier
		Parameters asn1.RawValue
	}
	der, err := asn1.Marshal(struct {
		Algorithm identifier
		Key       asn1.BitString
	}{
		identifier{
			asn1.ObjectIdentifier{1, 2, 840, 10040, 4, 1}, asn1.RawValue{FullBytes: parameters},
		},
		asn1.BitString{Bytes: []byte{2, 1, 3}, BitLength: 24},
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}
