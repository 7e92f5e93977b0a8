//go:build long

package rules

const (
	randomTrees    = 20_000
	thousandStates = 400
)
