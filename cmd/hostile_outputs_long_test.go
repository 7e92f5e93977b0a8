//go:build long

package cmd

import "testing"

func TestNothingPlantedGetsOutOfThousandsOfOutputs(t *testing.T) {
	t.Parallel()
	hostileOutputs(t, 15, 12_000)
}
