//go:build !long

package keys

// alteredSignatures is how many signatures are held against crypto/rsa.
const alteredSignatures = 300
