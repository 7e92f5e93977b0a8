//go:build !long

package cmd

// agreeingScans is how many tokens are run through scan and explain.
const agreeingScans = 60
