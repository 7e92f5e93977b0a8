package keys

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // x5t is a SHA-1 thumbprint by definition (RFC 7517, section 4.8)
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"
	"unicode"

	"github.com/go-jose/go-jose/v4"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// The sizes of RSA keys that are used. RFC 7518 (section 3.3) asks for 2048 bits. Gateways verify
// with shorter keys too, so those are noted and not refused. Go and most libraries of today refuse
// less than 1024 bits. Above 16,384 bits one verification takes too long.
const (
	leastRSA = 1024
	soundRSA = 2048
	mostRSA  = 16384
)

// mostDigits is how many characters of a number are read. The largest modulus that is used has
// 2731.
const mostDigits = 1 << 18

// mostExponent is the largest RSA exponent that is used: Go and others take no more than 31 bits.
const mostExponent = 1<<31 - 1

// readRSA reads n and e (RFC 7518, section 6.3.1). They are not read by go-jose, which stops at
// 4096 bits.
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
	if e := exponent.Int64(); e != 3 && e != 65537 {
		k.unusual = fmt.Sprintf("the gateway skips an RSA key whose exponent is %d", e)
	}
	k.setRSA(&rsa.PublicKey{N: modulus, E: int(exponent.Int64())})
}

func (k *Key) setRSA(public *rsa.PublicKey) {
	k.public = public
	if k.Bits < soundRSA {
		k.note("short-key",
			fmt.Sprintf("the key has %d bits; RFC 7518 (section 3.3) asks for %d or more", k.Bits,
				soundRSA))
	}
}

func faultOfRSA(n, e *big.Int) string {
	switch {
	case n.BitLen() < leastRSA:
		return fmt.Sprintf("the RSA key has %d bits; gatewhy uses no key with fewer than "+
			"%d", n.BitLen(),
			leastRSA)
	case n.BitLen() > mostRSA:
		return fmt.Sprintf("the RSA key has %d bits; gatewhy uses no key with more than "+
			"%d", n.BitLen(),
			mostRSA)
	case n.Bit(0) == 0:
		return "the RSA modulus is even, so it is not the product of two large primes"
	case e.Cmp(big.NewInt(mostExponent)) > 0:
		return fmt.Sprintf("the RSA exponent has %d bits; more than 31 are not used", e.BitLen())
	case e.Int64() < 3 || e.Bit(0) == 0:
		return fmt.Sprintf("the RSA exponent is %d; it must be odd and at least 3", e.Int64())
	case isROCA(n):
		return "the RSA key is of the kind that ROCA breaks (CVE-2017-15361): its private half " +
			"can be computed from it"
	}
	return ""
}

// readCurve reads a public key of EC or OKP (RFC 7518, section 6.2.1, and RFC 8037). go-jose
// checks it: the curve, the length, that the point is on the curve and not of low order.
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
	text, err := json.Marshal(material)
	var key jose.JSONWebKey
	if err == nil {
		err = key.UnmarshalJSON(text)
	}
	switch {
	case errors.Is(err, jose.ErrUnsupportedKeyType):
		k.Fault = "the curve " + inspect.Quoted(k.Curve) + " is not used to sign tokens"
		return
	case err != nil:
		k.Fault = "the key can't be used: " + strings.TrimPrefix(err.Error(), "go-jose/go-jose: ")
		return
	}
	k.setCurve(key.Key)
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

// coordinate returns a member's bytes in the one form that go-jose takes: as long as the numbers
// of the curve. Some issuers leave out zeros in front; strict readers refuse that.
func (k *Key) coordinate(v *source.Value, name string) string {
	data := k.decode(v, name)
	missing := coordinateSize(k.Curve) - len(data)
	if missing > 0 && k.Fault == "" && k.Type == "EC" {
		data = append(make([]byte, missing), data...)
		k.note("short-coordinate", name+" lacks the leading zeros that make it as long as the "+
			"curve requires (RFC 7518, section 6.2.1.2); strict readers refuse the whole set "+
			"because of it")
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

// decode returns the bytes of a member that must be base64url, or sets the fault. Padding and the
// standard alphabet mean the same bytes. They are noted, because strict readers refuse them.
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
		k.Fault = fmt.Sprintf("%s has %d characters; more than %d are not read", name, len(text),
			mostDigits)
		return nil
	}
	strict := strings.ReplaceAll(strings.TrimRight(text, "="), "+", "-")
	strict = strings.ReplaceAll(strict, "/", "_")
	data, err := base64.RawURLEncoding.DecodeString(strict)
	if err != nil {
		k.Fault = name + " is not base64url"
		return nil
	}
	if strings.ContainsAny(text, "+/") {
		k.unusual = "the gateway skips a key whose " + name + " is in standard base64"
	}
	if strict != text {
		k.note("loose-base64",
			name+" is written in padded or standard base64; strict readers refuse the whole set "+
				"because of it")
	}
	return data
}

// isROCA reports whether a modulus has the fingerprint of keys that Infineon's library made
// (CVE-2017-15361; Nemec and others, "The Return of Coppersmith's Attack", section 3): modulo each
// of these primes it is a power of 65537. About one in 2^27 of all other moduli has it too.
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

