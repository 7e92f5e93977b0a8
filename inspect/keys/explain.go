package keys

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
)

// explain finds the reason why none of the named keys verifies the token. Each step either concludes or leaves
// it to the next.
func (v *verification) explain(named []*Key) {
	if v.byKid() {
		v.result.Verifier, _ = v.signer(v.result.Set.Keys, v.servesUnderOtherKid, v.token.SigningInput())
	}
	for _, step := range []func([]*Key) bool{
		v.publicAsSecret, v.noSuchKid, v.notUsable, v.wrongType, v.againstItsPurpose, v.wrongKey, v.hashedNonce, v.tooMany, v.wrongLength,
	} {
		if step(named) {
			return
		}
	}
	v.altered(named)
}

func (v *verification) servesUnderOtherKid(k *Key) bool { return k.ID != v.result.KeyID && v.serves(k) }

// publicAsSecret is the forgery of taking a published key for the secret of an HMAC. Nothing is computed with it.
func (v *verification) publicAsSecret([]*Key) bool {
	if !v.algorithm.isHMAC() || len(v.result.Set.Keys) == 0 || v.result.Set.hasType("oct") {
		return false
	}
	v.conclude(HMACWithPublicKey, "an algorithm of "+v.result.Set.types()+" keys", "alg "+v.algorithm.name,
		"the header asks for a shared secret, but the set has public keys: taking one as the secret would let anyone sign")
	return true
}

func (v *verification) noSuchKid(named []*Key) bool {
	switch {
	case len(named) > 0:
		return false
	case !v.byKid():
		v.conclude(KeyUnusable, "a key", "an empty set", "the set has no keys")
		return true
	}
	why := "no key of the set has the token's kid"
	if v.result.Verifier != nil {
		why += ", and " + nameOf(v.result.Verifier) + " signed it: the kid in the header is wrong"
	}
	reason := KidUnknown
	if seen, ok := v.result.Set.LastSeen(v.result.KeyID); ok {
		reason, why = KeyRolledOver, "the key that the token names was in this set until "+inspect.FormatTime(seen)+", and has been replaced since"
	}
	v.conclude(reason, "one of "+v.kids(), "kid "+quoted(v.result.KeyID), why)
	return true
}

// kids lists the set's kids for a message.
func (v *verification) kids() string {
	const most = 20
	ids := v.result.Set.IDs()
	more := ""
	if len(ids) > most {
		more = fmt.Sprintf(" and %d more", len(ids)-most)
		ids = ids[:most]
	}
	if len(ids) == 0 {
		return "the set's kids, of which there are none"
	}
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = quoted(id)
	}
	return strings.Join(list, ", ") + more
}

// notUsable concludes where every named key is broken, or too short.
func (v *verification) notUsable(named []*Key) bool {
	for _, k := range named {
		if v.fault(k) == "" {
			return false
		}
	}
	fault := v.fault(named[0])
	v.conclude(KeyUnusable, "a key that can be used", fault, nameOf(named[0])+" can't be used: "+fault)
	return true
}

func (v *verification) fault(k *Key) string {
	if k.Fault != "" {
		return k.Fault
	}
	return v.tooShort(k)
}

// wrongType concludes where none of the named keys is of a type that serves the header's algorithm.
func (v *verification) wrongType(named []*Key) bool {
	for _, k := range named {
		if v.algorithm.fits(k) {
			return false
		}
	}
	k := named[0]
	v.conclude(AlgorithmMismatch, "an algorithm for "+k.describe(), "alg "+v.algorithm.name, nameOf(k)+" can't have made a signature of this algorithm")
	return true
}

// againstItsPurpose concludes where a named key did sign the text, but says that it is not for that.
func (v *verification) againstItsPurpose(named []*Key) bool {
	k, _ := v.signer(named, v.saysOtherwise, v.token.SigningInput())
	if k == nil {
		return false
	}
	member, reason := v.contradiction(k), KeyUnusable
	if strings.HasPrefix(member, "alg ") {
		reason = AlgorithmMismatch
	}
	v.result.Named, v.result.Verifier = k, k
	v.conclude(reason, "a key for verifying "+v.algorithm.name, member,
		nameOf(k)+" made this signature, but the set says that it is for something else; many gateways do not look at that")
	return true
}

func (v *verification) saysOtherwise(k *Key) bool { return v.canVerify(k) && v.contradiction(k) != "" }

func (v *verification) wrongKey([]*Key) bool {
	k := v.result.Verifier
	if k == nil {
		return false
	}
	v.conclude(WrongKey, "a signature by "+nameOf(v.result.Named), "a signature by "+nameOf(k),
		"the text is as "+nameOf(k)+" signed it, but the header names another: the kid was changed or set wrongly")
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
	v.conclude(GraphNonce, "a token for this API", "a token for Microsoft Graph or another Microsoft API",
		"the signature is right once the header's nonce is replaced by its hash: only Microsoft's own APIs can verify such a token; ask for one with a scope of your API")
	return true
}

// tooMany concludes that nothing is known, where not every key was tried.
func (v *verification) tooMany(named []*Key) bool {
	if !v.gaveUp {
		return false
	}
	v.result.Outcome = Unknown
	v.conclude(TooManyKeys, fmt.Sprintf("a signature by one of %d keys", len(named)), fmt.Sprintf("none by the first %d", v.mostTried),
		fmt.Sprintf("%d keys may have signed this text, and no more than %d are tried", len(named), v.mostTried))
	return true
}

func (v *verification) altered(named []*Key) {
	why := "none of the set's keys signed this text: it was altered after signing, or the key is in another set"
	expected := "a signature by one of the set's keys"
	if v.result.Named != nil {
		expected = "a signature by " + nameOf(named[0])
		why = nameOf(named[0]) + ", which the token names, did not sign this text, and no other key of the set did: the text was altered after signing, or it was signed by another key that uses the same kid"
	}
	if len(v.token.Payload) == 0 {
		why += "; its payload is empty, so the content may have been kept apart or cut out"
	}
	if wrong := wrongResource(v.token); wrong != "" {
		v.result.WrongResource = true
		why = wrong + "; " + why
	}
	v.conclude(TextAltered, expected, "a signature that no key of the set made over this text", why)
}

func (s *Set) hasType(kty string) bool {
	for _, k := range s.Keys {
		if k.Type == kty {
			return true
		}
	}
	return false
}

// types lists the types of the set's keys.
func (s *Set) types() string {
	var list []string
	for _, k := range s.Keys {
		if k.Type != "" && !slices.Contains(list, k.Type) {
			list = append(list, k.Type)
		}
	}
	return strings.Join(list, " and ")
}
