package keys

import (
	"crypto/sha256"
	"encoding/json"
)

// Twins returns the groups of keys of the set that are one and the same key, whatever their kids say. A key that can't
// be used is in none of them.
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
	twins := groups[:0]
	for _, group := range groups {
		if len(group) > 1 {
			twins = append(twins, group)
		}
	}
	return twins
}

// material tells one key from another. It is not ok where the key can't be used. It is never shown: it may be that of a
// secret.
func (k *Key) material() (digest [sha256.Size]byte, ok bool) {
	if k.public == nil {
		return sha256.Sum256(k.secret), len(k.secret) > 0
	}
	text, err := json.Marshal(k.public)
	return sha256.Sum256(append(text, k.Type...)), err == nil
}
