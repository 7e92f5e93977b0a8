package keys

import (
	"crypto"
	"strings"
)

// algorithm is one signature algorithm (RFC 7518, section 3.1; RFC 8037, section 3.1) and what a key must be to
// serve it. The type of the key decides which algorithms it can serve, never the token.
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

// algorithmOf returns the algorithm with this name. Names are compared by case, as RFC 7515 (section 4.1.1) says.
func algorithmOf(name string) (algorithm, bool) {
	for _, a := range algorithms {
		if a.name == name {
			return a, true
		}
	}
	return algorithm{}, false
}

// intended returns the algorithm that a key's alg means. Microsoft's and Google's own key sets have ES521 for the
// one on P-521, which RFC 7518 calls ES512.
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
func (a algorithm) fits(k *Key) bool { return a.kty == k.Type && a.curve == curveOf(k) }

func (a algorithm) isHMAC() bool { return a.kty == "oct" }

func curveOf(k *Key) string {
	if k.Type == "RSA" || k.Type == "oct" {
		return ""
	}
	return k.Curve
}

// isNone reports whether a header asks for no signature at all. Some libraries compare it without case.
func isNone(name string) bool { return strings.EqualFold(name, "none") }
