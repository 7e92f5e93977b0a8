package keys

import (
	"bytes"
	"crypto/rsa"
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"
)

// pair is an RSA key pair of any size and exponent.
type pair struct {
	public *rsa.PublicKey
	d      *big.Int
}

// newPair makes a key pair of two primes of so many bits, from numbers that are no secret.
func newPair(random *rand.Rand, p, q int, e int64) pair {
	one, exponent := big.NewInt(1), big.NewInt(e)
	for {
		a, b := prime(random, p), prime(random, q)
		n := new(big.Int).Mul(a, b)
		phi := new(big.Int).Mul(new(big.Int).Sub(a, one), new(big.Int).Sub(b, one))
		d := new(big.Int).ModInverse(exponent, phi)
		if d != nil && a.Cmp(b) != 0 && n.BitLen() == p+q {
			return pair{&rsa.PublicKey{N: n, E: int(e)}, d}
		}
	}
}

func prime(random *rand.Rand, bits int) *big.Int {
	for {
		text := make([]byte, (bits+7)/8)
		for i := range text {
			text[i] = byte(random.Uint32())
		}
		n := new(big.Int).Rsh(new(big.Int).SetBytes(text), uint(8*len(text)-bits))
		n.SetBit(n, bits-1, 1).SetBit(n, bits-2, 1).SetBit(n, 0, 1)
		if n.ProbablyPrime(10) {
			return n
		}
	}
}

// sign makes the signature whose block is this, whatever the block is.
func (p pair) sign(block []byte) []byte {
	s := new(big.Int).Exp(new(big.Int).SetBytes(block), p.d, p.public.N)
	return s.FillBytes(make([]byte, p.public.Size()))
}

// block is what a signature of a digest has to come out as.
func block(size int, a algorithm, digest []byte) []byte {
	info := append([]byte(digestInfo(a.hash)), digest...)
	fill := bytes.Repeat([]byte{0xff}, size-len(info)-3)
	return append(append([]byte{0, 1}, append(fill, 0)...), info...)
}

// A prepared key says yes to exactly what crypto/rsa says yes to, so that no signature is taken
// that it refuses, and none is verified twice that it takes.
func TestAPreparedKeyAgreesWithCryptoRSA(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(8017, 2026))
	pairs := []pair{
		newPair(random, 512, 512, 65537), newPair(random, 512, 512, 3),
		newPair(random, 516, 515, 17), // of an odd number of bits
		newPair(random, 1024, 1024, 65537), newPair(random, 1024, 1024, 1<<31-1),
		newPair(random, 768, 768, 65537),
	}
	var prepared []*Key
	var messages []message
	for i, p := range pairs {
		key := (&Key{Type: "RSA", Bits: p.public.N.BitLen(), public: p.public}).prepare()
		if key.modulus == nil {
			t.Fatalf("a key of %d bits is not prepared", key.Bits)
		}
		prepared = append(prepared, key)
		for _, a := range algorithms[:3] {
			digest := a.digest(fmt.Sprint("message ", i))
			good := block(p.public.Size(), a, digest)
			messages = append(messages, message{p, i, a, digest, good, p.sign(good)})
		}
	}
	answers := map[bool]int{}
	for range alteredSignatures {
		m := messages[random.IntN(len(messages))]
		a, public := m.algorithm, m.public
		name, signature := m.altered(random)
		want := rsa.VerifyPKCS1v15(public, a.hash, m.digest, signature) == nil
		if got := a.surelyMatches(prepared[m.key], public, m.digest, signature); got != want {
			t.Errorf("%s, %d bits, exponent %d, %s: we say %v, crypto/rsa %v",
				a.name, public.N.BitLen(), public.E, name, got, want)
		}
		answers[want]++
	}
	if answers[true] < alteredSignatures/20 || answers[false] < alteredSignatures/2 {
		t.Errorf("crypto/rsa took %d and refused %d", answers[true], answers[false])
	}
}

// message is a digest, and the signature of it.
type message struct {
	pair
	key                      int // which of the prepared ones
	algorithm                algorithm
	digest, block, signature []byte
}

// altered is the signature with something wrong with it, or not.
func (m *message) altered(random *rand.Rand) (string, []byte) {
	size, a := m.public.Size(), m.algorithm
	good := bytes.Clone(m.signature)
	flip := func(text []byte) []byte {
		text = bytes.Clone(text)
		text[random.IntN(len(text))] ^= 1 << random.IntN(8)
		return text
	}
	s := new(big.Int).SetBytes(good)
	switch random.IntN(13) {
	case 0:
		return "good", good
	case 1:
		return "a bit of the signature", flip(good)
	case 2:
		return "a bit of the block", m.sign(flip(m.block))
	case 3:
		return "a byte less", good[:size-1]
	case 4:
		return "a byte more", append(good, byte(random.IntN(2)))
	case 5:
		return "a zero in front", append([]byte{0}, good...)
	case 6:
		more := s.Add(s, m.public.N)
		return "the modulus more", more.FillBytes(make([]byte, (more.BitLen()+7)/8))
	case 7:
		return "the modulus less it", s.Sub(m.public.N, s).FillBytes(make([]byte, size))
	case 8:
		return "a small number", big.NewInt(random.Int64N(3)).FillBytes(make([]byte, size))
	case 9:
		for i := range good {
			good[i] = byte(random.Uint32())
		}
		return "noise", good
	case 10:
		other := algorithms[random.IntN(3)]
		return "as " + other.name, m.sign(block(size, other, other.digest("x")))
	case 11: // the digest with something behind it, and less fill before it
		info := append(append([]byte{0}, digestInfo(a.hash)...), m.digest...)
		behind := make([]byte, 1+random.IntN(size-len(info)-2))
		fill := bytes.Repeat([]byte{0xff}, size-2-len(info)-len(behind))
		return "with text behind the digest",
			m.sign(append(append(append([]byte{0, 1}, fill...), info...), behind...))
	}
	return "of another digest", m.sign(block(size, a, a.digest("another")))
}

// What crypto/rsa would not use is not prepared: it is asked, and says no.
func TestAKeyThatIsNotUsedIsNotPrepared(t *testing.T) {
	t.Parallel()
	small := newPair(rand.New(rand.NewPCG(1, 2)), 400, 400, 65537)
	even := &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), 2047), E: 65537}
	for name, public := range map[string]*rsa.PublicKey{"short": small.public, "even": even} {
		if key := (&Key{Type: "RSA", public: public}).prepare(); key.modulus != nil {
			t.Errorf("a key that is %s is prepared", name)
		}
	}
}
