package keys

import (
	"bytes"
	"crypto"
	"crypto/fips140"
	"crypto/rsa"
	"math/big"
	"sync"

	"filippo.io/bigmod"
)

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
