//go:build !long

package issued

// In so many worlds kinds are held against choices left open.
const worlds = 280

// searched are how many conditions a search is tried with.
func searched() []int { return []int{100, 250} }
