//go:build long

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// What the module has of the standard library in another form passes the library's own tests.
func TestTheStandardLibraryIsAsRightAsItWas(t *testing.T) {
	t.Parallel()
	root, err := runGo(nil, "env", "GOROOT")
	if err != nil {
		t.Fatal(err)
	}
	folder, replaced := t.TempDir(), map[string]string{}
	for i, e := range standardEdits() {
		name := filepath.Join(root, "src", filepath.FromSlash(e.file))
		if replaced[name] != "" {
			continue
		}
		text, err := standardSource(name)
		if err != nil {
			t.Fatal(err)
		}
		replaced[name] = filepath.Join(folder, strconv.Itoa(i)+".go")
		if err := os.WriteFile(replaced[name], text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replaced})
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(folder, "overlay.json")
	if err := os.WriteFile(name, overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	// with purego no curve has another implementation, as in the module
	if _, err := runGo(
		nil, "test", "-short", "-tags=purego", "-overlay="+name, "slices", "sort",
		"crypto/elliptic", "crypto/ecdsa",
	); err != nil {
		t.Error(err)
	}
}
