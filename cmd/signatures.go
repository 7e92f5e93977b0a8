package cmd

import (
	"context"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// signatures returns what verifies a request's tokens: the key set of the flags, else those at the policies' own
// URLs.
func (e *Env) signatures(ctx context.Context, flags *keyFlags, token *inspect.Token) (*signatures, error) {
	given, err := e.givenKeys(ctx, flags, token)
	return &signatures{given: given, fetch: e.keySource(flags, token).PolicyURL, ctx: ctx}, err
}

// signatures verifies tokens with the key that each policy has, fetching every key set once.
type signatures struct {
	given *keys.Set                                                // stands in for the policies' key URLs; nil where none was given
	fetch func(ctx context.Context, url string) (*keys.Set, error) // nil where nothing may be fetched
	ctx   context.Context
	sets  map[string]fetched

	results map[signedWith]rules.SignatureResult
}

type fetched struct {
	set *keys.Set
	err error
}

// needKeys is what to pass where no key set is known.
func needKeys() rules.Need {
	return rules.Need{Input: source.NeedKeySet, For: "the key set that the policy verifies with"}
}

// signedWith is a token and the key that it is verified with.
type signedWith struct {
	token *inspect.Token
	key   rules.Key
}

// Verify verifies with the policy's own key where it has one, else with the given set, else with the set at the policy's
// URL. Each token is verified with each key once, however many repairs are tried.
func (s *signatures) Verify(token *inspect.Token, key *rules.Key) rules.SignatureResult {
	asked := signedWith{token, *key}
	result, known := s.results[asked]
	if !known {
		result = s.verify(token, key)
		if s.results == nil {
			s.results = make(map[signedWith]rules.SignatureResult)
		}
		s.results[asked] = result
	}
	return result
}

func (s *signatures) verify(token *inspect.Token, key *rules.Key) rules.SignatureResult {
	set, unknown := s.setFor(key)
	if unknown != nil {
		return rules.SignatureResult{Unknown: unknown}
	}
	result := keys.Verify(token, set)
	if result.Outcome == keys.Fail && result.Verifier != nil && result.Verifier == result.Named {
		return rules.SignatureResult{Result: result, Unknown: &rules.Unknown{
			Why: "the signature is right, but the key says that it is for something else, and gateways differ on that: " + result.Why,
		}}
	}
	return rules.SignatureResult{Result: result}
}

func (s *signatures) setFor(key *rules.Key) (*keys.Set, *rules.Unknown) {
	switch {
	case key.Own && key.Text == "":
		return nil, &rules.Unknown{
			Why:  "the policy verifies with a key of its own, textKey, and the file does not have it: API Manager never gives it back",
			Need: rules.Need{Input: source.NeedPolicy, For: "the policy with its textKey"},
		}
	case key.Text != "" && key.HMAC:
		return keys.FromSecret([]byte(key.Text)), nil
	case key.Text != "":
		return ownKey(key.Text)
	case s.given != nil:
		return s.given, nil
	case key.URL == "":
		return nil, &rules.Unknown{Why: "the key that verifies the token is not known", Need: needKeys()}
	case s.fetch == nil:
		return nil, &rules.Unknown{Why: "nothing is fetched offline, and no key set was given", Need: needKeys()}
	}
	return s.fetched(key.URL)
}

func ownKey(text string) (*keys.Set, *rules.Unknown) {
	set, err := keys.ParsePEM("textKey", text)
	if err != nil {
		why := "textKey can't be read as a public key: " + asError(err).Error()
		return nil, &rules.Unknown{Why: why, Need: needKeys()}
	}
	return set, nil
}

func (s *signatures) fetched(url string) (*keys.Set, *rules.Unknown) {
	got, ok := s.sets[url]
	if !ok {
		got.set, got.err = s.fetch(s.ctx, url)
		if s.sets == nil {
			s.sets = make(map[string]fetched)
		}
		s.sets[url] = got
	}
	if got.err != nil {
		why := "the policy's key set can't be had: " + asError(got.err).Error()
		return nil, &rules.Unknown{Why: why, Need: needKeys()}
	}
	return got.set, nil
}
