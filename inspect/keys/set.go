package keys

import (
	"time"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// Set is a key set as it was found. It is not changed once it is read, and may be used by several goroutines.
type Set struct {
	Origin string // the file, address or policy field that it comes from
	Keys   []*Key // in the set's order, the unusable ones too
	Notes  []Note // what is odd in the set as a whole

	// Pinned means that the set is one key or secret that was given outright, so that a token's kid does not
	// matter.
	Pinned bool

	Metadata Metadata  // of a set that was found through a discovery document
	Fetched  time.Time // when the set came from the network; zero for one that did not
	Cached   bool      // the set was taken from the cache, and not fetched now

	text []byte
	seen map[string]time.Time // when a kid was last in the set, where the cache knows
}

// Note is something odd that is no hindrance.
type Note struct {
	ID      string // kebab-case: "bare-list", "duplicate-kid", …
	Message string
}

// Key is one key of a set. Of a private key only the public half is kept.
type Key struct {
	ID            string // kid; empty where there is none
	Type          string // kty: "RSA", "EC", "OKP", "oct", or whatever it says
	Bits          int    // of the modulus, the curve or the secret; 0 where the key can't be read
	Curve         string // crv of EC and OKP
	Use           string
	Operations    []string  // key_ops
	Algorithm     string    // alg; Entra's keys have none
	Issuer        string    // Entra v2.0: who may issue tokens signed by this key, often with {tenantid} in it
	CloudInstance string    // Entra: cloud_instance_name
	X5T           string    // SHA-1 thumbprint of the certificate, as the set writes it
	LastSeen      time.Time // of a key that is only in the set before the newest; zero for all others
	Pos           source.Position

	// Private means that the set gives away what must stay secret: the private half of a key pair, or a shared
	// secret. It is never kept for printing.
	Private bool

	// Fault says why the key can't be used, or is empty.
	Fault string

	// Notes are what is odd in the key, but no hindrance to using it.
	Notes []Note

	public any    // *rsa.PublicKey, *ecdsa.PublicKey or ed25519.PublicKey
	secret []byte // of an oct key
	chain  []byte // the first certificate of x5c, in base64; nil where there is none
	raw    []byte // the key as the set writes it; nil where it is no JWK
}

// Public returns the public key: *rsa.PublicKey, *ecdsa.PublicKey or ed25519.PublicKey. It is nil for a shared
// secret and for a key that can't be used.
func (k *Key) Public() any { return k.public }

// String names the key without its material.
func (k *Key) String() string {
	if k.ID == "" {
		return "(key without kid)"
	}
	return "(key " + k.ID + ")"
}

// GoString names the key without its material.
func (k *Key) GoString() string { return k.String() }

// String names the set without its keys.
func (s *Set) String() string { return "(key set from " + s.Origin + ")" }

// GoString names the set without its keys.
func (s *Set) GoString() string { return s.String() }

// IDs returns the kids of the set in its order, each once.
func (s *Set) IDs() []string {
	ids := make([]string, 0, len(s.Keys))
	seen := make(map[string]bool, len(s.Keys))
	for _, k := range s.Keys {
		if k.ID != "" && !seen[k.ID] {
			seen[k.ID] = true
			ids = append(ids, k.ID)
		}
	}
	return ids
}

// Find returns every key with this kid, compared by case.
func (s *Set) Find(kid string) []*Key {
	var found []*Key
	for _, k := range s.Keys {
		if k.ID == kid {
			found = append(found, k)
		}
	}
	return found
}

// LastSeen returns when a kid was last in the set, where the cache knows. It is not ok for a kid that it never saw.
func (s *Set) LastSeen(kid string) (time.Time, bool) {
	at, ok := s.seen[kid]
	return at, ok && !at.IsZero()
}

func (k *Key) note(id, message string) { k.Notes = append(k.Notes, Note{id, message}) }
