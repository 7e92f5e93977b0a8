//go:build long

package inspect

import "testing"

func TestLocateIsBoundedForTheLongestText(t *testing.T) {
	for name, text := range hostilePastes(maxPaste) {
		t.Run(name, func(t *testing.T) {
			bounded(t, 256, func() { _, _ = Locate(text) })
		})
	}
}
