package oauth2proxy

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// readable is the predicate that the program can read the token: its form, and the types of the
// members that it reads of the header (go-jose, shared.go, sanitized) and of the payload (go-oidc,
// oidc.go, idToken).
func readable() rules.Predicate {
	member := func(name string, kinds ...source.Kind) rules.Predicate {
		in := rules.Input{Source: rules.FromHeader, Name: name, LastCounts: true}
		return rules.Predicate{Op: rules.Typed, Input: in, Kinds: kinds, Assumed: rules.Yes}
	}
	text := []source.Kind{source.String}
	return rules.Both(
		rules.Predicate{Op: rules.Readable},
		matches(rules.Input{Source: rules.FromToken}, jwtForm),
		member("kid", text...), member("nonce", text...),
		typed("iss", text...), typed("sub", text...), typed("aud", source.String, source.List),
		typed("nonce", text...), typed("at_hash", text...), instantOrNone("iat"),
		rules.Predicate{Op: rules.True, Input: rules.Input{
			Source: rules.FromExpression, Opaque: &rules.Opaque{
				Text:  "a reader of JSON that is as strict as Go's",
				Reads: []rules.Input{{Source: rules.FromToken}},
				Eval:  readsOddMembers,
			},
		}},
	)
}

// jwtForm is the form of a text that the program takes for a token (jwtRegexFormat).
const jwtForm = `ey[a-zA-Z0-9_-]*\.ey[a-zA-Z0-9_-]*\.[a-zA-Z0-9_-]+`

// typed is the predicate that a claim is of one of some kinds, absent or null.
func typed(name string, kinds ...source.Kind) rules.Predicate {
	return rules.Predicate{
		Op: rules.Typed, Input: claim(name), Kinds: kinds, Assumed: rules.Yes,
	}
}

// instantOrNone is the predicate that a claim is an instant, whichever, or absent. It may not be
// null.
func instantOrNone(name string) rules.Predicate {
	in := claim(name)
	null := rules.Predicate{
		Op: rules.Equals, Input: in, Values: []*source.Value{{Kind: source.Null}},
		Assumed: rules.No,
	}
	return rules.Both(rules.Negate(null), rules.Either(
		rules.Negate(rules.Found(in)),
		rules.Predicate{
			Op: rules.After, Input: in, Inclusive: true, Lenient: true, Assumed: rules.Yes,
		},
		rules.Predicate{Op: rules.NotAfter, Input: in, Lenient: true},
	))
}

// readsOddMembers says whether the program can read members that Entra ID never writes, or writes
// in one way only. Go's reader of JSON takes a name in another case for that of a claim.
func readsOddMembers(r *rules.Request) rules.Reading {
	if r.Token == nil || r.Token.Header == nil || r.Token.Claims == nil {
		return reading(false)
	}
	header := r.Token.Header
	if b64 := header.Member("b64"); b64.Is(source.Bool) && b64.Text == "false" {
		return reading(false) // the payload would not be base64url
	}
	for _, name := range []string{"jwk", "x5c"} {
		if m := header.Member(name); m != nil && m.Kind != source.Null && len(m.Items) > 0 ||
			m.Is(source.Object) || m.Is(source.String) {
			return doubt("the header has " + name + ", and we do not know whether the program " +
				"can read the key in it")
		}
	}
	for i := range r.Token.Claims.Members {
		m := &r.Token.Claims.Members[i]
		switch lower := strings.ToLower(m.Key); {
		case lower == m.Key:
		case slices.Contains([]string{"sub", "nonce", "at_hash"}, lower):
			if m.Value.Kind != source.String && m.Value.Kind != source.Null {
				return reading(false)
			}
		case lower == "aud" && !slices.Contains(
			[]source.Kind{source.String, source.List, source.Null}, m.Value.Kind):
			return reading(false)
		case slices.Contains([]string{"iss", "exp", "nbf", "iat"}, lower):
			return doubt("the token has " + m.Key + ", which the program takes for " + lower)
		}
	}
	return reading(readsSources(r.Token.Claims))
}

func reading(ok bool) rules.Reading {
	text := "false"
	if ok {
		text = "true"
	}
	return rules.Reading{Value: &source.Value{Kind: source.Bool, Text: text}}
}

func doubt(why string) rules.Reading {
	return rules.Reading{Unknown: &rules.Unknown{Why: why}}
}

// readsSources reports whether the program can read where claims are that are not in the token:
// each has a source, and each source is an object of texts.
func readsSources(claims *source.Value) bool {
	names, sources := claims.Member("_claim_names"), claims.Member("_claim_sources")
	for _, v := range []*source.Value{names, sources} {
		if v != nil && v.Kind != source.Object && v.Kind != source.Null {
			return false
		}
	}
	if sources != nil {
		for i := range sources.Members {
			s := sources.Members[i].Value
			if s.Kind != source.Object && s.Kind != source.Null {
				return false
			}
			for _, name := range []string{"endpoint", "access_token"} {
				m := s.Member(name)
				if m != nil && m.Kind != source.String && m.Kind != source.Null {
					return false
				}
			}
		}
	}
	if names != nil {
		for i := range names.Members {
			from, ok := names.Members[i].Value.Str()
			if !ok || from == "" || sources.Member(from) == nil {
				return false
			}
		}
	}
	return true
}
