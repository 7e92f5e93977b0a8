package mint

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
)

// Sign returns the compact token of a header and a payload, both as they are. The algorithm says
// how it is signed, whatever the header says; "none" leaves the signature empty, and HS256 takes
// the key's public half as its secret, as an attacker would.
func (k *Key) Sign(alg string, header, payload []byte) (string, error) {
	input := encode(header) + "." + encode(payload)
	signature, err := k.signature(alg, input)
	return input + "." + encode(signature), err
}

func (k *Key) signature(alg, input string) ([]byte, error) {
	digest := sha256.Sum256([]byte(input))
	switch alg {
	case "RS256":
		return k.signer.Sign(rand.Reader, digest[:], crypto.SHA256)
	case "RS384":
		longer := sha512.Sum384([]byte(input))
		return k.signer.Sign(rand.Reader, longer[:], crypto.SHA384)
	case "PS256":
		return k.signer.Sign(
			rand.Reader, digest[:],
			&rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256},
		)
	case "ES256":
		return k.ecdsa(digest[:])
	case "HS256":
		mac := hmac.New(sha256.New, fmt.Append(nil, k.JWK()["n"]))
		mac.Write([]byte(input))
		return mac.Sum(nil), nil
	case "none":
		return nil, nil
	}
	return nil, fmt.Errorf("mint: no signature with the algorithm %q", alg)
}

// ecdsa returns the two numbers side by side, as RFC 7518, section 3.4 wants them.
func (k *Key) ecdsa(digest []byte) ([]byte, error) {
	key, ok := k.signer.(*ecdsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("mint: the key is no EC key")
	}
	r, s, err := ecdsa.Sign(rand.Reader, key, digest)
	if err != nil {
		return nil, err
	}
	signature := make([]byte, 64)
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	return signature, nil
}
