package keys

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// Outcome is the result of a check.
type Outcome uint8

// The outcomes. Skipped is for what was not asked, or can't be asked.
const (
	Unknown Outcome = iota
	Pass
	Fail
	Skipped
)

// String returns the outcome as JSON writes it.
func (o Outcome) String() string {
	return [...]string{"unknown", "pass", "fail", "skipped"}[o]
}

// Reason says why a signature verifies, or why not. The list is closed.
type Reason uint8

// The reasons.
const (
	NoKeys              Reason = iota // no key set was given: nothing can be said
	SignatureVerified                 // a key of the set signed this text
	NoReadableJWS                     // the text is opaque, encrypted, or damaged
	Unsigned                          // the algorithm is none, or the signature is empty
	CriticalHeader                    // crit has unknown extensions (RFC 7515, section 4.1.11)
	AlgorithmNotAllowed               // the header's algorithm is not one of those allowed
	AlgorithmMismatch                 // the named key does not serve the header's algorithm
	HMACWithPublicKey                 // HS256, but the set has public keys: the classic forgery
	KidUnknown                        // no key of the set has the token's kid
	KeyRolledOver                     // the same, but a cache saw the key in the set once
	KeyUnusable                       // the named key is broken, or not for verifying
	WrongKey                          // the set's other keys include the one that signed
	GraphNonce                        // it verifies with its nonce hashed: a token for Graph
	TextAltered                       // no key of the set signed this text
	TooManyKeys                       // the set has more keys than are tried: nothing can be said
	KeyOfTenant                       // a key of the token's tenant signed it, which the set lacks
	KeyOfApp                          // the key of one app alone signed it (?appid=)
	KeyOfCloud                        // a key of another cloud signed it
	SignatureMasked                   // the text has no signature to verify: nothing can be said
)

// String returns the reason's name in kebab-case.
func (r Reason) String() string {
	return [...]string{
		"no-keys", "verified", "no-readable-jws", "unsigned", "critical-header",
		"algorithm-not-allowed", "algorithm-mismatch", "hmac-with-public-key", "kid-unknown",
		"key-rolled-over", "key-unusable", "wrong-key", "graph-nonce", "text-altered",
		"too-many-keys", "key-of-tenant", "key-of-app", "key-of-cloud", "signature-masked",
	}[r]
}

// Result is what Verify found. It holds nothing of the token but its kid, its algorithm, and who
// issued it for which app.
type Result struct {
	Outcome Outcome // Pass, Fail or Unknown
	Reason  Reason

	KeyID     string // the token's kid, or empty
	Algorithm string // the header's alg, or empty
	Set       *Set

	Named    *Key // the key that the token names, or nil
	Verifier *Key // the key that signed the text, or nil; even if the outcome is Fail

	// Misfit means that the signature is too long or too short for each key that may have made it.
	// WrongResource means that only Microsoft's own APIs can verify the token. Both come with
	// TextAltered.
	Misfit, WrongResource bool

	// Elsewhere is why the set can't have the token's key. It comes with KidUnknown.
	Elsewhere Elsewhere

	Expected string
	Actual   string
	Why      string // one sentence

	// Notes are what else is worth knowing, such as two keys with the same kid.
	Notes []Note
}

// Verify says whether a key of the set signed the token. It looks at the signature alone, so the
// payload may be anything that can be decoded. The allowed algorithms are those given, or all of
// [Algorithms]. Whatever the token says, a key serves only the algorithms of its own type. Without
// a set the outcome is Unknown.
//
// A kid picks the keys that have it. If the token has no kid, or the set is Pinned, every key is
// tried. A key is refused if its alg, use or key_ops says that it is not for verifying this token.
// If it signed the token all the same, the result names it as the Verifier, because many gateways
// do not look at these members (RFC 8725, section 3.1; RFC 7517, sections 4.2 to 4.4).
func Verify(t *inspect.Token, set *Set, allowed ...string) Result {
	return Lenience{}.Verify(t, set, allowed...)
}

// Lenience is what a verifier lets pass that it must refuse.
type Lenience struct {
	// GoOIDC says that keys are read and chosen as go-oidc does it: one that can't be read spoils
	// the set, and what a key says of its use does not count.
	GoOIDC bool

	// UsualKeys says that the verifier skips a key with digits of standard base64, and an RSA key
	// whose exponent is neither 3 nor 65537.
	UsualKeys bool

	AnyKid    bool // each key is tried, whatever the token's kid
	Kidless   bool // a key without a kid verifies a token that has one
	AnyUse    bool // a key's use and key_ops do not count, nor how short a secret is
	AnyCrit   bool // a crit, whatever it says
	EmptyCrit bool // a crit that names no extension, or is null (RFC 7515, section 4.1.11)

	// B64 says that a crit may name b64 (RFC 7797), which changes nothing of a signature over an
	// encoded payload.
	B64 bool
}

