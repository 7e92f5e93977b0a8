//go:build long

package cmd

const (
	onePolicyOf = 1
	oneRandomOf = 1
)
