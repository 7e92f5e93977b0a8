package lint

import (
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules/issued"
)

// daemonsOf leaves out the tokens of users.
func daemonsOf(tokens issued.Tokens) issued.Tokens {
	return only(tokens, func(t *issued.Token) bool { return !t.User() })
}

// usersOf leaves out the tokens without a user.
func usersOf(tokens issued.Tokens) issued.Tokens { return only(tokens, (*issued.Token).User) }

// only keeps the tokens for which a function is true.
func only(tokens issued.Tokens, of func(*issued.Token) bool) issued.Tokens {
	return func(yield func(*issued.Token) bool) {
		for t := range tokens {
			if of(t) && !yield(t) {
				return
			}
		}
	}
}

// changed replaces each token by those that a function makes of it.
func changed(tokens issued.Tokens, by func(*issued.Token) []*issued.Token) issued.Tokens {
	return func(yield func(*issued.Token) bool) {
		for t := range tokens {
			for _, other := range by(t) {
				if !yield(other) {
					return
				}
			}
		}
	}
}

// unrelated is a text that no configuration has.
const unrelated = "gatewhy-unrelated"

// versions are those of access tokens.
func versions() []entra.Version { return []entra.Version{entra.V1, entra.V2} }
