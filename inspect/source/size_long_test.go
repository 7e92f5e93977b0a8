//go:build long

package source

const (
	editedStreams    = 1500
	editedTogether   = 500
	editedTexts      = 3000
	streamsInPieces  = 400
	plainOrNot       = 5000
	clusterResources = 160
)
