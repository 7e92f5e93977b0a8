package oauth2proxy

import (
	"crypto/x509"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// bearer is the predicate that a request brings a token where the program looks for one, and that
// the program can read it.
func (c *compiler) bearer() rules.Predicate {
	return rules.Both(c.sent(), c.readable())
}

// readable is the predicate that the program can read the token: its form, and the types of the
// members that it reads of the header (go-jose, shared.go, sanitized) and of the payload (go-oidc,
// oidc.go, idToken).
func (c *compiler) readable() rules.Predicate {
	member := func(name string, kinds ...source.Kind) rules.Predicate {
		in := rules.Input{Source: rules.FromHeader, Name: name, LastCounts: true}
		return rules.Predicate{Op: rules.Typed, Input: in, Kinds: kinds, Assumed: rules.Yes}
	}
	text := []source.Kind{source.String}
	return rules.Both(
		rules.Predicate{Op: rules.Readable},
		c.matches(rules.Input{Source: rules.FromToken}, jwtForm),
		member("kid", text...), member("nonce", text...),
		typed("iss", text...), typed("sub", text...),
		typed("aud", source.String, source.List, source.Null),
		typed("nonce", text...), typed("at_hash", text...), instantOrNone("iat"),
		rules.Predicate{Op: rules.True, Input: rules.Computed(
			"a reader of JSON that is as strict as Go's", readsAll,
			rules.Input{Source: rules.FromToken},
		)},
	)
}

// jwtForm is the form of a text that the program takes for a token (jwtRegexFormat).
const jwtForm = `ey[a-zA-Z0-9_-]*\.ey[a-zA-Z0-9_-]*\.[a-zA-Z0-9_-]+`

// typed is the predicate that a claim is of one of some kinds, absent or null.
func typed(name string, kinds ...source.Kind) rules.Predicate {
	return rules.Predicate{Op: rules.Typed, Input: claim(name), Kinds: kinds, Assumed: rules.Yes}
}

// instantOrNone is the predicate that a claim is an instant, whichever, or absent. It may not be
// null.
func instantOrNone(name string) rules.Predicate {
	in := claim(name)
	return rules.Both(rules.Negate(isNull(in)), rules.Either(
		rules.Negate(rules.Found(in)),
		rules.Predicate{
			Op: rules.After, Input: in, Inclusive: true, Lenient: true, Assumed: rules.Yes,
		},
		rules.Predicate{Op: rules.NotAfter, Input: in, Lenient: true},
	))
}

// isNull is the predicate that an input is there, and null.
func isNull(in rules.Input) rules.Predicate {
	return rules.Predicate{
		Op: rules.Equals, Input: in, Values: []*source.Value{{Kind: source.Null}},
		Assumed: rules.No,
	}
}

// readsAll says whether the program can read what Entra ID never writes, or writes in one way
// only.
func readsAll(r *rules.Request) rules.Reading {
	if r.Token == nil {
		return reading(false)
	}
	header, claims := r.Token.Header, r.Token.Claims
	switch {
	case header == nil || claims == nil:
		if r.Token.Fault != nil && r.Token.Fault.Limit {
			return doubt(r.Token.Fault.Cause)
		}
		return reading(false)
	case !readsHeader(header) || !inRange(claims) || !readsFields(claims) || !readsSources(claims):
		return reading(false)
	}
	if key := header.Member("jwk"); key != nil && key.Kind != source.Null {
		return doubt("the header has jwk, and we do not know whether the program can read the " +
			"key in it")
	}
	return reading(true)
}

func reading(ok bool) rules.Reading { return rules.Reading{Value: source.NewBool(ok)} }

func doubt(why string) rules.Reading {
	return rules.Reading{Unknown: &rules.Unknown{Why: why}}
}

// readsHeader reports whether go-jose can read the header (shared.go, sanitized). Its reader of
// JSON refuses a name that is there twice, and takes no other case for a name.
func readsHeader(header *source.Value) bool {
	b64, key := header.Member("b64"), header.Member("jwk")
	switch {
	case b64.Is(source.Bool) && b64.Text == "false":
		return false // the payload would not be base64url
	case key != nil && key.Kind != source.Null && !mayBePublic(key):
		return false
	}
	return inRange(header) && !hasTwice(header) && readsCertificates(header.Member("x5c"))
}

// mayBePublic reports whether a key in the header may be one that go-jose accepts there (jwk.go,
// unmarshalJSON).
func mayBePublic(key *source.Value) bool {
	for _, private := range []string{"k", "d", "p", "q", "dp", "dq", "qi", "priv"} {
		if m := key.Member(private); m != nil && m.Kind != source.Null {
			return false
		}
	}
	needs := map[string][]string{
		"RSA": {"n", "e"}, "EC": {"crv", "x", "y"}, "OKP": {"crv", "x"}, "AKP": {"alg", "pub"},
	}
	kind := key.TextAt("kty")
	return needs[kind] != nil && !slices.ContainsFunc(needs[kind], func(name string) bool {
		return !key.Member(name).Is(source.String)
	})
}

// readsCertificates reports whether x5c is a list of certificates (shared.go,
// parseCertificateChain).
func readsCertificates(chain *source.Value) bool {
	if chain == nil || chain.Kind == source.Null {
		return true
	}
	return chain.Kind == source.List &&
		!slices.ContainsFunc(chain.Items, func(item *source.Value) bool {
			der, err := base64.StdEncoding.DecodeString(item.Text)
			if item.Kind != source.String || err != nil {
				return true
			}
			_, err = x509.ParseCertificate(der)
			return err != nil
		})
}

// hasTwice reports whether an object in a value has two members of one name.
func hasTwice(v *source.Value) bool {
	seen := make(map[string]bool, len(v.Members))
	for i := range v.Members {
		m := &v.Members[i]
		if seen[m.Key] || hasTwice(m.Value) {
			return true
		}
		seen[m.Key] = true
	}
	return slices.ContainsFunc(v.Items, hasTwice)
}

// inRange reports whether a float64 holds each number in a value.
func inRange(v *source.Value) bool {
	for inside := range v.All {
		if inside.Kind == source.Number {
			if _, err := strconv.ParseFloat(inside.Text, 64); err != nil {
				return false
			}
		}
	}
	return true
}

// readsFields reports whether each member fits into its field (go-oidc, oidc.go, idToken), those
// too that a later member of that name replaces. A name in another case is as good. What counts of
// exp and nbf is left to the checks of the times. What a modelled token does not say fits.
func readsFields(claims *source.Value) bool {
	text := func(v *source.Value) bool {
		return v.Kind == source.String || v.Kind == source.Null || v.Kind == source.Unknown
	}
	instant := func(v *source.Value) bool {
		return rules.IsInstant(v) || v.Kind == source.Unknown
	}
	fields := map[string]func(*source.Value) bool{
		"iss": text, "sub": text, "nonce": text, "at_hash": text,
		"aud": func(v *source.Value) bool {
			odd := func(item *source.Value) bool { return !text(item) }
			return text(v) || v.Kind == source.List && !slices.ContainsFunc(v.Items, odd)
		},
		"exp": instant, "iat": instant,
		"nbf": func(v *source.Value) bool { return v.Kind == source.Null || instant(v) },
	}
	for name, fits := range fields {
		checked := name == "exp" || name == "nbf"
		for i := range slices.Backward(claims.Members) {
			m := &claims.Members[i]
			switch {
			case !strings.EqualFold(m.Key, name):
			case checked:
				checked = false
			case !fits(m.Value):
				return false
			}
		}
	}
	return true
}

// readsSources reports whether the program can read where claims are that are not in the token:
// each has a source, and each source is an object of texts. What several members of the name say
// is taken together, up to a null.
func readsSources(claims *source.Value) bool {
	names, ok := together(claims, "_claim_names")
	sources, readable := together(claims, "_claim_sources")
	if !ok || !readable {
		return false
	}
	for _, of := range sources {
		if of.Kind != source.Object && of.Kind != source.Null {
			return false
		}
		for i := range of.Members {
			m := &of.Members[i]
			known := strings.EqualFold(m.Key, "endpoint") ||
				strings.EqualFold(m.Key, "access_token")
			if known && m.Value.Kind != source.String && m.Value.Kind != source.Null {
				return false
			}
		}
	}
	for _, of := range names {
		from, ok := of.Str()
		if !ok || from == "" || sources[from] == nil {
			return false
		}
	}
	return true
}

// together are the members of all objects of a name; not ok where one of them is something else.
func together(claims *source.Value, name string) (all map[string]*source.Value, ok bool) {
	all = map[string]*source.Value{}
	for i := range claims.Members {
		m := &claims.Members[i]
		switch {
		case !strings.EqualFold(m.Key, name):
		case m.Value.Kind == source.Null:
			clear(all)
		case m.Value.Kind == source.Unknown:
		case m.Value.Kind != source.Object:
			return nil, false
		default:
			for j := range m.Value.Members {
				all[m.Value.Members[j].Key] = m.Value.Members[j].Value
			}
		}
	}
	return all, true
}
