package keys

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"github.com/go-jose/go-jose/v4"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// The sizes of RSA that are used. RFC 7518, section 3.3, asks for 2048 bits; gateways verify with less, so
// that is noted and not refused. Below 1024 bits Go refuses, as do most libraries of today; above 16,384 one
// verification takes too long.
const (
	leastRSA = 1024
	soundRSA = 2048
	mostRSA  = 16384
)

// mostDigits is how many characters of a number are read. The largest modulus that is used has 2731.
const mostDigits = 1 << 18

// mostExponent is the largest RSA exponent that is used: Go and others take no more than 31 bits.
const mostExponent = 1<<31 - 1

// readRSA reads n and e (RFC 7518, section 6.3.1). They are not read by go-jose, which stops at 4096 bits.
func (k *Key) readRSA(v *source.Value) {
	n, e := k.decode(v, "n"), k.decode(v, "e")
	if k.Fault != "" {
		return
	}
	modulus, exponent := new(big.Int).SetBytes(n), new(big.Int).SetBytes(e)
	k.Bits = modulus.BitLen()
	k.Fault = faultOfRSA(modulus, exponent)
	if k.Fault != "" {
		return
	}
	k.setRSA(&rsa.PublicKey{N: modulus, E: int(exponent.Int64())})
}

func (k *Key) setRSA(public *rsa.PublicKey) {
	k.public = public
	if k.Bits < soundRSA {
		k.note("short-key", fmt.Sprintf("the key has %d bits; RFC 7518 (section 3.3) asks for %d or more", k.Bits, soundRSA))
	}
}

func faultOfRSA(n, e *big.Int) string {
	switch {
	case n.BitLen() < leastRSA:
		return fmt.Sprintf("the RSA key has %d bits; less than %d is not used", n.BitLen(), leastRSA)
	case n.BitLen() > mostRSA:
		return fmt.Sprintf("the RSA key has %d bits; more than %d is not used", n.BitLen(), mostRSA)
	case n.Bit(0) == 0:
		return "the RSA modulus is even, so it is no product of two primes"
	case e.Cmp(big.NewInt(mostExponent)) > 0:
		return fmt.Sprintf("the RSA exponent has %d bits; more than 31 are not used", e.BitLen())
	case e.Int64() < 3 || e.Bit(0) == 0:
		return fmt.Sprintf("the RSA exponent is %d; it must be odd and at least 3", e.Int64())
	case isROCA(n):
		return "the RSA key is of the kind that ROCA breaks (CVE-2017-15361): its private half can be computed from it"
	}
	return ""
}

// readCurve reads a public key of EC or OKP (RFC 7518, section 6.2.1, and RFC 8037), which go-jose checks: its
// curve, its length, that it is on its curve and not of low order.
func (k *Key) readCurve(v *source.Value) {
	material := map[string]string{"kty": k.Type, "crv": k.Curve}
	if material["x"] = k.coordinate(v, "x"); k.Type == "EC" {
		material["y"] = k.coordinate(v, "y")
	}
	switch {
	case k.Fault != "":
		return
	case k.Curve == "":
		k.Fault = "the key has no crv" + otherCase(v, "crv")
		return
	}
	public, err := publicKey(material)
	switch {
	case errors.Is(err, jose.ErrUnsupportedKeyType):
		k.Fault = "the curve " + quoted(k.Curve) + " signs no tokens"
		return
	case err != nil:
		k.Fault = "the key can't be used: " + strings.TrimPrefix(err.Error(), "go-jose/go-jose: ")
		return
	}
	k.setCurve(public)
}

func (k *Key) setCurve(public any) {
	k.public = public
	switch key := public.(type) {
	case *ecdsa.PublicKey:
		k.Bits = key.Curve.Params().BitSize
	case ed25519.PublicKey:
		k.Bits = 8 * len(key)
	}
}

func publicKey(material map[string]string) (any, error) {
	text, err := json.Marshal(material)
	if err != nil {
		return nil, err
	}
	var key jose.JSONWebKey
	err = key.UnmarshalJSON(text)
	return key.Key, err
}

// readSecret reads k (RFC 7518, section 6.4.1).
func (k *Key) readSecret(v *source.Value) {
	k.secret = k.decode(v, "k")
	k.Bits = 8 * len(k.secret)
}

// coordinate returns a member's bytes in the one form that go-jose takes: as long as the curve's numbers are. Some
// issuers leave out zeros in front, which strict readers refuse.
func (k *Key) coordinate(v *source.Value, name string) string {
	data := k.decode(v, name)
	if missing := coordinateSize(k.Curve) - len(data); missing > 0 && k.Fault == "" && k.Type == "EC" {
		data = append(make([]byte, missing), data...)
		k.note("short-coordinate", name+" lacks the zeros in front that make it as long as the curve's numbers (RFC 7518, section 6.2.1.2); strict readers refuse the whole set for it")
	}
	return base64.RawURLEncoding.EncodeToString(data)
}

func coordinateSize(curve string) int {
	switch curve {
	case "P-256":
		return 32
	case "P-384":
		return 48
	case "P-521":
		return 66
	}
	return 0
}

// decode returns the bytes of a member that must be base64url, or sets the fault. Padding and the standard
// alphabet mean the same bytes and are noted: strict readers refuse them.
func (k *Key) decode(v *source.Value, name string) []byte {
	member := v.Member(name)
	text, ok := member.Str()
	switch {
	case k.Fault != "":
		return nil
	case member == nil:
		k.Fault = "the key has no " + name + otherCase(v, name)
		return nil
	case !ok:
		k.Fault = fmt.Sprintf("%s is %s, not a string", name, member.Kind)
		return nil
	case text == "":
		k.Fault = name + " is empty"
		return nil
	case len(text) > mostDigits:
		k.Fault = fmt.Sprintf("%s has %d characters; more than %d are not read", name, len(text), mostDigits)
		return nil
	}
	strict := strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimRight(text, "="))
	data, err := base64.RawURLEncoding.DecodeString(strict)
	if err != nil {
		k.Fault = name + " is not base64url"
		return nil
	}
	if strict != text {
		k.note("loose-base64", name+" is written in padded or standard base64; strict readers refuse the whole set for it")
	}
	return data
}
