package envoy

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// Parsed is a token that Envoy can read.
type Parsed struct {
	Payload map[string]any

	alg, issuer        string
	audiences          []string
	notBefore, expires int64
}

// Text is what a token's text says, read once however often the token is sent.
type Text struct {
	Plain  bool    // there is no doubt as to how a parser reads it
	Parsed *Parsed // nil if Envoy can't read it

	text string
}

// Read reads a token's text.
func Read(text string) *Text {
	t := &Text{Plain: plain(text), text: text}
	if parsed, ok := parse(text); ok {
		t.Parsed = parsed
	}
	return t
}

// plain reports whether a token's text leaves no doubt as to how a parser reads it. Nothing is
// said here of JSON that has a member twice, ends with something else, or is not UTF-8, nor of
// times that are negative or beyond the year 9999, but for those in milliseconds.
func plain(text string) bool {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return false
	}
	for _, part := range parts[:2] {
		decoded, err := base64.RawURLEncoding.Strict().DecodeString(part)
		if err != nil || !utf8.Valid(decoded) || len(decoded) == 0 || decoded[0] != '{' {
			return false
		}
		members, ok := object(decoded)
		if !ok || !once(decoded) || !instants(members) {
			return false
		}
	}
	_, err := base64.RawURLEncoding.Strict().DecodeString(parts[2])
	return err == nil
}

func instants(members map[string]any) bool {
	for _, name := range []string{"exp", "nbf", "iat"} {
		if number, ok := members[name].(json.Number); ok {
			if n, err := number.Float64(); err != nil || n < 0 || n > 1e11 && n < 1e12 ||
				n > 4e12 {
				return false
			}
		}
	}
	return true
}

// parse reads a token. It is not ok if the token, or a claim that Envoy looks at, has a form that
// it does not take. Envoy passes over empty parts (jwt.cc, parseFromString), and so misses one.
func parse(text string) (*Parsed, bool) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 || slices.Contains(parts, "") {
		return nil, false
	}
	var members [2]map[string]any
	for i := range members {
		decoded, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err != nil {
			return nil, false
		}
		var ok bool
		if members[i], ok = object(decoded); !ok {
			return nil, false
		}
	}
	if _, err := base64.RawURLEncoding.DecodeString(parts[2]); err != nil {
		return nil, false
	}
	r := reader{ok: true}
	header, payload := members[0], members[1]
	t := &Parsed{Payload: payload}
	t.alg = r.text(header, "alg")
	r.text(header, "kid")
	t.issuer = r.text(payload, "iss")
	r.text(payload, "sub")
	r.text(payload, "jti")
	t.notBefore, t.expires = r.number(payload, "nbf"), r.number(payload, "exp")
	r.number(payload, "iat")
	t.audiences = r.texts(payload, "aud")
	return t, r.ok
}

// reader reads members, and remembers whether one was of another kind.
type reader struct{ ok bool }

func (r *reader) text(in map[string]any, name string) string {
	value, there := in[name]
	text, ok := value.(string)
	r.ok = r.ok && (ok || !there)
	return text
}

// number drops what is behind the point (struct_utils.cc, GetUInt64).
func (r *reader) number(in map[string]any, name string) int64 {
	value, there := in[name]
	number, ok := value.(json.Number)
	n, err := number.Float64()
	r.ok = r.ok && (ok && err == nil && n >= 0 || !there)
	return int64(n)
}

func (r *reader) texts(in map[string]any, name string) []string {
	items, several := in[name].([]any)
	if !several {
		if _, there := in[name]; !there {
			return nil
		}
		return []string{r.text(in, name)}
	}
	var all []string
	for _, item := range items {
		text, ok := item.(string)
		r.ok = r.ok && ok
		all = append(all, text)
	}
	return all
}

func object(text []byte) (map[string]any, bool) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var members map[string]any
	if err := decoder.Decode(&members); err != nil || members == nil {
		return nil, false
	}
	_, err := decoder.Token()
	return members, err == io.EOF
}

// once reports whether no member of the object is there twice, and none is deeper than Envoy
// reads.
func once(text []byte) bool {
	const deepest = 90
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	seen, depth, isName := map[string]bool{}, 0, true
	for {
		token, err := decoder.Token()
		if err != nil {
			return err == io.EOF
		}
		switch delim, ok := token.(json.Delim); {
		case ok && (delim == '{' || delim == '['):
			if depth++; depth > deepest {
				return false
			}
			isName = true
			continue
		case ok:
			depth--
		case depth == 1 && isName:
			if seen[token.(string)] {
				return false
			}
			seen[token.(string)] = true
			isName = false
			continue
		}
		if depth == 1 {
			isName = true
		}
	}
}
