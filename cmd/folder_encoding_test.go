package cmd

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"
)

// PowerShell's > writes UTF-16, with a byte order mark: a policy that is saved so can't be read,
// and a folder that has one is not clean.
func TestAPolicyInUTF16IsNotPassedOverInAFolder(t *testing.T) {
	t.Parallel()
	for name, order := range map[string]binary.AppendByteOrder{
		"little endian": binary.LittleEndian, "big endian": binary.BigEndian,
	} {
		for mark, text := range map[string]string{
			"with a mark": "\ufeff" + open, "without": open,
		} {
			t.Run(name+" "+mark, func(t *testing.T) {
				t.Parallel()
				folder := t.TempDir()
				file := filepath.Join(folder, "policy.json")
				var data []byte
				for _, unit := range utf16.Encode([]rune(text)) {
					data = order.AppendUint16(data, unit)
				}
				if err := os.WriteFile(file, data, 0o600); err != nil {
					t.Fatal(err)
				}
				_, stderr, code := runIn(t, folder, "lint", ".")
				if code != exitUsage || !strings.Contains(stderr, "error: policy.json:1:") {
					t.Errorf("lint . exits %d: %s", code, stderr)
				}
			})
		}
	}
}
