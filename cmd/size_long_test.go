//go:build long

package cmd

const onePolicyOf = 1
