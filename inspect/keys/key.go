package keys

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// readKey reads one JWK (RFC 7517, section 4). Whatever is wrong with it becomes its fault.
func readKey(v *source.Value, text []byte) *Key {
	k := &Key{Pos: v.Pos}
	if !v.Is(source.Object) {
		k.Fault = fmt.Sprintf("the key is %s, not an object", v.Kind)
		return k
	}
	k.readMembers(v)
	k.readChain(v, text)
	k.Private = hasPrivate(v)
	switch k.Type {
	case "RSA":
		k.readRSA(v)
	case "EC", "OKP":
		k.readCurve(v)
	case "oct":
		k.readSecret(v)
	case "":
		k.Fault = "the key has no kty" + otherCase(v, "kty")
	default:
		k.Fault = "the key type " + quoted(k.Type) + " is not known"
	}
	k.noteAlgorithm()
	return k
}

func (k *Key) readMembers(v *source.Value) {
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
		k.readString(v, m.name, m.to)
	}
	k.Operations = k.readStrings(v, "key_ops")
}

// readChain reads the first certificate of x5c. It is left in the text where that can be: of a set with many certificates they are
// the most of it.
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

// inText returns a string's content where it stands in the text as it is, and else what it was read as.
func inText(v *source.Value, text, read []byte) []byte {
	written := text[v.Span.Start:v.Span.End]
	if len(written) != len(read)+len(`""`) || bytes.IndexByte(written, '\\') >= 0 {
		return read
	}
	return written[1 : len(written)-1]
}

func (k *Key) readString(v *source.Value, name string, to *string) {
	member := v.Member(name)
	text, ok := member.Str()
	if member != nil && !ok {
		k.note("wrong-type", fmt.Sprintf("%s is %s, not a string", name, member.Kind))
	}
	*to = text
}

func (k *Key) readStrings(v *source.Value, name string) []string {
	member := v.Member(name)
	list, ok := member.Strings()
	if member != nil && (!ok || !member.Is(source.List)) {
		k.note("wrong-type", fmt.Sprintf("%s is not a list of strings", name))
	}
	return list
}

// hasPrivate reports whether a JWK gives away a private half or a secret (RFC 7518, sections 6.2.2, 6.3.2, 6.4.1).
func hasPrivate(v *source.Value) bool {
	for _, m := range v.Members {
		switch m.Key {
		case "d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv":
			return true
		}
	}
	return false
}

// otherCase says that a member is there under a name that differs by case, which a JWK's must not.
func otherCase(v *source.Value, name string) string {
	for _, m := range v.Members {
		if m.Key != name && strings.EqualFold(m.Key, name) {
			return ", but " + quoted(m.Key) + ": the names of members are lower case"
		}
	}
	return ""
}

// noteAlgorithm notes an alg that is no signature algorithm, or none of the key's type.
func (k *Key) noteAlgorithm() {
	if k.Algorithm == "" || k.Fault != "" {
		return
	}
	a, ok := algorithmOf(k.Algorithm)
	switch {
	case !ok:
		k.note("unknown-algorithm", "alg is "+quoted(k.Algorithm)+", which is no signature algorithm of RFC 7518 or RFC 8037")
	case !a.fits(k):
		k.note("algorithm-contradicts-type", "alg "+k.Algorithm+" does not fit "+k.describe())
	}
}

// describe names the key's type and size in the words of a message: "a 2048-bit RSA key".
func (k *Key) describe() string {
	switch k.Type {
	case "RSA":
		return fmt.Sprintf("a %d-bit RSA key", k.Bits)
	case "EC", "OKP":
		return "an " + k.Type + " key on " + quoted(k.Curve)
	case "oct":
		return fmt.Sprintf("a shared secret of %d bits", k.Bits)
	}
	return "a key of type " + quoted(k.Type)
}
