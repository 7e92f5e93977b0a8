// Package keys reads key sets, and says whether a key of a set signed a token, and if not, why not.
//
// A set is read key by key: one that can't be used is kept with its fault, and never spoils its neighbours
// (RFC 7517, section 5). [Verify] looks at the signature alone, as a gateway does; [Expect.Verify] adds what verify needs
// beyond it: the times, the issuer, the tenant, and whether the key may sign for that issuer at all.
//
// Nothing in this package prints, and nothing in an error or a result repeats the token, its signature or a
// secret. Keys that a token brings along or points to (jwk, jku, x5c, x5u) are never looked at.
package keys
