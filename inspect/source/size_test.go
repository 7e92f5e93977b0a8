//go:build !long

package source

// editedStreams is how many random streams are edited, a few times each.
const editedStreams = 400
