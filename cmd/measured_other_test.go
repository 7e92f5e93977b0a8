//go:build !linux

package cmd

import "os"

// runMeasured measures on Linux alone.
func runMeasured() { os.Exit(exitUsage) }