// Verify is [Verify] by such a verifier.
func (l Lenience) Verify(t *inspect.Token, set *Set, allowed ...string) Result {
	v := verification{token: t, lenience: l, result: Result{Outcome: Fail, Set: set}}
	v.result.Algorithm = t.Header.TextAt("alg")
	v.result.KeyID = t.Header.TextAt("kid")
	if v.readable() && v.allowed(allowed) && v.hasKeys() {
		v.try()
	}
	return v.result
}

type verification struct {
	token     *inspect.Token
	lenience  Lenience
	algorithm algorithm
	gaveUp    bool // not all of the keys that may be right were tried
	mostTried int  // how many of them were
	tried     int  // how many keys the last call of signer tried
	result    Result
}

func (v *verification) conclude(reason Reason, expected, actual, why string) {
	r := &v.result
	r.Reason, r.Expected, r.Actual, r.Why = reason, expected, actual, why
}

// readable checks that there is something to verify.
func (v *verification) readable() bool {
	t := v.token
	fault := "none"
	if t.Fault != nil {
		fault = t.Fault.Cause
	}
	switch {
	case t.Fault != nil && t.Fault.Limit && !payloadDecoded(t):
		v.result.Outcome = Unknown
		v.conclude(NoReadableJWS, "a signed token in compact form", fault, fault)
	case t.Shape != inspect.Signed || t.Header == nil || !payloadDecoded(t):
		v.conclude(NoReadableJWS, "a signed token in compact form", fault,
			"only a signed token in compact form (header.payload.signature) can be verified")
	case isNone(v.result.Algorithm):
		v.conclude(Unsigned, "a signature", "alg "+inspect.Quoted(v.result.Algorithm),
			"the token is not signed, so anyone can make one up")
	case len(t.Signature) == 0 && !t.Masked:
		v.conclude(Unsigned, "a signature", "none",
			"the signature is empty: it was cut off, or the token was never signed")
	case v.critical():
		crit := t.Header.Member("crit")
		v.conclude(CriticalHeader, "no crit", "crit "+inspect.Quoted(crit.JSON()),
			whyCritical(crit)+" (RFC 7515, section 4.1.11)")
	default:
		return true
	}
	return false
}

// critical reports whether the header has a crit that is not let pass.
func (v *verification) critical() bool {
	crit := v.token.Header.Member("crit")
	empty := crit.Is(source.List) && len(crit.Items) == 0 || crit.Is(source.Null)
	if crit == nil || v.lenience.AnyCrit || empty && v.lenience.EmptyCrit {
		return false
	}
	names, _ := crit.Strings()
	return !crit.Is(source.List) || len(names) == 0 ||
		slices.ContainsFunc(names, func(name string) bool {
			return name != "b64" || !v.lenience.B64
		})
}

// whyCritical says why a token with this crit must be rejected.
func whyCritical(crit *source.Value) string {
	if names, ok := crit.Strings(); !ok || !crit.Is(source.List) || len(names) == 0 {
		return "the header's crit is not a list of extension names, and such a token must be " +
			"rejected"
	}
	return "the header's crit requires extensions, and gatewhy supports none"
}

// payloadDecoded reports whether the payload is base64url. What it holds does not matter to the
// signature.
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

// allowed checks the header's algorithm against the list.
func (v *verification) allowed(names []string) bool {
	if len(names) == 0 {
		names = Algorithms()
	}
	alg := v.result.Algorithm
	known := false
	v.algorithm, known = algorithmOf(alg)
	if known && slices.Contains(names, alg) {
		return true
	}
	actual, why := "alg "+inspect.Quoted(alg), "the header's algorithm is not one of those allowed"
	switch member := v.token.Header.Member("alg"); {
	case member == nil:
		actual, why = "no alg in the header", "the header names no algorithm"
	case member.Kind != source.String:
		actual, why = "alg "+inspect.Quoted(member.JSON()),
			"the header's alg is "+member.Kind.String()+", so it names no algorithm"
	}
	v.conclude(AlgorithmNotAllowed, strings.Join(names, ", "), actual, why)
	return false
}

func (v *verification) hasKeys() bool {
	if v.lenience.GoOIDC {
		if why := v.result.Set.spoiledBy(); why != "" {
			v.conclude(KeyUnusable, "a key set that can be read", why,
				"the gateway reads no key of the set, for "+why)
			return false
		}
	}
	if v.result.Set != nil {
		return true
	}
	v.result.Outcome = Unknown
	v.conclude(NoKeys, "a key set", "none", "the signature can't be checked without a key set")
	return false
}

// try looks for the key that signed the text among the candidates.
func (v *verification) try() {
	named := v.candidates()
	k, all := v.signer(named, v.serves, v.token.SigningInput())
	v.gaveUp, v.mostTried = !all, v.tried
	switch {
	case k != nil:
		v.result.Named = k
		v.verified(k)
		return
	case v.byKid() && len(named) > 0:
		v.result.Named = named[0]
	}
	v.explain(named)
}

