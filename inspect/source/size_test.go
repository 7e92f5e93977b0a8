//go:build !long

package source

// How many random texts are read and edited, and how many resources the cluster has: with fewer
// it is not large enough for parts of it to be left out.
const (
	editedStreams    = 150 // a few times each
	editedTogether   = 150
	editedTexts      = 800
	streamsInPieces  = 120
	plainOrNot       = 1500
	clusterResources = 100
)
