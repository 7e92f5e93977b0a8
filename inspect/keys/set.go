// Package keys reads key sets, and says whether a key of a set signed a token, and if not, why
// not.
//
// A set is read key by key: a key that can't be used is kept with its fault, and never spoils its
// neighbours (RFC 7517, section 5). [Verify] looks at the signature alone, as a gateway does.
// [Expect.Verify] adds what the verify command needs beyond it: the times, the issuer, the tenant,
// and whether the key may sign for that issuer at all.
//
// Nothing in this package prints or opens a connection: package fetch gets key sets from the
// network. No error and no result repeats the token, its signature or a secret. Keys that a token
// brings along or points to (jwk, jku, x5c, x5u) are never looked at.
package keys

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"
	"time"

	"filippo.io/bigmod"
	"github.com/go-jose/go-jose/v4"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// Set is a key set as it was found. It does not change once it is read, so several goroutines may
// use it.
type Set struct {
	Origin string // the file, address or policy field that it comes from
	// Address is where the set is published, if that is not where it comes from.
	Address string
	Keys    []*Key // in the set's order, the unusable ones too
	Notes   []Note // what is odd in the set as a whole

	// Pinned means that the set is one key or secret that was given outright. Then a token's kid
	// does not matter.
	Pinned bool

	Metadata Metadata             // of a set that was found through a discovery document
	Fetched  time.Time            // when the set came from the network; zero if it did not
	Cached   bool                 // the set was taken from the cache, and not fetched now
	Seen     map[string]time.Time // when each kid was last in the set, if a cache knows

	spoiled func() string // see Spoiled
	brief   bool          // see Brief
}

// Brief is the same set for those who want outcomes alone, which are the same: where the key that
// a token names did not sign it or is not there, the other keys are not looked at for the reason.
// With hundreds of keys that takes longer than all else.
func (s *Set) Brief() *Set {
	brief := *s
	brief.brief = true
	return &brief
}

// Note is something odd that does no harm.
type Note struct {
	ID      string // kebab-case: "bare-list", "duplicate-kid", …
	Message string
}

// Key is one key of a set. Of a private key only the public half is kept.
type Key struct {
	ID            string // kid; empty if the key has none
	Type          string // kty: "RSA", "EC", "OKP", "oct", or whatever it says
	Bits          int    // of the modulus, the curve or the secret; 0 if the key can't be read
	Curve         string // crv of EC and OKP
	Use           string
	Operations    []string  // key_ops
	Algorithm     string    // alg; Entra's keys have none
	Issuer        string    // Entra v2.0: whose tokens it signs, often with {tenantid} in it
	CloudInstance string    // Entra: cloud_instance_name
	X5T           string    // SHA-1 thumbprint of the certificate, as the set writes it
	LastSeen      time.Time // of a key that only an older set has; zero for all others
	Pos           source.Position

	// Private means that the set gives away what must stay secret: the private half of a key pair,
	// or a shared secret. It is never kept for printing.
	Private bool

	// Fault says why the key can't be used, or is empty.
	Fault string

	// Notes are what is odd in the key, but does not keep it from being used.
	Notes []Note

	public any    // *rsa.PublicKey, *ecdsa.PublicKey or ed25519.PublicKey
	secret []byte // of an oct key
	chain  []byte // the first certificate of x5c, in base64; nil if the key has none
	raw    []byte // the key as the set writes it; nil if it is not a JWK

	unusual string // why some verifiers skip the key; empty where none does

	// Of a key of a prepared set: its name, and of an RSA key its modulus.
	name    string
	modulus func() *bigmod.Modulus
}

// FromSecret returns the set of one shared secret, as a policy carries it. The secret is used as
// it is, byte by byte.
func FromSecret(secret []byte) *Set {
	k := &Key{Type: "oct", Bits: 8 * len(secret), Private: true, secret: bytes.Clone(secret)}
	if len(secret) == 0 {
		k.Fault = "the secret is empty"
	}
	return &Set{Origin: "shared secret", Keys: []*Key{k}, Pinned: true}
}

// Public returns the public key: *rsa.PublicKey, *ecdsa.PublicKey or ed25519.PublicKey. It is nil
// for a shared secret and for a key that can't be used.
func (k *Key) Public() any { return k.public }

// JSON returns the key as its set writes it. It is nil if the key did not come as a JWK, and it
// holds what is secret if the key is Private.
func (k *Key) JSON() []byte { return k.raw }

// Name names a key in a message.
func (k *Key) Name() string {
	switch {
	case k.name != "":
		return k.name
	case k.ID == "":
		return "the key given"
	}
	return "key " + inspect.Quoted(k.ID)
}

// String names the key without its material.
func (k *Key) String() string {
	if k.ID == "" {
		return "(key without kid)"
	}
	return "(key " + k.ID + ")"
}

// GoString names the key without its material.
func (k *Key) GoString() string { return k.String() }

