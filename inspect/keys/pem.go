package keys

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"unicode"
)

// ParsePEM reads one or more public keys or certificates: PEM with its header and footer lines, or without
// them, as gateways' configurations have it. A private key is refused.
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
		return nil, refusal(origin, "the PEM text is damaged", "header and footer need lines of their own, and what is between them must be base64")
	}
	der, err := base64.StdEncoding.DecodeString(strings.Map(dropSpace, text))
	if err != nil {
		return nil, refusal(origin, "the text is no PEM public key or certificate", "with its header and footer lines, or without them, the rest is base64")
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

// keyOfBlock reads one block of PEM. The kind is empty where the text has no header line.
func keyOfBlock(kind string, der []byte) *Key {
	if strings.Contains(kind, "PRIVATE KEY") || kind == "" && isPrivate(der) {
		return &Key{Private: true, Fault: "this is a private key: it must not be here, and it is not read; give the public one"}
	}
	public, err := parseDER(der)
	if err != nil {
		return &Key{Fault: fmt.Sprintf("what is in the PEM text %sis no public key or certificate that can be read", inBlock(kind))}
	}
	return keyOf(public)
}

func inBlock(kind string) string {
	if kind == "" {
		return ""
	}
	return "(" + quoted(kind) + ") "
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
		k.Fault = fmt.Sprintf("a key of type %T verifies no token", public)
	}
	return k
}
