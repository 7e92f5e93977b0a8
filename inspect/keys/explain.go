package keys

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// explain finds the reason why none of the named keys verifies the token. Each step concludes, or
// leaves it to the next.
func (v *verification) explain(named []*Key) {
	switch {
	case !v.byKid():
	case !v.result.Set.brief || v.gaveUp:
		underOtherKid := func(k *Key) bool { return k.ID != v.result.KeyID && v.serves(k) }
		v.result.Verifier, _ = v.signer(v.result.Set.Keys, underOtherKid, v.token.SigningInput())
	case len(named) == 0:
		v.conclude(KidUnknown, "a key with the token's kid", "none", noSuchKid)
		return
	}
	for _, step := range []func([]*Key) bool{
		v.publicAsSecret, v.unknownKid, v.notUsable, v.wrongType, v.againstItsPurpose, v.masked,
		v.wrongKey, v.hashedNonce, v.tooMany, v.wrongLength,
	} {
		if step(named) {
			return
		}
	}
	v.altered(named)
}

// publicAsSecret is about a forgery: the attacker takes a published key as the secret of an HMAC.
// Nothing is computed with it.
func (v *verification) publicAsSecret([]*Key) bool {
	isSecret := func(k *Key) bool { return k.Type == "oct" }
	set := v.result.Set
	if !v.algorithm.isHMAC() || len(set.Keys) == 0 || slices.ContainsFunc(set.Keys, isSecret) {
		return false
	}
	v.conclude(HMACWithPublicKey, "an algorithm of "+set.types()+" keys",
		"alg "+v.algorithm.name,
		"the header asks for a shared secret, but the set has public keys: using one as the "+
			"secret would let anyone sign tokens")
	return true
}

const noSuchKid = "the key set has no key with the token's kid"

func (v *verification) unknownKid(named []*Key) bool {
	switch {
	case len(named) > 0:
		return false
	case !v.byKid():
		v.conclude(KeyUnusable, "a key", "an empty set", "the set has no keys")
		return true
	}
	reason, why := KidUnknown, noSuchKid
	seen, rolledOver := v.result.Set.LastSeen(v.result.KeyID)
	switch {
	case rolledOver:
		reason, why = KeyRolledOver,
			"the key that the token names was in this set until "+inspect.FormatTime(seen)+
				", and has since been replaced"
	case v.result.Verifier != nil && v.result.Verifier.ID == "":
		why += ", and a key without a kid signed it"
	case v.result.Verifier != nil:
		why += ", and " + v.result.Verifier.Name() + " signed it: the kid in the header is wrong"
	default:
		elsewhere, because := v.result.Set.elsewhere(v.token)
		if v.result.Elsewhere = elsewhere; elsewhere != Nowhere {
			why = because + "; " + why
		}
	}
	v.conclude(reason, "one of "+v.kids(), "kid "+inspect.Quoted(v.result.KeyID), why)
	return true
}

// masked is about a token that was shown without its signature.
func (v *verification) masked([]*Key) bool {
	if !v.token.Masked {
		return false
	}
	v.result.Outcome = Unknown
	v.conclude(SignatureMasked, "a signature", "a mask in its place",
		"the signature was masked by the program that showed the token")
	return true
}

// kids lists the set's kids for a message.
func (v *verification) kids() string {
	ids := v.result.Set.IDs()
	if len(ids) == 0 {
		return "the set's kids (it has none)"
	}
	for i, id := range ids[:min(len(ids), inspect.MostNames)] {
		ids[i] = inspect.Quoted(id)
	}
	return inspect.Few(ids, inspect.MostNames)
}

// notUsable concludes if every named key is broken, or too short.
func (v *verification) notUsable(named []*Key) bool {
	if slices.ContainsFunc(named, func(k *Key) bool { return v.fault(k) == "" }) {
		return false
	}
	fault := v.fault(named[0])
	v.conclude(KeyUnusable, "a key that can be used", fault,
		named[0].Name()+" can't be used: "+fault)
	return true
}

