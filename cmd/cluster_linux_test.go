package cmd

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/testdata/clusters"
)

// What a run over all resources of a large cluster may cost: twice the processor's time that the
// YAML library takes for the same bytes, and this memory.
const mostClusterMemory = 128 << 20

func TestALargeClusterIsReadPieceByPiece(t *testing.T) {
	program := build(t)
	library := program + "-library"
	said, err := exec.Command(
		"go", "build", "-o", string(library), "../testdata/bench/cluster",
	).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	for _, tt := range []struct {
		name      string
		resources int
		json      bool
	}{{"cluster.yaml", 2000, false}, {"cluster.json", 1000, true}} {
		var text bytes.Buffer
		if err := clusters.Write(&text, 19, tt.resources, tt.json); err != nil {
			t.Fatal(err)
		}
		if size := text.Len() >> 20; size < 19 || size > 23 {
			t.Fatalf("%s has %d MiB", tt.name, size)
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, tt.name), text.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		var o outcome
		var most time.Duration
		for range 3 { // a busy machine may make one of them slow
			most = 2 * library.once(t, dir, "", "read", tt.name).took
			o = program.once(t, dir, "", "lint", tt.name)
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
