//go:build !long

package rules

// How many random trees are held against brute force, and how many states the expression of a
// route has that has more than are looked at, in thousands.
const (
	randomTrees    = 5_000
	thousandStates = 100
)
