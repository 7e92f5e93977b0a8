package keys

// mostTries bounds how many keys one token is tried on, each counted by its cost. A key set of Entra has about six.
const mostTries = 250

// cost is how many tries one try of a key counts for: the time of RSA grows with the square of the key's size, and one try of the
// largest takes more than ten milliseconds.
func (k *Key) cost() int {
	switch {
	case k.Type != "RSA" || k.Bits <= 4096:
		return 1
	case k.Bits <= 8192:
		return 4
	}
	return 8
}

// signer returns the first key of those that are suitable that signed the input, and whether all of them were tried.
func (v *verification) signer(list []*Key, suitable func(*Key) bool, input string) (k *Key, all bool) {
	v.tried = 0
	spent := 0
	for _, k := range list {
		if !suitable(k) {
			continue
		}
		if spent += k.cost(); spent > mostTries {
			return nil, false
		}
		v.tried++
		if v.algorithm.matches(k, input, v.token.Signature) {
			return k, true
		}
	}
	return nil, true
}

// byKid reports whether the token's kid decides which key is right.
func (v *verification) byKid() bool { return v.result.KeyID != "" && !v.result.Set.Pinned }

func (v *verification) candidates() []*Key {
	if v.byKid() {
		return v.result.Set.Find(v.result.KeyID)
	}
	return v.result.Set.Keys
}
