package report

import (
	"sync"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// Signatures verifies tokens with the key that each policy has, fetching every key set once.
type Signatures struct {
	Given *keys.Set // stands in for the policies' key URLs; nil where none was given

	// Fetch fetches the set at a policy's URL; nil where nothing may be fetched.
	Fetch func(url string) (*keys.Set, error)

	sets    map[string]fetched
	results map[signedWith]rules.SignatureResult
}

type fetched struct {
	set *keys.Set
	err error
}

// noSet says why no key set is known, and what to pass instead.
func noSet(why string) (*keys.Set, *rules.Unknown) {
	return nil, rules.NoKeySet(why)
}

// signedWith is a token and the key that it is verified with.
type signedWith struct {
	token *inspect.Token
	key   rules.Key
}

// Verify verifies with the policy's own key where it has one, else with the given set, else with
// the set at the policy's URL. Each token is verified with each key once, however many repairs are
// tried.
func (s *Signatures) Verify(token *inspect.Token, key *rules.Key) rules.SignatureResult {
	asked := signedWith{token, *key}
	result, known := s.results[asked]
	if !known {
		result = verify(s, token, key)
		if s.results == nil {
			s.results = make(map[signedWith]rules.SignatureResult)
		}
		s.results[asked] = result
	}
	return result
}

// shared is what verifies many tokens from several goroutines: the key sets that the policies need
// are fetched and prepared before, and no result is kept.
func (s *Signatures) shared(policies []*rules.Policy) rules.Signatures {
	shared := &sharedSignatures{of: s, sets: map[setAt]preparedSet{}}
	for c := range rules.EachCheck(policies) {
		for _, key := range c.Test.Keys() {
			for _, address := range key.Addresses() {
				// A set that can't be fetched is kept as such.
				_, _ = shared.setFor(key, address)
			}
		}
	}
	return shared
}

// sharedSignatures keeps the set that each key of a policy stands for at each of its addresses.
type sharedSignatures struct {
	of   *Signatures
	mu   sync.RWMutex
	sets map[setAt]preparedSet
}

type setAt struct {
	key     rules.Key
	address string
}

type preparedSet struct {
	set     *keys.Set
	unknown *rules.Unknown // why there is none
}

func (s *sharedSignatures) Verify(token *inspect.Token, key *rules.Key) rules.SignatureResult {
	return verify(s, token, key)
}

// setFor makes a set ready where that is not done yet: a model of what a token is worth verifies
// with keys of its own.
func (s *sharedSignatures) setFor(key *rules.Key, address string) (*keys.Set, *rules.Unknown) {
	at := setAt{*key, address}
	s.mu.RLock()
	got, known := s.sets[at]
	s.mu.RUnlock()
	if known {
		return got.set, got.unknown
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if got, known = s.sets[at]; !known {
		got.set, got.unknown = s.of.setFor(key, address)
		if got.unknown == nil {
			got.set = got.set.Prepared().Brief()
		}
		s.sets[at] = got
	}
	return got.set, got.unknown
}

// keySets has the set that a policy's key stands for at one of its addresses, or says why not.
type keySets interface {
	setFor(key *rules.Key, address string) (*keys.Set, *rules.Unknown)
}

// verify takes the best result of the addresses that the policy has its keys from.
func verify(sets keySets, token *inspect.Token, key *rules.Key) rules.SignatureResult {
	var best rules.SignatureResult
	for i, address := range key.Addresses() {
		if key.List && i > 0 && rules.AddressFault(address) != "" {
			continue
		}
		got := verifyAt(sets, token, key, address)
		if got.Unknown == nil && got.Outcome == keys.Pass {
			return got
		}
		if i == 0 || got.Unknown != nil {
			best = got
		}
	}
	return best
}

func verifyAt(
	sets keySets, token *inspect.Token, key *rules.Key, address string,
) rules.SignatureResult {
	set, unknown := sets.setFor(key, address)
	if unknown != nil {
		return withoutSet(token, key, unknown)
	}
	result := key.Lenience.Verify(token, set)
	if result.Outcome == keys.Fail && result.Verifier != nil && result.Verifier == result.Named {
		return rules.SignatureResult{Result: result, Unknown: &rules.Unknown{
			Why: "the signature is valid, but the key is marked for another use, and gateways " +
				"differ on that: " + result.Why,
		}}
	}
	return rules.SignatureResult{Result: result}
}

// withoutSet is what can be said without a key set: that no key makes a token valid that is not
// signed. Where the policy's own key can't be read, nobody knows what the gateway makes of it.
func withoutSet(
	token *inspect.Token, key *rules.Key, unknown *rules.Unknown,
) rules.SignatureResult {
	if result := key.Lenience.Verify(token, nil); result.Outcome == keys.Fail && key.Text == "" {
		return rules.SignatureResult{Result: result}
	}
	return rules.SignatureResult{Unknown: unknown}
}

func (s *Signatures) setFor(key *rules.Key, address string) (*keys.Set, *rules.Unknown) {
	switch {
	case key.Own && key.Text == "":
		return nil, &rules.Unknown{
			Why: "the policy verifies with its own key, textKey, which is not in the file: API " +
				"Manager never returns it",
			Need: rules.Need{Input: source.NeedPolicy, For: "the policy with its textKey"},
		}
	case key.Text != "" && key.HMAC:
		return keys.FromSecret([]byte(key.Text)), nil
	case key.Text != "" && key.Set:
		return ownSet(key.Text)
	case key.Text != "":
		return ownKey(key.Text)
	case s.Given != nil && address != "":
		return s.Given.PublishedAt(address), nil
	case s.Given != nil:
		return s.Given, nil
	case key.Unread != nil:
		return nil, key.Unread
	case address == "":
		return noSet("the key that verifies the token is not known")
	case s.Fetch == nil:
		return noSet("nothing is fetched here, and no key set was given")
	}
	return s.fetched(address)
}

func ownKey(text string) (*keys.Set, *rules.Unknown) {
	set, err := keys.ParsePEM("textKey", text)
	if err != nil {
		return noSet("textKey can't be read as a public key: " + AsError(err).Error())
	}
	return set, nil
}

// ownSet is the key set that a policy has in itself.
func ownSet(text string) (*keys.Set, *rules.Unknown) {
	set, err := keys.Parse("the policy's key set", []byte(text))
	if err != nil {
		return noSet("the policy's own key set can't be read: " + AsError(err).Error())
	}
	return set, nil
}

func (s *Signatures) fetched(url string) (*keys.Set, *rules.Unknown) {
	got, ok := s.sets[url]
	if !ok {
		got.set, got.err = s.Fetch(url)
		if s.sets == nil {
			s.sets = make(map[string]fetched)
		}
		s.sets[url] = got
	}
	if got.err != nil {
		return noSet("the policy's key set could not be fetched: " + AsError(got.err).Error())
	}
	return got.set, nil
}
