package lint

import (
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
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

// inForm is how a claim holds several values: scp as words, any other as a list.
func inForm(name string, values []string) *source.Value {
	if name == "scp" || name == "scope" {
		return source.NewString(strings.Join(values, " "))
	}
	return list(values...)
}

func list(all ...string) *source.Value {
	v := &source.Value{Kind: source.List}
	for _, s := range all {
		v.Items = append(v.Items, source.NewString(s))
	}
	return v
}

// versions are those of access tokens.
func versions() []entra.Version { return []entra.Version{entra.V1, entra.V2} }
