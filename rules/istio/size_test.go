//go:build !long

package istio

// Of so many tokens one is sent to a recorded workload, and the next one to the next workload.
const oneTokenOf = 3
