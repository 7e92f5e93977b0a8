//go:build long

package issued

const worlds = 500
