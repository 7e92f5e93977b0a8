package keys

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/go-jose/go-jose/v4"
)

// Refusal is why some gateways take no key from a set. Their library reads the set as a whole, so
// one odd key makes them reject every token. Which gateways that are is not known here.
type Refusal struct {
	Key     *Key // nil if the form of the whole set is the reason
	Library string
	Kind    RefusalKind
	Why     string

	// Measured means that gateways were run on such a set. Otherwise it follows from the library
	// that they use.
	Measured bool
}

// RefusalKind says what of a set is refused: versions of a library differ in it.
type RefusalKind uint8

// The kinds of refusals.
const (
	KeyNotRead   RefusalKind = iota // no version reads the key
	KeyPadded                       // only newer versions refuse the key, for its padded base64
	KeyPrivate                      // the key contains its private half
	KeyExponent                     // only the newest versions refuse the key's exponent
	FormRefused                     // the text is another form of a key set
	FormOfOneKey                    // the text is one key
)

const (
	goJoseLibrary = "go-jose"
	anyLibrary    = "any"
)

// Refusals returns what makes gateways refuse the whole set. go-jose is asked itself, key by key.
func (s *Set) Refusals() []Refusal {
	refusals := s.refusalsOfForm()
	for _, k := range s.Keys {
		if k.raw == nil {
			continue // not from a JWK Set
		}
		if err := json.Unmarshal(k.raw, new(jose.JSONWebKey)); err != nil {
			refusals = append(refusals, refusalByGoJose(k, err))
			continue
		}
		if k.Private && k.Type != "oct" {
			refusals = append(refusals, Refusal{
				Key: k, Library: goJoseLibrary, Kind: KeyPrivate, Measured: true,
				Why: "the key contains its private half",
			})
		}
	}
	return refusals
}

func refusalByGoJose(k *Key, err error) Refusal {
	r := Refusal{
		Key: k, Library: goJoseLibrary,
		Why: strings.TrimPrefix(err.Error(), "go-jose/go-jose: "),
	}
	// These were tried: a type that is not known, a modulus, an x5c or an x5t that can't be read,
	// padding.
	r.Measured = strings.Contains(r.Why, "x5c") || strings.Contains(r.Why, "x5t") ||
		k.noted("loose-base64") || k.Fault != "" && k.Type != "EC" && k.Type != "OKP"
	switch {
	case strings.Contains(r.Why, "bad e value"):
		r.Kind, r.Measured = KeyExponent, false
		r.Why += "; its newest versions refuse that; the gateways that were tested had older " +
			"ones, which accepted it"
	case k.Fault == "" && k.noted("loose-base64"):
		r.Kind = KeyPadded
	}
	return r
}

// refusalsOfForm returns the forms of a set that are refused.
func (s *Set) refusalsOfForm() []Refusal {
	var refusals []Refusal
	for _, n := range s.Notes {
		switch n.ID {
		case "bare-list", "byte-order-mark":
			refusals = append(refusals, Refusal{
				Library: anyLibrary, Kind: FormRefused, Why: n.Message, Measured: true,
			})
		case "single-key":
			refusals = append(refusals, Refusal{
				Library: anyLibrary, Kind: FormOfOneKey, Why: n.Message,
			})
		}
	}
	return refusals
}

func (k *Key) noted(id string) bool {
	return slices.ContainsFunc(k.Notes, func(n Note) bool { return n.ID == id })
}

// spoiledBy is why go-oidc refuses the whole set over one of its keys; empty where it does not. It
// passes over a key of an algorithm or a type that go-jose does not have, and over no other that
// can't be read (go-oidc, oidc/jwks.go, jwkJSON). Other strict readers do so too.
func (s *Set) spoiledBy() string {
	if s == nil || s.spoiled == nil {
		return ""
	}
	return s.spoiled()
}

// askStrictReader makes the set say, once, what a strict reader makes of it.
func (s *Set) askStrictReader() {
	all := s.Keys
	s.spoiled = sync.OnceValue(func() string {
		for _, k := range all {
			if err := k.strictly(); err != nil {
				why := strings.TrimPrefix(err.Error(), "go-jose/go-jose: ")
				return k.Name() + " can't be read: " + why
			}
		}
		return ""
	})
}

// strictly reads a key as go-oidc does.
func (k *Key) strictly() error {
	if k.raw == nil {
		return nil
	}
	var member struct {
		Alg string `json:"alg"`
	}
	if err := json.Unmarshal(k.raw, &member); err != nil {
		return &source.Error{Cause: "it is not an object with alg as a text"}
	}
	if member.Alg != "" && !ofGoOIDC(member.Alg) {
		return nil
	}
	var read jose.JSONWebKey
	err := read.UnmarshalJSON(k.raw)
	if errors.Is(err, jose.ErrUnsupportedKeyType) {
		return nil
	}
	return err
}

// ofGoOIDC reports whether go-oidc has an algorithm: all of them but those with a shared secret.
func ofGoOIDC(name string) bool {
	a, ok := algorithmOf(name)
	return ok && !a.isHMAC()
}
