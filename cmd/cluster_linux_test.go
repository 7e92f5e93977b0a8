package cmd

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/testdata/clusters"
)

// A run over all resources of a large cluster may take mostClusterMemory, and twice the time of
// the processor that the YAML library takes for the same bytes.
func TestALargeClusterIsReadPieceByPiece(t *testing.T) {
	t.Parallel()
	gatewhy := build(t)
	folder, err := storyCommands()
	if err != nil {
		t.Fatal(err)
	}
	library := program(filepath.Join(folder, "cluster"))
	for _, tt := range []struct {
		name      string
		resources int
		json      bool
	}{
		{"cluster.yaml", clusterResources, false}, {"cluster.json", clusterResources / 2, true},
	} {
		var text bytes.Buffer
		if err := clusters.Write(&text, 19, tt.resources, tt.json); err != nil {
			t.Fatal(err)
		}
		if size := text.Len() / clusterResources; size < 10_000 || size > 12_000 {
			t.Fatalf("%s has %d bytes", tt.name, text.Len())
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, tt.name), text.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		var o outcome
		var most time.Duration
		for range 3 { // a busy machine may make one of them slow
			most = 2 * library.once(t, dir, "", "read", tt.name).took
			o = gatewhy.once(t, dir, "", "lint", tt.name)
			if o.took <= most && o.memory <= mostClusterMemory {
				break
			}
		}
		if o.took > most || o.memory > mostClusterMemory {
			t.Errorf("%s took %v of %v and %d MiB", tt.name, o.took, most, o.memory>>20)
		}
		if o.code != exitRejected || !strings.Contains(o.said, "[no-request-authentication]") ||
			!strings.Contains(o.said, tt.name+":") {
			t.Errorf("%s: exit code %d\n%.2000s", tt.name, o.code, o.said)
		}
	}
}
