//go:build long

package cmd

import "testing"

func TestAnyScreenCountsWhatItsLintCommandShows(t *testing.T) { testCountedFindings(t, 1) }
