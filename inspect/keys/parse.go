package keys

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// The bounds of a set. Parse takes a text of MaxText bytes at most. The largest sets that are
// published have a few dozen keys.
const (
	mostKeys = 20_000
	MaxText  = 5 << 20 // bytes
)

// Parse reads a key set: a JWK Set (RFC 7517, section 5), a single JWK, a bare list of JWKs, or
// PEM. Keys that can't be used are kept with their fault. The error is a [source.Error] and says
// what the text is instead.
func Parse(origin string, text []byte) (*Set, error) {
	if len(text) > MaxText {
		return nil, refusal(origin, fmt.Sprintf("the text has more than %d MiB", MaxText>>20),
			"published key sets have at most a few hundred kilobytes; is this the right file?")
	}
	set := &Set{Origin: origin}
	content, hasMark := bytes.CutPrefix(text, []byte("\ufeff"))
	if hasMark {
		set.note("byte-order-mark",
			"the text starts with a byte order mark, which gateways refuse")
	}
	head := bytes.TrimSpace(content)
	if bytes.Contains(head, []byte("-----BEGIN ")) && !bytes.ContainsAny(head[:1], "{[<") {
		return ParsePEM(origin, string(head)) // openssl writes what it is above it
	}
	_, err := set.parse(content)
	if err != nil {
		return nil, err
	}
	return set, nil
}

// ParseJSON reads a key set in JSON. It returns the document too, which may have other members
// beside the keys.
func ParseJSON(origin string, text []byte) (*Set, *source.Value, error) {
	set := &Set{Origin: origin}
	document, err := set.parse(text)
	return set, document, err
}

func (s *Set) parse(text []byte) (*source.Value, error) {
	if err := notJSON(s.Origin, text); err != nil {
		return nil, err
	}
	r := &reader{text: text}
	file, err := source.ReadJSONItems(s.Origin, text, "keys", r.take)
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
	s.askStrictReader()
	return file.Documents[0], nil
}

// notJSON says what an answer is if it is nothing like JSON.
func notJSON(origin string, text []byte) error {
	head := bytes.TrimSpace(text)
	switch {
	case len(head) == 0:
		return refusal(origin, "the text is empty",
			"was the file written? did the address answer?")
	case head[0] == '<':
		return refusal(origin, "the text is an HTML or XML page, not a key set",
			"the address answered a sign-in, proxy or error page; open it in a browser")
	}
	return nil
}

// reader reads keys while their list is being read. If "keys" appears twice, the last list counts.
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

func (r *reader) key(item *source.Value) *Key {
	k := readKey(item, r.text)
	k.raw = r.text[item.Span.Start:item.Span.End]
	return k
}

func (s *Set) read(documents []*source.Value, r *reader) error {
	if len(documents) == 0 {
		return refusal(s.Origin, "the key set is empty", "")
	}
	document := documents[0]
	switch {
	case document.Is(source.List) && !slices.ContainsFunc(r.keys, (*Key).isOne):
		return noSet(s.Origin, document)
	case document.Is(source.List):
		s.note("bare-list",
			`the text is a bare list of keys, not an object with "keys": gateways refuse it`)
		return s.add(document, r)
	case document.Member("keys").Is(source.List):
		return s.add(document.Member("keys"), r)
	case document.Member("kty") != nil:
		s.note("single-key",
			`the text is a single key, not an object with "keys": gateways that fetch it refuse `+
				`it`)
		s.Keys = []*Key{r.key(document)}
		return nil
	}
	return noSet(s.Origin, document)
}

func (s *Set) add(list *source.Value, r *reader) error {
	if n := len(list.Items); n > mostKeys {
		return refusal(s.Origin,
			fmt.Sprintf("the set has %d keys, but gatewhy reads at most %d", n, mostKeys), "")
	}
	s.Keys = []*Key{}
	if list == r.list {
		s.Keys = r.keys
	}
	return nil
}

// isOne reports whether something is a key, whatever is wrong with it: it has a key type
// or a key id.
func (k *Key) isOne() bool { return k.Type != "" || k.ID != "" }

// noSet says what a JSON text without keys is.
func noSet(origin string, v *source.Value) error {
	pos := v.Pos
	pos.File = origin
	cause := fmt.Sprintf("the text is %s, not a key set", v.Kind)
	hint := `a key set is {"keys": [...]} (RFC 7517, section 5)`
	switch {
	case v.Member("jwks_uri") != nil:
		cause = "this is a discovery document, not a key set"
		hint = "fetch the address in its jwks_uri, and pass that"
	case v.Member("error") != nil:
		cause, hint = "this is an error answer, not a key set", "is the tenant right?"
	case v.Member("keys") != nil:
		pos = v.Member("keys").Pos
		cause = fmt.Sprintf(`"keys" is %s, not a list of keys`, v.Member("keys").Kind)
	case v.Is(source.List) && len(v.Items) > 0:
		cause = "the text is a list of what are not keys: none has a kty"
	case v.Is(source.List):
		cause = "the text is an empty list, not a key set"
	case v.Is(source.Object):
		cause = `the object has no "keys"`
	}
	return &source.Error{Pos: pos, Cause: cause, Hints: source.Hints(hint)}
}