func (v *verification) fault(k *Key) string {
	switch {
	case k.Fault != "":
		return k.Fault
	case v.lenience.UsualKeys && k.unusual != "":
		return k.unusual
	}
	return v.tooShort(k)
}

// wrongType concludes if no named key has a type that serves the header's algorithm.
func (v *verification) wrongType(named []*Key) bool {
	if slices.ContainsFunc(named, v.algorithm.fits) {
		return false
	}
	k := named[0]
	v.conclude(AlgorithmMismatch, "an algorithm for "+k.describe(), "alg "+v.algorithm.name,
		k.Name()+" can't have made a signature of this algorithm")
	return true
}

// againstItsPurpose concludes if a named key signed the text, but says that it is not meant for
// that.
func (v *verification) againstItsPurpose(named []*Key) bool {
	saysOtherwise := func(k *Key) bool { return v.canVerify(k) && v.contradiction(k) != "" }
	k, _ := v.signer(named, saysOtherwise, v.token.SigningInput())
	if k == nil {
		return false
	}
	member, reason := v.contradiction(k), KeyUnusable
	if strings.HasPrefix(member, "alg ") {
		reason = AlgorithmMismatch
	}
	v.result.Named, v.result.Verifier = k, k
	v.conclude(reason, "a key for verifying "+v.algorithm.name, member,
		k.Name()+
			" made this signature, but the set marks it for another use; many gateways ignore "+
			"that")
	return true
}

func (v *verification) wrongKey([]*Key) bool {
	k := v.result.Verifier
	if k == nil {
		return false
	}
	v.conclude(WrongKey, "a signature by "+v.result.Named.Name(), "a signature by "+k.Name(),
		k.Name()+
			" signed the token, but the header names another: the kid was changed or set wrongly")
	return true
}

func (v *verification) hashedNonce(named []*Key) bool {
	input, ok := hashedNonceInput(v.token)
	if !ok {
		return false
	}
	if k, _ := v.signer(named, v.serves, input); k == nil {
		return false
	}
	v.conclude(GraphNonce, "a token for this API",
		"a token for Microsoft Graph or another Microsoft API",
		"the signature is valid only after the header's nonce is replaced by its hash: only "+
			"Microsoft's own APIs can verify such a token; ask for a token with a scope of your "+
			"API")
	return true
}

// tooMany concludes that nothing is known if not every key was tried.
func (v *verification) tooMany(named []*Key) bool {
	if !v.gaveUp {
		return false
	}
	v.result.Outcome = Unknown
	v.conclude(TooManyKeys, fmt.Sprintf("a signature by one of %d keys", len(named)),
		fmt.Sprintf("none by the first %d", v.mostTried),
		fmt.Sprintf("%d keys may have signed this token, but gatewhy tries only %d", len(named),
			v.mostTried))
	return true
}

func (v *verification) altered(named []*Key) {
	why := "the signature does not match: the token was altered, or signed with a key that is " +
		"not in this set"
	expected := "a signature by one of the set's keys"
	if v.result.Named != nil {
		expected = "a signature by " + named[0].Name()
		why = named[0].Name() +
			", which the token names, does not match the signature, and neither does any other " +
			"key in the set: the token was altered, or signed with another key of the same kid"
	}
	if len(v.token.Payload) == 0 {
		why += "; its payload is empty, so the content may be stored separately or have been " +
			"cut out"
	}
	if wrong := wrongResource(v.token); wrong != "" {
		v.result.WrongResource = true
		why = wrong + "; " + why
	}
	v.conclude(TextAltered, expected, "a signature that matches no key in the set", why)
}

// types lists the types of the set's keys, as far as they name one.
func (s *Set) types() string {
	var list []string
	for _, k := range s.Keys {
		if k.Type != "" && !slices.Contains(list, k.Type) {
			list = append(list, k.Type)
		}
	}
	if len(list) == 0 {
		return "the set's"
	}
	return strings.Join(list, " and ")
}

