//go:build !long

package zstd

// alterations is how many times each packed text is altered.
const alterations = 150
