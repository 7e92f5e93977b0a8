//go:build !long

package cmd

// The commands are held against each other for one in so many of the pairs of a policy with an app
// registration, and for one in so many of the random cases: the tag long has all.
// A large cluster has one in so many of its resources, and what reads it so much of the memory.
const (
	onePolicyOf = 8
	oneRandomOf = 4

	oneResourceOf = 5
)
