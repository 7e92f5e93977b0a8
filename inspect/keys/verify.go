package keys

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// Verify says whether a key of the set signed the token. Only the signature is looked at, so the payload may be
// anything that can be decoded. The algorithms allowed are those given, or all that [Algorithms] lists; whatever the
// token says, a key serves only those of its own type. Without a set the outcome is Unknown.
//
// A kid picks the keys that have it; a token without one, and a Pinned set, have every key tried. A key whose
// alg, use or key_ops says that it is not for this is refused even where the signature is its own, and the result
// names it as the Verifier: many gateways do not look (RFC 8725, section 3.1; RFC 7517, sections 4.2 to 4.4).
func Verify(t *inspect.Token, set *Set, allowed ...string) Result {
	v := verification{token: t, result: Result{Outcome: Fail, Set: set}}
	v.result.Algorithm, _ = t.Header.Member("alg").Str()
	v.result.KeyID, _ = t.Header.Member("kid").Str()
	if v.readable() && v.allowed(allowed) && v.hasKeys() {
		v.try()
	}
	return v.result
}

type verification struct {
	token     *inspect.Token
	algorithm algorithm
	gaveUp    bool // not all of the keys that may be right were tried
	mostTried int  // how many of them were
	tried     int  // by the signer that was asked last
	result    Result
}

func (v *verification) conclude(reason Reason, expected, actual, why string) {
	r := &v.result
	r.Reason, r.Expected, r.Actual, r.Why = reason, expected, actual, why
}

// readable checks that there is something to verify.
func (v *verification) readable() bool {
	t := v.token
	switch {
	case t.Shape != inspect.Signed || t.Header == nil || !payloadDecoded(t):
		v.conclude(NoReadableJWS, "a signed token in compact form", faultOf(t), "only a signed token in compact form (header.payload.signature) can be verified")
	case isNone(v.result.Algorithm):
		v.conclude(Unsigned, "a signature", "alg "+quoted(v.result.Algorithm), "the token is not signed: anyone can write one")
	case len(t.Signature) == 0:
		v.conclude(Unsigned, "a signature", "none", "the signature is empty: it was cut off, or the token was never signed")
	case t.Header.Member("crit") != nil:
		crit := t.Header.Member("crit")
		v.conclude(CriticalHeader, "no crit", "crit "+quoted(crit.JSON()), whyCritical(crit)+" (RFC 7515, section 4.1.11)")
	default:
		return true
	}
	return false
}

// whyCritical says why a token with this crit must be rejected.
func whyCritical(crit *source.Value) string {
	if names, ok := crit.Strings(); !ok || !crit.Is(source.List) || len(names) == 0 {
		return "the header's crit is no list of the names of extensions, and such a token must be rejected"
	}
	return "the header's crit asks for extensions that must be understood, and none is"
}

// payloadDecoded reports whether the payload is base64url. What it holds does not matter to the signature.
func payloadDecoded(t *inspect.Token) bool {
	if t.Fault == nil {
		return true
	}
	switch t.Fault.ID {
	case "payload-not-json", "payload-too-large", "payload-not-object", "empty-payload":
		return true
	}
	return false
}

func faultOf(t *inspect.Token) string {
	if t.Fault == nil {
		return "none"
	}
	return t.Fault.Cause
}

// allowed checks the header's algorithm against the list.
func (v *verification) allowed(names []string) bool {
	if len(names) == 0 {
		names = Algorithms()
	}
	alg := v.result.Algorithm
	known := false
	v.algorithm, known = algorithmOf(alg)
	for _, name := range names {
		if name == alg && known {
			return true
		}
	}
	actual, why := "alg "+quoted(alg), "the header's algorithm is not one of those allowed"
	switch member := v.token.Header.Member("alg"); {
	case member == nil:
		actual, why = "no alg in the header", "the header names no algorithm"
	case member.Kind != source.String:
		actual, why = "alg "+quoted(member.JSON()), "the header's alg is "+member.Kind.String()+", so it names no algorithm"
	}
	v.conclude(AlgorithmNotAllowed, strings.Join(names, ", "), actual, why)
	return false
}

func (v *verification) hasKeys() bool {
	if v.result.Set != nil {
		return true
	}
	v.result.Outcome = Unknown
	v.conclude(NoKeys, "a key set", "none", "without a key set nothing can be said of the signature")
	return false
}

// try looks for the key that signed the text among those that may be right.
func (v *verification) try() {
	named := v.candidates()
	k, all := v.signer(named, v.serves, v.token.SigningInput())
	v.gaveUp, v.mostTried = !all, v.tried
	switch {
	case k != nil:
		v.result.Named = k
		v.verified(k, named)
		return
	case v.byKid() && len(named) > 0:
		v.result.Named = named[0]
	}
	v.explain(named)
}

func (v *verification) verified(k *Key, named []*Key) {
	v.result.Outcome, v.result.Verifier = Pass, k
	v.conclude(SignatureVerified, "a signature by "+nameOf(k), v.algorithm.name+" by "+nameOf(k), "the signature is right: the text is as "+nameOf(k)+" signed it")
	if kid := v.token.Header.Member("kid"); kid != nil && kid.Kind != source.String {
		v.note("kid-not-string", "the header's kid is "+kid.Kind.String()+", not a string (RFC 7515, section 4.1.4), so every key was tried; gateways may refuse it")
	}
	if !k.LastSeen.IsZero() {
		v.note("key-not-in-newest-set", nameOf(k)+" is not in the newest set any more; it was last in it on "+inspect.FormatTime(k.LastSeen)+", and a gateway may have dropped it")
	}
	if v.byKid() && len(named) > 1 {
		v.note("duplicate-kid", fmt.Sprintf("%d keys of the set have the token's kid, and key %d of them verifies it; gateways that take only the first or only the last may refuse it", len(named), 1+slices.Index(named, k)))
	}
}

func (v *verification) note(id, message string) {
	v.result.Notes = append(v.result.Notes, Note{id, message})
}

// nameOf names a key in a message.
func nameOf(k *Key) string {
	if k.ID == "" {
		return "the key given"
	}
	return "key " + quoted(k.ID)
}
