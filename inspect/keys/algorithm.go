package keys

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/fips140"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	"math/big"
	"strings"
	"sync"

	"filippo.io/bigmod"
)

// algorithm is one signature algorithm (RFC 7518, section 3.1; RFC 8037, section 3.1) and the type
// of key that can serve it. The key's type decides which algorithms it serves; the token never
// does.
type algorithm struct {
	name  string
	kty   string
	curve string // of EC and OKP
	hash  crypto.Hash
	pss   bool
}

var algorithms = [...]algorithm{
	{name: "RS256", kty: "RSA", hash: crypto.SHA256},
	{name: "RS384", kty: "RSA", hash: crypto.SHA384},
	{name: "RS512", kty: "RSA", hash: crypto.SHA512},
	{name: "PS256", kty: "RSA", hash: crypto.SHA256, pss: true},
	{name: "PS384", kty: "RSA", hash: crypto.SHA384, pss: true},
	{name: "PS512", kty: "RSA", hash: crypto.SHA512, pss: true},
	{name: "ES256", kty: "EC", curve: "P-256", hash: crypto.SHA256},
	{name: "ES384", kty: "EC", curve: "P-384", hash: crypto.SHA384},
	{name: "ES512", kty: "EC", curve: "P-521", hash: crypto.SHA512},
	{name: "EdDSA", kty: "OKP", curve: "Ed25519"},
	{name: "HS256", kty: "oct", hash: crypto.SHA256},
	{name: "HS384", kty: "oct", hash: crypto.SHA384},
	{name: "HS512", kty: "oct", hash: crypto.SHA512},
}

// algorithmOf returns the algorithm with this name. Names are compared by case, as RFC 7515
// (section 4.1.1) says.
func algorithmOf(name string) (algorithm, bool) {
	for _, a := range algorithms {
		if a.name == name {
			return a, true
		}
	}
	return algorithm{}, false
}

// intended returns the algorithm that a key's alg means. Microsoft's and Google's own key sets
// write ES521 for the algorithm on P-521; RFC 7518 calls it ES512.
func intended(name string) string {
	if name == "ES521" {
		return "ES512"
	}
	return name
}

// Algorithms returns the names of the algorithms that Verify knows.
func Algorithms() []string {
	names := make([]string, len(algorithms))
	for i, a := range algorithms {
		names[i] = a.name
	}
	return names
}

// fits reports whether a key of this type and curve can serve the algorithm.
func (a algorithm) fits(k *Key) bool {
	return a.kty == k.Type && (a.curve == "" || a.curve == k.Curve)
}

func (a algorithm) isHMAC() bool { return a.kty == "oct" }

// isNone reports whether a header asks for no signature at all. Some libraries compare it without
// case.
func isNone(name string) bool { return strings.EqualFold(name, "none") }

// matches reports whether the signature over the input is the key's.
//
// The calls are those of go-jose, with one difference: the salt of PSS must be as long as the hash
// (RFC 7518, section 3.5). go-jose's own entry point is not used: it reads the header again, and
// refuses headers that gateways take (a member that appears twice, a broken x5c that nobody looks
// at). A test compares the two.
func (a algorithm) matches(k *Key, input string, signature []byte) bool {
	switch key := k.public.(type) {
	case *rsa.PublicKey:
		return a.matchesRSA(k, key, input, signature)
	case *ecdsa.PublicKey:
		return a.matchesEC(key, input, signature)
	case ed25519.PublicKey:
		return ed25519.Verify(key, []byte(input), signature)
	}
	mac := hmac.New(a.hash.New, k.secret)
	mac.Write([]byte(input))
	return hmac.Equal(mac.Sum(nil), signature)
}

// usualInput is how long the text that is signed is at most, nearly always: in bytes.
const usualInput = 4096

func (a algorithm) digest(input string) []byte {
	if a.hash == crypto.SHA256 && len(input) <= usualInput { // nothing of it goes to the heap
		var text [usualInput]byte
		sum := sha256.Sum256(text[:copy(text[:], input)])
		return sum[:]
	}
	h := a.hash.New()
	h.Write([]byte(input))
	return h.Sum(nil)
}

