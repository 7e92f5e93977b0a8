//go:build !long

package witness

// OneOf so many of the random tokens and of the odd ones is tried: with the tag long, all are.
const OneOf = 8
