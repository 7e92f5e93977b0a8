//go:build long

package main

// One fixture in so many is shown by the page and in the terminal.
const oneFixtureOf = 1
