package keys

import (
	"fmt"
	"slices"
	"strings"
)

// serves reports whether the key may verify a signature of the token's algorithm.
func (v *verification) serves(k *Key) bool { return v.canVerify(k) && v.contradiction(k) == "" }

// canVerify reports whether the key can verify a signature of the token's algorithm, whatever it says it is for.
func (v *verification) canVerify(k *Key) bool {
	return k.Fault == "" && v.algorithm.fits(k) && v.tooShort(k) == ""
}

// tooShort says why a secret is too short for the algorithm (RFC 7518, section 3.2).
func (v *verification) tooShort(k *Key) string {
	if !v.algorithm.isHMAC() || k.Type != "oct" || k.Bits >= 8*v.algorithm.hash.Size() {
		return ""
	}
	return fmt.Sprintf("a secret of %d bits is too short for %s, which needs %d", k.Bits, v.algorithm.name, 8*v.algorithm.hash.Size())
}

// contradiction says what in the key itself speaks against using it to verify.
func (v *verification) contradiction(k *Key) string {
	switch {
	case k.Algorithm != "" && intended(k.Algorithm) != v.algorithm.name:
		return "alg " + quoted(k.Algorithm)
	case k.Use != "" && k.Use != "sig":
		return "use " + quoted(k.Use)
	case len(k.Operations) > 0 && !slices.Contains(k.Operations, "verify") && !(v.algorithm.isHMAC() && slices.Contains(k.Operations, "sign")):
		return "key_ops " + quoted(strings.Join(k.Operations, ", "))
	}
	return ""
}
