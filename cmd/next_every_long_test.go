//go:build long

package cmd

import "testing"

func TestEveryCommandOfAllScreensRuns(t *testing.T) { testEveryCommand(t, true) }
