//go:build !long

package cmd

// The commands are held against each other for one in so many of the pairs of a policy with an app
// registration.
const onePolicyOf = 4