// noteDuplicates notes the kids that several keys share. Gateways differ in which of them they
// take.
func (s *Set) noteDuplicates() {
	count := make(map[string]int, len(s.Keys))
	for _, k := range s.Keys {
		count[k.ID]++
	}
	for _, id := range s.IDs() {
		if n := count[id]; n > 1 {
			s.note("duplicate-kid", fmt.Sprintf(
				"%d keys have the kid %s: some gateways take the first, some the last, some try "+
					"all",
				n, inspect.Quoted(id)))
		}
	}
}

func refusal(origin, cause, hint string) error {
	pos := source.Position{File: origin}
	return &source.Error{Pos: pos, Cause: cause, Hints: source.Hints(hint)}
}

// readKey reads one JWK (RFC 7517, section 4). Whatever is wrong with it becomes its fault.
func readKey(v *source.Value, text []byte) *Key {
	k := &Key{Pos: v.Pos}
	if !v.Is(source.Object) {
		k.Fault = fmt.Sprintf("the key is %s, not an object", v.Kind)
		return k
	}
	for _, m := range []struct {
		name string
		to   *string
	}{
		{"kid", &k.ID},
		{"kty", &k.Type},
		{"crv", &k.Curve},
		{"use", &k.Use},
		{"alg", &k.Algorithm},
		{"issuer", &k.Issuer},
		{"cloud_instance_name", &k.CloudInstance},
		{"x5t", &k.X5T},
	} {
		*m.to = k.readString(v, m.name)
	}
	k.Operations = k.readStrings(v, "key_ops")
	k.readChain(v, text)
	k.Private = slices.ContainsFunc(v.Members, func(m source.Member) bool {
		return IsPrivateMember(m.Key)
	})
	switch k.Type {
	case "RSA":
		k.readRSA(v)
	case "EC", "OKP":
		k.readCurve(v)
	case "oct":
		k.secret = k.decode(v, "k") // RFC 7518, section 6.4.1
		k.Bits = 8 * len(k.secret)
	case "":
		k.Fault = "the key has no kty" + otherCase(v, "kty")
	default:
		k.Fault = "the key type " + inspect.Quoted(k.Type) + " is not known"
	}
	k.noteAlgorithm()
	return k
}

func (k *Key) readString(v *source.Value, name string) string {
	member := v.Member(name)
	text, ok := member.Str()
	if member != nil && !ok {
		k.note("wrong-type", fmt.Sprintf("%s is %s, not a string", name, member.Kind))
	}
	return text
}

func (k *Key) readStrings(v *source.Value, name string) []string {
	member := v.Member(name)
	list, ok := member.Strings()
	if member != nil && (!ok || !member.Is(source.List)) {
		k.note("wrong-type", fmt.Sprintf("%s is not a list of strings", name))
	}
	return list
}

// readChain reads the first certificate of x5c. It stays in the text if it can: in a set with many
// certificates they are most of it.
func (k *Key) readChain(v *source.Value, text []byte) {
	list := k.readStrings(v, "x5c")
	if len(list) == 0 {
		return
	}
	k.chain = []byte(list[0])
	if items := v.Member("x5c").Items; len(items) > 0 {
		k.chain = inText(items[0], text, k.chain)
	}
}

// inText returns a string's content as a part of the text, or what was read if the text writes it
// with escapes.
func inText(v *source.Value, text, read []byte) []byte {
	written := text[v.Span.Start:v.Span.End]
	if len(written) != len(read)+len(`""`) || bytes.IndexByte(written, '\\') >= 0 {
		return read
	}
	return written[1 : len(written)-1]
}

// IsPrivateMember reports whether a member of this name in a JWK holds a private half or a secret
// (RFC 7518, sections 6.2.2, 6.3.2, 6.4.1).
func IsPrivateMember(name string) bool {
	switch name {
	case "d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv":
		return true
	}
	return false
}

// otherCase says that a member is there under a name in another case, which a JWK must not have.
func otherCase(v *source.Value, name string) string {
	for _, m := range v.Members {
		if m.Key != name && strings.EqualFold(m.Key, name) {
			return ", but " + inspect.Quoted(m.Key) + ": member names are lower case"
		}
	}
	return ""
}

// noteAlgorithm notes an alg that is not a signature algorithm, or not one of the key's type.
func (k *Key) noteAlgorithm() {
	if k.Algorithm == "" || k.Fault != "" {
		return
	}
	a, ok := algorithmOf(k.Algorithm)
	switch {
	case !ok:
		k.note("unknown-algorithm", "alg is "+inspect.Quoted(k.Algorithm)+
			", which is not a signature algorithm of RFC 7518 or RFC 8037")
	case !a.fits(k):
		k.note("algorithm-contradicts-type", "alg "+k.Algorithm+" does not fit "+k.describe())
	}
}

// describe names the key's type and size in a message: "a 2048-bit RSA key".
func (k *Key) describe() string {
	switch k.Type {
	case "RSA":
		return fmt.Sprintf("a %d-bit RSA key", k.Bits)
	case "EC", "OKP":
		return "an " + k.Type + " key on " + inspect.Quoted(k.Curve)
	case "oct":
		return fmt.Sprintf("a shared secret of %d bits", k.Bits)
	}
	return "a key of type " + inspect.Quoted(k.Type)
}
