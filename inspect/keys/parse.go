package keys

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// Parse reads a key set: a JWK Set (RFC 7517, section 5), a single JWK, a bare list of JWKs, or PEM. Keys that
// can't be used are kept with their fault. The error is a [source.Error] and says what the text is instead.
func Parse(origin string, text []byte) (*Set, error) {
	if len(text) > mostText {
		return nil, refusal(origin, fmt.Sprintf("the text has more than %d MiB", mostText>>20), "the largest key sets that are published have some hundred kilobytes; is this the right file?")
	}
	set := &Set{Origin: origin}
	set.text, _ = bytes.CutPrefix(text, []byte("\ufeff"))
	if len(set.text) < len(text) {
		set.note("byte-order-mark", "the text starts with a byte order mark, which gateways refuse")
	}
	if head := bytes.TrimSpace(set.text); bytes.HasPrefix(head, []byte("-----BEGIN ")) {
		return ParsePEM(origin, string(head))
	}
	if _, err := set.parse(); err != nil {
		return nil, err
	}
	return set, nil
}

// parseJSON reads a key set in JSON, and returns its document too.
func parseJSON(origin string, text []byte) (*Set, *source.Value, error) {
	set := &Set{Origin: origin, text: text}
	document, err := set.parse()
	return set, document, err
}

func (s *Set) parse() (*source.Value, error) {
	if err := notJSON(s.Origin, s.text); err != nil {
		return nil, err
	}
	r := &reader{text: s.text}
	file, err := source.ReadJSONItems(s.Origin, s.text, "keys", r.take)
	if err != nil {
		return nil, err
	}
	for _, p := range file.Problems {
		s.note(p.ID, p.Message)
	}
	if err := s.read(file.Documents, r); err != nil {
		return nil, err
	}
	s.noteDuplicates()
	return file.Documents[0], nil
}

// notJSON says what an answer is that is nothing like JSON.
func notJSON(origin string, text []byte) error {
	head := bytes.TrimSpace(text)
	switch {
	case len(head) == 0:
		return refusal(origin, "the text is empty", "was the file written, or the address answered, at all?")
	case head[0] == '<':
		return refusal(origin, "the text is an HTML or XML page, not a key set", "the address answered a sign-in, proxy or error page; open it in a browser")
	}
	return nil
}

// The bounds of a set. The largest that are published have a few dozen keys.
const (
	mostKeys = 20_000
	mostText = 5 << 20 // bytes
)

// reader reads keys while their list is being read. Where "keys" stands twice, the last list counts.
type reader struct {
	text []byte
	list *source.Value
	keys []*Key
}

func (r *reader) take(list, item *source.Value) {
	if list != r.list {
		r.list, r.keys = list, nil
	}
	if len(r.keys) < mostKeys {
		r.keys = append(r.keys, r.key(item))
	}
}

// key reads one key.
func (r *reader) key(item *source.Value) *Key {
	k := readKey(item, r.text)
	k.raw = r.text[item.Span.Start:item.Span.End]
	return k
}

// of returns the keys of a list.
func (r *reader) of(list *source.Value) []*Key {
	if list != r.list {
		return []*Key{}
	}
	return r.keys
}

func (s *Set) read(documents []*source.Value, r *reader) error {
	if len(documents) == 0 {
		return refusal(s.Origin, "the key set is empty", "")
	}
	document := documents[0]
	switch {
	case document.Is(source.List):
		s.note("bare-list", `the text is a bare list of keys, not an object with "keys": gateways refuse it`)
		return s.add(document, r)
	case document.Member("keys").Is(source.List):
		return s.add(document.Member("keys"), r)
	case document.Member("kty") != nil:
		s.note("single-key", `the text is a single key, not an object with "keys": gateways that fetch it refuse it`)
		s.Keys = []*Key{r.key(document)}
		return nil
	}
	return noSet(s.Origin, document)
}

func (s *Set) add(list *source.Value, r *reader) error {
	if n := len(list.Items); n > mostKeys {
		return refusal(s.Origin, fmt.Sprintf("the set has %d keys, and more than %d are not read", n, mostKeys), "")
	}
	s.Keys = r.of(list)
	return nil
}

// noSet says what a JSON text is that holds no keys.
func noSet(origin string, v *source.Value) error {
	pos := v.Pos
	pos.File = origin
	cause := fmt.Sprintf("the text is %s, not a key set", v.Kind)
	hint := `a key set is {"keys": [...]} (RFC 7517, section 5)`
	switch {
	case v.Member("jwks_uri") != nil:
		cause = "this is a discovery document, not a key set"
		hint = "fetch the address that its jwks_uri names, and pass that"
	case v.Member("error") != nil:
		cause, hint = "this is an error answer, not a key set", "is the tenant right?"
	case v.Member("keys") != nil:
		pos = v.Member("keys").Pos
		cause, hint = fmt.Sprintf(`"keys" is %s, not a list of keys`, v.Member("keys").Kind), ""
	case v.Is(source.Object):
		cause = `the object has no "keys"`
	}
	return &source.Error{Pos: pos, Cause: cause, Hints: source.Hints(hint)}
}

// noteDuplicates notes the kids that several keys share. Gateways differ in which of them they take.
func (s *Set) noteDuplicates() {
	count := make(map[string]int, len(s.Keys))
	for _, k := range s.Keys {
		count[k.ID]++
	}
	for _, id := range s.IDs() {
		if n := count[id]; n > 1 {
			s.note("duplicate-kid", fmt.Sprintf("%d keys have the kid %s: some gateways take the first, some the last, some try all", n, quoted(id)))
		}
	}
}

func (s *Set) note(id, message string) { s.Notes = append(s.Notes, Note{id, message}) }

func refusal(origin, cause, hint string) error {
	return &source.Error{Pos: placeOf(origin), Cause: cause, Hints: source.Hints(hint)}
}

// wanting is a refusal whose hint may ask for an input.
func wanting(origin, cause string, hint source.Hint) error {
	return &source.Error{Pos: placeOf(origin), Cause: cause, Hints: []source.Hint{hint}}
}

// placeOf is where a key set as a whole is from: a file, an address, or what it was asked for by.
func placeOf(origin string) source.Position { return source.Position{File: origin} }

// FromSecret returns the set of one shared secret, as a policy carries it. The secret is used as it is, byte by
// byte.
func FromSecret(secret []byte) *Set {
	k := &Key{Type: "oct", Bits: 8 * len(secret), Private: true, secret: bytes.Clone(secret)}
	if len(secret) == 0 {
		k.Fault = "the secret is empty"
	}
	return &Set{Origin: "shared secret", Keys: []*Key{k}, Pinned: true}
}

// quoted returns a text from the input for a message: in quotes, and no longer than a message can bear.
func quoted(s string) string {
	const most = 80
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return fmt.Sprintf("%q", s)
}
