//go:build long

package istio

const oneTokenOf = 1
