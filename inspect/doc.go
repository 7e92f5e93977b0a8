// Package inspect reads a token as it was found: it locates the token in whatever was pasted, splits and
// decodes it without losing a digit or a duplicate, and describes what kind of token it is.
//
// Nothing in this package verifies anything; package keys does.
package inspect
