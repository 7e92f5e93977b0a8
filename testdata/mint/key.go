package mint

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
)

// Key is a throwaway signing key.
type Key struct {
	ID     string
	signer crypto.Signer
}

// NewKey makes a key for an algorithm: RSA 2048 for RS256 and PS256, P-256 for ES256. Its id is
// taken from the public half, as long as the ids of Entra's keys are.
func NewKey(alg string) (*Key, error) {
	signer, err := newSigner(alg)
	if err != nil {
		return nil, err
	}
	key := &Key{signer: signer}
	public, err := json.Marshal(key.JWK())
	if err != nil {
		return nil, err
	}
	digest := sha256.Sum256(public)
	key.ID = encode(digest[:20])
	return key, nil
}

func newSigner(alg string) (crypto.Signer, error) {
	switch alg {
	case "ES256":
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "RS256", "PS256":
		return rsa.GenerateKey(rand.Reader, 2048)
	}
	return nil, fmt.Errorf("mint: no key for the algorithm %q", alg)
}

// Public is the key's public half.
func (k *Key) Public() crypto.PublicKey { return k.signer.Public() }

// JWK returns the key's public half as Entra publishes keys: without "alg" (RFC 7517).
func (k *Key) JWK() map[string]any {
	jwk := map[string]any{"use": "sig", "kid": k.ID}
	switch public := k.signer.Public().(type) {
	case *rsa.PublicKey:
		jwk["kty"] = "RSA"
		jwk["n"] = encode(public.N.Bytes())
		jwk["e"] = encode(big.NewInt(int64(public.E)).Bytes())
	case *ecdsa.PublicKey:
		point, err := public.Bytes() // 0x04, then both coordinates
		if err != nil {
			panic(err) // the key was generated on this curve
		}
		jwk["kty"], jwk["crv"] = "EC", "P-256"
		jwk["x"], jwk["y"] = encode(point[1:33]), encode(point[33:])
	}
	return jwk
}

// Set returns the key set of these keys as JSON.
func Set(keys ...*Key) ([]byte, error) {
	list := make([]map[string]any, len(keys))
	for i, key := range keys {
		list[i] = key.JWK()
	}
	return json.MarshalIndent(map[string]any{"keys": list}, "", "  ")
}

func encode(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }
