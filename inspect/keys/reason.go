package keys

// Outcome is what came of a check.
type Outcome uint8

// The outcomes. Skipped is for what was not asked, or can't be asked.
const (
	Unknown Outcome = iota
	Pass
	Fail
	Skipped
)

// String returns the outcome as it stands in JSON.
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
	CriticalHeader                    // crit asks for something that is not understood (RFC 7515, section 4.1.11)
	AlgorithmNotAllowed               // the header's algorithm is none of those that are allowed
	AlgorithmMismatch                 // the named key can't serve the header's algorithm, or is meant for another
	HMACWithPublicKey                 // HS256 or the like, but the set has public keys: the classic forgery
	KidUnknown                        // no key of the set has the token's kid
	KeyRolledOver                     // the same, but the cache knows that the set had that key once
	KeyUnusable                       // the named key is broken, or says that it is not for verifying
	WrongKey                          // another key of the set than the named one signed this text
	GraphNonce                        // it would verify with the header's nonce hashed: a token for Microsoft Graph
	TextAltered                       // no key of the set signed this text
	TooManyKeys                       // the set has more keys than are tried: nothing can be said
	KeyOfTenant                       // a key of the token's own tenant signed it, and the set asked is another's
	KeyOfApp                          // a key signed it that belongs to one app alone (claims mapping, ?appid=)
	KeyOfCloud                        // a key of another cloud signed it
)

// String returns the reason's name in kebab-case.
func (r Reason) String() string {
	return [...]string{
		"no-keys", "verified", "no-readable-jws", "unsigned", "critical-header", "algorithm-not-allowed",
		"algorithm-mismatch", "hmac-with-public-key", "kid-unknown", "key-rolled-over", "key-unusable", "wrong-key", "graph-nonce",
		"text-altered", "too-many-keys", "key-of-tenant", "key-of-app", "key-of-cloud",
	}[r]
}

// Result is what Verify found. It holds nothing of the token but its kid and its algorithm.
type Result struct {
	Outcome Outcome // Pass, Fail or Unknown
	Reason  Reason

	KeyID     string // the token's kid, or empty
	Algorithm string // the header's alg, or empty
	Set       *Set

	Named    *Key // the key that the token names, or nil
	Verifier *Key // the key that verifies the signature, or nil; it may do so though the outcome is Fail

	// Misfit means that the signature has not the length of one by the keys that it could be of, and WrongResource that the token
	// is one that none but Microsoft's own APIs can verify. Both come with TextAltered.
	Misfit, WrongResource bool

	Expected string
	Actual   string
	Why      string // one sentence

	// Notes are what else is worth knowing, such as two keys with the same kid.
	Notes []Note
}