func (a algorithm) matchesRSA(k *Key, public *rsa.PublicKey, input string, signature []byte) bool {
	digest := a.digest(input)
	if a.pss {
		options := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}
		return rsa.VerifyPSS(public, a.hash, digest, signature, options) == nil
	}
	return a.surelyMatches(k, public, digest, signature) ||
		rsa.VerifyPKCS1v15(public, a.hash, digest, signature) == nil
}

// matchesEC takes R and S as two numbers of the curve's full length (RFC 7518, section 3.4).
func (a algorithm) matchesEC(key *ecdsa.PublicKey, input string, signature []byte) bool {
	size := (key.Curve.Params().BitSize + 7) / 8
	if len(signature) != 2*size {
		return false
	}
	r, s := new(big.Int).SetBytes(signature[:size]), new(big.Int).SetBytes(signature[size:])
	return ecdsa.Verify(key, a.digest(input), r, s)
}

// Prepared is the same set for many tokens: what the verification of one shares with that of the
// next is made once a key, when it is first needed. Every answer is that of the set.
func (s *Set) Prepared() *Set {
	prepared := *s
	prepared.Keys = make([]*Key, len(s.Keys))
	for i, k := range s.Keys {
		prepared.Keys[i] = k.prepare()
	}
	return &prepared
}

// prepare is the same key with its name and its modulus ready for use. In FIPS mode crypto/rsa
// does all.
func (k *Key) prepare() *Key {
	prepared := *k
	prepared.name = k.Name()
	public, ok := k.public.(*rsa.PublicKey)
	if !ok || k.Fault != "" || faultOfRSA(public.N, big.NewInt(int64(public.E))) != "" ||
		fips140.Enabled() {
		return &prepared
	}
	prepared.modulus = sync.OnceValue(func() *bigmod.Modulus {
		modulus, err := bigmod.NewModulus(public.N.Bytes())
		if err != nil {
			return nil // crypto/rsa says what is wrong with it
		}
		return modulus
	})
	return &prepared
}

// surelyMatches reports whether a signature of PKCS #1 v1.5 (RFC 8017, section 8.2.2) is surely
// the key's. Where it says no, crypto/rsa has to be asked: that computes what depends on the
// modulus alone anew for every signature, which takes a third of its time. All of it is public.
func (a algorithm) surelyMatches(k *Key, public *rsa.PublicKey, digest, signature []byte) bool {
	if k.modulus == nil || a.pss {
		return false
	}
	modulus := k.modulus()
	if modulus == nil || len(signature) != modulus.Size() {
		return false
	}
	number, err := bigmod.NewNat().SetBytes(signature, modulus)
	if err != nil {
		return false // it is not below the modulus
	}
	block := bigmod.NewNat().ExpShortVarTime(number, uint(public.E), modulus).Bytes(modulus)
	return isPadded(block, a.hash, digest)
}

// isPadded reports whether a block is that of a digest (RFC 8017, section 9.2): 00 01 FF … FF 00,
// the name of the hash, and the digest.
func isPadded(block []byte, hash crypto.Hash, digest []byte) bool {
	name := digestInfo(hash)
	fill := len(block) - len(digest) - len(name) - 3
	if fill < 8 || name == "" || len(digest) != hash.Size() || block[0] != 0 || block[1] != 1 {
		return false
	}
	for _, b := range block[2 : 2+fill] {
		if b != 0xff {
			return false
		}
	}
	rest := block[2+fill:]
	return rest[0] == 0 && string(rest[1:1+len(name)]) == name &&
		bytes.Equal(rest[1+len(name):], digest)
}

// digestInfo is what comes before a digest, in DER (RFC 8017, section 9.2, note 1).
func digestInfo(hash crypto.Hash) string {
	switch hash {
	case crypto.SHA256:
		return "\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20"
	case crypto.SHA384:
		return "\x30\x41\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02\x05\x00\x04\x30"
	case crypto.SHA512:
		return "\x30\x51\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03\x05\x00\x04\x40"
	}
	return ""
}
