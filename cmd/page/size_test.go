//go:build !long

package main

// One fixture in so many is shown by the page and in the terminal. Good and bad examples take
// turns, and five tokens do, so that it is neither even nor five.
const oneFixtureOf = 13
