//go:build long

package source

const editedStreams = 1500
