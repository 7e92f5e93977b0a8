package keys

import "encoding/json"

// Twins returns the groups of keys of the set that are one and the same key, whatever their kids say. A key that can't
// be used is in none of them.
func (s *Set) Twins() [][]*Key {
	var groups [][]*Key
	at := make(map[string]int, len(s.Keys)) // the group of a key's material
	for _, k := range s.Keys {
		material := k.material()
		if material == "" {
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

// material tells one key from another, and is empty where the key can't be used. It is never shown: it may be a secret.
func (k *Key) material() string {
	if k.public == nil {
		return string(k.secret)
	}
	text, err := json.Marshal(k.public)
	if err != nil {
		return ""
	}
	return k.Type + string(text)
}
