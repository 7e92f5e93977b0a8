//go:build !long

package issued

// In so many worlds kinds are held against choices left open.
const worlds = 280
