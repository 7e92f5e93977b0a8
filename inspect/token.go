// Package inspect reads a token as it was found: it locates the token in whatever was pasted,
// splits and decodes it without losing a digit or a duplicate, and describes what kind of token it
// is. It has the dictionary of claims, masks what is personal or secret in a text, and makes a
// text fit for a terminal.
//
// Nothing in this package verifies a token, opens a connection, or knows the time: package keys
// verifies. No error and no message shows a token.
package inspect

import (
	"time"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// Shape is the outer form of a token's text.
type Shape uint8

// The shapes. Only a Signed token has claims that can be read.
const (
	Opaque    Shape = iota // one run of characters without a dot: nothing in it can be read
	Signed                 // a compact JWS: header.payload.signature (RFC 7515, section 7.1)
	Encrypted              // a compact JWE of five parts (RFC 7516, section 7.1): see its header
	Malformed              // any other number of parts, or too long to be read
)

// Token is a token as it was found. Its text is a secret: it is never printed, and String keeps it
// out of logs and error messages.
type Token struct {
	Shape     Shape
	Header    *source.Value // an object, or nil if it can't be read
	Claims    *source.Value // an object, or nil if it can't be read
	Payload   []byte        // the decoded second part of a Signed token
	Signature []byte        // the decoded third part of a Signed token

	// Fault says why this is not a readable JWS, or is nil. A gateway's policy rejects such a
	// token at its format.
	Fault *Fault

	// Masked says that the text that the token was found in has a mask in the place of its
	// signature: nobody knows then whether that is valid.
	Masked bool

	// NUL says that a text in the token has the character NUL, where some readers end it.
	NUL bool

	// Observations are what is odd in the token, found while reading it.
	Observations []Observation

	compact string
	input   string // what was signed: the first two parts with the dot between them
}

// Fault is why a text is not a readable JWS in compact form, and what to do about it. It has no
// position: its cause names the part of the token and the place in it.
type Fault struct {
	ID string // kebab-case: "encrypted", "opaque", "two-parts", "header-not-json", …

	// SomeRead says that some readers of tokens read the token all the same.
	SomeRead bool

	source.Error
}

// Observation is something odd or notable in a token.
type Observation struct {
	ID      string // kebab-case: "duplicate-member", "time-in-milliseconds", …
	Path    string // "header.kid", "claims.exp"; empty for the whole token
	Message string
}

// Compact returns the token's text, for verification. It must not be printed.
func (t *Token) Compact() string { return t.compact }

// SigningInput returns the bytes that the signature covers (RFC 7515, section 5.1).
func (t *Token) SigningInput() string { return t.input }

// JustIssued is one second after the token was issued: then it was as good as it ever would be. It
// is not ok if the token does not say when it was issued.
func (t *Token) JustIssued() (time.Time, bool) {
	issued := ReadInstant(t.Claims.Member("iat"))
	return issued.Meant.Add(time.Second), issued.Known()
}

// Expired reports whether the token says that it had expired at an instant.
func (t *Token) Expired(at time.Time) bool {
	expires := ReadInstant(t.Claims.Member("exp"))
	return expires.Known() && !at.Before(expires.At)
}

// String keeps the token's text out of anything that is printed.
func (t *Token) String() string { return "(token)" }

// GoString keeps the token's text out of anything that is printed.
func (t *Token) GoString() string { return "(token)" }
