//go:build long

package zstd

const alterations = 500
