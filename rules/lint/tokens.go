package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
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
		return text(strings.Join(values, " "))
	}
	return list(values...)
}

func text(s string) *source.Value { return &source.Value{Kind: source.String, Text: s} }

func list(all ...string) *source.Value {
	v := &source.Value{Kind: source.List}
	for _, s := range all {
		v.Items = append(v.Items, text(s))
	}
	return v
}

// versions are those of access tokens.
func versions() []entra.Version { return []entra.Version{entra.V1, entra.V2} }

// evidence is the version of the tokens that a policy is made for, and how we know it.
type evidence struct {
	version entra.Version
	because string
}

// tokenVersion is the version of the policy's tokens. The app registration decides where there is
// one. Else the issuer or the ver claim that the policy wants does. It is not ok for a policy that
// accepts both versions.
func tokenVersion(s *rules.Subject, p *rules.Policy) (evidence, bool) {
	if ev, ok := registeredVersion(s); ok {
		return ev, true
	}
	var named, written []entra.Version
	_, texts := wantedOf(p, "ver")
	for _, text := range texts {
		named = append(named, versionNamed(text))
	}
	_, issuers := issuersOf(s, p)
	for _, issuer := range issuers {
		written = append(written, issuer.Version)
	}
	if v, ok := onlyVersion(named); ok {
		return evidence{v, "the policy wants ver " + v.String()}, true
	}
	v, ok := onlyVersion(written)
	if !ok {
		return evidence{version: v}, false
	}
	return evidence{v, "the policy wants the issuer of v" + v.String() + " tokens"}, true
}

// registeredVersion is the version of the API's tokens as its app registration has it.
func registeredVersion(s *rules.Subject) (evidence, bool) {
	if s.App == nil {
		return evidence{}, false
	}
	version, ok := s.App.TokenVersion()
	because := fmt.Sprintf("the app registration %s gives its API v%s tokens",
		s.App.Title(), version)
	return evidence{version, because}, ok
}

// onlyVersion returns the version that all of them are. It is not ok where there are several, or
// none.
func onlyVersion(all []entra.Version) (entra.Version, bool) {
	all = slices.Compact(all)
	if len(all) != 1 || !slices.Contains(versions(), all[0]) {
		return entra.V1, false
	}
	return all[0], true
}

// versionNamed is the version that ver names; 0 where no token has that ver.
func versionNamed(ver string) entra.Version {
	for _, v := range versions() {
		if v.String() == ver {
			return v
		}
	}
	return 0
}
