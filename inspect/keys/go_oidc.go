package keys

import (
	"encoding/json"
	"errors"
	"strings"
	"sync"

	"github.com/go-jose/go-jose/v4"
)

// Spoiled is why go-oidc refuses the whole set over one of its keys; empty where it does not. It
// passes over a key of an algorithm or a type that go-jose does not have, and over no other that
// can't be read (go-oidc, oidc/jwks.go, jwkJSON). Other strict readers do so too.
func (s *Set) Spoiled() string {
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
		return errors.New("it is not an object with alg as a text")
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
