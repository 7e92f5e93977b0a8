package keys

import (
	"crypto"
	"crypto/sha1" //nolint:gosec // x5t is a SHA-1 thumbprint by definition (RFC 7517, section 4.8)
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Certificate is what the first certificate of a key's x5c tells. A token's signature does not depend on it.
type Certificate struct {
	Subject   string
	NotBefore time.Time
	NotAfter  time.Time

	// Fault says why it can't be read, or how it contradicts the key; empty where it is in order.
	Fault string
}

// Certificate reads the key's certificate. It is not ok where the key has none.
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
		return Certificate{Fault: "x5c holds no certificate that can be read: " + strings.TrimPrefix(err.Error(), "x509: ")}, true
	}
	c := Certificate{Subject: read.Subject.String(), NotBefore: read.NotBefore.UTC(), NotAfter: read.NotAfter.UTC()}
	switch {
	case k.public != nil && !k.isPublicKeyOf(read):
		c.Fault = "the certificate in x5c is for another key"
	case k.X5T != "" && !isThumbprint(k.X5T, der):
		c.Fault = "x5t is not the thumbprint of the certificate in x5c"
	}
	return c, true
}

func (k *Key) isPublicKeyOf(c *x509.Certificate) bool {
	public, ok := c.PublicKey.(interface{ Equal(x crypto.PublicKey) bool })
	return ok && public.Equal(k.public)
}

func isThumbprint(x5t string, der []byte) bool {
	sum := sha1.Sum(der)
	return strings.TrimRight(x5t, "=") == base64.RawURLEncoding.EncodeToString(sum[:]) ||
		strings.EqualFold(x5t, fmt.Sprintf("%x", sum))
}

// Thumbprint returns the key's SHA-256 thumbprint in base64url (RFC 7638). It is empty for a key that can't be used,
// and for a shared secret, whose thumbprint would help in guessing it.
func (k *Key) Thumbprint() string {
	if k.public == nil {
		return ""
	}
	sum, err := (&jose.JSONWebKey{Key: k.public}).Thumbprint(crypto.SHA256)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(sum)
}
