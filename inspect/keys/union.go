package keys

import "crypto"

// Union returns the keys of several sets as one, each once: those of the v1.0 and of the v2.0 document, say. Of a key
// that several sets have, the one that names its issuer is taken.
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
		if have.ID == k.ID && sameKey(have, k) {
			if have.Issuer == "" && k.Issuer != "" {
				s.Keys[i] = k
			}
			return
		}
	}
	s.Keys = append(s.Keys, k)
}

func sameKey(a, b *Key) bool {
	public, ok := a.public.(interface{ Equal(x crypto.PublicKey) bool })
	return ok && b.public != nil && public.Equal(b.public)
}