func (v *verification) verified(k *Key) {
	v.result.Outcome, v.result.Verifier = Pass, k
	v.conclude(SignatureVerified, "a signature by "+k.Name(), v.algorithm.name+" by "+k.Name(),
		"valid, signed with "+k.Name())
	if kid := v.token.Header.Member("kid"); kid != nil && kid.Kind != source.String {
		v.note("kid-not-string",
			"the header's kid is "+kid.Kind.String()+
				", not a string (RFC 7515, section 4.1.4), so every key was tried; gateways may "+
				"refuse it")
	}
	if !k.LastSeen.IsZero() {
		v.note("key-not-in-newest-set",
			k.Name()+" is no longer in the newest set; it was last there on "+
				inspect.FormatTime(k.LastSeen)+", and a gateway may have dropped it")
	}
	same := v.result.Set.Find(v.result.KeyID)
	if which := 1 + slices.Index(same, k); v.byKid() && which > 0 && !v.eachEnd(same, k) {
		v.note("duplicate-kid", fmt.Sprintf("%d keys in the set have the token's kid, and key "+
			"%d of them verifies it; gateways that take only the first or only the last may "+
			"refuse it", len(same), which))
	}
}

// eachEnd reports whether the first and the last of some keys verify the token, as one does.
func (v *verification) eachEnd(same []*Key, one *Key) bool {
	last := same[len(same)-1]
	return same[0] == one && (last == one || v.serves(last) &&
		v.algorithm.matches(last, v.token.SigningInput(), v.token.Signature))
}

func (v *verification) note(id, message string) {
	v.result.Notes = append(v.result.Notes, Note{id, message})
}

// mostTries bounds how many keys are tried on one token, each counted by its cost. Entra's key
// sets have about six keys.
const mostTries = 250

// cost is how many tries a key counts as. RSA's time grows with the square of the key's size: one
// try with the largest key takes more than ten milliseconds.
func (k *Key) cost() int {
	switch {
	case k.Type != "RSA" || k.Bits <= 4096:
		return 1
	case k.Bits <= 8192:
		return 4
	}
	return 8
}

// signer returns the first suitable key that signed the input, and whether all suitable keys were
// tried.
func (v *verification) signer(list []*Key, suitable func(*Key) bool,
	input string,
) (k *Key, all bool) {
	v.tried = 0
	spent := 0
	for _, k := range list {
		if !suitable(k) {
			continue
		}
		if spent += k.cost(); spent > mostTries {
			return nil, false
		}
		v.tried++
		if v.algorithm.matches(k, input, v.token.Signature) {
			return k, true
		}
	}
	return nil, true
}

// byKid reports whether the token's kid decides which key is right.
func (v *verification) byKid() bool {
	return v.result.KeyID != "" && !v.result.Set.Pinned && !v.lenience.AnyKid
}

func (v *verification) candidates() []*Key {
	set, kid := v.result.Set, v.result.KeyID
	switch {
	case !v.byKid():
		return set.Keys
	case v.lenience.Kidless:
		other := func(k *Key) bool { return k.ID != "" && k.ID != kid }
		return source.Without(set.Keys, other)
	}
	return set.Find(kid)
}

// serves reports whether the key may verify a signature of the token's algorithm.
func (v *verification) serves(k *Key) bool {
	if v.lenience.GoOIDC {
		// go-jose verifies nothing with a private key
		return v.canVerify(k) && !k.Private && (k.Algorithm == "" || ofGoOIDC(k.Algorithm))
	}
	return v.canVerify(k) && v.contradiction(k) == ""
}

// canVerify reports whether the key can verify a signature of the token's algorithm, whatever the
// key says about its purpose.
func (v *verification) canVerify(k *Key) bool {
	return v.fault(k) == "" && v.algorithm.fits(k)
}

// tooShort says why a secret is too short for the algorithm (RFC 7518, section 3.2).
func (v *verification) tooShort(k *Key) string {
	if !v.algorithm.isHMAC() || k.Type != "oct" || k.Bits >= 8*v.algorithm.hash.Size() ||
		v.lenience.AnyUse {
		return ""
	}
	return fmt.Sprintf("a secret of %d bits is too short for %s, which needs %d", k.Bits,
		v.algorithm.name, 8*v.algorithm.hash.Size())
}

// contradiction returns the member of the key that says that it must not verify this token, or
// nothing.
func (v *verification) contradiction(k *Key) string {
	switch {
	case k.Algorithm != "" && intended(k.Algorithm) != v.algorithm.name:
		return "alg " + inspect.Quoted(k.Algorithm)
	case v.lenience.AnyUse:
	case k.Use != "" && k.Use != "sig":
		return "use " + inspect.Quoted(k.Use)
	case len(k.Operations) > 0 && !slices.Contains(k.Operations, "verify") &&
		!(v.algorithm.isHMAC() && slices.Contains(k.Operations, "sign")):
		return "key_ops " + inspect.Quoted(strings.Join(k.Operations, ", "))
	}
	return ""
}
