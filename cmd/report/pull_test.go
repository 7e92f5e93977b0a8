package report

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// What is gone is looked for in an index of the files, not in all of them each time.
func TestGoneFoldersAreFoundInAnIndex(t *testing.T) {
	m, p := &Maker{}, &Pulling{Folder: t.TempDir()}
	const n = 200
	for i := range n {
		api := filepath.Join(p.Folder, "dev", fmt.Sprint("orders-", i))
		if err := os.MkdirAll(api, 0o755); err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(api, "api-instance.json")
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			p.Files = append(p.Files, PulledFile{Name: name})
		}
	}
	allocations := testing.AllocsPerRun(1, func() {
		if p.Gone = nil; m.AddGone(p) != nil || len(p.Gone) != 1 {
			t.Errorf("gone: %v", p.Gone)
		}
	})
	if allocations > 60*n {
		t.Errorf("%.0f allocations for %d folders", allocations, n)
	}
}