// Thumbprint returns the key's SHA-256 thumbprint in base64url (RFC 7638). It is empty for a key
// that can't be used, and for a shared secret: its thumbprint would help to guess it.
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

func (k *Key) note(id, message string) { k.Notes = append(k.Notes, Note{id, message}) }

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
	return source.Where(s.Keys, func(k *Key) bool { return k.ID == kid })
}

// LastSeen returns when a kid was last in the set. It is not ok if no cache ever saw that kid.
func (s *Set) LastSeen(kid string) (time.Time, bool) {
	at, ok := s.Seen[kid]
	return at, ok && !at.IsZero()
}

func (s *Set) note(id, message string) { s.Notes = append(s.Notes, Note{id, message}) }

// Twins returns the groups of keys of the set that are the same key under different kids, or under
// the same one. A key that can't be used is in none of them.
func (s *Set) Twins() [][]*Key {
	var groups [][]*Key
	at := make(map[[sha256.Size]byte]int, len(s.Keys)) // the group of a key's material
	for _, k := range s.Keys {
		material, ok := k.material()
		if !ok {
			continue
		}
		i, known := at[material]
		if !known {
			i = len(groups)
			at[material] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], k)
	}
	return slices.DeleteFunc(groups, func(group []*Key) bool { return len(group) < 2 })
}

// material is different for every two different keys. It is not ok if the key can't be used. It is
// never shown, because it may be that of a secret.
func (k *Key) material() (digest [sha256.Size]byte, ok bool) {
	if k.public == nil {
		return sha256.Sum256(k.secret), len(k.secret) > 0
	}
	text, err := json.Marshal(k.public)
	return sha256.Sum256(append(text, k.Type...)), err == nil
}

// Union returns the keys of several sets as one, each once: those of the v1.0 and of the v2.0
// document, for example. If several sets have a key, the one that names its issuer is taken.
func Union(origin string, sets ...*Set) *Set {
	union := &Set{Origin: origin}
	for _, s := range sets {
		for _, k := range s.Keys {
			union.include(k)
		}
		if union.Fetched.IsZero() || s.Fetched.Before(union.Fetched) {
			union.Fetched = s.Fetched
		}
		union.Cached = union.Cached || s.Cached
	}
	union.noteDuplicates()
	return union
}

func (s *Set) include(k *Key) {
	for i, have := range s.Keys {
		if have.ID == k.ID && samePublic(have.public, k.public) {
			if have.Issuer == "" && k.Issuer != "" {
				s.Keys[i] = k
			}
			return
		}
	}
	s.Keys = append(s.Keys, k)
}

func samePublic(a, b any) bool {
	public, ok := a.(interface{ Equal(x crypto.PublicKey) bool })
	return ok && b != nil && public.Equal(b)
}

// CloudSet is the key set that a cloud publishes for all of its tenants, or why it could not be
// fetched.
type CloudSet struct {
	Cloud entra.Cloud
	Set   *Set  // nil if it could not be fetched
	Err   error // why not; nil if there is a set
}

// Lists reports whether the cloud's set has this key under the same kid.
func (c CloudSet) Lists(k *Key) bool {
	if c.Set == nil {
		return false
	}
	return slices.ContainsFunc(c.Set.Keys, func(have *Key) bool {
		return have.ID == k.ID && samePublic(have.public, k.public)
	})
}

// Metadata is what a discovery document says (OpenID Connect Discovery 1.0, section 3).
type Metadata struct {
	Issuer        string // exactly as written; with {tenantid} in it for common and organizations
	KeysURL       string
	CloudInstance string // Entra: cloud_instance_name
}

// ParseMetadata reads a discovery document. The error is a [source.Error] and says what the text
// is instead.
func ParseMetadata(origin string, text []byte) (Metadata, error) {
	if err := notJSON(origin, text); err != nil {
		return Metadata{}, err
	}
	file, err := source.ReadJSON(origin, text)
	if err != nil {
		return Metadata{}, err
	}
	document := file.Documents[0]
	m := Metadata{
		Issuer: document.TextAt("issuer"), KeysURL: document.TextAt("jwks_uri"),
		CloudInstance: document.TextAt("cloud_instance_name"),
	}
	if m.Issuer == "" || m.KeysURL == "" {
		return m, &source.Error{
			Pos:   source.Position{File: origin},
			Cause: "the answer is not a discovery document: it lacks issuer or jwks_uri",
			Hints: []source.Hint{source.Ask(source.NeedKeySetURL, "pass the key set itself")},
		}
	}
	return m, nil
}

// Tenant returns the id of the tenant that the metadata is for. It is empty for common and
// organizations, and for an issuer that is not Entra's.
func (m Metadata) Tenant() string {
	iss, ok := entra.ParseIssuer(m.Issuer)
	if !ok || !entra.IsGUID(iss.Tenant) {
		return ""
	}
	return iss.Tenant
}