// ParsePEM reads one or more public keys or certificates: PEM with its header and footer lines, or
// without them, as gateways' configurations have it. A private key is refused.
func ParsePEM(origin, text string) (*Set, error) {
	set := &Set{Origin: origin, Pinned: true}
	rest := []byte(strings.TrimSpace(text))
	for {
		var block *pem.Block
		block, rest = pem.Decode(rest)
		if block == nil {
			break
		}
		set.Keys = append(set.Keys, keyOfBlock(block.Type, block.Bytes))
	}
	if len(set.Keys) > 0 {
		return set, nil
	}
	if strings.Contains(text, "-----") {
		return nil, refusal(origin, "the PEM text is damaged",
			"header and footer need lines of their own, and what is between them must be base64")
	}
	der, err := base64.StdEncoding.DecodeString(strings.Map(dropSpace, text))
	if err != nil {
		return nil, refusal(origin, "the text is not a PEM public key or certificate",
			"it must be base64, with or without the header and footer lines")
	}
	set.Keys = append(set.Keys, keyOfBlock("", der))
	return set, nil
}

func dropSpace(r rune) rune {
	if unicode.IsSpace(r) {
		return -1
	}
	return r
}

// keyOfBlock reads one block of PEM. The kind is empty if the text has no header line.
func keyOfBlock(kind string, der []byte) *Key {
	if strings.Contains(kind, "PRIVATE KEY") || kind == "" && isPrivate(der) {
		return &Key{
			Private: true,
			Fault: "this is a private key: it must not be here, and gatewhy does not read it; " +
				"use the public key",
		}
	}
	public, err := parseDER(der)
	if err != nil {
		block := ""
		if kind != "" {
			block = "(" + inspect.Quoted(kind) + ") "
		}
		return &Key{Fault: "the PEM text " + block + "is not a readable public key or certificate"}
	}
	return keyOf(public)
}

func parseDER(der []byte) (any, error) {
	if public, err := x509.ParsePKIXPublicKey(der); err == nil {
		return public, nil
	}
	if certificate, err := x509.ParseCertificate(der); err == nil {
		return certificate.PublicKey, nil
	}
	return x509.ParsePKCS1PublicKey(der)
}

func isPrivate(der []byte) bool {
	_, pkcs8 := x509.ParsePKCS8PrivateKey(der)
	_, pkcs1 := x509.ParsePKCS1PrivateKey(der)
	_, sec1 := x509.ParseECPrivateKey(der)
	return pkcs8 == nil || pkcs1 == nil || sec1 == nil
}

// keyOf wraps a public key that did not come as a JWK.
func keyOf(public any) *Key {
	k := &Key{}
	switch key := public.(type) {
	case *rsa.PublicKey:
		k.Type, k.Bits = "RSA", key.N.BitLen()
		k.Fault = faultOfRSA(key.N, big.NewInt(int64(key.E)))
		if k.Fault == "" {
			k.setRSA(key)
		}
	case *ecdsa.PublicKey:
		k.Type, k.Curve = "EC", key.Curve.Params().Name
		k.setCurve(key)
	case ed25519.PublicKey:
		k.Type, k.Curve = "OKP", "Ed25519"
		k.setCurve(key)
	default:
		k.Fault = fmt.Sprintf("a key of type %T can't verify tokens", public)
	}
	return k
}

// Certificate is what the first certificate of a key's x5c says. A token's signature does not
// depend on it.
type Certificate struct {
	Subject   string
	NotBefore time.Time
	NotAfter  time.Time

	// Fault says why it can't be read, or how it contradicts the key. It is empty if nothing is
	// wrong.
	Fault string
}

// Certificate reads the key's certificate. It is not ok if the key has none.
func (k *Key) Certificate() (Certificate, bool) {
	if k.chain == nil {
		return Certificate{}, false
	}
	der, err := base64.StdEncoding.DecodeString(strings.Map(dropSpace, string(k.chain)))
	if err != nil {
		return Certificate{Fault: "x5c is not base64"}, true
	}
	read, err := x509.ParseCertificate(der)
	if err != nil {
		return Certificate{
			Fault: "x5c has no readable certificate: " + strings.TrimPrefix(err.Error(), "x509: "),
		}, true
	}
	c := Certificate{
		Subject: read.Subject.String(), NotBefore: read.NotBefore.UTC(),
		NotAfter: read.NotAfter.UTC(),
	}
	switch {
	case k.public != nil && !samePublic(read.PublicKey, k.public):
		c.Fault = "the certificate in x5c is for another key"
	case k.X5T != "" && !isThumbprint(k.X5T, der):
		c.Fault = "x5t is not the thumbprint of the certificate in x5c"
	}
	return c, true
}

func isThumbprint(x5t string, der []byte) bool {
	sum := sha1.Sum(der)
	return strings.TrimRight(x5t, "=") == base64.RawURLEncoding.EncodeToString(sum[:]) ||
		strings.EqualFold(x5t, fmt.Sprintf("%x", sum))
}
