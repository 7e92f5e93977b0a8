package keys

import "math/big"

// isROCA reports whether a modulus has the fingerprint of keys that Infineon's library made (CVE-2017-15361; Nemec
// and others, "The Return of Coppersmith's Attack", section 3): modulo each of these primes it is a power
// of 65537. Of other moduli about one in 2^27 has it.
func isROCA(n *big.Int) bool {
	primes := [...]uint64{
		11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157,
	}
	var remainder, divisor big.Int
	for _, p := range primes {
		remainder.Mod(n, divisor.SetUint64(p))
		if !isPowerOf65537(remainder.Uint64(), p) {
			return false
		}
	}
	return true
}

func isPowerOf65537(x, p uint64) bool {
	power := uint64(1)
	for range p {
		if power == x {
			return true
		}
		power = power * 65537 % p
	}
	return false
}