// wrongLength concludes if no named key makes signatures of this length: then the signature is
// wrong, not the text.
func (v *verification) wrongLength(named []*Key) bool {
	size, found := v.sizeOf(named), len(v.token.Signature)
	if size == 0 || size == found {
		return false
	}
	why, with := "the signature is too long", "this key"
	switch {
	case !v.byKid() && len(named) > 1:
		why, with = "the signature was cut off, or the key is in another set", "the set's keys"
	case found < size:
		why = "the signature was cut off"
	}
	why = fmt.Sprintf("%s: it has %d bytes, but %s with %s makes %d", why, found,
		v.algorithm.name, with, size)
	v.result.Misfit = true
	v.conclude(TextAltered, fmt.Sprintf("a signature of %d bytes", size),
		fmt.Sprintf("one of %d bytes", found), why)
	return true
}

// sizeOf returns the size in bytes of a signature by the keys that may have made it, or 0 if their
// sizes differ.
func (v *verification) sizeOf(list []*Key) int {
	size := 0
	for _, k := range list {
		if !v.serves(k) {
			continue
		}
		if n := v.algorithm.size(k); size == 0 || n == size {
			size = n
			continue
		}
		return 0
	}
	return size
}

// size returns how many bytes a signature by a key has (RFC 8017, section 8; RFC 7518, sections
// 3.2 and 3.4; RFC 8032, section 5.1.6).
func (a algorithm) size(k *Key) int {
	switch key := k.public.(type) {
	case *rsa.PublicKey:
		return key.Size()
	case *ecdsa.PublicKey:
		return 2 * ((key.Curve.Params().BitSize + 7) / 8)
	case ed25519.PublicKey:
		return ed25519.SignatureSize
	}
	return a.hash.Size()
}

// wrongResource says that a token is for Microsoft Graph, or has Graph's nonce: only Microsoft's
// APIs can verify such a token, altered or not
// (learn.microsoft.com/entra/identity-platform/access-tokens, "Validate tokens"). It returns
// nothing for any other token.
func wrongResource(t *inspect.Token) string {
	const others = " can't be verified by others"
	p := inspect.Describe(t)
	graph, _ := entra.AppByID(entra.Graph)
	_, nonce := nonceText(t.Header.Find("nonce"))
	switch {
	case p.Resource == graph.Name, strings.EqualFold(p.ClientID.Value, graph.ID):
		return "wrong resource: a token for " + graph.Name + others
	case nonce && p.Resource != "":
		return "wrong resource: a token for " + p.Resource + " that has a nonce in its header" +
			others
	case nonce:
		return "wrong resource: the header has a nonce, as tokens for Microsoft Graph do, and " +
			"only Microsoft can verify those"
	}
	return ""
}

// hashedNonceInput returns what Entra signed if the token is for Microsoft Graph: the header with
// its nonce replaced by the base64url text of its SHA-256, and the rest as it is. Microsoft does
// not document this. It holds for the sample in Microsoft's own documentation
// (v2-oauth2-on-behalf-of-flow.md), and github.com/lukaszraczylo/traefikoidc pull 138 found the
// same.
func hashedNonceInput(t *inspect.Token) (string, bool) {
	nonce := t.Header.Find("nonce")
	text, ok := nonceText(nonce)
	if !ok {
		return "", false
	}
	header, payload, _ := strings.Cut(t.SigningInput(), ".")
	raw, err := base64.RawURLEncoding.DecodeString(header)
	if err != nil || nonce.Value.Span.End > len(raw) {
		return "", false
	}
	sum := sha256.Sum256([]byte(text))
	hashed, err := json.Marshal(base64.RawURLEncoding.EncodeToString(sum[:]))
	if err != nil {
		return "", false
	}
	span := nonce.Value.Span
	replaced := string(raw[:span.Start]) + string(hashed) + string(raw[span.End:])
	return base64.RawURLEncoding.EncodeToString([]byte(replaced)) + "." + payload, true
}

func nonceText(nonce *source.Member) (string, bool) {
	if nonce == nil {
		return "", false
	}
	return nonce.Value.Str()
}
