package keys

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rsa"
	"math/big"
)

// matches reports whether the signature over the input is the key's.
//
// These are the calls that go-jose makes, but for the salt of PSS, which must be as long as the hash (RFC 7518,
// section 3.5). go-jose's own entry point would read the header again, and refuses
// headers that gateways take (a member that stands twice, a broken x5c that nobody looks at). A test holds the
// two against each other.
func (a algorithm) matches(k *Key, input string, signature []byte) bool {
	switch key := k.public.(type) {
	case *rsa.PublicKey:
		return a.matchesRSA(key, input, signature)
	case *ecdsa.PublicKey:
		return a.matchesEC(key, input, signature)
	case ed25519.PublicKey:
		return ed25519.Verify(key, []byte(input), signature)
	}
	mac := hmac.New(a.hash.New, k.secret)
	mac.Write([]byte(input))
	return hmac.Equal(mac.Sum(nil), signature)
}

func (a algorithm) digest(input string) []byte {
	h := a.hash.New()
	h.Write([]byte(input))
	return h.Sum(nil)
}

func (a algorithm) matchesRSA(key *rsa.PublicKey, input string, signature []byte) bool {
	if a.pss {
		options := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}
		return rsa.VerifyPSS(key, a.hash, a.digest(input), signature, options) == nil
	}
	return rsa.VerifyPKCS1v15(key, a.hash, a.digest(input), signature) == nil
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
